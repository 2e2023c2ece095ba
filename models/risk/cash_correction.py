"""How the cash of past nights compares with the curves: by weekday, how much in all, how widely spread.

The curves say when an invoice is closed; money also comes on working days only, closes less than was open (discounts,
credit notes), and comes together where many customers are hit by the same thing. All of that is measured on past
nights, as those nights would have forecast them, and kept with the late-payment model.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from features.calendar import weekday
from features.window_kernels import Floats, Positions

WEEKS = 13
GROUPS = ((0, 1), (1, 4), (4, 13))  # weeks ahead that are judged together: later ones were seen seldom
PRIOR_PAYMENTS = 1.0  # of each weekday
LEAST_SCORES = 20  # with fewer to judge by, the spread is that of independent invoices
IDLE_WEEKDAY = 0.1  # below this share of a mean day, no one pays on the weekday
MOST = 1e6  # no share or score is as large
LEVELS = (0.5, 2.0)  # a level outside is a ledger that changed, not a habit
NORMAL = 1.2815515655446004  # standard deviations from the mean to the 90 % point of a normal distribution


@dataclass(frozen=True)
class CashCorrection:
    """What past nights teach about a forecast. `weekday`: Monday first, mean 1; the others by week ahead, shape (13,).

    `level` is cash that came for each unit that was expected. The rest are standard scores of what came, at 10 % and
    90 % of past days and past weeks: (came - expected) / deviation of independent invoices.
    """

    weekday: tuple[float, ...] = (1.0,) * 7
    level: tuple[float, ...] = (1.0,) * WEEKS
    day_low: tuple[float, ...] = (-NORMAL,) * WEEKS
    day_high: tuple[float, ...] = (NORMAL,) * WEEKS
    week_low: tuple[float, ...] = (-NORMAL,) * WEEKS
    week_high: tuple[float, ...] = (NORMAL,) * WEEKS

    def of_days(self, name: str, days: int) -> Floats:
        """A figure by week ahead for each of so many days; later weeks are as the last one."""
        return np.array(getattr(self, name))[np.minimum(np.arange(days) // 7, WEEKS - 1)]

    def weekdays_only(self) -> "CashCorrection":
        """The same without what was learned of invoices that were open."""
        return CashCorrection(weekday=self.weekday)

    def to_json(self) -> dict[str, list[float]]:
        return {name: list(values) for name, values in asdict(self).items()}


def correction_from_json(stored: dict[str, Any]) -> CashCorrection:
    """The correction again, none where nothing is stored; TypeError or ValueError where the JSON is not one's."""
    made = CashCorrection(**{name: tuple(map(float, values)) for name, values in stored.items()})
    for field in fields(made):
        values = np.array(getattr(made, field.name))
        least = 0.0 if field.name in ("weekday", "level") else -MOST
        inside = (values >= least) & (values <= MOST)  # false for what is no number
        if len(values) != len(field.default) or not inside.all():  # type: ignore[arg-type]
            raise ValueError(f"{field.name} of the cash correction has {len(values)} values, or one is out of bounds")
    return made


@dataclass(frozen=True)
class PastForecast:
    """One past night: its day number, and by day ahead the mean, the variance (of independent invoices) and what came.

    `came` is NaN where that is not known yet. Cents, or any other unit of money; shapes (91,).
    """

    night: int
    expected: Floats
    variance: Floats
    came: Floats


def weekday_shares(paid_on: Positions) -> tuple[float, ...]:
    """How much more is paid on a weekday (Monday first) than on a mean day, from the day numbers of payments."""
    counts = np.bincount(weekday(paid_on), minlength=7) + PRIOR_PAYMENTS
    return tuple(float(share) for share in counts / counts.mean())


def over_weekdays(by_day: Floats, shares: tuple[float, ...], night: int) -> Floats:
    """The figures of the days from `night` on, each seven days' sum shared out by the weekday; shape (..., days)."""
    days = by_day.shape[-1]
    weights = by_day * np.array(shares)[weekday(night + np.arange(days))]
    block = np.arange(days) // 7
    starts = np.arange(0, days, 7)
    wanted, given = np.add.reduceat(by_day, starts, axis=-1), np.add.reduceat(weights, starts, axis=-1)
    ratio = np.divide(wanted, given, out=np.zeros_like(wanted), where=given > 0)
    return np.asarray(weights * ratio[..., block])


def cash_correction(past: Iterable[PastForecast], shares: tuple[float, ...]) -> CashCorrection:
    """What the past nights teach; where they are too few, nothing but the weekdays."""
    nights = list(past)
    if not nights:
        return CashCorrection(weekday=shares)
    expected = np.array([over_weekdays(one.expected, shares, one.night) for one in nights])
    variance = np.array([over_weekdays(one.variance, shares, one.night) for one in nights])
    came = np.array([one.came for one in nights])
    # Days on which no one pays (weekends) are forecast well, and would hide how the others are.
    counted = np.array([np.array(shares)[weekday(one.night + np.arange(7 * WEEKS))] for one in nights]) > IDLE_WEEKDAY
    quantiles: dict[str, list[float]] = {name: [] for name in ("level", "day_low", "day_high", "week_low", "week_high")}
    for first, end in GROUPS:
        days = slice(7 * first, 7 * end)
        whole = _weeks(came[:, days]), _weeks(expected[:, days]), _weeks(variance[:, days])
        known = ~np.isnan(whole[0])
        level = _level(whole[0][known].sum(), whole[1][known].sum())
        by_day = _scores(came[:, days], level * expected[:, days], variance[:, days], counted[:, days])
        by_week = _scores(whole[0], level * whole[1], whole[2], known)
        for name, value in zip(quantiles, (level, *by_day, *by_week), strict=True):
            quantiles[name] += [value] * (end - first)
    return CashCorrection(weekday=shares, **{name: tuple(values) for name, values in quantiles.items()})


def _weeks(by_day: Floats) -> Floats:
    return np.asarray(by_day.reshape(len(by_day), -1, 7).sum(axis=2))


def _level(came: float, expected: float) -> float:
    return float(np.clip(came / expected, *LEVELS)) if expected > 0 else 1.0


def _scores(came: Floats, expected: Floats, variance: Floats, counted: npt.NDArray[np.bool_]) -> tuple[float, float]:
    judged = counted & ~np.isnan(came) & (variance > 0)
    if judged.sum() < LEAST_SCORES:
        return -NORMAL, NORMAL
    scores = (came[judged] - expected[judged]) / np.sqrt(variance[judged])
    low, high = np.quantile(scores, (0.1, 0.9))
    return min(float(low), 0.0), max(float(high), 0.0)
