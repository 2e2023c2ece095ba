"""The statistics of a window of one owner's events, from running sums over all its events; compiled."""

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

LAST = 3  # how many of the latest events "recent" means where it is counted in events

COUNT, TOTAL, MEAN, WEIGHTED_MEAN, SPREAD, LARGEST, LAST_VALUE, LAST_MEAN = range(8)
STREAK, DAYS_SINCE_LAST, DAYS_SINCE_FIRST, GAP_MEAN, GAP_SPREAD, ACTIVE_MONTHS = range(8, 14)

# What a declaration may name. A window without events gives NaN, but zero for those that count or add up.
STATISTICS = {
    "count": COUNT,  # number of events
    "total": TOTAL,  # sum of the values
    "mean": MEAN,  # sum of the values over their number
    "weighted_mean": WEIGHTED_MEAN,  # sum of value times weight over the sum of the weights
    "spread": SPREAD,  # standard deviation of the population; NaN below two events
    "largest": LARGEST,  # largest value
    "last": LAST_VALUE,  # value of the latest event (of that day's, the largest)
    "last_mean": LAST_MEAN,  # mean of the latest `LAST` values
    "streak": STREAK,  # how many of the latest events in a row have a value of one
    "days_since_last": DAYS_SINCE_LAST,  # days from the latest event to the night
    "days_since_first": DAYS_SINCE_FIRST,  # days from the first event to the night
    "gap_mean": GAP_MEAN,  # mean days between one day with events and the next; NaN below two days
    "gap_spread": GAP_SPREAD,  # standard deviation of these; NaN below three days
    "active_months": ACTIVE_MONTHS,  # number of different calendar months with an event
}
COUNTS = (COUNT, TOTAL, STREAK, ACTIVE_MONTHS)

# The running sums; the last three look back at the event before.
VALUES, SQUARES, WEIGHTED, WEIGHTS, RUN, OTHER_DAYS, GAP_SQUARES, OTHER_MONTHS = range(8)
NEEDED = {
    TOTAL: (VALUES,), MEAN: (VALUES,), LAST_MEAN: (VALUES,), WEIGHTED_MEAN: (WEIGHTED, WEIGHTS),
    SPREAD: (VALUES, SQUARES), STREAK: (RUN,), GAP_MEAN: (OTHER_DAYS,), GAP_SPREAD: (OTHER_DAYS, GAP_SQUARES),
    ACTIVE_MONTHS: (OTHER_MONTHS,),
}  # fmt: skip

