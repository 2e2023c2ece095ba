"""The ageing curve without steps: it rises with every day, and each bucket keeps the share that was seen."""

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from models.curves.ageing_curve import PRIOR_CUSTOMERS, AgeingCurve, account_place, account_shares
from models.curves.ageing_slope import MIDDLES, AgeingSlope, ageing_slope
from models.risk import default
from models.risk.init_score import Start, start_from_json
from models.risk.naive_rules import AgeingRule, rule_from_json, rule_to_json
from tests.support import small_models

SHARES = (0.01, 0.05, 0.2, 0.5, 0.9)
OF_ACCOUNTS = (0.002, 0.01, 0.05, 0.2, 0.5, 0.3)


def rows_of(days: object, open_count: object = 1.0) -> pd.DataFrame:
    return pd.DataFrame({"oldest_days_past_due": np.asarray(days, dtype=float), "open_count": open_count})


def test_between_the_middles_log_odds_are_read_from_a_straight_line_and_beyond_them_they_stay() -> None:
    slope = AgeingSlope((-5.0, -3.0, -1.0, 0.0, 2.0))
    told = slope.raw(rows_of([-10, 0, 1, 8, 15.5, 30.5, 45.5, 90.5, 105.5, 400]))
    assert told == pytest.approx([-5, -5, -3 - 14.5 / 15, -3.5, -3, -2, -1, 1, 2, 2])


def test_over_90_days_past_due_and_with_nothing_open_the_level_is_their_own() -> None:
    slope = AgeingSlope((-5.0, -3.0, -1.0, 0.0, -0.5), nothing_open=-7.0)
    told = slope.raw(rows_of([0, 15.5, 75.5, 90, 91, 400]))
    assert told == pytest.approx([-5, -3, 0, 14.5 / 30, -0.5, -0.5])
    assert slope.raw(rows_of([0, 0], [0.0, 3.0])).tolist() == [-7, -5]
    rows = rows_of([0, 20, 100, 0], [0.0, 1.0, 2.0, 1.0])
    np.testing.assert_allclose(slope.base + sum(slope.parts(rows).values()), slope.raw(rows))


def test_who_owes_nothing_is_told_apart_and_who_stays_over_90_days_past_due_need_not_be_the_worst() -> None:
    rows = rows_of(np.repeat([0.0, 0.0, 70.0, 200.0], 200), np.repeat([0.0, 1.0, 1.0, 1.0], 200))
    label = np.repeat([0.0, 1.0] * 4, [200, 0, 180, 20, 60, 140, 140, 60])
    shares = account_shares(rows, label)
    seen = (200 + PRIOR_CUSTOMERS) / 200
    assert np.array(shares)[[0, 1, 4, 5]] * seen == pytest.approx([0, 0.1, 0.7, 0.3], abs=0.075)
    told = expit(ageing_slope(shares, rows).raw(rows))
    assert told[::200] == pytest.approx(np.array(shares)[[0, 1, 4, 5]], rel=1e-3)


def test_the_first_days_past_due_are_never_better_than_nothing_overdue() -> None:
    assert AgeingSlope((-3.5, -3.0, 3.0, 3.0, 3.0)).raw(rows_of([1])) == pytest.approx([-3.5])


@given(
    days=st.lists(st.integers(-30, 300), min_size=1, max_size=60),
    shares=st.lists(st.floats(0.002, 0.98), min_size=6, max_size=6).map(sorted),
)
def test_up_to_90_days_it_never_falls_with_the_days(days: list[int], shares: list[float]) -> None:
    slope = ageing_slope(shares, rows_of(days))
    up_to_90 = [day for day in sorted(days) if day <= 90]
    assert (np.diff(slope.raw(rows_of(up_to_90))) >= -1e-12).all()


@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_the_customers_of_each_bucket_have_its_share_on_average_whatever_moves_them_beside(spread: float) -> None:
    draw = np.random.default_rng(1)
    rows = rows_of(draw.integers(-20, 150, 5_000), draw.integers(0, 3, 5_000))
    beside = draw.normal(0.3, 1, 5_000) * spread
    slope = ageing_slope(OF_ACCOUNTS, rows, beside)
    told, place = expit(slope.raw(rows) + beside), account_place(rows)
    assert [told[place == one].mean() for one in range(6)] == pytest.approx(OF_ACCOUNTS, abs=1e-3)


def test_a_bucket_without_customers_has_the_curves_own_share_at_its_middle() -> None:
    slope = ageing_slope(OF_ACCOUNTS, rows_of([0.0, 20.0]))
    assert slope.levels[2:] == pytest.approx(logit(OF_ACCOUNTS[3:]))
    assert slope.nothing_open == pytest.approx(logit(OF_ACCOUNTS[0]))
    assert slope.raw(rows_of(MIDDLES[1:])) == pytest.approx(logit(OF_ACCOUNTS[3:]))


def test_the_rule_of_a_small_ledger_tells_the_days_of_a_bucket_apart_and_is_stored_as_it_is() -> None:
    rule = small_models.default_rule().scorer
    row = small_models.tonight().customers.iloc[:1]
    early, late = (rule.raw(row.assign(oldest_days_past_due=float(days), open_count=1.0))[0] for days in (3, 28))
    assert early < late
    assert rule_from_json(rule_to_json(rule)) == rule


def test_the_start_of_the_trees_keeps_the_shares_of_the_buckets_that_were_learned_from() -> None:
    rows, label = default.training_rows(
        small_models.past().customers, small_models.known(), small_models.SETTINGS.labels
    )
    slope, line = default.ageing_start(rows, label, default.START_FEATURES)
    assert line is not None
    told = expit(slope.raw(rows) + line.parts(rows).sum(axis=1))
    not_overdue = account_place(rows) == 1
    expected = (label[not_overdue].sum() + 0.01 * 20) / (not_overdue.sum() + 20)  # shrunk towards one of a hundred
    assert told[not_overdue].mean() == pytest.approx(expected, rel=1e-3)


def test_models_that_were_stored_with_the_curve_in_steps_are_read_as_they_were() -> None:
    stored = {"curve": {"shares": list(SHARES)}, "line": None}
    assert start_from_json(stored) == Start(AgeingCurve(SHARES), None)
    assert start_from_json({"curve": {"levels": [-5.0, -3.0, -1.0, 0.0, 2.0]}, "line": None}).curve == AgeingSlope(
        (-5.0, -3.0, -1.0, 0.0, 2.0)
    )
    now = AgeingSlope((-5.0, -3.0, -1.0, 0.0, -0.5), nothing_open=-7.0)
    assert start_from_json({"curve": asdict(now), "line": None}).curve == now
    rule = AgeingRule(SHARES, ["oldest_days_past_due"])
    assert rule_from_json(rule_to_json(rule)) == rule
