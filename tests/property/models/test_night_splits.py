"""What holds for the splits of any rows: no customer and no later night is on both sides."""

import numpy as np
import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

from models.evaluation.night_splits import NightSplits

ROWS = st.lists(
    st.tuples(st.integers(0, 12), st.integers(0, 30), st.integers(1, 12)),  # customer, night, days until known
    min_size=20,
    max_size=120,
)


def frame_of(rows: list[tuple[int, int, int]]) -> pd.DataFrame:
    customer, night, wait = (np.array(column) for column in zip(*rows, strict=True))
    day = np.datetime64("2024-01-01", "s")
    index = pd.MultiIndex.from_arrays(
        [
            [f"C{one}" for one in customer],
            day + night.astype("timedelta64[D]"),
            day + (night + wait).astype("timedelta64[D]"),
        ],
        names=["customer_id", "as_of", "known_from"],
    )
    return pd.DataFrame({"x": night}, index=index)


def dated(X: pd.DataFrame, rows: np.ndarray, name: str) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(X.index.get_level_values(name)[rows])


@given(ROWS, st.integers(2, 4))
def test_no_customer_and_no_later_night_is_on_both_sides(rows: list[tuple[int, int, int]], n_splits: int):
    X = frame_of(rows)
    splitter = NightSplits(n_splits)
    try:
        splits = list(splitter.split(X))
    except ValueError:
        assume(False)
    assert len(splits) == splitter.get_n_splits(X)
    judged_before: set[int] = set()
    for learned, judged in splits:
        customer = X.index.get_level_values("customer_id")
        assert not set(customer[learned]) & set(customer[judged])
        if len(learned) and len(judged):
            assert dated(X, learned, "as_of").max() < dated(X, judged, "as_of").min()
            assert dated(X, learned, "known_from").max() <= dated(X, judged, "as_of").min()
        assert not judged_before & set(judged)
        judged_before |= set(judged)


@given(ROWS, st.randoms())
def test_the_order_of_the_rows_changes_no_split(rows: list[tuple[int, int, int]], random):
    order = list(range(len(rows)))
    random.shuffle(order)
    X = frame_of(rows)
    try:
        splits, again = (list(NightSplits(2).split(frame)) for frame in (X, X.iloc[order]))
    except ValueError:
        assume(False)
    for here, there in zip(splits, again, strict=True):
        for side, other in zip(here, there, strict=True):
            assert sorted(np.array(order)[other]) == sorted(side)


def test_groups_that_are_given_count_instead_of_the_index():
    X = frame_of([(customer, night, 1) for customer in range(8) for night in range(10)])
    groups = np.repeat(["a", "b", "c", "d"], 20)  # two customers each
    for learned, judged in NightSplits(2).split(X, None, groups):
        assert len(learned) and len(judged)
        assert not set(groups[learned]) & set(groups[judged])
