"""Small ledgers for tests: from rows, or from a text that shows them as tables."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from ledger.declarations import Column, Table
from ledger.frames import Tables, complete, with_known_on
from ledger.minor_units import minor_units
from ledger.tables import TABLES


def tables_of(rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> Tables:
    """A ledger in memory from rows by table; what a row does not name is empty. Money is cents, dates are dates."""
    return complete({name: frame_of(TABLES[name], list(some)) for name, some in rows.items()})


def frame_of(table: Table, rows: list[Mapping[str, Any]]) -> pd.DataFrame:
    """One table in memory from rows."""
    frame = pd.DataFrame(
        {
            column.name: pd.Series([row.get(column.name, _absent(column)) for row in rows], dtype=column.dtype)
            for column in table.columns
        }
    )
    if table.name == "invoices":
        frame["kind"] = frame["kind"].fillna("invoice")
    stated = pd.Series([row.get("known_on") for row in rows], dtype="datetime64[s]")
    return with_known_on(table, frame.assign(known_on=stated))


def ledger(text: str) -> Tables:
    """A ledger from a text; see `rows_of`."""
    return tables_of(rows_of(text))


def rows_of(text: str) -> dict[str, list[dict[str, Any]]]:
    """Rows from a text: a table's name, a line of column names, a line for each row; cells are parted by spaces.

    `-` is an empty cell. Amounts are currency units. Where a column is not written, customer_id is C (but of a hold of
    an invoice, empty), a record's own identifier is its number, an instalment is of the invoice 1, kind is invoice, and
    an invoice was issued 30 days before it fell due.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    table, names = None, None
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if line in TABLES:
            table, names = TABLES[line], None
            rows[table.name] = []
        elif names is None:
            names = line.split()
        else:
            assert table is not None
            cells = dict(zip(names, line.split(), strict=True))
            rows[table.name].append(_row(table, cells, len(rows[table.name]) + 1))
    return rows


def _row(table: Table, cells: dict[str, str], number: int) -> dict[str, Any]:
    row: dict[str, Any] = {"customer_id": "C", table.key[0]: str(number)}
    if table.name == "instalments":
        row["invoice_id"] = "1"
    if table.name == "holds" and cells.get("invoice_id", "-") != "-":
        row["customer_id"] = None
    if table.name == "invoices":
        row |= {"kind": "invoice", "issued_on": pd.Timestamp(cells["due_on"]) - pd.Timedelta(days=30)}
    return row | {name: _cell(table.column(name), cell) for name, cell in cells.items()}


def _cell(column: Column, cell: str) -> Any:
    if cell == "-":
        return None
    if column.kind == "money":
        return int(Decimal(cell) * minor_units())
    if column.kind == "date":
        return pd.Timestamp(date.fromisoformat(cell))
    return float(cell) if column.kind == "number" else cell


def _absent(column: Column) -> Any:
    return False if column.kind == "flag" else None
