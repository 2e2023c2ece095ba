"""How far the cash of past days and weeks lay from its forecast, measured so that it holds for a portfolio of any size.

Invoices that are paid or not, each by itself, miss by the square root of what is expected: among many they even out.
What hits all at once does not: a holiday, an early month's end, a month in which everyone pays late. It misses by a
share of what is expected, the `shock`. A training sees a part of a large portfolio, whose invoices have not evened out
yet: so both are distinguished, and the days that say most about the shock count most.
"""

import numpy as np
import numpy.typing as npt

from features.window_kernels import Floats, Positions

NORMAL = 1.2815515655446004  # standard deviations from the mean to the 90 % point of a normal distribution
NO_SHOCK = (0.0, 0.0)
# The shock of a day and of a week until the nights show their own: of customers with pay runs, rather too wide.
ASSUMED_SHOCK, PRIOR_NIGHTS = (0.4, 0.2), 2.0
PRIOR_SCORES = 40.0  # a horizon leans on itself and its neighbours together by so many scores
LEAST_SCORES = 20  # with fewer to judge by, the spread is a normal one
LEAST_WEIGHT = 1e-6
# The model has learned of the nights that the spread is learned from, and a year's weeks go together: later ones miss
# by more. With a tenth the interval score was lowest, over twelve ledgers.
WIDER = 1.1
Bools = npt.NDArray[np.bool_]


def deviation(expected: Floats, variance: Floats, shock: float) -> Floats:
    """The standard deviation of what comes in, from that of independent invoices and the shock; any shape."""
    return np.asarray(np.sqrt(variance + (shock * expected) ** 2), dtype=np.float64)


def shock_of(came: Floats, expected: Floats, variance: Floats, counted: Bools, assumed: float) -> float:
    """The share by which past days missed what was expected of them beyond what independent invoices do.

    Shapes (nights, days), what is not `counted` or not known left out; with few nights it leans on what is `assumed`.
    """
    known = counted & ~np.isnan(came)
    beyond = np.where(known, (came - expected) ** 2 - variance, 0.0).sum()
    of = np.where(known, expected**2, 0.0).sum()
    nights = known.any(axis=1).sum()
    square = max(beyond / of, 0.0) if of > 0 else 0.0
    return float(np.sqrt((nights * square + PRIOR_NIGHTS * assumed**2) / (nights + PRIOR_NIGHTS)))


def neighbours(places: Positions, place: int | Positions, alone: int) -> Bools:
    """Which places are this one or next to it; the first few, so many as are `alone`, have neighbours among themselves
    only."""
    return np.asarray((np.abs(places - place) <= 1) & ((places < alone) == (place < alone)))


def ends_by_horizon(
    came: Floats, expected: Floats, variance: Floats, counted: Bools, shock: float, horizon: Positions
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The standard scores at 10 and 90 % of each horizon, `WIDER` than in the past, by horizon from 0 on.

    The figures are of past days by night, `horizon` is of their columns. A score counts by the share of the shock in
    its variance: of a larger portfolio that share is larger.

    The first two horizons have neighbours among themselves only, and the others too. A horizon with few scores leans on
    its neighbours; where these are too few as well, on a normal distribution.
    """
    width = deviation(expected, variance, shock)
    judged = counted & ~np.isnan(came) & (width > 0)
    scores = np.where(judged, (came - expected) / np.where(judged, width, 1.0), np.nan)
    weight = (shock * expected / np.where(judged, width, 1.0)) ** 2 + LEAST_WEIGHT
    count = int(horizon.max()) + 1
    found = np.tile([-NORMAL, NORMAL], (count, 1))
    for place in range(count):
        near = neighbours(horizon, place, alone=2)
        lean = _quantiles(scores[:, near], weight[:, near], LEAST_SCORES)
        own = _quantiles(scores[:, horizon == place], weight[:, horizon == place], 1)
        if lean is not None:
            many = int((~np.isnan(scores[:, horizon == place])).sum())
            mixed = lean if own is None else (many * own + PRIOR_SCORES * lean) / (many + PRIOR_SCORES)
            found[place] = WIDER * mixed
    low, high = np.minimum(found[:, 0], 0.0), np.maximum(found[:, 1], 0.0)
    return tuple(map(float, low)), tuple(map(float, high))


def _quantiles(scores: Floats, weight: Floats, least: int) -> Floats | None:
    """At 10 and 90 % of the weight; none where there are fewer scores."""
    known = ~np.isnan(scores)
    if known.sum() < least:
        return None
    order = np.argsort(scores[known], kind="stable")
    score, share = scores[known][order], weight[known][order]
    middle = (np.cumsum(share) - share / 2) / share.sum()
    return np.asarray(np.interp((0.1, 0.9), middle, score))
