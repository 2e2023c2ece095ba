"""Effect models on disk: the same effects again, and a clear no to anything changed."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features.payment_days import PaymentDays
from ledger.tables import CHANNELS
from models.effect.contact_level import Payers, contact_level
from models.effect.effect_model import EffectModel
from models.effect.learners import NO_ARM
from models.effect.payer_fit import fit_payer_classes
from models.registry.effect_files import load_effect, save_effect
from models.registry.risk_files import NotOurModel, write_digests
from tests.support.effects.effect_worlds import learned, quickly_learned, world

FILES = [
    "card.json", "evidence.json", "payers.json", "chance.txt", "digests.json",
    "residual.txt", "single.txt", "small_single.txt", "two_models.txt", "control.txt",
]  # fmt: skip


def with_payers(model: EffectModel) -> EffectModel:
    """The model with classes of payers learned from a few days."""
    customer, day = np.divmod(np.arange(200), 20)
    none = np.zeros(200, dtype=np.int64)
    days = PaymentDays(customer, 19_000 + day, day - 7, none, none > 0, (day % 5 == 4).astype(float))
    fits = fit_payer_classes(days, 19_020, 1)
    return replace(
        model, payers=Payers(fits, contact_level(fits, days, none, 19_020), np.full((2, len(CHANNELS)), 0.9))
    )


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("effect")
    save_effect(with_payers(quickly_learned(world(1).cases)), folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def folder(stored: dict[str, bytes], tmp_path: Path) -> Path:
    for name, content in stored.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_the_same_cases_and_seed_are_stored_as_the_same_bytes_and_give_equal_effects(folder, stored, tmp_path):
    model, again = with_payers(quickly_learned(world(1).cases)), load_effect(folder, "7")
    rows = world(2, rows=50).cases.features
    pd.testing.assert_frame_equal(again.effects(rows), model.effects(rows), check_exact=True)
    np.testing.assert_array_equal(again.scores(rows), model.scores(rows))
    assert (again.card, again.evidence, again.version) == (model.card, model.evidence, "7")
    for one, other in zip(again.payers.fits, model.payers.fits, strict=True):
        for name, values in {**vars(one), **vars(one.calendar)}.items():
            if name != "calendar":
                np.testing.assert_array_equal(values, {**vars(other), **vars(other.calendar)}[name], err_msg=name)
    save_effect(again, tmp_path / "again")
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()} == stored


def test_a_model_that_learned_nothing_is_read_back_with_its_reason(tmp_path):
    cases = world(1, rows=200).cases
    model = learned(cases.where(np.asarray(cases.arm == NO_ARM)))
    save_effect(model, tmp_path)
    again = load_effect(tmp_path, "2")
    assert (again.card, again.learned, again.evidence) == (model.card, False, None)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused(folder, name):
    (folder / name).unlink()
    with pytest.raises(NotOurModel, match="version 3 is not an effect model of duerank, or was changed"):
        load_effect(folder, "3")


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_refused(folder, name):
    (folder / name).write_text((folder / name).read_text("utf-8").replace("1", "2"), "utf-8")
    with pytest.raises(NotOurModel):
        load_effect(folder, "3")


def no_number(stored: dict[str, Any]) -> None:
    stored["shares"][0] = float("nan")


def one_class_fewer(stored: dict[str, Any]) -> None:
    stored["base"].pop()


def below_nothing(stored: dict[str, Any]) -> None:
    stored["calendar"]["pace"][0] = -1.0


def no_seasons(stored: dict[str, Any]) -> None:
    stored["calendar"]["seasons"] = []


def test_a_sealed_level_that_is_none_is_refused(folder: Path) -> None:
    stored = json.loads((folder / "payers.json").read_text("utf-8"))
    for part, value in (("level", {**stored["level"], "hidden": float("nan")}), ("arriving", [[2.0] * 5] * 2)):
        (folder / "payers.json").write_text(json.dumps({**stored, part: value}), "utf-8")
        write_digests(folder)
        with pytest.raises(NotOurModel, match="payer classes"):
            load_effect(folder, "3")


@pytest.mark.parametrize("wrong", [no_number, one_class_fewer, below_nothing, no_seasons])
def test_sealed_payer_classes_that_are_none_are_refused(folder: Path, wrong: Callable[[dict[str, Any]], None]) -> None:
    stored = json.loads((folder / "payers.json").read_text("utf-8"))
    wrong(stored["fits"][0])
    (folder / "payers.json").write_text(json.dumps(stored), "utf-8")
    write_digests(folder)
    with pytest.raises(NotOurModel, match="payer classes"):
        load_effect(folder, "3")


def test_a_model_of_before_the_payer_classes_is_read_without_them(folder: Path) -> None:
    (folder / "payers.json").unlink()
    write_digests(folder)
    assert load_effect(folder, "3").payers is None


def test_a_model_of_before_effects_went_with_the_age_of_the_debt_is_read_as_if_they_did_not(folder: Path) -> None:
    stored = json.loads((folder / "payers.json").read_text("utf-8"))
    for classes in stored["fits"]:
        del classes["fading"]
    del stored["level"]["by_age"], stored["level"]["by_age_error"]
    (folder / "payers.json").write_text(json.dumps(stored), "utf-8")
    write_digests(folder)
    payers = load_effect(folder, "3").payers
    assert {factor for classes in payers.fits for factor in classes.fading} == {1.0}
    assert payers.level.by_age.tolist() == [1.0] * 4 and payers.level.by_age_error.tolist() == [0.0] * 4


def with_one_learner(folder: Path, file: str, kind: str) -> None:
    """The folder as it was written before there was a stack."""
    (folder / file).rename(folder / "treated.txt")
    for name in ("residual.txt", "single.txt", "small_single.txt", "two_models.txt"):
        (folder / name).unlink(missing_ok=True)
    if kind != "two models":
        (folder / "control.txt").unlink()
    known = json.loads((folder / "evidence.json").read_text("utf-8"))
    del known["weights"]
    (folder / "evidence.json").write_text(json.dumps({**known, "kind": kind}), "utf-8")
    write_digests(folder)


@pytest.mark.parametrize("kind", ["residual", "single", "two models"])
def test_a_model_of_before_the_stack_is_read_as_a_stack_of_its_one_learner(folder: Path, kind: str) -> None:
    rows = world(2, rows=50).cases.features
    now = {learner.kind: learner for learner in load_effect(folder, "3").trees.learners}[kind]
    with_one_learner(folder, f"{kind.replace(' ', '_')}.txt", kind)
    before = load_effect(folder, "3")
    assert before.trees.by_learner == {kind: 1.0}
    np.testing.assert_array_equal(before.scores(rows)[:, 1], now.effect(rows, np.ones(50, dtype=np.int64)))


def test_a_model_of_before_the_stack_without_its_second_model_is_refused(folder: Path) -> None:
    with_one_learner(folder, "two_models.txt", "two models")
    (folder / "control.txt").unlink()
    write_digests(folder)
    with pytest.raises(NotOurModel):
        load_effect(folder, "3")


@pytest.mark.parametrize(
    "weights",
    [
        {"residual": 0.5, "single": 0.5, "small single": 0.5, "two models": -0.5},
        {"residual": 0.5, "single": 0.5, "small single": 0.5, "two models": 0.5},
        {"residual": float("nan"), "single": 0.5, "small single": 0.5, "two models": 0.0},
        {"residual": 1.0},
        {"single": "1"},
        [1.0, 0.0, 0.0, 0.0],
        None,
    ],
)
def test_sealed_weights_that_are_no_shares_are_refused(folder: Path, weights: Any) -> None:
    known = json.loads((folder / "evidence.json").read_text("utf-8"))
    (folder / "evidence.json").write_text(json.dumps({**known, "weights": weights}), "utf-8")
    write_digests(folder)
    with pytest.raises(NotOurModel, match="version 3 is not an effect model of duerank, or was changed"):
        load_effect(folder, "3")
