"""What the calendar says of days, by Python's own dates."""

from calendar import monthrange
from datetime import date, timedelta

import numpy as np
import pytest

from features.calendar import Days, at_month_end, day_of_month, month_of_year, working_days_left

A_FEW = np.array([-40_000, 19_782, 47_000])
MANY_OF_A_YEAR = np.random.default_rng(1).integers(19_700, 20_100, 1_000)


@pytest.mark.parametrize("days", [A_FEW, MANY_OF_A_YEAR, A_FEW[:0], A_FEW[:1]], ids=["few", "many", "none", "one"])
def test_few_days_and_many_are_those_of_the_calendar(days: Days) -> None:
    dates = [date(1970, 1, 1) + timedelta(days=int(day)) for day in days]
    ends = [day.replace(day=monthrange(day.year, day.month)[1]) for day in dates]
    left = [
        sum((day + timedelta(days=later)).weekday() < 5 for later in range((end - day).days + 1))
        for day, end in zip(dates, ends, strict=True)
    ]
    assert day_of_month(days).tolist() == [day.day for day in dates]
    assert month_of_year(days).tolist() == [day.month for day in dates]
    assert at_month_end(days).tolist() == [(end - day).days < 3 for day, end in zip(dates, ends, strict=True)]
    assert working_days_left(days).tolist() == left
