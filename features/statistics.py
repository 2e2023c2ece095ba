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

# The columns of the running sums; the last three look back at the event before.
VALUES, SQUARES, WEIGHTED, WEIGHTS, RUN, OTHER_DAYS, GAP_SQUARES, OTHER_MONTHS = range(8)

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
    nights: Positions,
    statistic: Positions,
    window: Positions,
) -> Floats:
    """Every statistic over its window (days; negative: all history) for every night and owner.

    Shape (nights, statistics, owners). Events are sorted; `month` and `weight` are empty where nobody asks for them.
    """
    size = len(starts) - 1
    result = np.empty((len(nights), len(statistic), size))
    longest = 0
    for owner in range(size):
        longest = max(longest, starts[owner + 1] - starts[owner])
    sums = np.zeros((longest + 1, 8))
    for owner in range(size):
        own = slice(starts[owner], starts[owner + 1])
        days, values = day[own], value[own]
        _running_sums(days, month[own] if len(month) else month, values, weight[own] if len(weight) else weight, sums)
        for night in range(len(nights)):
            end = np.searchsorted(days, nights[night])
            begin, begins_with = 0, np.int64(-1)
            for place in range(len(statistic)):
                if window[place] != begins_with:
                    begins_with = window[place]
                    begin = 0 if begins_with < 0 else np.searchsorted(days[:end], nights[night] - begins_with)
                result[night, place, owner] = _evaluate(statistic[place], days, values, sums, begin, end, nights[night])
    return result


@compiled
def _running_sums(day: Positions, month: Positions, value: Floats, weight: Floats, sums: Floats) -> None:
    """Fill `sums` (events + 1 or more, 8): row i is about the events before i; empty `month` or `weight` is left out.

    `RUN` is how many values in a row up to that event are one.
    """
    for event in range(len(day)):
        before, after = sums[event], sums[event + 1]
        after[VALUES] = before[VALUES] + value[event]
        after[SQUARES] = before[SQUARES] + value[event] * value[event]
        if len(weight):
            after[WEIGHTED] = before[WEIGHTED] + value[event] * weight[event]
            after[WEIGHTS] = before[WEIGHTS] + weight[event]
        after[RUN] = before[RUN] + 1 if value[event] == 1 else 0
        gap = day[event] - day[event - 1] if event else 0
        after[OTHER_DAYS] = before[OTHER_DAYS] + (gap > 0)
        after[GAP_SQUARES] = before[GAP_SQUARES] + gap * gap
        if len(month):
            after[OTHER_MONTHS] = before[OTHER_MONTHS] + (event > 0 and month[event] != month[event - 1])


@compiled
def _evaluate(statistic: int, day: Positions, value: Floats, sums: Floats, begin: int, end: int, night: int) -> float:
    """One statistic of the events from `begin` to `end` (exclusive) of an owner."""
    count = float(end - begin)
    if count == 0:
        return 0.0 if statistic in COUNTS else np.nan
    if statistic == COUNT:
        return count
    if statistic == TOTAL:
        return _between(sums, VALUES, begin, end)
    if statistic == MEAN:
        return _between(sums, VALUES, begin, end) / count
    if statistic == WEIGHTED_MEAN:
        weights = _between(sums, WEIGHTS, begin, end)
        return _between(sums, WEIGHTED, begin, end) / weights if weights else np.nan
    if statistic == SPREAD:
        return _deviation(_between(sums, VALUES, begin, end), _between(sums, SQUARES, begin, end), count)
    if statistic == LARGEST:
        return float(value[begin:end].max())
    if statistic == LAST_VALUE:
        return float(value[end - 1])
    if statistic == LAST_MEAN:
        recent = max(begin, end - LAST)
        return _between(sums, VALUES, recent, end) / (end - recent)
    if statistic == STREAK:
        return min(float(sums[end, RUN]), count)
    if statistic == DAYS_SINCE_LAST:
        return float(night - day[end - 1])
    if statistic == DAYS_SINCE_FIRST:
        return float(night - day[begin])
    # What looks back at the event before starts with the second, since the first of the window looks out of it.
    if statistic == ACTIVE_MONTHS:
        return _between(sums, OTHER_MONTHS, begin + 1, end) + 1
    gaps = _between(sums, OTHER_DAYS, begin + 1, end)
    days = float(day[end - 1] - day[begin])
    if statistic == GAP_MEAN:
        return days / gaps if gaps else np.nan
    return _deviation(days, _between(sums, GAP_SQUARES, begin + 1, end), gaps)


@compiled
def _between(sums: Floats, column: int, begin: int, end: int) -> float:
    """The sum of the events from `begin` to `end`, exclusive."""
    return float(sums[end, column] - sums[begin, column])


@compiled
def _deviation(total: float, squares: float, count: float) -> float:
    """Standard deviation of the population; NaN below two."""
    return float(np.sqrt(max((squares * count - total * total) / (count * count), 0.0))) if count >= 2 else np.nan
