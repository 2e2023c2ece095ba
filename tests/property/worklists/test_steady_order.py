"""A list whose order is steady: no one without news jumps, and no one with news waits."""

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from worklists.ranking.rank_stability import steady_order

Night = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]


@st.composite
def nights(draw: st.DrawFn, most: int = 40) -> Night:
    """Values with ties, last night's ranks with gaps and newcomers, and who has news."""
    size = draw(st.integers(0, most))
    value = draw(st.lists(st.integers(0, 20), min_size=size, max_size=size))
    rank = np.array(draw(st.permutations(range(1, size + 1))), dtype=np.float64)
    new = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    free = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    rank[np.array(new, dtype=np.bool_)] = np.nan
    return np.array(value, dtype=np.float64), rank, np.array(free, dtype=np.bool_)


def moves(order: NDArray[np.int64], rank: NDArray[np.float64], free: NDArray[np.bool_]) -> NDArray[np.int64]:
    """By how many places each held customer moved, among the held."""
    held = [place for place in order if not free[place] and not np.isnan(rank[place])]
    before = sorted(held, key=lambda place: rank[place])
    return np.array([held.index(place) - before.index(place) for place in held], dtype=np.int64)


@given(nights(), st.integers(0, 12))
def test_everybody_is_listed_once_and_nobody_without_news_moves_too_far(night: Night, most: int) -> None:
    value, rank, free = night
    order = steady_order(value, rank, free, most)
    assert sorted(order) == list(range(len(value)))
    assert (np.abs(moves(order, rank, free)) <= most).all()


@given(nights(), st.integers(0, 12))
def test_newcomers_and_those_with_news_stand_where_their_value_puts_them(night: Night, most: int) -> None:
    value, rank, free = night
    by_value = steady_order(value, rank, free, None)
    order = steady_order(value, rank, free, most)
    moving = free | np.isnan(rank)
    assert (order[moving[by_value]] == by_value[moving[by_value]]).all()


@given(nights())
def test_without_a_limit_or_with_one_beyond_the_list_the_value_alone_decides(night: Night) -> None:
    value, rank, free = night
    by_value = sorted(range(len(value)), key=lambda place: -value[place])
    for most in (None, len(value)):
        assert steady_order(value, rank, free, most).tolist() == by_value


@given(nights(most=6), st.integers(0, 3))
def test_the_first_places_go_to_the_highest_values_that_the_limit_allows(night: Night, most: int) -> None:
    value, rank, _ = night
    value = value * len(value) - np.arange(len(value))  # no ties
    rank = np.where(np.isnan(rank), 100.0 + np.arange(len(rank)), rank)
    nobody = np.zeros(len(value), dtype=np.bool_)
    allowed = [
        order for order in map(np.array, permutations(range(len(value))))
        if (np.abs(moves(order, rank, nobody)) <= most).all()
    ]  # fmt: skip
    best = max([value[order].tolist() for order in allowed if len(order)], default=[])
    assert value[steady_order(value, rank, nobody, most)].tolist() == best


def test_a_customer_that_fell_far_sinks_by_the_limit_each_night() -> None:
    value = np.array([1.0, 9, 8, 7, 6])
    rank, free = np.array([1.0, 2, 3, 4, 5]), np.zeros(5, dtype=np.bool_)
    assert steady_order(value, rank, free, 2).tolist() == [1, 2, 0, 3, 4]
    assert steady_order(value, rank, np.array([True, False, False, False, False]), 2).tolist() == [1, 2, 3, 4, 0]
