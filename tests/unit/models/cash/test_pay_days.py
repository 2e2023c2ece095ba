"""On which days money comes: weekdays, and the last and first working days of a month."""

import numpy as np
import pandas as pd
import pytest

from features.calendar import weekday
from ledger.clock import day_number
from models.cash.pay_days import PayDays, month_place, pay_days

FIRST, END = (day_number(pd.Timestamp(day)) for day in ("2023-01-01", "2024-01-01"))


def on(*days: str) -> np.ndarray:
    return np.array([day_number(pd.Timestamp(day)) for day in days])


def test_the_last_three_working_days_of_a_month_and_its_first_have_places_of_their_own() -> None:
    # March 2024 ends on Easter Sunday; holidays are not known
    easter = on("2024-03-26", "2024-03-27", "2024-03-28", "2024-03-29", "2024-03-30", "2024-03-31")
    assert month_place(easter).tolist() == [0, 3, 2, 1, 0, 0]
    assert month_place(on("2024-04-01", "2024-04-02")).tolist() == [4, 0]
    # June 2024 began on a Saturday, September on a Sunday
    assert month_place(on("2024-06-01", "2024-06-02", "2024-06-03", "2024-06-04")).tolist() == [0, 0, 4, 0]
    assert month_place(on("2024-09-01", "2024-09-02", "2024-09-03")).tolist() == [0, 4, 0]


def test_the_sum_of_every_seven_days_stays_and_idle_weekdays_get_next_to_nothing() -> None:
    learned = PayDays(pay_days(np.repeat(np.arange(4, 9), 1_000), 4, 11).weekday)
    by_day = np.random.default_rng(1).random((2, 17))
    spread = learned.over_days(by_day, night=4)
    for days in (slice(0, 7), slice(7, 14), slice(14, 17)):
        np.testing.assert_allclose(spread[:, days].sum(axis=1), by_day[:, days].sum(axis=1))
    assert (spread[:, [5, 6, 12, 13]] < 0.01).all()


def payments(at_month_end: int) -> np.ndarray:
    """Ten on each working day of a year, and more on the last one of a month."""
    day = np.arange(FIRST, END)
    works = weekday(day) < 5
    return np.repeat(day, np.where(works, 10, 0) + np.where(month_place(day) == 1, at_month_end - 10, 0))


def test_a_months_end_is_learned_beside_the_weekdays_on_which_it_happened_to_fall() -> None:
    learned = pay_days(payments(50), FIRST, END)
    of_week = np.array(learned.weekday[:5])
    np.testing.assert_allclose(of_week, of_week.mean(), rtol=0.05)
    assert learned.month[1] / learned.month[0] == pytest.approx(5.0, rel=0.15)  # a little less: two days as any other
    np.testing.assert_allclose(np.array(learned.month[2:]) / learned.month[0], 1.0, rtol=0.05)


def test_the_week_of_a_months_end_has_more_and_the_others_less_and_a_quarter_as_much_as_the_curves_say() -> None:
    learned, night = pay_days(payments(50), FIRST, END), day_number(pd.Timestamp("2024-01-11"))
    spread = learned.over_days(np.ones(91), night)
    week = spread.reshape(13, 7).sum(axis=1)
    ends = (month_place(night + np.arange(91)) == 1).reshape(13, 7).any(axis=1)
    assert ends.sum() == 3
    assert week[ends].min() > 1.4 * week[~ends].max()
    assert spread.sum() == pytest.approx(91, rel=0.03)
    january = day_number(pd.Timestamp("2024-01-31")) - night
    assert spread[january] == pytest.approx(5 * spread[january - 7], rel=0.2)


def test_without_a_day_to_learn_from_every_day_is_as_any_other() -> None:
    assert pay_days(np.zeros(0, dtype=np.int64), 10, 10) == PayDays()


def test_a_few_payments_teach_little_of_the_month() -> None:
    learned = pay_days(on("2023-01-31"), day_number(pd.Timestamp("2023-01-02")), day_number(pd.Timestamp("2023-02-02")))
    assert 1 <= learned.month[1] < 15
