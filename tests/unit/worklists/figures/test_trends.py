"""Moves between segments are counted customer by customer, and add up over the parts of a portfolio."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from worklists.figures.trends import MOVES, added_up, moves

SEGMENTS = st.sampled_from(["forgetful", "large_at_risk", "up_to_date"])
CUSTOMERS = st.dictionaries(st.integers(0, 9).map("C{}".format), st.tuples(SEGMENTS, st.integers(0, 500)))


def frame(customers: dict[str, tuple[str, int]]) -> pd.DataFrame:
    rows = [(customer, segment, amount) for customer, (segment, amount) in customers.items()]
    types = {"customer_id": "str", "segment": "str", "overdue_amount": "int64"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)


def slowly(before: dict[str, tuple[str, int]], now: dict[str, tuple[str, int]]) -> list[tuple[str, str, int, int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for customer in before.keys() & now.keys():
        if before[customer][0] != now[customer][0]:
            found.setdefault((before[customer][0], now[customer][0]), []).append(now[customer][1])
    rows = [(one, other, len(amounts), sum(amounts)) for (one, other), amounts in found.items()]
    return sorted(rows, key=lambda row: (-row[3], -row[2], row[0], row[1]))


@given(CUSTOMERS, CUSTOMERS)
def test_moves_equal_those_counted_one_by_one(
    before: dict[str, tuple[str, int]], now: dict[str, tuple[str, int]]
) -> None:
    found = moves(frame(before).drop(columns="overdue_amount"), frame(now))
    assert list(found.columns) == list(MOVES)
    assert list(found.itertuples(index=False, name=None)) == slowly(before, now)


@given(CUSTOMERS, CUSTOMERS, st.integers(0, 9))
def test_moves_of_parts_add_up_to_those_of_the_whole(
    before: dict[str, tuple[str, int]], now: dict[str, tuple[str, int]], cut: int
) -> None:
    def part(customers: dict[str, tuple[str, int]], first: bool) -> pd.DataFrame:
        return frame({name: value for name, value in customers.items() if (int(name[1:]) < cut) == first})

    parts = [moves(part(before, first), part(now, first)) for first in (True, False)]
    pd.testing.assert_frame_equal(added_up(parts), moves(frame(before), frame(now)))
