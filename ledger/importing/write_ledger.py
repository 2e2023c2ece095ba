"""A ledger written to a folder of Parquet files, each of them whole or absent."""

from decimal import Decimal
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from ledger.atomic_files import write_whole
from ledger.errors import LedgerError
from ledger.frames import Tables
from ledger.tables import TABLES, Column, Table

MONEY = pa.decimal128(18, 2)
ARROW_TYPES = {
    "text": pa.string(),
    "choice": pa.string(),
    "date": pa.date32(),
    "number": pa.float64(),
    "flag": pa.bool_(),
}
ONE_CENT = pa.scalar(Decimal("0.01"), pa.decimal128(2, 2))


def write_ledger(tables: Tables, folder: Path) -> None:
    """Each table to `<folder>/<table>.parquet`: money as decimal128(18, 2) currency units, dates as date32.

    A file of an earlier ledger is replaced at once, never half. LedgerError where the folder holds the same table in
    another form, since readers could not know which one is meant.
    """
    for name in tables:
        for other in (folder / f"{name}.csv", folder / name):
            if other.exists():
                raise LedgerError(f"{other} holds the table {name} already; remove it or write to another folder.")
    for name, frame in tables.items():
        rows = as_arrow(TABLES[name], frame)
        write_whole(folder / f"{name}.parquet", partial(pa.parquet.write_table, rows))


def as_arrow(table: Table, frame: pd.DataFrame) -> pa.Table:
    """The declared columns in the types of a ledger's files."""
    return pa.table({column.name: _arrow_column(column, frame[column.name]) for column in table.columns})


def _arrow_column(column: Column, values: pd.Series) -> pa.Array:
    if column.kind != "money":
        return pa.array(values, from_pandas=True).cast(ARROW_TYPES[column.kind])
    cents = pa.array(values.astype("Int64"), pa.int64()).cast(pa.decimal128(19, 0))
    return pc.multiply(cents, ONE_CENT).cast(MONEY)
