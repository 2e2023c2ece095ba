"""Whatever text is in a file, each row is either typed or refused, and nothing but LedgerError is raised."""

import tempfile
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.declarations import Table
from ledger.errors import LedgerError
from ledger.reading.conversion import convert
from ledger.reading.refusals import REFUSED_COLUMNS
from ledger.tables import TABLES
from tests.support.judged_in_memory import read_ledger

CELLS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.sampled_from(["2024-01-05", "2024-02-30", "0000-00-00", "99999-01-01", "12.5", "1e999", "-0", "nan", "١٢", "İ"]),
    st.none(),
)


@st.composite
def frames(draw: st.DrawFn) -> tuple[Table, pd.DataFrame]:
    table = draw(st.sampled_from(list(TABLES.values())))
    left_out = draw(st.sets(st.sampled_from([column.name for column in table.columns]), max_size=2))
    names = [name for name in table.names if name not in left_out]
    rows = draw(st.lists(st.tuples(*[CELLS] * len(names)), max_size=6))
    return table, pd.DataFrame(rows, columns=names, dtype="str")


@given(frames())
@settings(max_examples=150)
def test_every_row_is_typed_or_refused(drawn: tuple[Table, pd.DataFrame]) -> None:
    table, raw = drawn
    try:
        typed, refused, *_ = convert(table, raw)
    except LedgerError:
        assert any(not column.optional and column.name not in raw for column in table.columns)
        return
    assert len(typed) + len(refused) == len(raw)
    assert [str(dtype) for dtype in typed.dtypes] == [column.dtype for column in table.columns]
    assert tuple(refused.columns) == REFUSED_COLUMNS
    assert (refused["advice"].str.len() > 0).all()


@given(frames())
@settings(max_examples=60)
def test_each_row_is_judged_alone(drawn: tuple[Table, pd.DataFrame]) -> None:
    table, raw = drawn
    if raw.empty or any(not column.optional and column.name not in raw for column in table.columns):
        return
    typed, *_ = convert(table, raw)
    alone = pd.concat([convert(table, raw.iloc[[row]])[0] for row in range(len(raw))], ignore_index=True)
    pd.testing.assert_frame_equal(alone, typed)


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_any_bytes_in_place_of_a_csv_are_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "payments.csv").write_text("payment_id,customer_id,paid_on,amount\n")
        (Path(folder) / "invoices.csv").write_bytes(b"invoice_id,customer_id,issued_on,due_on,amount\n" + content)
        try:
            read_ledger(folder)
        except LedgerError as error:
            assert "invoices.csv" in str(error)
