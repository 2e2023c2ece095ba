"""On which days money comes: on some weekdays more than on others, and at the end of a month.

Many companies pay once a week, and many pay on the last working day of the month all that fell due in it. Where a month
ends in mid-week, that day has a multiple of a usual one's cash, and the days around it have less.
"""

from dataclasses import dataclass

import numpy as np

from features.calendar import SATURDAY, day_of_month, weekday, working_days_left
from features.window_kernels import Floats, Positions

USUAL, LAST, FIRST = 0, (1, 2, 3), 4  # places of a day: the last three working days of a month, and the first
MONTH_PLACES = 5
PRIOR_PAYMENTS = 1.0  # of each weekday
PRIOR_DAYS = 2.0  # of each place in the month: so many days as any other
FACTORS = (0.1, 10.0)  # beyond them a place in the month has next to no payments to learn from
ROUNDS = 20  # of weekdays and month, each learned with the other as it was found before


@dataclass(frozen=True)
class PayDays:
    """How much more is paid on a weekday (Monday first, mean 1, shape (7,)) than on a mean day; and how much more at a
    place in the month (`month_place`) than on such a weekday in a mean month, shape (5,)."""

    weekday: tuple[float, ...] = (1.0,) * 7
    month: tuple[float, ...] = (1.0,) * MONTH_PLACES

    def over_days(self, by_day: Floats, night: int) -> Floats:
        """The figures of the days from `night` on, each seven days' sum shared out by the day; shape (..., days).

        Seven days with the end of a month have more than the curves say, others less.
        """
        day = night + np.arange(by_day.shape[-1])
        of_week, of_month = np.array(self.weekday)[weekday(day)], np.array(self.month)[month_place(day)]
        starts = np.arange(0, len(day), 7)
        weights = by_day * of_week * of_month
        wanted, given = np.add.reduceat(by_day, starts, axis=-1), np.add.reduceat(weights, starts, axis=-1)
        usual, here = np.add.reduceat(of_week, starts), np.add.reduceat(of_week * of_month, starts)
        wanted = wanted * np.divide(here, usual, out=np.ones_like(usual), where=usual > 0)
        ratio = np.divide(wanted, given, out=np.zeros_like(wanted), where=given > 0)
        return np.asarray(weights * ratio[..., np.arange(len(day)) // 7])

    def weights(self, night: int, days: int) -> Floats:
        """How much more is paid on each of the days from `night` on than on a mean day, shape (days,)."""
        day = night + np.arange(days)
        return np.asarray(np.array(self.weekday)[weekday(day)] * np.array(self.month)[month_place(day)])


def month_place(day: Positions) -> Positions:
    """1, 2 and 3 for the last, second and third last working day of a month, 4 for the first, 0 for any other day."""
    left, works = working_days_left(day), weekday(day) < SATURDAY
    opens = day_of_month(day) - np.where(weekday(day) == 0, 2, 0) <= 1  # the first, or the Monday after a weekend's
    place = np.where(opens, FIRST, np.where(left <= len(LAST), left, USUAL))
    return np.asarray(np.where(works, place, USUAL))


def pay_days(paid_on: Positions, first: int, end: int) -> PayDays:
    """From the day numbers of payments on the days from `first` up to `end`, which is not among them."""
    if end <= first:
        return PayDays()
    day = np.arange(first, end)
    inside = paid_on[(paid_on >= first) & (paid_on < end)]
    paid = np.bincount(inside - first, minlength=len(day)).astype(np.float64)
    of_week, of_month = weekday(day), month_place(day)
    week, month = np.ones(7), np.ones(MONTH_PLACES)
    for _ in range(ROUNDS):
        days = np.bincount(of_week, weights=month[of_month], minlength=7)
        week = (np.bincount(of_week, weights=paid, minlength=7) + PRIOR_PAYMENTS) / np.maximum(days, PRIOR_PAYMENTS)
        expected = np.bincount(of_month, weights=week[of_week], minlength=MONTH_PLACES)
        prior = PRIOR_DAYS * expected / np.maximum(np.bincount(of_month, minlength=MONTH_PLACES), 1)
        came = np.bincount(of_month, weights=paid, minlength=MONTH_PLACES)
        month = np.divide(came + prior, expected + prior, out=np.ones(MONTH_PLACES), where=expected > 0)
        month = np.clip(month / month[USUAL], *FACTORS)
    month /= (month * expected).sum() / expected.sum()
    return PayDays(tuple(map(float, week / week.mean())), tuple(map(float, month)))
