"""The compiled statistics are what plain arithmetic over a list of events gives, for every window and night."""

import math
import random
from datetime import date, timedelta

import numpy as np
import pytest

from features import windows
from features.window_kernels import STATISTICS
from features.windows import sorted_events, windowed
from tests.oracle.statistics import statistic

FIRST = date(2023, 12, 20)
WINDOWS = (1, 7, 30, 90, None)
NIGHTS = tuple(FIRST + timedelta(days=days) for days in (0, 1, 30, 31, 45, 100, 400))
ASKED = [(name, window) for name in STATISTICS for window in WINDOWS]
EXACT = ("count", "total", "largest", "last", "streak", "days_since_last", "days_since_first", "active_months")
ZERO_WHERE_EMPTY = ("count", "total", "streak", "active_months")
OWNERS = 5

Row = tuple[int, date, int, int]  # owner, day, value, weight


def random_rows(seed: int) -> list[Row]:
    """Events of a few owners (the last has none), in any order, many on one day or on the edge of a window."""
    draw = random.Random(seed)
    number = draw.choice((0, 1, 5, 40, 150))
    spread_over = draw.choice((3, 40, 200))
    rows = [
        (
            draw.randrange(OWNERS - 1),
            draw.choice(
                (FIRST + timedelta(days=draw.randrange(spread_over)), draw.choice(NIGHTS) - timedelta(days=30))
            ),
            draw.choice((0, 1, 1, 1, -3, draw.randrange(-100_000, 1_000_000))),
            draw.choice((0, 1, draw.randrange(100_000))),
        )
        for _ in range(number)
    ]
    return rows if draw.random() < 0.7 else sorted(rows, key=lambda row: row[1])


def found(rows: list[Row], nights: tuple[date, ...] = NIGHTS, owners: int = OWNERS) -> np.ndarray:
    owner = np.array([row[0] for row in rows], dtype=np.int64)
    day = np.array([(row[1] - date(1970, 1, 1)).days for row in rows], dtype=np.int64)
    value, weight = (np.array([row[place] for row in rows], dtype=np.float64) for place in (2, 3))
    numbers = np.array([(night - date(1970, 1, 1)).days for night in nights])
    return windowed(sorted_events(owner, day, owners), value, weight, numbers, ASKED)


def expected(rows: list[Row], owner: int, night: date, name: str, window: int | None) -> float:
    inside = [
        (day, value, weight)
        for whose, day, value, weight in rows
        if whose == owner and day < night and (window is None or (night - day).days <= window)
    ]
    result = statistic(name, inside, night)
    return result if result is not None else 0.0 if name in ZERO_WHERE_EMPTY else math.nan


def assert_same(rows: list[Row], owners: int = OWNERS) -> None:
    got = found(rows, owners=owners)
    assert got.shape == (owners, len(ASKED), len(NIGHTS))
    for at, night in enumerate(NIGHTS):
        for place, (name, window) in enumerate(ASKED):
            for owner in range(owners):
                wanted, value = expected(rows, owner, night, name, window), got[owner, place, at]
                same = (
                    math.isnan(value)
                    if math.isnan(wanted)
                    else value == wanted
                    if name in EXACT
                    else math.isclose(value, wanted, rel_tol=1e-9, abs_tol=1e-6)
                )
                assert same, f"{name} over {window} days of owner {owner} as of {night}: {value}, not {wanted}"


@pytest.mark.parametrize("seed", range(40))
def test_every_statistic_of_every_window_and_night_is_what_the_events_say(seed):
    assert_same(random_rows(seed))


def test_one_owner_with_many_events():
    draw = random.Random(7)
    rows = [(0, FIRST + timedelta(days=draw.randrange(90)), draw.randrange(3), 1) for _ in range(2_000)]
    assert_same(rows, owners=1)


def test_no_events_and_no_owners():
    assert_same([])
    assert found([], owners=0).shape == (0, len(ASKED), len(NIGHTS))


def test_a_night_does_not_see_its_own_day_or_any_later_one():
    rows = random_rows(11)
    night = NIGHTS[4]
    later = [*rows, *((owner, night + timedelta(days=days), 5, 5) for owner in range(OWNERS) for days in (0, 1, 50))]
    assert found(rows, (night,)).tobytes() == found(later, (night,)).tobytes()


def test_a_window_holds_its_first_day_and_not_the_day_before():
    night = NIGHTS[5]
    rows = [(0, night - timedelta(days=30), 2, 1), (0, night - timedelta(days=31), 4, 1)]
    got = found(rows, (night,))[0, :, 0]
    assert got[ASKED.index(("total", 30))] == 2
    assert got[ASKED.index(("total", 90))] == 6


def test_the_order_of_the_rows_changes_nothing():
    rows = random_rows(11)
    shuffled = random.Random(1).sample(rows, len(rows))
    assert len(rows) > 1
    assert found(rows).tobytes() == found(shuffled).tobytes()


@pytest.mark.parametrize("cores", (1, 2, 3, 16))
def test_owners_shared_out_among_cores_give_the_same_bytes(cores, monkeypatch):
    alone = [found(random_rows(seed)).tobytes() for seed in range(8)]
    monkeypatch.setattr(windows, "WORTH_THREADS", 0)
    monkeypatch.setattr(windows, "cores", lambda: cores)
    assert [found(random_rows(seed)).tobytes() for seed in range(8)] == alone
    assert found([], owners=0).size == 0


def test_a_statistic_that_does_not_exist_is_refused():
    events = sorted_events(np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64), 1)
    with pytest.raises(KeyError, match="median"):
        windowed(events, None, None, np.array([9]), [("median", 30)])


def test_nights_in_another_order_are_refused():
    with pytest.raises(ValueError, match="ascending"):
        found([], NIGHTS[::-1])
