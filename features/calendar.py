"""The calendar, on arrays of day numbers (whole days since 1970-01-01)."""

import numpy as np
import numpy.typing as npt

Days = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SATURDAY = 5
MONTH_END_DAYS = 3


def weekday(day: Days) -> Days:
    """0 for Monday to 6 for Sunday; day 0 was a Thursday."""
    return (day + 3) % 7


def week(day: Days) -> Days:
    """Weeks since 1970, whole ones; they begin on Mondays."""
    return (day + 3) // 7


def day_of_month(day: Days) -> Days:
    """1 for the first day of a month."""
    return day - _first_of_month(day, 0) + 1


def month_of_year(day: Days) -> Days:
    """1 for January."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1


def at_month_end(day: Days) -> Flags:
    """Whether a day is one of the last `MONTH_END_DAYS` of its month."""
    return _first_of_month(day, 1) - day <= MONTH_END_DAYS


def _first_of_month(day: Days, months_later: int) -> Days:
    months = day.astype("datetime64[D]").astype("datetime64[M]") + months_later
    return months.astype("datetime64[D]").astype(np.int64)


def working_days_left(day: Days) -> Days:
    """Working days (Monday to Friday) from each day to the end of its month, the day itself among them."""
    return np.busday_count(day.astype("datetime64[D]"), _first_of_month(day, 1).astype("datetime64[D]"))
