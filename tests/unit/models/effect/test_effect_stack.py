"""The stack: weights are shares, go to learners that are right, and take together what no choice would."""

import numpy as np
import pytest

from models.effect.estimators import comparison_weight
from models.effect.learners import LEARNERS, NO_ARM, Cases, fit_learner, folds_of
from models.effect.stack import EffectStack, HeldBack, fit_stack, own_arm, stack_weights
from tests.support.effects.effect_worlds import world

ROWS = 6_000


def coin_trial(seed: int, rows: int = ROWS) -> tuple[np.ndarray, ...]:
    """A coin decides who is treated; the true effect of each row, the residuals, and what a row counts."""
    draw = np.random.default_rng(seed)
    truth = draw.normal(0.1, 0.2, rows)
    treated = draw.random(rows) < 0.4
    residual = truth * treated + draw.normal(0, 0.3, rows)
    return truth, residual, treated, comparison_weight(treated, np.full(rows, 0.4), np.ones(rows))


def expected_loss(weights: np.ndarray, scores: np.ndarray, residual, treated, weight) -> float:
    """Half the loss of the weighted mean, half the weighted mean of the learners' own, by plain regressions."""

    def loss(score: np.ndarray) -> float:
        design = np.column_stack([np.ones(len(score)), treated, scores])
        side = treated - np.average(treated, weights=weight)
        target, root = residual - side * score, np.sqrt(weight)
        found = np.linalg.lstsq(design * root[:, None], target * root, rcond=None)[0]
        return float(weight @ (target - design @ found) ** 2)

    own = sum(share * loss(score) for share, score in zip(weights, scores.T, strict=True))
    return 0.5 * loss(scores @ weights) + 0.5 * own


@pytest.mark.parametrize("seed", range(5))
def test_weights_are_not_negative_and_sum_to_one_whatever_the_learners_say(seed: int):
    _, residual, treated, weight = coin_trial(seed)
    scores = np.random.default_rng(seed).normal(size=(ROWS, 4)) * [1e-3, 0.1, 1.0, 0.0]
    weights = stack_weights(scores, residual, treated, weight)
    assert (weights >= 0).all()
    assert weights.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_no_other_weights_have_a_smaller_loss(seed: int):
    truth, residual, treated, weight = coin_trial(seed, rows=400)
    noise = np.random.default_rng(seed).normal(0, 0.15, (400, 3))
    scores = truth[:, None] * [1.0, 0.5, 0.0] + noise
    found = stack_weights(scores, residual, treated, weight)
    grid = [(a / 20, b / 20, 1 - (a + b) / 20) for a in range(21) for b in range(21 - a)]
    least = min(expected_loss(np.array(some), scores, residual, treated, weight) for some in grid)
    assert expected_loss(found, scores, residual, treated, weight) <= least + 1e-9


def test_a_learner_of_pure_noise_gets_little_weight():
    truth, residual, treated, weight = coin_trial(1)
    noise = np.random.default_rng(2).normal(0, truth.std(), (ROWS, 2))
    weights = stack_weights(np.column_stack([noise[:, 0], truth, noise[:, 1]]), residual, treated, weight)
    assert weights[1] > 0.9


def test_two_learners_that_are_as_right_with_errors_of_their_own_share_the_weight():
    truth, residual, treated, weight = coin_trial(3)
    errors = np.random.default_rng(4).normal(0, 0.2, (ROWS, 2))
    weights = stack_weights(truth[:, None] + errors, residual, treated, weight)
    assert weights.min() > 0.3


def test_the_mean_effect_moves_no_weight():
    truth, residual, treated, weight = coin_trial(5)
    scores = np.column_stack([truth, np.zeros(ROWS), truth[::-1]])
    usual, shift = stack_weights(scores, residual, treated, weight), np.array([0.0, 0.5, -1.0])
    np.testing.assert_allclose(stack_weights(scores + shift, residual, treated, weight), usual, atol=1e-9)


@pytest.mark.parametrize("all_of", [True, False])
def test_rows_of_one_side_alone_ask_for_equal_weights(all_of: bool):
    truth, residual, _, weight = coin_trial(6)
    scores = np.column_stack([truth, truth[::-1]])
    np.testing.assert_array_equal(stack_weights(scores, residual, np.full(ROWS, all_of), weight), [0.5, 0.5])


