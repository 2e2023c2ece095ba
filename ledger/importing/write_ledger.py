"""A ledger written to a folder of Parquet files, each of them whole or absent."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from ledger.atomic_files import write_whole
from ledger.errors import WrongPlace
from ledger.frames import Tables
from ledger.tables import TABLES
from ledger.written_rows import as_arrow


def write_ledger(tables: Tables, folder: Path) -> None:
    """Each table to `<folder>/<table>.parquet`: money as decimals of currency units, dates as date32.

    A file of an earlier ledger is replaced at once, never half. WrongPlace where the folder holds the same table in
    another form, since readers could not know which one is meant.
    """
    require_room(tables, folder)
    for name, frame in tables.items():
        rows = as_arrow(TABLES[name], frame)
        write_whole(folder / f"{name}.parquet", partial(pa.parquet.write_table, rows))


def require_room(tables: Iterable[str], folder: Path) -> None:
    """WrongPlace where the folder holds code, or one of the tables in another form than a single Parquet file."""
    if (folder / "__init__.py").exists():
        raise WrongPlace(f"{folder} holds Python code; write the ledger to a folder of its own, such as data/ledger.")
    for name in tables:
        for other in (folder / f"{name}.csv", folder / name):
            if other.exists():
                raise WrongPlace(f"{other} holds the table {name} already; remove it or write to another folder.")
