"""A frame that travels between rooms is what its schema says, or the night stops where the frame was made."""

import pandas as pd
import pytest

from ledger.frame_schema import DATE, NUMBER, TEXT, WHOLE, FrameSchema, WrongFrame

SCHEMA = FrameSchema("debts", {"customer_id": TEXT, "amount": WHOLE, "due_on": DATE})
DEBTS = pd.DataFrame(
    {"amount": [100], "customer_id": ["c1"], "due_on": pd.to_datetime(["2024-01-05"]).astype("datetime64[s]")}
)


def test_a_frame_with_the_declared_columns_in_any_order_passes_as_it_is() -> None:
    assert SCHEMA.checked(DEBTS) is DEBTS


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (DEBTS.drop(columns="amount"), r"^debts: columns missing: \['amount'\]; not declared: \[\]\.$"),
        (DEBTS.assign(note="x"), r"^debts: columns missing: \[\]; not declared: \['note'\]\.$"),
        (DEBTS.astype({"amount": "float64"}), r"^debts: amount is float64, declared int64\.$"),
        (DEBTS.assign(due_on="2024-01-05"), r"^debts: due_on is str, declared datetime64\[s\]\.$"),
    ],
    ids=["missing", "surplus", "another dtype", "a date as text"],
)
def test_any_other_frame_is_a_fault_that_says_which_column(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(WrongFrame, match=message):
        SCHEMA.checked(frame)


def test_a_number_may_be_held_whole_where_none_is_missing() -> None:
    shares = FrameSchema("shares", {"share": NUMBER})
    for values in ([1, 2], [0.5, None]):
        shares.checked(pd.DataFrame({"share": values}))


def test_a_frame_without_rows_needs_the_columns_only() -> None:
    empty = pd.DataFrame({name: [] for name in SCHEMA.columns})
    assert SCHEMA.checked(empty) is empty
    with pytest.raises(WrongFrame):
        SCHEMA.checked(empty.drop(columns="due_on"))
