"""Statistics of all owners, over windows, as of many nights: compiled, one pass over the sorted events of each owner.

An owner's events give running sums; any window of any night is the difference of two of them, found by walking along
the days and the nights together. Sums are sums of whole numbers below 2**53: exact, whatever the order of the rows.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from configs.threads import cores
from features.window_kernels import EVER, NEEDED, OTHER_MONTHS, STATISTICS, Floats, Positions, by_owner, compiled
from ledger.clock import ALL_HISTORY

# Statistics that look at the latest events one by one: of a day's events, the largest value is the latest.
ORDERED_BY_VALUE = ("last", "last_mean", "streak")

WORTH_THREADS = 1_000_000  # figures: below, starting threads takes longer than it saves

Asked = tuple[str, int | None]  # a statistic by its name, and a window in days or ALL_HISTORY


@dataclass(frozen=True)
class Events:
    """Events sorted by owner and then by day (days since 1970-01-01).

    Those of owner i are the rows `starts[i]` to `starts[i + 1]`, exclusive; `rows` is where each was before sorting.
    """

    starts: Positions
    rows: Positions
    day: Positions


def sorted_events(owner: Positions, day: Positions, size: int) -> Events:
    """Sort events of the owners 0 to `size` - 1, stable, in time linear in the events; what is sorted is not moved."""
    starts, rows = _rows_in_order(owner, day, size)
    return Events(starts, rows, day[rows])


def windowed(
    events: Events, value: Floats | None, weight: Floats | None, nights: Positions, asked: Sequence[Asked]
) -> Floats:
    """What is asked for, shape (owners, asked, nights), NaN where a window holds no event (counts are zero there).

    `value` and `weight` are whole numbers in the order before sorting, None for ones. The window of w days of a night
    (a day number) is [night - w, night). Raises KeyError for a statistic that does not exist, and ValueError for
    nights that do not ascend.
    """
    nights = np.asarray(nights, dtype=np.int64)
    if np.any(np.diff(nights) < 0):
        raise ValueError("the nights must come in ascending order")
    statistics = [STATISTICS[name] for name, _ in asked]
    needed = sorted({column for statistic in statistics for column in NEEDED.get(statistic, ())})
    windows = list(dict.fromkeys(window for _, window in asked))
    values = np.ones(len(events.rows)) if value is None else value[events.rows]
    weights = np.ones(len(events.rows)) if weight is None else weight[events.rows]
    if value is not None and not {name for name, _ in asked}.isdisjoint(ORDERED_BY_VALUE):
        _order_by_value(events.starts, events.day, values, weights)
    result = np.empty((len(events.starts) - 1, len(asked), len(nights)))  # NumPy asks for large pages: far faster
    months = _months(events.day) if OTHER_MONTHS in needed else events.day
    days = np.array([EVER if window is ALL_HISTORY else window for window in windows], dtype=np.int64)
    window = np.array([windows.index(window) for _, window in asked], dtype=np.int64)

    def of_owners(first: int, last: int) -> None:
        by_owner(
            events.starts[first : last + 1],
            events.day,
            months,
            values,
            weights,
            np.array(needed, dtype=np.int64),
            nights,
            days,
            np.array(statistics, dtype=np.int64),
            window,
            result[first:last],
        )

    _on_every_core(of_owners, events.starts, result.size)
    return result


def _on_every_core(of_owners: Callable[[int, int], None], starts: Positions, work: int) -> None:
    """Call it for ranges of owners that have as many events each, at once where that is worth starting threads."""
    ranges = cores() if work > WORTH_THREADS else 1
    edges = np.searchsorted(starts, np.linspace(0, starts[-1], ranges + 1)[1:-1])
    with ThreadPoolExecutor(ranges) as threads:
        list(threads.map(of_owners, [0, *edges], [*edges, len(starts) - 1]))  # the list raises what a thread raised


def _months(day: Positions) -> Positions:
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


@compiled
def _rows_in_order(owner: Positions, day: Positions, size: int) -> tuple[Positions, Positions]:
    """Where each owner's events start, and the rows by owner and day: two counting sorts, the lesser key first."""
    rows = np.arange(len(owner))
    if len(owner) and np.any(day[1:] < day[:-1]):
        first = day.min()
        rows = _counting_sort(rows, day - first, day.max() - first + 1)
    starts = _starts(owner, size)
    if np.any(owner[1:] < owner[:-1]) or np.any(rows[1:] < rows[:-1]):
        rows = _counting_sort(rows, owner, size)
    return starts, rows


@compiled
def _starts(key: Positions, size: int) -> Positions:
    starts = np.zeros(size + 1, dtype=np.int64)
    for row in range(len(key)):
        starts[key[row] + 1] += 1
    for place in range(size):
        starts[place + 1] += starts[place]
    return starts


@compiled
def _counting_sort(rows: Positions, key: Positions, size: int) -> Positions:
    following = _starts(key, size)
    result = np.empty_like(rows)
    for row in rows:
        result[following[key[row]]] = row
        following[key[row]] += 1
    return result


@compiled
def _order_by_value(starts: Positions, day: Positions, value: Floats, weight: Floats) -> None:
    """Order the events of an owner's day by value, in place; few days have more than one."""
    for owner in range(len(starts) - 1):
        begin = starts[owner]
        while begin < starts[owner + 1]:
            end = begin + 1
            ordered = True
            while end < starts[owner + 1] and day[end] == day[begin]:
                ordered &= value[end - 1] <= value[end]
                end += 1
            if not ordered:
                order = begin + np.argsort(value[begin:end], kind="mergesort")
                value[begin:end] = value[order]
                weight[begin:end] = weight[order]
            begin = end
