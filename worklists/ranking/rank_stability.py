"""Steady ranks: the order of a list by value, in which those without news stay near where they were last night."""

import heapq

import numpy as np
from numpy.typing import NDArray


def steady_order(
    value: NDArray[np.float64], previous_rank: NDArray[np.float64], free: NDArray[np.bool_], most: int | None
) -> NDArray[np.int64]:
    """The places of the input in tonight's order, first to last: highest value first, equal values as they came.

    `previous_rank` is last night's rank, NaN for those who were not on its list. Whoever was and is not `free` (has no
    news) is held: it comes at most `most` places before or after its old place, counted among those who are held. All
    others are where their value alone puts them. None for `most` holds no one.
    """
    by_value = np.argsort(-value, kind="stable").astype(np.int64)
    if most is None:
        return by_value
    held = ~np.isnan(previous_rank) & ~free
    place = np.empty(len(value), dtype=np.int64)
    place[by_value] = np.arange(len(value))
    waiting = np.flatnonzero(held)
    waiting = waiting[np.argsort(previous_rank[waiting], kind="stable")]
    order = by_value.copy()
    order[held[by_value]] = waiting[_near(place[waiting], most)]
    return order


def _near(place: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """The order of the best (lowest) places first in which no one is more than `most` from where it is in the input.

    Slot by slot the best of those who may already be there, unless the first who still waits has to: since its
    window is the first to close, no one else can become late.
    """
    heap: list[tuple[int, int]] = []
    placed = np.zeros(len(place), dtype=np.bool_)
    order = np.empty(len(place), dtype=np.int64)
    first = admitted = 0
    for slot in range(len(place)):
        while admitted < min(slot + most + 1, len(place)):
            heapq.heappush(heap, (int(place[admitted]), admitted))
            admitted += 1
        while placed[first]:
            first += 1
        if slot == first + most:
            chosen = first
        else:
            chosen = heapq.heappop(heap)[1]
            while placed[chosen]:
                chosen = heapq.heappop(heap)[1]
        placed[chosen] = True
        order[slot] = chosen
    return order
