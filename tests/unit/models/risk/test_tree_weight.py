"""How far trees are followed: as far as later nights bear out, and no further where they leave it open."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from models.curves.ageing_curve import AgeingCurve
from models.registry import risk_files
from models.registry.model_card import card_text
from models.registry.risk_files import NotOurModel
from models.risk import default, late_payment
from models.risk.boosting import fit_trees
from models.risk.init_score import fit_start
from models.risk.risk_model import TREE_WEIGHTS, Trees
from models.risk.tree_weight import choose_on_later_nights, choose_weight, start_and_trees
from tests.support import small_models

ROWS = 6_000


def later(true_weight: float, rows: int = ROWS, seed: int = 1) -> tuple[np.ndarray, ...]:
    """Start, what the trees add, labels drawn at expit(start + true_weight * added), weights, and customers."""
    draw = np.random.default_rng(seed)
    start, added = draw.normal(-1, 1, rows), draw.normal(0, 1.5, rows)
    label = (draw.random(rows) < expit(start + true_weight * added)).astype(np.float64)
    return start, added, label, np.ones(rows), np.arange(rows) % 500


@pytest.mark.parametrize("weight", TREE_WEIGHTS)
def test_the_trees_are_followed_as_far_as_they_are_right(weight):
    chosen, losses = choose_weight(*later(weight))
    assert chosen == weight
    assert min(losses, key=losses.__getitem__) == str(weight)


def test_trees_that_say_the_opposite_are_not_followed():
    assert choose_weight(*later(-0.5))[0] == 0.0


def test_where_few_customers_leave_it_open_the_smaller_weight_is_taken():
    start, added, label, weight, _ = later(0.5, rows=400)
    by_row = choose_weight(start, added, label, weight, np.arange(400))[0]
    together = choose_weight(start, added, label, weight, np.arange(400) % 3)[0]
    assert together <= by_row
    assert np.mean([choose_weight(*later(0.25, rows=60, seed=seed))[0] for seed in range(20)]) < 0.25


def test_the_loss_of_every_weight_is_the_log_loss_of_the_blend():
    start, added, label, weight, customer = later(0.5, rows=50)
    _, losses = choose_weight(start, added, label, weight, customer)
    for one in TREE_WEIGHTS:
        probability = [1 / (1 + np.exp(-(a + one * b))) for a, b in zip(start, added, strict=True)]
        expected = np.mean([-np.log(p if y else 1 - p) for p, y in zip(probability, label, strict=True)])
        assert losses[str(one)] == pytest.approx(expected)


def test_one_outcome_alone_speaks_for_no_trees():
    start, added, _, weight, customer = later(1.0)
    assert choose_weight(start, added, np.zeros(ROWS), weight, customer) == (0.0, {})


def test_the_order_of_the_rows_changes_nothing():
    drawn = later(0.75)
    shuffled = np.random.default_rng(2).permutation(ROWS)
    assert choose_weight(*drawn) == choose_weight(*(values[shuffled] for values in drawn))


@pytest.fixture(scope="module")
def noise() -> tuple[pd.DataFrame, np.ndarray]:
    """60 customers on 12 nights, whose outcome is their own and depends on nothing: trees learn them by heart."""
    draw = np.random.default_rng(5)
    customer, night = np.repeat(np.arange(60), 12), np.tile(np.arange(12) * 7, 60)
    habits = draw.normal(0, 1, (60, len(default.features())))[customer]
    rows = pd.DataFrame(habits, columns=default.features()).assign(customer=customer, night=night)
    return rows, (draw.random(60) < 0.3).astype(np.float64)[customer]


NONE_KNOWN, TWO_NIGHTS_KNOWN, THREE_NIGHTS_KNOWN = 10_000, 49, 42  # days until a label is known; three nights are later


@pytest.mark.parametrize("horizon", [NONE_KNOWN, TWO_NIGHTS_KNOWN])
def test_where_labels_of_fewer_nights_were_known_than_are_later_unseen_customers_decide(noise, horizon):
    rows, label = noise
    known_from = rows["night"].to_numpy() + horizon
    seen: list[set[int]] = []

    def fit(some: pd.DataFrame, its_label: np.ndarray, its_weight: np.ndarray) -> Trees:
        seen.append(set(some["customer"]))
        assert some["night"].max() < np.quantile(rows["night"], 0.75)
        settings = small_models.SETTINGS.training.model_copy(update={"trees": 100, "learning_rate": 0.2})
        curve = AgeingCurve((0.3, 0.31, 0.32, 0.33, 0.34))
        start = fit_start(curve, some, its_label, np.full(len(some), 1 / 12), default.START_FEATURES)
        return fit_trees(some, its_label, its_weight, default.features(), settings, start)

    choice = choose_on_later_nights(rows, label, np.ones(len(rows)), known_from, small_models.SETTINGS.training, fit)
    assert [len(customers) for customers in seen] == [48] * 5
    assert choice.tree_weight == 0.0
    assert choice.tree_weight_losses["1.0"] > choice.tree_weight_losses["0.0"]
    assert choice.calibrator.kind == "none"


def test_where_labels_of_as_many_nights_were_known_as_are_later_trees_of_these_decide(noise):
    rows, label = noise
    known_from = rows["night"].to_numpy() + THREE_NIGHTS_KNOWN
    seen: list[set[int]] = []

    def fit(some: pd.DataFrame, its_label: np.ndarray, its_weight: np.ndarray) -> Trees:
        seen.append(set(some["night"]))
        return fit_trees(some, its_label, its_weight, default.features(), small_models.SETTINGS.training)

    choice = choose_on_later_nights(rows, label, np.ones(len(rows)), known_from, small_models.SETTINGS.training, fit)
    assert seen == [{0, 7, 14}]
    assert choice.trial is not None


@pytest.mark.parametrize("weight", TREE_WEIGHTS)
@pytest.mark.parametrize("of", ["late", "default"])
def test_contributions_add_up_to_the_score_at_every_weight(of, weight):
    trees = (small_models.late_trees() if of == "late" else small_models.default_trees()).scorer
    assert isinstance(trees, Trees)
    spine = small_models.tonight()
    rows = spine.customers if of == "default" else spine.invoices.assign(horizon_days=30.0, horizon_past_due=12.0)
    blend = trees.weighted(weight)
    np.testing.assert_allclose(blend.contributions(rows).sum(axis=1), blend.raw(rows), atol=1e-9)
    start, added = start_and_trees(trees, rows)
    np.testing.assert_allclose(blend.raw(rows), start + weight * added, atol=1e-9)


def test_a_training_grows_its_trees_once_for_the_trial_and_again_only_where_they_count(monkeypatch):
    grown: list[int] = []
    train = lightgbm.train

    def counted(*arguments: Any, **options: Any) -> lightgbm.Booster:
        trees = train(*arguments, **options)
        grown.append(trees.num_trees())
        return trees

    monkeypatch.setattr(lightgbm, "train", counted)
    labels, training = small_models.SETTINGS.labels, small_models.SETTINGS.training
    rows, known = small_models.past(), small_models.known()
    late = late_payment.train(rows.invoices, known, labels, training, small_models.CARD)
    assert isinstance(late.scorer, Trees) and late.scorer.tree_weight > 0
    assert grown == [30, 30]
    grown.clear()
    bad = default.train(rows.customers, known, labels, training, small_models.CARD)
    assert isinstance(bad.scorer, Trees) and bad.scorer.tree_weight == 0
    assert grown == [*[30] * (len(grown) - 1), 1]
    start, _ = start_and_trees(bad.scorer, small_models.tonight().customers)
    np.testing.assert_array_equal(bad.scorer.raw(small_models.tonight().customers), start)


def test_the_weight_survives_storage_and_stands_in_the_card(tmp_path: Path):
    model = small_models.default_trees()
    model = replace(model, scorer=model.scorer.weighted(0.25))
    risk_files.save(model, tmp_path)
    again = risk_files.load(tmp_path, "1")
    assert again.scorer.tree_weight == 0.25
    np.testing.assert_array_equal(
        again.probability(small_models.tonight().customers), model.probability(small_models.tonight().customers)
    )
    assert "weight of the trees after their start: 0.25" in card_text(again, {})


@pytest.mark.parametrize("weight", [0.3, -1.0, 1e9, True, "1.0", None, [1.0], float("nan")])
def test_a_stored_weight_that_is_none_of_ours_is_refused(tmp_path: Path, weight):
    risk_files.save(small_models.default_trees(), tmp_path)
    stored = json.loads((tmp_path / risk_files.START_FILE).read_text("utf-8"))
    (tmp_path / risk_files.START_FILE).write_text(json.dumps({**stored, "tree_weight": weight}), "utf-8")
    risk_files.write_digests(tmp_path)
    with pytest.raises(NotOurModel):
        risk_files.load(tmp_path, "1")


def test_models_stored_before_trees_had_a_weight_are_followed_all_the_way(tmp_path: Path):
    model = small_models.late_trees()
    risk_files.save(model, tmp_path)
    stored = json.loads((tmp_path / risk_files.START_FILE).read_text("utf-8"))
    del stored["tree_weight"]
    for start, expected in ((stored, model.scorer.start), (None, None)):
        (tmp_path / risk_files.START_FILE).write_text(json.dumps(start), "utf-8")
        risk_files.write_digests(tmp_path)
        again = risk_files.load(tmp_path, "1").scorer
        assert (again.start, again.tree_weight) == (expected, 1.0)


def test_slopes_are_those_of_a_slow_descent_beside_the_curve():
    draw = np.random.default_rng(7)
    rows = pd.DataFrame({"late_share_all": draw.random(200), "open_amount": draw.random(200) * 1e5})
    rows["oldest_days_past_due"] = 0.0
    label = (draw.random(200) < 0.1 + 0.5 * rows["late_share_all"]).to_numpy(dtype=np.float64)
    start = fit_start(AgeingCurve((0.3,) * 5), rows, label, np.ones(200), ("late_share_all", "open_amount"))
    values = np.column_stack([rows["late_share_all"], np.log1p(rows["open_amount"])])
    distance = np.clip((values - values.mean(axis=0)) / values.std(axis=0), -3, 3)
    slopes = np.zeros(2)
    for _ in range(5_000):
        raw = np.log(0.3 / 0.7) + distance @ slopes
        slopes -= 0.005 * (distance.T @ (expit(raw) - label) + slopes / 0.1)
    assert start.line is not None
    np.testing.assert_allclose(start.line.coefficient, slopes, atol=1e-4)
    nothing = fit_start(AgeingCurve((0.3,) * 5), rows, label, np.full(200, 1e-9), ("late_share_all",))
    np.testing.assert_allclose(nothing.raw(rows), np.log(0.3 / 0.7), atol=1e-6)  # nothing known: the curve itself
