"""The calendar, on arrays of day numbers (whole days since 1970-01-01)."""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int64]
Made = TypeVar("Made", bound=npt.NDArray[Any])
Flags = npt.NDArray[np.bool_]

SATURDAY = 5
MONTH_END_DAYS = 3


def by_day(work: Callable[[Days], Made], day: Days) -> Made:
    """What `work` makes of each day; of a long array, done once for every day from its first to its last one."""
    if not len(day) or (first := day.min()) + len(day) <= (last := day.max()):
        return work(day)
    made: Made = work(np.arange(first, last + 1))[day - first]
    return made


def weekday(day: Days) -> Days:
    """0 for Monday to 6 for Sunday; day 0 was a Thursday."""
    return (day + 3) % 7


def week(day: Days) -> Days:
    """Weeks since 1970, whole ones; they begin on Mondays."""
    return (day + 3) // 7


def day_of_month(day: Days) -> Days:
    """1 for the first day of a month."""
    return by_day(lambda each: each - _first_of_month(each, 0) + 1, day)


def month_of_year(day: Days) -> Days:
    """1 for January."""
    return by_day(lambda each: each.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1, day)


def at_month_end(day: Days) -> Flags:
    """Whether a day is one of the last `MONTH_END_DAYS` of its month."""
    return by_day(lambda each: _first_of_month(each, 1) - each <= MONTH_END_DAYS, day)


def _first_of_month(day: Days, months_later: int) -> Days:
    months = day.astype("datetime64[D]").astype("datetime64[M]") + months_later
    return months.astype("datetime64[D]").astype(np.int64)


def working_days_left(day: Days) -> Days:
    """Working days (Monday to Friday) from each day to the end of its month, the day itself among them."""
    return np.busday_count(day.astype("datetime64[D]"), _first_of_month(day, 1).astype("datetime64[D]"))
