"""Statistics over sorted events, one value per customer (or per pair of customer and amount band).

Each takes `Events` and gives float64 of shape (size,), NaN where the window holds no event. Sums are sums of whole
numbers, so no result depends on the order of the rows.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]

LAST = 3  # how many of the latest events "recent" means where it is counted in events


@dataclass(frozen=True)
class Events:
    """Events of a window, sorted by owner, day and value; `day` counts from 1970-01-01, `as_of` likewise."""

    owner: Positions
    day: Positions
    value: Floats
    weight: Floats
    size: int
    as_of: int


def count(events: Events) -> Floats:
    """Number of events; never NaN, zero where there is none."""
    return np.asarray(np.bincount(events.owner, minlength=events.size), dtype=np.float64)


def total(events: Events) -> Floats:
    """Sum of the values; zero where there is none."""
    return np.asarray(np.bincount(events.owner, weights=events.value, minlength=events.size), dtype=np.float64)


def mean(events: Events) -> Floats:
    """Sum of the values over their number."""
    return _divide(total(events), count(events))


def weighted_mean(events: Events) -> Floats:
    """Sum of value times weight over the sum of the weights."""
    weighted = replace(events, value=events.value * events.weight)
    return _divide(total(weighted), total(replace(events, value=events.weight)))


def spread(events: Events) -> Floats:
    """Standard deviation of the population; NaN below two events."""
    number = count(events)
    squares = np.bincount(events.owner, weights=events.value**2, minlength=events.size)
    variance = _divide(squares * number - total(events) ** 2, number**2)
    return np.where(number >= 2, np.sqrt(np.maximum(variance, 0)), np.nan)


def largest(events: Events) -> Floats:
    """Largest value."""
    result = np.full(events.size, np.nan)
    if len(events.owner):
        starts = _starts(events.owner)
        result[events.owner[starts]] = np.maximum.reduceat(events.value, starts)
    return result


def last(events: Events) -> Floats:
    """Value of the latest event (of that day's, the largest)."""
    result = np.full(events.size, np.nan)
    result[events.owner] = events.value  # sorted: the latest is written last
    return result


def last_mean(events: Events) -> Floats:
    """Mean of the latest `LAST` values."""
    return mean(_keep(events, _from_end(events.owner) < LAST))


def streak(events: Events) -> Floats:
    """How many of the latest events in a row have a value of one; zero where the latest has none."""
    misses = np.where(events.value == 1, -1, np.arange(len(events.owner)))
    latest_miss = np.full(events.size, -1, dtype=np.int64)
    np.maximum.at(latest_miss, events.owner, misses)
    after = np.arange(len(events.owner)) > latest_miss[events.owner]
    return np.bincount(events.owner[after], minlength=events.size).astype(np.float64)


def days_since_last(events: Events) -> Floats:
    """Days from the latest event to the night."""
    result = np.full(events.size, np.nan)
    result[events.owner] = events.as_of - events.day
    return result


def days_since_first(events: Events) -> Floats:
    """Days from the first event to the night."""
    result = np.full(events.size, np.nan)
    result[events.owner[::-1]] = events.as_of - events.day[::-1]
    return result


def gap_mean(events: Events) -> Floats:
    """Mean days between one day with events and the next; NaN below two days."""
    return mean(_gaps(events))


def gap_spread(events: Events) -> Floats:
    """Standard deviation of the days between days with events; NaN below three days."""
    return spread(_gaps(events))


def active_months(events: Events) -> Floats:
    """Number of different calendar months with an event."""
    months = events.day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    first = np.ones(len(months), dtype=bool)
    first[1:] = (np.diff(events.owner) != 0) | (np.diff(months) != 0)
    return np.bincount(events.owner[first], minlength=events.size).astype(np.float64)


Statistic = Callable[[Events], Floats]


def _divide(top: Floats, bottom: Floats) -> Floats:
    quotient: Floats = np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom != 0)
    return quotient


def _starts(owner: Positions) -> Positions:
    return np.flatnonzero(np.r_[True, np.diff(owner) != 0])


def _from_end(owner: Positions) -> Positions:
    """Of each event, how many later ones its owner has."""
    ends = np.searchsorted(owner, owner, side="right")
    return ends - 1 - np.arange(len(owner))


def _keep(events: Events, rows: npt.NDArray[np.bool_]) -> Events:
    return Events(
        events.owner[rows], events.day[rows], events.value[rows], events.weight[rows], events.size, events.as_of
    )


def _gaps(events: Events) -> Events:
    other_day = np.ones(len(events.owner), dtype=bool)
    other_day[1:] = (np.diff(events.owner) != 0) | (np.diff(events.day) != 0)
    days = _keep(events, other_day)
    same = np.r_[False, np.diff(days.owner) == 0] if len(days.owner) else np.zeros(0, dtype=bool)
    gaps = np.r_[0, np.diff(days.day)].astype(np.float64) if len(days.owner) else np.zeros(0)
    return _keep(Events(days.owner, days.day, gaps, days.weight, days.size, days.as_of), same)