def test_an_outcome_that_was_expected_wrongly_is_no_effect():
    truth, residual, treated, weight = coin_trial(8)
    wrong = np.random.default_rng(9).normal(0, 0.3, ROWS)
    unlike = weight * np.where(treated, 1.0, np.exp(-4 * np.abs(wrong)))  # and the sides are not alike in it
    weights = stack_weights(np.column_stack([truth, wrong]), residual + wrong, treated, unlike)
    assert weights[0] > 0.9


def test_learners_that_see_no_difference_weigh_the_same():
    _, residual, treated, weight = coin_trial(7)
    np.testing.assert_allclose(stack_weights(np.zeros((ROWS, 4)), residual, treated, weight), np.full(4, 0.25))


@pytest.fixture(scope="module")
def planted() -> tuple[EffectStack, HeldBack, Cases, Cases, np.ndarray]:
    """A stack fitted on two folds of a planted world, and the customers of the third with their true effects."""
    found = world(2, rows=3_000)
    every = found.cases.cases(found.cases.paid, np.ones(3_000, dtype=bool))
    learn = folds_of(every.group) != 0
    cases = every.some(learn)
    chance = np.full(len(cases.arm), cases.treated.mean())
    stack, held_back = fit_stack(cases, comparison_weight(cases.treated, chance, cases.weight), 3)
    return stack, held_back, cases, every.some(~learn), found.truth[~learn]


def test_the_stack_is_closer_to_the_truth_than_the_plain_mean_of_its_learners(planted):
    stack, _, _, others, truth = planted
    arm = np.zeros(len(truth), dtype=np.int64)
    plain = np.mean([learner.effect(others.features, arm) for learner in stack.learners], axis=0)
    stacked = stack.effect(others.features, arm)
    assert np.corrcoef(stacked, truth)[0, 1] >= np.corrcoef(plain, truth)[0, 1]
    assert np.var(stacked - truth) <= np.var(plain - truth)


def test_the_stack_is_the_weighted_mean_of_learners_fitted_on_all(planted):
    stack, held_back, cases, others, _ = planted
    assert list(stack.by_learner) == list(held_back.by_learner) == list(LEARNERS)
    assert sum(stack.by_learner.values()) == pytest.approx(1, abs=1e-12)
    arm = np.ones(len(others.arm), dtype=np.int64)
    by_hand = sum(stack.by_learner[learner.kind] * learner.effect(others.features, arm) for learner in stack.learners)
    np.testing.assert_allclose(stack.effect(others.features, arm), by_hand, rtol=1e-12)
    single = fit_learner("single", cases, np.zeros(len(cases.arm)), 3)
    stored = next(one for one in stack.learners if one.kind == "single")
    assert stored.treated.model_to_string() == single.treated.model_to_string()


def test_a_fold_is_scored_with_the_weights_of_the_other_folds(planted):
    _, held_back, cases, _, _ = planted
    scores, fold = np.column_stack(list(held_back.by_learner.values())), folds_of(cases.group)
    asked = [
        np.linalg.lstsq(scores[fold == one], held_back.stacked[fold == one], rcond=None)[0] for one in np.unique(fold)
    ]
    for weights in asked:
        assert weights.min() > -1e-9
        assert weights.sum() == pytest.approx(1, abs=1e-9)


def test_rows_without_an_arm_are_scored_by_the_mean_over_the_arms_as_they_are_used(planted):
    stack, _, cases, _, _ = planted
    here = np.arange(len(cases.arm)) < 50
    learner = stack.learners[1]
    score = own_arm(learner, cases, here)
    used = [(cases.arm == one).sum() for one in range(3)]
    for row in range(50):
        by_arm = [learner.effect(cases.features.iloc[[row]], np.array([one]))[0] for one in range(3)]
        own = np.average(by_arm, weights=used) if cases.arm[row] == NO_ARM else by_arm[cases.arm[row]]
        assert score[row] == pytest.approx(own, abs=1e-12)
