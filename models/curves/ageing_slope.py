"""The ageing curve without its steps: the risk of a default rises with every day past due, not every thirty days.

A customer who is 28 days past due is nearer to a default than one who is 3, and a line through a few habits, learned
from few events, cannot tell how much. The shares of the ageing buckets can: between the middles of the buckets the
log-odds of a default are read from a straight line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from features.window_kernels import Floats
from models.curves.ageing_curve import AGEING_EDGES, OPEN_COUNT, AgeingCurve, account_place

MIDDLES = (15.5, 45.5, 75.5, 105.5)  # days past due; the last one's is as far from the one before
ROUNDS, CLOSE = 40, 1e-6  # log-odds


@dataclass(frozen=True)
class AgeingSlope:
    """levels[0] are the log-odds of a default with nothing overdue, levels[1:4] those at the first of `MIDDLES`.

    They never fall; beyond these middles they go on as between the nearest two, on the left down to levels[0].
    levels[4] is of all that is over 90 days past due, and `nothing_open` of a customer who owes nothing. Models that
    were stored without it have levels[4] at the last middle, and with nothing open the level of nothing overdue.
    """

    FEATURE: ClassVar[str] = AgeingCurve.FEATURE

    levels: tuple[float, ...]
    nothing_open: float | None = None

    @property
    def base(self) -> float:
        """Log-odds of a customer with nothing overdue."""
        return self.levels[0]

    def parts(self, rows: pd.DataFrame) -> dict[str, Floats]:
        """What each feature adds to the base."""
        by_days = {self.FEATURE: self._by_days(rows) - self.base}
        return by_days if self.nothing_open is None else by_days | {OPEN_COUNT: self.raw(rows) - self._by_days(rows)}

    def raw(self, rows: pd.DataFrame) -> Floats:
        """Log-odds of a default, shape (rows,)."""
        by_days = self._by_days(rows)
        if self.nothing_open is None:
            return by_days
        return np.where(rows[OPEN_COUNT].to_numpy() == 0, self.nothing_open, by_days)

    def _by_days(self, rows: pd.DataFrame) -> Floats:
        days = rows[self.FEATURE].to_numpy(dtype=np.float64)
        nothing_overdue, first, second, third, over = self.levels
        risen = np.interp(days, MIDDLES, self.levels[1:])
        steepness = (second - first) / (MIDDLES[1] - MIDDLES[0])
        risen = np.where(days < MIDDLES[0], first + steepness * (days - MIDDLES[0]), risen)
        if self.nothing_open is not None:
            steepness = (third - second) / (MIDDLES[2] - MIDDLES[1])
            risen = np.where(days > MIDDLES[2], third + steepness * (days - MIDDLES[2]), risen)
        risen = np.where(days < AGEING_EDGES[0], nothing_overdue, np.maximum(risen, nothing_overdue))
        return risen if self.nothing_open is None else np.where(days < AGEING_EDGES[-1], risen, over)


def ageing_slope(shares: Sequence[float], rows: pd.DataFrame, beside: Floats | float = 0.0) -> AgeingSlope:
    """The slope with which the customers of each place have, on average, the share of `account_shares`.

    `beside` are log-odds that are added to the slope, a number for each of `rows`. Where a place is empty, or the
    levels would fall, the share itself is the nearest that is known.
    """
    place = account_place(rows)
    wanted = logit(np.array(shares))
    count = np.bincount(place, minlength=len(wanted))
    levels = wanted
    for _ in range(ROUNDS):
        told = expit(_slope(levels).raw(rows) + beside)
        mean = np.bincount(place, weights=told, minlength=len(wanted)) / np.maximum(count, 1)
        step = np.where(count > 0, wanted - logit(np.clip(mean, CLOSE, 1 - CLOSE)), 0.0)
        levels = levels + step
        levels[1:-1] = np.maximum.accumulate(levels[1:-1])
        if np.abs(step).max() < CLOSE:
            break
    return _slope(levels)


def _slope(levels: Floats) -> AgeingSlope:
    nothing_open, *by_days = (float(level) for level in levels)
    return AgeingSlope(tuple(by_days), nothing_open)
