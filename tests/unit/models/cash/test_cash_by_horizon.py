"""The cash correction by horizon: what is paid but not booked yet is no receipt of the first day."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from features.spine import Spine, replay
from ledger.as_of.view import view_as_of
from ledger.clock import day_number
from ledger.portfolio import Portfolio
from models import retraining
from models.cash.cash_correction import (
    DAYS,
    HORIZONS,
    CashCorrection,
    PastForecast,
    cash_correction,
    correction_from_json,
    horizon_of,
)
from models.cash.cash_spread import NORMAL
from models.cash.pay_days import PayDays
from models.cash.value_dates import booked_since, cash_by_value_date, on_its_way
from models.curves.pay_curve import unpaid_curve
from models.past import Past
from models.risk import late_payment
from models.risk.scoring import expected_cash
from tests.support import small_models
from tests.support.view_from_rows import view_of

FLAT = PayDays()
THURSDAYS_ONLY = PayDays(tuple(0.0 if day in (5, 6) else 1.4 for day in range(7)))
CUT = pd.Timestamp("2023-11-02")


def test_day_1_the_rest_of_the_week_and_each_later_week_are_horizons() -> None:
    assert [HORIZONS[place] for place in horizon_of(15)] == ["day 1", *["days 2-7"] * 6, *["week 2"] * 7, "week 3"]
    assert horizon_of(200)[-1] == len(HORIZONS) - 1


def past(nights: int, spread: float = 0.0, first: float = 160.0) -> list[PastForecast]:
    """Thursdays that expected more of day 1, of which 100 came, as on every other day."""
    draw = np.random.default_rng(3)
    expected = np.full(DAYS, 100.0)
    expected[0] = first
    return [PastForecast(7 * night, expected, expected, draw.normal(100.0, spread, DAYS)) for night in range(nights)]


def test_day_1_is_brought_to_what_came_on_day_1_and_the_others_stay() -> None:
    learned = cash_correction(past(26), FLAT)
    mean = learned.over_days(past(1)[0].expected, 0) * learned.of_days("level", DAYS)
    np.testing.assert_allclose(mean, 100.0, rtol=0.03)


def test_few_nights_correct_day_1_less_than_many() -> None:
    levels = [cash_correction(past(nights), FLAT).first_week[0] for nights in (1, 4, 26)]
    assert 1.0 > levels[0] > levels[1] > levels[2] > 100 / 160


def test_days_on_which_no_one_pays_in_the_past_lie_on_the_line_through_the_others() -> None:
    expected = np.full(DAYS, 100.0)
    expected[:7] = 100 / np.array([0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2])
    came = 100 * np.array(THURSDAYS_ONLY.weekday)[(3 + np.arange(DAYS)) % 7]
    learned = cash_correction([PastForecast(7 * n, expected, expected, came) for n in range(26)], THURSDAYS_ONLY)
    np.testing.assert_allclose(np.array(learned.first_week[2:4]) * learned.level[0], [0.8, 0.9], atol=0.02)


def test_every_horizon_has_the_range_that_its_own_past_days_met() -> None:
    nights = past(60, spread=10.0, first=100.0)
    draw = np.random.default_rng(4)
    wide = [replace(one, came=np.where(np.arange(DAYS) == 0, draw.normal(100, 40, DAYS), one.came)) for one in nights]
    learned = cash_correction(wide, FLAT)
    assert learned.day_high[0] > 1.5 * NORMAL > 1.4 * learned.day_high[1]


def test_money_that_moved_before_the_night_is_no_receipt_of_a_day_ahead() -> None:
    view = view_of(
        "2024-06-01",
        invoices=[{"amount": 10_000}],
        payments=[
            {"invoice_id": "i1", "amount": 1_000, "paid_on": "2024-02-08", "known_on": "2024-02-08"},
            {"invoice_id": "i1", "amount": 2_000, "paid_on": "2024-02-09", "known_on": "2024-02-12"},
            {"invoice_id": "i1", "amount": 3_000, "paid_on": "2024-02-10", "known_on": "2024-02-12"},
            {"invoice_id": "i1", "amount": 4_000, "paid_on": "2024-02-12", "known_on": "2024-02-12"},
            {"amount": 700, "paid_on": "2024-02-09", "known_on": "2024-02-12"},
        ],
    )
    night, invoice = day_number(pd.Timestamp("2024-02-10")), np.array([0])
    assert booked_since(view, night, invoice) == 2_000
    assert cash_by_value_date(view, night, invoice, 4).tolist() == [3_000, 0, 4_000, 0]
    assert cash_by_value_date(view, night, invoice, 0).tolist() == []


def test_money_on_its_way_was_known_before_the_night_and_moves_later() -> None:
    view = view_of(
        "2024-06-01",
        invoices=[{"amount": 10_000}, {"amount": 10_000}],
        payments=[
            {"invoice_id": "i2", "amount": 1_000, "paid_on": "2024-02-09", "known_on": "2024-02-01"},
            {"invoice_id": "i2", "amount": 2_000, "paid_on": "2024-02-10", "known_on": "2024-02-09"},
            {"invoice_id": "i2", "amount": 3_000, "paid_on": "2024-03-10", "known_on": "2024-02-09"},
            {"invoice_id": "i2", "amount": 4_000, "paid_on": "2024-02-12", "known_on": "2024-02-10"},
        ],
    )
    assert on_its_way(view, day_number(pd.Timestamp("2024-02-10")), np.array([0, 1])).tolist() == [0, 5_000]


@cache
def spine() -> Spine:
    nights = [*pd.date_range("2023-06-01", CUT - pd.Timedelta(days=1), freq="7D")]
    return replay(small_models.portfolio(), nights, small_models.SETTINGS.labels, small_models.CURRENCY)


def the_past(portfolio: Portfolio) -> Past:
    then = view_as_of(portfolio, CUT, small_models.CURRENCY)
    whole = Past(then, spine(), small_models.known(), small_models.CARD)
    return replace(whole, known=whole.known_on(CUT))


@cache
def learned() -> tuple[late_payment.RiskModel, CashCorrection]:
    model = retraining.fit(late_payment.NAME, the_past(small_models.portfolio()), small_models.SETTINGS)
    return model, correction_from_json(model.card.cash)


def test_a_correction_by_horizon_is_learned_from_what_was_known_before_the_night() -> None:
    model, correction = learned()
    portfolio = small_models.portfolio()
    payments = portfolio.tables["payments"]
    later = payments["known_on"] >= CUT
    assert later.any()
    changed = payments.assign(amount=payments["amount"].where(~later, payments["amount"] * 10))
    other = replace(portfolio, tables={**portfolio.tables, "payments": changed})
    assert correction.first_week[0] < 1
    assert retraining.learn_cash(model, the_past(other)) == correction


@pytest.mark.parametrize("horizon", ["day 1", "days 2-7"])
def test_the_bias_of_the_first_week_falls_on_later_nights_of_a_simulated_ledger(horizon: str) -> None:
    _, correction = learned()
    plain = abs(bias(CashCorrection(weekday=correction.weekday), horizon))
    assert abs(bias(correction, horizon)) < 0.8 * plain


def bias(correction: CashCorrection, horizon: str) -> float:
    """What the correction expects of a horizon on later nights, for each unit that came, less one."""
    place = horizon_of(DAYS) == HORIZONS.index(horizon)
    sums = [
        ((correction.over_days(one.expected, one.night) * correction.of_days("level", DAYS))[place], one.came[place])
        for one in later_nights()
    ]
    expected, came = (np.sum(figures) for figures in zip(*sums, strict=True))
    return float(expected / came - 1)


@cache
def later_nights() -> list[PastForecast]:
    model, _ = learned()
    nights = [*pd.date_range(CUT, "2024-03-10", freq="5D")]
    rows = replay(small_models.portfolio(), nights, small_models.SETTINGS.labels, small_models.CURRENCY).invoices
    whole = view_as_of(small_models.portfolio(), pd.Timestamp("2024-04-01"), small_models.CURRENCY)
    found = []
    for night, some in rows.groupby("night"):
        invoice = some["invoice"].to_numpy()
        cents = (some["amount"] * some["open_share"]).to_numpy(np.float64)
        cents = np.maximum(cents - on_its_way(whole, int(str(night)), invoice), 0)
        mean, variance = expected_cash(unpaid_curve(model.probability, some, DAYS), cents, DAYS)
        came = cash_by_value_date(whole, int(str(night)), invoice, DAYS)
        found.append(PastForecast(int(str(night)), mean, variance, came))
    return found
