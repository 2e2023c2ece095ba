"""Learners of an effect: each finds who responds, keeps customers whole, and answers the same to the same question."""

import numpy as np
import pytest

from models.effect.learners import LEARNERS, NO_ARM, Cases, fit_learner, folds_of, predict_across, regress
from tests.support.effects.effect_worlds import EffectWorld, world


def outcomes_without(cases: Cases) -> np.ndarray:
    return predict_across(cases, ~cases.treated, 3)


def effects(kind, found: EffectWorld, where: np.ndarray, arm: int | None = None) -> np.ndarray:
    cases = found.cases.cases(found.cases.paid, np.ones(len(where), dtype=bool))
    if arm is not None:
        cases = Cases(cases.features, np.where(cases.treated, arm, NO_ARM), cases.outcome, cases.group, cases.weight)
    learner = fit_learner(kind, cases.some(where), outcomes_without(cases)[where], 3)
    return learner.effect(cases.features[~where], np.full((~where).sum(), 0 if arm is None else arm))


def least_difference(kind) -> float:
    """Of the true 0.3, what a learner must find: the small one takes fewer, smaller steps, so it finds less of it."""
    return 0.1 if kind == "small single" else 0.15


@pytest.mark.parametrize("kind", LEARNERS)
def test_every_learner_finds_who_responds_among_customers_not_learned_from(kind):
    found = world(1, rows=8_000)
    learn = folds_of(found.cases.group) != 0
    effect = effects(kind, found, learn)
    responds = found.truth[~learn] > 0
    assert effect[responds].mean() - effect[~responds].mean() > least_difference(kind)
    assert np.corrcoef(effect, found.truth[~learn])[0, 1] > 0.5


@pytest.mark.parametrize("kind", LEARNERS)
def test_every_learner_works_with_a_single_arm(kind):
    found = world(2)
    learn = folds_of(found.cases.group) != 0
    effect = effects(kind, found, learn, arm=2)
    responds = found.truth[~learn] > 0
    assert effect[responds].mean() - effect[~responds].mean() > 0.1


@pytest.mark.parametrize("kind", LEARNERS)
def test_the_same_seed_gives_the_same_trees(kind):
    found = world(3, rows=1_500)
    cases = found.cases.cases(found.cases.paid, np.ones(1_500, dtype=bool))
    without = outcomes_without(cases)
    first, second = (fit_learner(kind, cases, without, 5) for _ in range(2))
    assert first.treated.model_to_string() == second.treated.model_to_string()
    assert (first.control is None) == (second.control is None) == (kind != "two models")


@pytest.mark.parametrize("kind", LEARNERS)
def test_nobody_has_no_effect(kind):
    found = world(4, rows=1_000)
    cases = found.cases.cases(found.cases.paid, np.ones(1_000, dtype=bool))
    learner = fit_learner(kind, cases, outcomes_without(cases), 5)
    assert learner.effect(cases.features[:0], np.zeros(0, dtype=np.int64)).shape == (0,)


def test_folds_never_part_a_customer_and_are_about_as_large():
    group = np.repeat(np.arange(3_000), 3)
    fold = folds_of(group)
    assert (fold.reshape(-1, 3) == fold[::3, None]).all()
    assert np.bincount(fold).min() > 0.3 * len(fold)


def test_a_prediction_is_made_by_models_that_did_not_see_the_customer():
    found = world(5, rows=2_000)
    cases = found.cases.cases(found.cases.paid, np.ones(2_000, dtype=bool))
    fold = folds_of(cases.group)
    changed = Cases(
        cases.features, cases.arm, np.where(fold == 1, 1 - cases.outcome, cases.outcome), cases.group, cases.weight
    )
    every = np.ones(2_000, dtype=bool)
    before, after = predict_across(cases, every, 3), predict_across(changed, every, 3)
    np.testing.assert_array_equal(before[fold == 1], after[fold == 1])
    assert (before[fold != 1] != after[fold != 1]).mean() > 0.9


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_a_ledger_with_hardly_a_row_to_learn_from_is_predicted_what_came_of_these(rows):
    found = world(4, rows=100)
    paid = found.cases.paid[:rows]
    trees = regress(found.cases.features[:rows], paid, 3, objective="regression")
    assert np.allclose(trees.predict(found.cases.features.to_numpy(dtype=np.float32)), paid.mean(), atol=1e-3)
