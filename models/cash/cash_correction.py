"""How the cash of past nights compares with the curves: on which days, how much by horizon, how widely spread.

The curves say when an invoice is closed; money also comes on some days rather than on others, closes less than was open
(discounts, credit notes), and comes together where many customers are hit by the same thing. Some of the invoices that
are open on a night are paid already, and only the booking is awaited: the curves close them in the first days, when no
money comes any more. All of that is measured on past nights, as those nights would have forecast them, and kept with
the late-payment model.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np

from features.calendar import weekday
from features.window_kernels import Floats, Positions
from models.cash.cash_spread import ASSUMED_SHOCK, NO_SHOCK, NORMAL, ends_by_horizon, neighbours, shock_of
from models.cash.pay_days import MONTH_PLACES, PayDays

WEEKS = 13
DAYS, FIRST_WEEK = 7 * WEEKS, 7
HORIZONS = ("day 1", "days 2-7", *(f"week {week}" for week in range(2, WEEKS + 1)))
# A horizon leans on itself and its neighbours together by so many nights: later weeks were seen seldom.
PRIOR_NIGHTS = 4
# The same of the first week's days: day 1 is far from its week, the others are near the line through them.
PRIOR_OF_DAY_1, PRIOR_OF_LINE = 1.0, 13.0
IDLE_WEEKDAY = 0.1  # below this share of a mean day, no one pays on the weekday
MOST = 1e6  # no share or score is as large
LEVELS = (0.2, 3.0)  # a level outside is a ledger that changed, not a habit
DAY_LEVELS = (0.1, 3.0)  # of one day of the first week: most of the first can be waiting to be booked


@dataclass(frozen=True)
class CashCorrection:
    """What past nights teach about a forecast, by horizon: day 1, days 2 to 7, and each week from the second on.

    `weekday` and `month` are of `PayDays`, shapes (7,) and (5,). `first_week`: how much more of what the curves expect
    of the first seven days comes on each of them, shape (7,). `level`: cash that came for each unit that was expected,
    by week ahead, shape (13,). `shock`: by what share all invoices of a day, and of a week, miss together, shape (2,).
    The rest are standard scores of what came, at 10 % and 90 % of past days and past weeks: (came - expected) /
    `cash_spread.deviation`; `day_low` and `day_high` by `HORIZONS`, shape (14,), the weeks' by week ahead, shape (13,).
    """

    weekday: tuple[float, ...] = (1.0,) * 7
    month: tuple[float, ...] = (1.0,) * MONTH_PLACES
    first_week: tuple[float, ...] = (1.0,) * FIRST_WEEK
    level: tuple[float, ...] = (1.0,) * WEEKS
    shock: tuple[float, ...] = NO_SHOCK
    day_low: tuple[float, ...] = (-NORMAL,) * len(HORIZONS)
    day_high: tuple[float, ...] = (NORMAL,) * len(HORIZONS)
    week_low: tuple[float, ...] = (-NORMAL,) * WEEKS
    week_high: tuple[float, ...] = (NORMAL,) * WEEKS

    @property
    def pay_days(self) -> PayDays:
        """On which days money comes."""
        return PayDays(self.weekday, self.month)

    def of_days(self, name: str, days: int) -> Floats:
        """A figure by week ahead or by horizon for each of so many days; later weeks are as the last one."""
        place = horizon_of(days) if name.startswith("day_") else np.minimum(np.arange(days) // 7, WEEKS - 1)
        return np.array(getattr(self, name))[place]

    def over_days(self, by_day: Floats, night: int) -> Floats:
        """What the curves say of the days from `night` on, each moved to when money comes; shapes (..., days).

        The sum of seven days stays, but for what the month's end has more; of the first seven, as nearly as their shape
        is that of the past nights.
        """
        return self.pay_days.over_days(by_day * _of_first_week(self.first_week, by_day.shape[-1]), night)

    def of_any_invoice(self) -> "CashCorrection":
        """The same without what was learned of those invoices alone that were open: the days and the shock."""
        return CashCorrection(weekday=self.weekday, month=self.month, shock=self.shock)

    def to_json(self) -> dict[str, list[float]]:
        return {name: list(values) for name, values in asdict(self).items()}


def horizon_of(days: int) -> Positions:
    """The place in `HORIZONS` of each of so many days ahead; later weeks are as the last one."""
    day = np.arange(days)
    return np.where(day == 0, 0, np.minimum(day // 7, WEEKS - 1) + 1)


def _of_first_week(shape: tuple[float, ...], days: int) -> Floats:
    return np.concatenate([np.array(shape), np.ones(max(days - FIRST_WEEK, 0))])[:days]


def correction_from_json(stored: dict[str, Any]) -> CashCorrection:
    """The correction again, none where nothing is stored; TypeError or ValueError where the JSON is not one's.

    One that was stored before there were horizons has the scores of days by week: its first day is as its first week.
    """
    read = {name: tuple(map(float, values)) for name, values in stored.items()}
    before = {name: read[name] for name in ("day_low", "day_high") if len(read.get(name, ())) == WEEKS}
    made = CashCorrection(**read | {name: (scores[0], *scores) for name, scores in before.items()})
    for field in fields(made):
        values = np.array(getattr(made, field.name))
        least = -MOST if field.name.endswith(("low", "high")) else 0.0
        inside = (values >= least) & (values <= MOST)  # false for what is no number
        if len(values) != len(field.default) or not inside.all():  # type: ignore[arg-type]
            raise ValueError(f"{field.name} of the cash correction has {len(values)} values, or one is out of bounds")
    return made


@dataclass(frozen=True)
class PastForecast:
    """One past night: its day number, and by day ahead the mean, the variance (of independent invoices) and what came.

    `came` counts by value date, and is NaN where that is not known yet. Cents, or any other unit of money; shapes
    (91,).
    """

    night: int
    expected: Floats
    variance: Floats
    came: Floats


def cash_correction(past: Iterable[PastForecast], days: PayDays) -> CashCorrection:
    """What the past nights teach; where they are too few, the days alone, and an assumed shock."""
    nights, of_days = list(past), CashCorrection(weekday=days.weekday, month=days.month, shock=ASSUMED_SHOCK)
    if not nights:
        return of_days
    moved = replace(of_days, first_week=_first_week(nights, days))
    expected = np.array([moved.over_days(one.expected, one.night) for one in nights])
    variance = np.array([moved.over_days(one.variance, one.night) for one in nights])
    came = np.array([one.came for one in nights])
    level = _levels(_weeks(came), _weeks(expected))
    expected *= np.repeat(level, 7)
    # Days on which no one pays (weekends) are forecast well, and would hide how the others are.
    pays = np.array(days.weekday) > IDLE_WEEKDAY
    of_day = came, expected, variance, np.array([pays[weekday(one.night + np.arange(DAYS))] for one in nights])
    of_week = _weeks(came), _weeks(expected), _weeks(variance), np.ones((len(nights), WEEKS), dtype=bool)
    day, week = (shock_of(*figures, assumed) for figures, assumed in zip((of_day, of_week), ASSUMED_SHOCK, strict=True))
    day_low, day_high = ends_by_horizon(*of_day, day, horizon_of(DAYS))
    week_low, week_high = ends_by_horizon(*of_week, week, np.arange(1, WEEKS + 1))
    return replace(
        moved,
        level=tuple(map(float, level)),
        shock=(day, week),
        day_low=day_low,
        day_high=day_high,
        week_low=week_low[1:],
        week_high=week_high[1:],
    )


def _first_week(nights: list[PastForecast], pay_days: PayDays) -> tuple[float, ...]:
    """How much more of the first seven days' cash comes on each than is expected, the clearer the more nights show it.

    Their sum stays, which `level` corrects. Day 1 speaks for itself: it has most of what is paid but not booked. The
    others lean on the line through them, since nights of one weekday never see some of them.
    """
    weights = np.array([pay_days.weights(one.night, FIRST_WEEK) for one in nights])
    came = np.array([one.came[:FIRST_WEEK] for one in nights])
    known = ~np.isnan(came).any(axis=1)
    curves = np.array([one.expected[:FIRST_WEEK] for one in nights])[known]
    expected = (curves * weights[known]).sum(axis=0)
    seen = np.clip(weights[known], 0.0, 1.0).sum(axis=0)  # in nights: those on which hardly anyone pays hardly count
    ratio = _ratio(came[known].sum(axis=0), expected)
    whole = _ratio(came[known].sum(keepdims=True).ravel(), expected.sum(keepdims=True))
    lean = np.concatenate([whole, _line(ratio[1:], expected[1:])])
    prior = np.array([PRIOR_OF_DAY_1, *[PRIOR_OF_LINE] * (FIRST_WEEK - 1)])
    shape = np.clip((seen * ratio + prior * lean) / (seen + prior), *DAY_LEVELS)
    kept = _ratio(np.sum(curves, keepdims=True).ravel(), np.sum(curves * shape, keepdims=True).ravel())
    return tuple(map(float, np.clip(shape * kept, *DAY_LEVELS)))


def _ratio(came: Floats, expected: Floats) -> Floats:
    """Cash that came for each unit expected, 1 where nothing was."""
    return np.divide(came, expected, out=np.ones_like(expected), where=expected > 0)


def _line(ratio: Floats, weight: Floats) -> Floats:
    """The straight line through the ratios of days in a row, by weight; shape of both."""
    day, total = np.arange(len(ratio)), weight.sum()
    if total <= 0:
        return np.ones_like(ratio)
    mean, middle = float(weight @ ratio / total), float(weight @ day / total)
    spread = float(weight @ (day - middle) ** 2)
    slope = float(weight @ ((day - middle) * (ratio - mean))) / spread if spread > 0 else 0.0
    return np.asarray(mean + slope * (day - middle))


def _levels(came: Floats, expected: Floats) -> Floats:
    """Cash that came for each unit expected by week ahead, from weeks by night; shapes (nights, 13) and (13,).

    A week that few nights know leans on its neighbours; the first, which is like no other, does not.
    """
    known = ~np.isnan(came)
    nights, came, expected = known.sum(axis=0), np.nansum(came, axis=0), np.where(known, expected, 0.0).sum(axis=0)
    week = np.arange(WEEKS)
    near = neighbours(week, week[:, None], alone=1).astype(np.float64)
    level = (nights * _ratio(came, expected) + PRIOR_NIGHTS * _ratio(near @ came, near @ expected)) / (
        nights + PRIOR_NIGHTS
    )
    return np.asarray(np.clip(np.where(near @ nights > 0, level, 1.0), *LEVELS))


def _weeks(by_day: Floats) -> Floats:
    return np.asarray(by_day.reshape(len(by_day), -1, 7).sum(axis=2))
