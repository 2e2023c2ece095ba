"""Measured effects: right under confounding by what is observed, with errors that hold, and good rankings win."""

import numpy as np
import pytest

from models.effect.estimators import comparison_weight, effect_line, mean_effect, ranking_value

EFFECT = 0.3


def confounded(seed: int, rows: int = 6_000, customers: int = 300):
    """Old debts are contacted more often and pay less; the effect of a contact is `EFFECT` x what the score says."""
    draw = np.random.default_rng(seed)
    group = draw.integers(0, customers, rows)
    own = draw.normal(0, 0.2, customers)[group]
    old = draw.random(rows) < 0.5
    chance = np.where(old, 0.4, 0.1)
    treated = draw.random(rows) < chance
    score = draw.random(rows)
    outcome = np.where(old, 0.1, 0.6) + EFFECT * 2 * score * treated + own + draw.normal(0, 0.3, rows)
    return outcome, score, treated, chance, group


def test_a_mean_effect_is_found_where_a_plain_difference_fails():
    outcome, _, treated, chance, group = confounded(1)
    plain = outcome[treated].mean() - outcome[~treated].mean()
    weight = comparison_weight(treated, chance, np.ones(len(treated)))
    effect, error = mean_effect(outcome, treated, weight, group)
    assert abs(plain - EFFECT) > 0.1
    assert abs(effect - EFFECT) < 3 * error < 0.1


def test_rows_that_stand_for_several_count_as_several():
    outcome, _, treated, chance, group = confounded(2)
    kept = treated | (np.arange(len(treated)) % 4 == 0)
    stands_for = np.where(treated, 1.0, 4.0)
    weight = comparison_weight(treated, chance, stands_for)
    effect, error = mean_effect(outcome[kept], treated[kept], weight[kept], group[kept])
    assert abs(effect - EFFECT) < 3 * error < 0.15


@pytest.mark.parametrize("sides", [np.ones(4, dtype=bool), np.zeros(4, dtype=bool)])
def test_there_is_no_mean_effect_without_both_sides(sides):
    assert np.isnan(mean_effect(np.arange(4.0), sides, np.ones(4), np.arange(4))).all()


def test_a_line_finds_mean_and_slope_of_an_effect():
    outcome, score, treated, chance, group = confounded(3)
    weight = comparison_weight(treated, chance, np.ones(len(treated)))
    line = effect_line(outcome, score, treated, weight, group)
    at, error = line.at(np.array([0.0, 0.5, 1.0]))
    np.testing.assert_array_less(np.abs(at - 2 * EFFECT * np.array([0, 0.5, 1])), 3 * error)
    assert error[1] < min(error[0], error[2])
    assert line.slope == pytest.approx(2 * EFFECT, abs=0.15)


def test_intervals_cover_the_truth_as_often_as_they_say():
    mean_inside, slope_inside, draws = 0, 0, 300
    for seed in range(draws):
        outcome, score, treated, chance, group = confounded(seed, rows=1_500, customers=150)
        weight = comparison_weight(treated, chance, np.ones(len(treated)))
        effect, error = mean_effect(outcome, treated, weight, group)
        line = effect_line(outcome, score, treated, weight, group)
        mean_inside += abs(effect - EFFECT) <= 1.645 * error
        slope_inside += abs(line.slope - 2 * EFFECT) <= 1.645 * line.covariance[2] ** 0.5
    # Three standard errors of a share of 300 draws around 90%.
    assert 0.85 <= mean_inside / draws <= 0.95
    assert 0.85 <= slope_inside / draws <= 0.95


def test_errors_grow_where_rows_share_a_customer():
    draw = np.random.default_rng(4)
    own = np.repeat(draw.normal(0, 1, 40), 50)
    group, treated = np.repeat(np.arange(40), 50), np.repeat(draw.random(40) < 0.5, 50)
    outcome = own + draw.normal(0, 0.1, 2_000)
    _, clustered = mean_effect(outcome, treated, np.ones(2_000), group)
    _, alone = mean_effect(outcome, treated, np.ones(2_000), np.arange(2_000))
    assert clustered > 5 * alone


def test_the_ranking_by_the_true_effect_is_worth_the_most():
    outcome, score, treated, chance, _ = confounded(5)
    weight = comparison_weight(treated, chance, np.ones(len(treated)))
    amount = np.full(len(score), 100.0)
    value = {
        name: ranking_value(ranking, amount, outcome, treated, weight)
        for name, ranking in (
            ("true", score),
            ("random", np.random.default_rng(1).random(len(score))),
            ("worst", -score),
        )
    }
    assert value["true"] > value["random"] > value["worst"]
    assert value["true"] == pytest.approx(100 * 2 * EFFECT * 0.9, rel=0.15)


def test_one_huge_debt_does_not_decide_which_ranking_is_better():
    outcome, score, treated, chance, _ = confounded(6)
    weight = comparison_weight(treated, chance, np.ones(len(treated)))
    amount = np.full(len(score), 100.0)
    usual = ranking_value(score, amount, outcome, treated, weight)
    amount[np.argmin(score)] = 1e9
    assert ranking_value(score, amount, outcome, treated, weight) == pytest.approx(usual, rel=0.2)


def test_a_top_without_both_sides_is_not_judged():
    assert np.isnan(ranking_value(np.arange(9.0), np.ones(9), np.ones(9), np.ones(9, dtype=bool), np.ones(9)))
