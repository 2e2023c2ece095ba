"""The effect of a contact: learned where contacts varied, nothing where they did not, and never invented."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ledger.tables import CHANNELS
from models.contact_effect import EffectModel
from models.effect_learners import NO_ARM
from tests.effect_worlds import World, learned, world


@pytest.fixture(scope="module")
def found() -> World:
    return world(1, rows=3_000)


@pytest.fixture(scope="module")
def model(found: World) -> EffectModel:
    return learned(found.cases)


def by_channel(effects: pd.DataFrame, column: str) -> pd.DataFrame:
    return effects.pivot(index="customer", columns="channel", values=column)


def assert_nothing_learned(model: EffectModel, why: str, rows: pd.DataFrame) -> None:
    assert why in model.card.why
    assert model.card.kind == "rule"
    assert not model.learned
    assert "nothing learned" in model.label
    assert len(model.effects(rows)) == 0
    assert list(model.effects(rows)) == ["customer", "channel", "effect", "low", "high", "basis", "recovered"]


def test_who_responds_is_told_from_who_does_not(found, model):
    rows = found.cases.features.iloc[:500]
    assert model.learned
    assert model.evidence.basis == "customer"
    effect = by_channel(model.effects(rows), "effect")
    responds = found.truth[:500] > 0
    assert effect.loc[responds].mean().mean() > effect.loc[~responds].mean().mean() + 0.15


def test_effects_lie_between_their_bounds_and_every_channel_has_one(found, model):
    effects = model.effects(found.cases.features.iloc[:200])
    assert len(effects) == 200 * len(CHANNELS)
    assert (effects["low"] <= effects["high"]).all()
    assert effects["effect"].between(0, 1).all()
    assert effects[["low", "high"]].stack().between(-1, 1).all()
    assert effects["recovered"].between(0, 1).all()


def test_a_channel_with_too_few_contacts_has_the_effect_of_the_others(found, model):
    rows = found.cases.features.iloc[:50]
    effects = model.effects(rows)
    basis = by_channel(effects, "basis")
    assert model.channels == ["email", "sms", "call"]
    assert (basis[["letter", "visit"]] == "other channels").all(axis=None)
    assert (basis[["email", "sms", "call"]] == "customer").all(axis=None)
    effect = by_channel(effects, "effect")
    assert (effect["letter"] >= effect[["email", "sms", "call"]].min(axis=1) - 1e-9).all()
    assert (effect["letter"] <= effect[["email", "sms", "call"]].max(axis=1) + 1e-9).all()


def test_few_contacts_of_a_channel_are_remarked():
    small = world(2, channels=(0.5, 0.49, 0.01))
    remarks = " ".join(learned(small.cases).evidence.remarks)
    assert "call: " in remarks and "are too few to learn from" in remarks


def test_without_contacts_nothing_is_learned_and_the_card_says_why(found):
    cases = found.cases
    none = replace(cases, arm=np.full_like(cases.arm, NO_ARM), logged=np.full_like(cases.logged, np.nan))
    model = learned(none)
    assert_nothing_learned(model, "has no contacts with customers that owed something overdue", cases.features[:3])
    assert model.card.events == 0
    assert model.channels == []


def test_without_any_case_nothing_is_learned(found):
    empty = found.cases.where(np.zeros(len(found.truth), dtype=bool))
    assert_nothing_learned(learned(empty), "has no contacts", found.cases.features[:3])


def test_too_few_contacts_are_counted_in_the_card(found):
    keep = (found.cases.arm == NO_ARM) | (np.cumsum(found.cases.arm != NO_ARM) <= 40)
    model = learned(found.cases.where(keep))
    assert_nothing_learned(model, "the outcome of 40 contacts is known, and 100 are needed", found.cases.features[:3])


def test_contacts_whose_outcome_is_not_known_yet_are_no_evidence(found):
    cases = found.cases
    unknown = np.where(np.cumsum(cases.arm != NO_ARM) > 60, np.nan, cases.paid)
    model = learned(replace(cases, paid=unknown, response=unknown))
    assert_nothing_learned(model, "the outcome of 60 contacts is known", cases.features[:3])


def test_contacts_of_everybody_on_every_day_teach_nothing(found):
    model = learned(found.cases.where(found.cases.arm != NO_ARM))
    assert_nothing_learned(model, "there is nothing to compare with", found.cases.features[:3])


def test_contacts_that_follow_a_fixed_rule_teach_nothing(found):
    cases = found.cases
    ruled = (cases.features["oldest"] > 60).to_numpy()
    model = learned(replace(cases, arm=np.where(ruled, 0, NO_ARM)))
    assert_nothing_learned(model, "hardly ever varied among customers alike", cases.features[:3])
