"""What past nights teach about the cash forecast: weekdays, level, and how far the cash of a day was off."""

import numpy as np
import pytest

from configs.settings import load_settings
from features.calendar import weekday
from features.labels import cash_by_day
from ledger.as_of.view import view_as_of
from ledger.clock import day_number
from models import retraining
from models.cash.cash_correction import (
    WEEKS,
    CashCorrection,
    PastForecast,
    cash_correction,
    correction_from_json,
)
from models.cash.cash_spread import ASSUMED_SHOCK, NORMAL, WIDER, deviation
from models.cash.pay_days import PayDays
from models.past import Past
from tests.support import small_models
from tests.support.view_from_rows import view_of

FLAT = PayDays()
DAYS = 7 * WEEKS


def test_weekdays_begin_on_monday() -> None:
    view = view_of("2024-03-04")  # a Monday
    assert weekday(np.arange(7) + day_number(view.as_of)).tolist() == [0, 1, 2, 3, 4, 5, 6]


def past(nights: int, came: float, spread: float, seed: int = 1) -> list[PastForecast]:
    """Nights that expected 100 a day with a deviation of 10, and what came then."""
    draw = np.random.default_rng(seed)
    days = np.full(DAYS, 100.0)
    return [PastForecast(7 * night, days, days, draw.normal(came, spread, DAYS)) for night in range(nights)]


def test_level_shock_and_scores_are_those_of_the_past() -> None:
    learned = cash_correction(past(200, came=80.0, spread=30.0), FLAT)
    np.testing.assert_allclose(learned.level, 0.8, rtol=0.03)
    # independent invoices make 10 of the 30 by which days miss the 80 that are expected
    assert learned.shock[0] == pytest.approx(np.sqrt(30**2 - 10**2) / 80, rel=0.03)
    np.testing.assert_allclose(learned.day_high, WIDER * NORMAL, rtol=0.15)
    np.testing.assert_allclose(learned.day_low, -WIDER * NORMAL, rtol=0.15)


def test_the_interval_that_was_learned_covers_a_little_more_than_eight_days_of_ten_that_are_as_the_past() -> None:
    learned = cash_correction(past(30, came=80.0, spread=30.0), FLAT)
    came = np.array([one.came for one in past(30, came=80.0, spread=30.0, seed=2)])
    mean = 100 * learned.of_days("level", DAYS)
    width = deviation(mean, np.full(DAYS, 100.0), learned.shock[0])
    low, high = (mean + width * learned.of_days(name, DAYS) for name in ("day_low", "day_high"))
    assert np.mean((came >= low) & (came <= high)) == pytest.approx(0.84, abs=0.02)


def test_days_that_are_not_known_yet_teach_nothing() -> None:
    some = past(30, came=80.0, spread=30.0)
    cut = [PastForecast(one.night, one.expected, one.variance, one.came.copy()) for one in some]
    for one in cut:
        one.came[28:] = np.nan
    learned, whole = cash_correction(cut, FLAT), cash_correction(some, FLAT)
    np.testing.assert_allclose(learned.day_high[:4], whole.day_high[:4], rtol=0.03)
    assert (learned.level[5], learned.day_high[6]) == (1.0, NORMAL)
    # The first week that no night knows is as its neighbour.
    assert learned.day_high[5] == pytest.approx(whole.day_high[4], rel=0.1)


def test_without_past_nights_only_the_days_are_known_and_a_shock_is_assumed() -> None:
    assert cash_correction([], FLAT) == CashCorrection(shock=ASSUMED_SHOCK)
    few = cash_correction(past(1, came=80.0, spread=30.0), FLAT)
    assert few.week_low == (-NORMAL,) * WEEKS


def test_it_is_kept_as_json() -> None:
    learned = cash_correction(past(30, came=80.0, spread=30.0), FLAT)
    assert correction_from_json(learned.to_json()) == learned
    assert correction_from_json({}) == CashCorrection()


def test_one_that_was_stored_before_there_were_horizons_corrects_by_week_as_it_did() -> None:
    stored = {
        "weekday": list(FLAT.weekday),
        "level": [0.9] * WEEKS,
        "day_low": [-3.0, *[-2.0] * 12],
        "day_high": [2.0] * WEEKS,
    }
    learned = correction_from_json(stored)
    assert learned.of_days("day_low", 15).tolist() == [-3.0] * 7 + [-2.0] * 8
    np.testing.assert_array_equal(learned.over_days(np.ones(14), night=4), np.ones(14))
    assert learned.of_days("level", 14).tolist() == [0.9] * 14


WRONG = [
    {"level": [1.0]}, {"level": [float("nan")] * WEEKS}, {"level": [1e300] * WEEKS}, {"weekday": [-1.0] * 7},
    {"level": 1}, {"day_low": [0.0] * 12}, {"first_week": [-1.0] * 7}, {"first_week": [1.0] * 6},
    {"shock": [0.1]}, {"month": [1.0] * 4}, {"level": ["x"] * WEEKS}, {"a": []},
]  # fmt: skip


@pytest.mark.parametrize("stored", WRONG)
def test_json_that_is_no_correction_is_refused(stored: dict) -> None:
    with pytest.raises((TypeError, ValueError)):
        correction_from_json(stored)


def test_cash_counts_by_the_day_on_which_it_moved_and_what_was_booked_late_on_the_first() -> None:
    view = view_of(
        "2024-06-01",
        invoices=[{"amount": 10_000}, {"amount": 5_000}],
        payments=[
            {"invoice_id": "i1", "amount": 1_000, "paid_on": "2024-02-01", "known_on": "2024-02-01"},
            {"invoice_id": "i1", "amount": 2_000, "paid_on": "2024-02-09", "known_on": "2024-02-10"},
            {"invoice_id": "i1", "amount": 3_000, "paid_on": "2024-02-12", "known_on": "2024-02-12"},
            {"invoice_id": "i2", "amount": 5_000, "paid_on": "2024-02-12", "known_on": "2024-02-12"},
            {"amount": 700, "paid_on": "2024-02-12", "known_on": "2024-02-12"},
        ],
    )
    night = view_of("2024-02-10").as_of
    assert cash_by_day(view, day_number(night), np.array([0]), 4).tolist() == [2_000, 0, 3_000, 0]
    later = cash_by_day(view, day_number(view.as_of) - 3, np.array([0]), 5)
    assert np.isnan(later[-1])


def test_a_late_payment_model_learns_it_from_its_past_nights() -> None:
    settings = load_settings(("training.trees=10", "training.min_events=2"))
    world = Past(
        view_as_of(small_models.portfolio(), small_models.NIGHT, "EUR"),
        small_models.past(),
        small_models.known(),
        small_models.CARD,
    )
    learned = correction_from_json(retraining.fit("late_payment", world, settings).card.cash)
    assert max(learned.weekday[5:]) < 0.1 < min(learned.weekday[:5])
    assert learned != CashCorrection(weekday=learned.weekday)
    assert retraining.fit("default", world, settings).card.cash == {}