EVER = -1  # the window that holds all history
BLOCK = 64  # owners at a time: few enough for the cache, enough that calling costs nothing

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile to machine code that lets other threads run, and keep it on disk.

    What is kept is made anew when its own file changes, so compiled functions that call each other share a file.
    """
    return numba.njit(nogil=True, cache=True)(function)  # type: ignore[return-value]


@compiled
def by_owner(
    starts: Positions,
    day: Positions,
    month: Positions,
    value: Floats,
    weight: Floats,
    needed: Positions,
    nights: Positions,
    windows: Positions,
    statistic: Positions,
    window: Positions,
    result: Floats,
) -> None:
    """Write every `statistic` over its `window` (a place in `windows`) for every owner and night, oldest night first.

    `result` has the shape (owners, statistics, nights); `windows` are days, `EVER` for all history; `needed` are the
    running sums that the statistics take. Events are sorted; those of owner i are from `starts[i]` to `starts[i + 1]`.
    """
    size = len(starts) - 1
    most = 0
    for first in range(0, size, BLOCK):
        most = max(most, starts[min(first + BLOCK, size)] - starts[first])
    sums = np.empty((8, most + BLOCK))
    ends = np.empty((BLOCK, len(nights)), dtype=np.int64)
    begins = np.empty((len(windows), BLOCK, len(nights)), dtype=np.int64)
    for first in range(0, size, BLOCK):
        last = min(first + BLOCK, size)
        rows = slice(starts[first], starts[last])
        own = starts[first : last + 1] - starts[first]
        days, values = day[rows], value[rows]
        for column in needed:
            _running_sum(column, own, days, month[rows], values, weight[rows], sums[column])
        _edges(own, days, nights, 0, ends)
        for place in range(len(windows)):
            _edges(own, days, nights, windows[place], begins[place])
        for place in range(len(statistic)):
            begin, block = begins[window[place]], result[first:last, place]
            _over_nights(statistic[place], days, values, sums, begin, ends, nights, block)


@compiled
def _edges(starts: Positions, day: Positions, nights: Positions, window: int, edges: Positions) -> None:
    """The first row of each owner in the window of each night; both ascend, so that one walk along them finds all."""
    for owner in range(len(starts) - 1):
        row = starts[owner]
        for night in range(len(nights)):
            while window != EVER and row < starts[owner + 1] and day[row] < nights[night] - window:
                row += 1
            edges[owner, night] = row


@compiled
def _running_sum(
    column: int, starts: Positions, day: Positions, month: Positions, value: Floats, weight: Floats, running: Floats
) -> None:
    """Fill `running`: place row + owner is about the owner's events before the row, so that each owner has one more.

    `RUN` is how many values in a row, up to there, are one.
    """
    for owner in range(len(starts) - 1):
        total = 0.0
        running[starts[owner] + owner] = total
        for row in range(starts[owner], starts[owner + 1]):
            later = row > starts[owner]
            if column == VALUES:
                total += value[row]
            elif column == SQUARES:
                total += value[row] * value[row]
            elif column == WEIGHTED:
                total += value[row] * weight[row]
            elif column == WEIGHTS:
                total += weight[row]
            elif column == RUN:
                total = total + 1 if value[row] == 1 else 0.0
            elif later and column == OTHER_DAYS:
                total += day[row] != day[row - 1]
            elif later and column == GAP_SQUARES:
                total += (day[row] - day[row - 1]) ** 2
            elif later and column == OTHER_MONTHS:
                total += month[row] != month[row - 1]
            running[row + owner + 1] = total


@compiled
def _over_nights(
    statistic: int,
    day: Positions,
    value: Floats,
    sums: Floats,
    begins: Positions,
    ends: Positions,
    nights: Positions,
    result: Floats,
) -> None:
    """One statistic of the events of each owner from each night's begin to its end (exclusive)."""
    for owner in range(len(result)):
        for night in range(len(nights)):
            begin, end = begins[owner, night], ends[owner, night]
            before, after = begin + owner, end + owner  # their places among the running sums
            count = float(end - begin)
            if count == 0:
                result[owner, night] = 0.0 if statistic in COUNTS else np.nan
            elif statistic == COUNT:
                result[owner, night] = count
            elif statistic == TOTAL:
                result[owner, night] = sums[VALUES, after] - sums[VALUES, before]
            elif statistic == MEAN:
                result[owner, night] = (sums[VALUES, after] - sums[VALUES, before]) / count
            elif statistic == WEIGHTED_MEAN:
                result[owner, night] = _ratio(
                    sums[WEIGHTED, after] - sums[WEIGHTED, before], sums[WEIGHTS, after] - sums[WEIGHTS, before]
                )
            elif statistic == SPREAD:
                total, squares = (
                    sums[VALUES, after] - sums[VALUES, before],
                    sums[SQUARES, after] - sums[SQUARES, before],
                )
                result[owner, night] = _deviation(total, squares, count)
            elif statistic == LARGEST:
                largest = value[begin]
                for event in range(begin + 1, end):
                    largest = max(largest, value[event])
                result[owner, night] = largest
            elif statistic == LAST_VALUE:
                result[owner, night] = value[end - 1]
            elif statistic == LAST_MEAN:
                recent = max(before, after - LAST)
                result[owner, night] = (sums[VALUES, after] - sums[VALUES, recent]) / (after - recent)
            elif statistic == STREAK:
                result[owner, night] = min(sums[RUN, after], count)
            elif statistic == DAYS_SINCE_LAST:
                result[owner, night] = nights[night] - day[end - 1]
            elif statistic == DAYS_SINCE_FIRST:
                result[owner, night] = nights[night] - day[begin]
            # What looks back at the event before starts with the second: the first of a window would look out of it.
            elif statistic == ACTIVE_MONTHS:
                result[owner, night] = sums[OTHER_MONTHS, after] - sums[OTHER_MONTHS, before + 1] + 1
            elif statistic == GAP_MEAN:
                result[owner, night] = _ratio(
                    day[end - 1] - day[begin], sums[OTHER_DAYS, after] - sums[OTHER_DAYS, before + 1]
                )
            elif statistic == GAP_SPREAD:
                squares = sums[GAP_SQUARES, after] - sums[GAP_SQUARES, before + 1]
                gaps = sums[OTHER_DAYS, after] - sums[OTHER_DAYS, before + 1]
                result[owner, night] = _deviation(day[end - 1] - day[begin], squares, gaps)


@compiled
def _ratio(top: float, bottom: float) -> float:
    return top / bottom if bottom else np.nan


@compiled
def _deviation(total: float, squares: float, count: float) -> float:
    """Standard deviation of the population; NaN below two."""
    return float(np.sqrt(max((squares * count - total * total) / (count * count), 0.0))) if count >= 2 else np.nan
