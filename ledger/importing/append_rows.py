"""Rows added to tables of a ledger's folder, each file replaced at once; a row that was added before is replaced."""

import csv
import io
from collections.abc import Collection, Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from ledger.atomic_files import write_whole
from ledger.errors import LedgerError
from ledger.frames import Tables
from ledger.importing.sole_writer import sole_writer
from ledger.tables import TABLES
from ledger.written_rows import as_arrow

PART = "outcomes.parquet"


def append_rows(tables: Tables, folder: Path, instead_of: Collection[str] = ()) -> None:
    """Add rows to the tables of a ledger's folder, in the form that each has there: CSV, Parquet, or Parquet parts.

    A table that is not there is written as Parquet. Rows of the same key as an added one go, so that adding again
    changes nothing; so do those of these tables whose key is one of `instead_of`, or begins with one and a dash.
    One writer at a time: what others add meanwhile is waited for, and stays. LedgerError where the folder is no ledger,
    or a column of a file cannot hold an added value.
    """
    if not folder.is_dir():
        raise LedgerError(f"{folder}: there is no such folder; outcomes are added to a ledger in a folder.")
    with sole_writer(folder):
        for name, frame in tables.items():
            rows, (key,) = as_arrow(TABLES[name], frame), TABLES[name].key
            gone = {*frame[key], *instead_of}
            if (folder / f"{name}.csv").exists():
                _append_csv(folder / f"{name}.csv", rows, key, gone)
            elif (folder / name).is_dir():
                _append_parquet(folder / name / PART, rows, key, gone)
            else:
                _append_parquet(folder / f"{name}.parquet", rows, key, gone)


def _append_parquet(path: Path, rows: pa.Table, key: str, gone: set[str]) -> None:
    if path.exists():
        before = pa.parquet.read_table(path)
        if key not in before.column_names:
            raise LedgerError(f"{path}: the column {key} is missing; `duerank validate` says what a table needs.")
        stale = _stale(before[key].cast(pa.string()), gone)
        if not len(rows) and not pc.any(stale).as_py():
            return
        before = before.filter(pc.invert(stale))
        try:
            rows = pa.concat_tables([before, _fitting(rows, before.schema)], promote_options="default")
        except pa.ArrowInvalid as error:
            raise LedgerError(f"{path}: a column cannot hold what is to be added: {error}") from None
    elif not len(rows):
        return
    write_whole(path, lambda temporary: pa.parquet.write_table(rows, temporary))


def _stale(keys: pa.ChunkedArray, gone: set[str]) -> pa.ChunkedArray:
    """Which rows go. Only keys with what all of `gone` begin with are looked at one by one: a ledger has millions."""
    first, last = min(gone, default=""), max(gone, default="")
    alike = next((at for at, both in enumerate(zip(first, last, strict=False)) if both[0] != both[1]), len(first))
    near = pc.fill_null(pc.starts_with(keys, first[:alike]), False)
    found = _goes(keys.filter(near).to_pylist(), gone)
    return pc.is_in(keys, pa.array(found, pa.string()))


def _goes(keys: Iterable[str], gone: Collection[str]) -> list[str]:
    """The keys that are in `gone`, or begin with one of it and a dash."""
    return [
        key for key in keys if key in gone or any(key[:at] in gone for at, letter in enumerate(key) if letter == "-")
    ]


def _fitting(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """The rows in the types that a file has for their columns; further columns come where they say something."""
    for place, name in enumerate(rows.column_names):
        if name in schema.names and schema.field(name).type != rows.schema.field(name).type:
            rows = rows.set_column(place, name, rows[name].cast(schema.field(name).type))
    said = [name for name in rows.column_names if name in schema.names or rows[name].null_count < len(rows)]
    return rows.select(said)


def _append_csv(path: Path, rows: pa.Table, key: str, gone: set[str]) -> None:
    """Lines that are there stay as they are, but for those of a key that goes; columns that are not there are added."""
    text = path.read_text("utf-8-sig")
    before = list(csv.reader(io.StringIO(text, newline="")))
    if not before or key not in before[0]:
        raise LedgerError(f"{path}: the column {key} is missing; `duerank validate` says what a table needs.")
    said = [name for name in rows.column_names if name in before[0] or rows[name].null_count < len(rows)]
    head = [*before[0], *(name for name in said if name not in before[0])]
    place, width = before[0].index(key), len(before[0])
    cells = pd.DataFrame({name: rows[name].cast(pa.string()).to_pandas() for name in said}).reindex(columns=head)
    stale = set(_goes([line[place] for line in before[1:] if len(line) > place], gone))
    if not len(rows) and not stale:
        return
    kept = [
        [*line, *[""] * (len(head) - width)] if len(line) == width else line
        for line in before[1:]
        if not (len(line) > place and line[place] in stale)
    ]

    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(
                [head, *kept, *cells.astype("str").fillna("").to_numpy().tolist()]
            )

    write_whole(path, write)
