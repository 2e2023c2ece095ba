"""The days on which customers pay: kinds of day, and how fast money moves on each, as the ledger showed it.

The pace of a day is what was paid on it for what was expected by what was open: nought on a day on which no one works.
Ahead it is the weekday's, times the half month's of earlier years, times that of the last weeks; and nought again on
the dates of a year that were closed before, though their weekday is not.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.calendar import by_day, day_of_month, month_of_year, weekday, working_days_left
from features.window_kernels import Floats, Positions

USUAL, PAY_RUN, MID_MONTH, LAST_WORKING_DAYS = range(4)
KINDS = 4
NO_PAY_RUN = -1
STANDS_OUT = 1.25  # a weekday with so many times the payments of the others is one of a weekly pay run
HALF_MONTHS = 24
LAST_WEEKS = 28
PRIOR_OF_SEASON, PRIOR_OF_LEVEL = 30.0, 20.0  # payments: of how many a half month, or the last weeks, must tell
CLOSED = 0.1  # a day with less than this share of what was expected is closed,
LEAST_EXPECTED = 5.0  # if so many payments were; and if twice as many were, it is closed in the years to come
BUSY = 0.2  # of the payments on the best weekday: a weekday with fewer is one on which no one works


@dataclass(frozen=True)
class PayCalendar:
    """`pace`: of every day from `first_day` (a day number) on, in the past; `weekdays` (7), `seasons` (24 half months)
    and `level` are factors of the days after them. `pay_run` is the weekday of a weekly pay run, or `NO_PAY_RUN`;
    `closed` has the dates of a year (month x 100 + day) on which no one works."""

    pay_run: int
    first_day: int
    pace: Floats
    weekdays: Floats
    seasons: Floats
    level: float
    closed: Positions

    def kind(self, day: Positions) -> Positions:
        """The kind of each day."""
        return by_day(lambda each: kind_of_day(each, self.pay_run), day)

    def pace_on(self, day: Positions) -> Floats:
        """How fast money moved, or may be expected to move, on each day: 1 is usual."""
        return by_day(self._pace_on, day)

    def _pace_on(self, day: Positions) -> Floats:
        ahead = self.weekdays[weekday(day)] * self.seasons[half_month(day)] * self.level
        ahead = np.where(np.isin(date_of_year(day), self.closed), 0.0, ahead)
        place = day - self.first_day
        known = (place >= 0) & (place < len(self.pace))
        return np.where(known, self.pace[np.clip(place, 0, len(self.pace) - 1)], ahead)


def kind_of_day(day: Positions, pay_run: int) -> Positions:
    """The kind of each day: the last two working days of a month come before the middle, and that before a pay run."""
    kind = np.where(weekday(day) == pay_run, PAY_RUN, USUAL)
    kind = np.where(np.abs(day_of_month(day) - 15) <= 1, MID_MONTH, kind)
    return np.where(working_days_left(day) <= 2, LAST_WORKING_DAYS, kind)


def date_of_year(day: Positions) -> Positions:
    """Month x 100 + day of the month."""
    return np.asarray(100 * month_of_year(day) + day_of_month(day), dtype=np.int64)


def half_month(day: Positions) -> Positions:
    """0 for the first half of January to 23 for the second half of December; the first half has 15 days."""
    return np.asarray(2 * (month_of_year(day) - 1) + (day_of_month(day) > 15), dtype=np.int64)


def weekly_pay_run(day: Positions, paid: Floats, open_days: Floats) -> int:
    """The weekday whose payments for what was open stand out among the weekdays with payments."""
    of_week = weekday(day)
    rate = sums(of_week, paid, 7) / np.maximum(sums(of_week, open_days, 7), 1)
    busy = rate > BUSY * rate.max()
    best = int(np.argmax(rate))
    busy[best] = False
    return best if busy.any() and rate[best] > STANDS_OUT * rate[busy].mean() else NO_PAY_RUN


def observed_pace(paid: Floats, expected: Floats) -> Floats:
    """The pace of each past day; a few payments are added to both, so that quiet days are near 1 and closed ones 0."""
    pace = (paid + 3) / (expected + 3)
    return np.where((paid < CLOSED * expected) & (expected > LEAST_EXPECTED), 0.0, pace)


def learned_calendar(pay_run: int, day: Positions, paid: Floats, expected: Floats, pace: Floats) -> PayCalendar:
    """The calendar of consecutive past days; `expected` is what was to be paid at a pace of 1."""
    of_week, half = weekday(day), half_month(day)
    closed = _closed(of_week, expected, pace)
    expected = np.where(closed, 0.0, expected)
    by_week = sums(of_week, expected, 7)
    weekdays = sums(of_week, paid, 7) / np.where(by_week > 0, by_week, 1.0)
    usual = expected * weekdays[of_week]
    overall = paid.sum() / max(usual.sum(), 1e-9)
    seen, due = (sums(half, values, HALF_MONTHS) for values in (paid, usual * overall))
    seasons = (seen + PRIOR_OF_SEASON) / (due + PRIOR_OF_SEASON)
    late = slice(-LAST_WEEKS, None)
    level = (paid[late].sum() + PRIOR_OF_LEVEL) / ((usual * seasons[half])[late].sum() + PRIOR_OF_LEVEL)
    return PayCalendar(
        pay_run, int(day[0]), pace, weekdays, seasons, float(level), np.unique(date_of_year(day[closed]))
    )


def _closed(of_week: Positions, expected: Floats, pace: Floats) -> npt.NDArray[np.bool_]:
    """Days on which no one worked though they were no weekend, where it cannot be chance."""
    by_week = sums(of_week, pace, 7)
    return np.asarray((pace == 0) & (expected > 2 * LEAST_EXPECTED) & (by_week > BUSY * by_week.max())[of_week])


def sums(place: Positions, values: Floats, size: int) -> Floats:
    """Sums of the values by place, shape (size,)."""
    return np.bincount(place, values, minlength=size).astype(np.float64)
