"""The ageing curve without its steps: the risk of a default rises with every day past due, not every thirty days.

A customer who is 28 days past due is nearer to a default than one who is 3, and a line through a few habits, learned
from few events, cannot tell how much. The shares of the ageing buckets can: between the middles of the buckets the
log-odds of a default are read from a straight line.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from features.window_kernels import Floats
from models.curves.ageing_curve import AGEING_EDGES, AgeingCurve

MIDDLES = (15.5, 45.5, 75.5, 105.5)  # days past due; the last one's is as far from the one before
ROUNDS, CLOSE = 40, 1e-6  # log-odds


@dataclass(frozen=True)
class AgeingSlope:
    """levels[0] are the log-odds of a default with nothing overdue, the others those at `MIDDLES`, never falling.

    Beyond the last middle the log-odds stay; before the first they go on as between the first two, down to levels[0].
    """

    FEATURE: ClassVar[str] = AgeingCurve.FEATURE

    levels: tuple[float, ...]

    @property
    def base(self) -> float:
        """Log-odds of a customer with nothing overdue."""
        return self.levels[0]

    def parts(self, rows: pd.DataFrame) -> dict[str, Floats]:
        """What each feature adds to the base."""
        return {self.FEATURE: self.raw(rows) - self.base}

    def raw(self, rows: pd.DataFrame) -> Floats:
        """Log-odds of a default, shape (rows,)."""
        days = rows[self.FEATURE].to_numpy(dtype=np.float64)
        nothing_overdue, first, second = self.levels[:3]
        risen = np.interp(days, MIDDLES, self.levels[1:])
        steepness = (second - first) / (MIDDLES[1] - MIDDLES[0])
        risen = np.where(days < MIDDLES[0], first + steepness * (days - MIDDLES[0]), risen)
        return np.where(days < AGEING_EDGES[0], nothing_overdue, np.maximum(risen, nothing_overdue))


def ageing_slope(curve: AgeingCurve, rows: pd.DataFrame, beside: Floats | float = 0.0) -> AgeingSlope:
    """The slope with which the customers of each bucket have, on average, the share that the curve says.

    `beside` are log-odds that are added to the slope, a number for each of `rows`. Where a bucket is empty, or the
    levels would fall, the share of the curve itself is the nearest that is known.
    """
    bucket = np.digitize(rows[AgeingCurve.FEATURE].to_numpy(), AGEING_EDGES)
    wanted = logit(np.array(curve.shares))
    count = np.bincount(bucket, minlength=len(wanted))
    levels = wanted
    for _ in range(ROUNDS):
        told = expit(AgeingSlope(tuple(levels)).raw(rows) + beside)
        mean = np.bincount(bucket, weights=told, minlength=len(wanted)) / np.maximum(count, 1)
        step = np.where(count > 0, wanted - logit(np.clip(mean, CLOSE, 1 - CLOSE)), 0.0)
        levels = np.maximum.accumulate(levels + step)
        if np.abs(step).max() < CLOSE:
            break
    return AgeingSlope(tuple(float(level) for level in levels))
