"""Scores of a night: one monotone curve per invoice, ordered dates, and shares weighted by what is collectible."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from models.curves.pay_curve import GRID, LONGEST_WAIT_DAYS, paid_after, question, unpaid_curve
from models.risk.scoring import PAID_WITHIN, amount_at_risk, score_customers, score_invoices, unpaid_share
from tests.support import small_models

DAYS = 100
KINDS = ["trees", "rule"]


@pytest.fixture(params=KINDS, scope="module")
def model(request):
    return small_models.late_models()[request.param]


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return small_models.tonight().invoices


def test_the_curve_is_the_models_own_answer_at_the_days_of_the_grid(model, rows):
    curve = unpaid_curve(model.probability, rows, DAYS)
    assert curve.shape == (len(rows), DAYS + 1)
    assert (curve[:, 0] == 1).all()
    for day in GRID:
        direct = model.probability(question(rows, np.full(len(rows), day)))
        np.testing.assert_allclose(curve[:, day], direct, rtol=1e-9)


def test_the_curve_never_rises_and_stays_between_its_grid_days(model, rows):
    curve = unpaid_curve(model.probability, rows, DAYS)
    assert (np.diff(curve, axis=1) <= 1e-15).all()
    assert ((curve > 0) & (curve <= 1)).all()


def test_between_grid_days_the_daily_chance_of_payment_is_constant(model, rows):
    logs = np.log(unpaid_curve(model.probability, rows, DAYS))
    for left, right in pairwise(GRID):
        steps = np.diff(logs[:, left : right + 1], axis=1)
        np.testing.assert_allclose(steps, steps[:, :1].repeat(right - left, axis=1), atol=1e-12)


def test_beyond_the_grid_the_last_daily_chance_goes_on(model, rows):
    logs = np.log(unpaid_curve(model.probability, rows, DAYS))
    np.testing.assert_allclose(logs[:, 91] - logs[:, 90], (logs[:, 90] - logs[:, 75]) / 15, atol=1e-12)


def test_paid_within_longer_is_never_less_likely_and_dates_are_in_order(model, rows):
    scored = score_invoices(model, rows, small_models.SETTINGS.labels, small_models.NIGHT, DAYS)
    paid = scored.frame[[f"p_paid_{days}d" for days in PAID_WITHIN]].to_numpy()
    assert (np.diff(paid, axis=1) >= 0).all()
    for column, days in enumerate(PAID_WITHIN):
        np.testing.assert_allclose(paid[:, column], 1 - scored.unpaid[:, days])
    dates = scored.frame[["paid_on_p10", "expected_paid_on", "paid_on_p90"]]
    assert (dates["paid_on_p10"] <= dates["expected_paid_on"]).all()
    assert (dates["expected_paid_on"] <= dates["paid_on_p90"]).all()
    assert (dates >= small_models.NIGHT).all(axis=None)


def curve_of(daily: float, days: int = 90) -> np.ndarray:
    return (1 - daily) ** np.arange(days + 1.0)[None, :]


@pytest.mark.parametrize(("share", "daily"), [(0.5, 0.5), (0.1, 0.2), (0.5, 0.1), (0.9, 0.05)])
def test_a_pay_date_is_the_first_day_by_whose_end_it_is_paid_often_enough(share, daily):
    by_the_end_of = next(k for k in range(1, 91) if 1 - (1 - daily) ** k >= share)
    assert paid_after(curve_of(daily), share) == [by_the_end_of - 1]  # the night's own day is the first


def test_dates_beyond_the_curve_go_on_as_if_it_went_on():
    for daily in (0.0077, 0.005, 0.003):
        expected = paid_after(curve_of(daily, days=700), 0.5)
        assert abs(paid_after(curve_of(daily), 0.5) - expected) <= 1


def test_the_day_after_the_curve_ends_is_the_next_date():
    daily = 1 - 0.5 ** (1 / 90.5)  # half is paid in the middle of the 91st day
    assert paid_after(curve_of(daily), 0.5) == [90]


def test_an_invoice_that_nobody_pays_is_expected_far_out_and_not_later():
    assert paid_after(np.ones((1, 91)), 0.5) <= [LONGEST_WAIT_DAYS]
    assert paid_after(np.ones((1, 91)), 0.9) == [LONGEST_WAIT_DAYS]


def amounts(*of: tuple[int, int, int]) -> pd.DataFrame:
    """Rows of (customer, open cents, collectible cents)."""
    return pd.DataFrame(of, columns=["customer", "open_amount", "collectible"])


def test_a_customers_share_is_weighted_by_what_is_collectible():
    invoices = amounts((1, 10_000, 10_000), (1, 30_000, 30_000), (1, 99_999, 0))
    share = unpaid_share(invoices, np.array([0.8, 0.4, 0.0]))
    assert share[1] == pytest.approx((0.8 * 100 + 0.4 * 300) / 400)


def test_it_is_weighted_by_what_is_open_where_nothing_is_collectible():
    share = unpaid_share(amounts((1, 10_000, 0), (1, 30_000, 0), (2, 5, 5)), np.array([0.8, 0.4, 0.1]))
    assert share[1] == pytest.approx(0.5)
    assert share[2] == pytest.approx(0.1)


def test_an_invoice_below_a_cent_of_the_reporting_currency_still_weighs():
    invoices = amounts((1, 0, 0))
    assert (amount_at_risk(invoices) > 0).all()
    assert unpaid_share(invoices, np.array([0.7]))[1] == pytest.approx(0.7)


def test_customers_scores_have_points_and_bands_of_their_probability():
    rows, invoices = (
        small_models.tonight().customers,
        amounts((int(small_models.tonight().customers["customer"].iloc[0]), 5, 5)),
    )
    for model in small_models.default_models().values():
        scores = score_customers(model, rows, invoices, np.full((1, 91), 0.25))
        assert scores.index.tolist() == rows["customer"].tolist()
        np.testing.assert_array_equal(scores["p_default"], model.probability(rows))
        assert scores["p_unpaid_30d"].iloc[0] == 0.25
        assert set(scores["risk_band"]) <= set("ABCDE")
        worst, best = scores["p_default"].idxmax(), scores["p_default"].idxmin()
        assert scores.loc[worst, "score_points"] < scores.loc[best, "score_points"]


def test_no_open_invoice_gives_an_empty_table(model, rows):
    scored = score_invoices(model, rows.head(0), small_models.SETTINGS.labels, small_models.NIGHT, DAYS)
    assert len(scored.frame) == 0
    assert scored.unpaid.shape == (0, DAYS + 1)
