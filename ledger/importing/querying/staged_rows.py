"""The rows of an export's files and tables as Parquet files, which queries read; what is Parquet is not copied."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from ledger.errors import LedgerError, first_line
from ledger.importing.cells.amounts import read_amounts
from ledger.importing.export_files import Found
from ledger.importing.mapping_schema import SourceFile
from ledger.reading.parsing import as_text
from ledger.sources.connections import open_engine
from ledger.sources.csv_and_parquet import RawRows, require_parquet, stream_csv
from ledger.sources.database_rows import row_ranges, shared_snapshot, stream_rows
from ledger.sources.workbooks import read_workbook

JSON = "json"  # the one column of a staged JSON file
ROWS_OF_A_RANGE = 1_000_000
LARGEST_OBJECT = 1 << 28  # bytes of a JSON document, such as a whole list of invoices


@dataclass(frozen=True)
class Staged:
    """A Parquet file with rows of `files.<name>`; row n of it is row n + `before` of what `origin` names.

    `malformed` are the lines that do not have as many fields as the header, which has `width`.
    """

    path: Path
    origin: str
    before: int = 0
    malformed: tuple[str, ...] = ()
    width: int = 0


def stage(found: Found, scratch: Path) -> list[Staged]:
    """The rows of a file or table that queries read. LedgerError where they cannot be read."""
    numbers = itertools.count()

    def fresh() -> Path:
        return scratch / f"{_plain(found.name)}-{next(numbers)}.parquet"

    if found.table is not None:
        return [Staged(path, found.table) for path in _copied_table(found, fresh())]
    return [_staged_file(found, path, fresh()) for path in found.paths]


def _staged_file(found: Found, path: Path, staged: Path) -> Staged:
    kind = found.format_of(path)
    if kind == "parquet":
        require_parquet(path)
        return Staged(path, path.name)
    if kind == "json":
        _copy_json(path, found.form.records, staged)
        return Staged(staged, path.name)
    if kind == "xlsx":
        parts: Iterable[RawRows] = [read_workbook(path, found.form.sheet, found.form.skip_rows)]
    else:
        parts = stream_csv(path, found.delimiter_of(path), found.form.encoding, found.form.skip_rows)
    malformed: list[str] = []
    width = _write(_noting(parts, malformed), staged, found.form)
    return Staged(staged, path.name, found.form.skip_rows + 1, tuple(malformed), width)


def _noting(parts: Iterable[RawRows], malformed: list[str]) -> Iterator[pd.DataFrame]:
    for part in parts:
        malformed.extend(part.malformed)
        yield part.frame


def _copied_table(found: Found, first: Path) -> Iterator[Path]:
    """The declared columns of a table, or all, one file for each range of its rows."""
    only = [name for column, one in found.form.columns.items() for name in (column, *one.also)] or None
    wanted = None if only is None else sorted({*only, *(name.partition(".")[0] for name in only)})
    engine = open_engine(found.address)
    try:
        with shared_snapshot(engine) as snapshot:
            ranges = row_ranges(engine, str(found.table), snapshot, ROWS_OF_A_RANGE)
            for place, rows in enumerate(ranges):
                path = first.with_name(f"{first.stem}-{place}.parquet")
                _write(stream_rows(found.address, rows, wanted), path, found.form)
                yield path
    finally:
        engine.dispose()


def _write(parts: Iterable[pd.DataFrame], path: Path, form: SourceFile) -> int:
    """Rows as texts, numbers of a declared column in plain form; how many columns they have."""
    writer: pa.parquet.ParquetWriter | None = None
    width = 0
    try:
        for part in parts:
            rows = pa.table(
                {str(name): pa.array(_plain_text(form, str(name), part[name]), pa.string()) for name in part}
            )
            width = rows.num_columns
            writer = writer or pa.parquet.ParquetWriter(path, rows.schema)
            writer.write_table(rows)
    finally:
        if writer is not None:
            writer.close()
    return width


def _plain_text(form: SourceFile, name: str, values: pd.Series) -> "pd.Series[str]":
    text = as_text(values)
    numeric = any(
        one.type in ("amount", "number") and name.lower() in (written.lower() for written in (column, *one.also))
        for column, one in form.columns.items()
    )
    if not numeric:
        return text
    read = read_amounts(text, form)
    # What is in another form than the stated one must not be read as if none were stated.
    other = "not plain: " + text if form.decimal_comma or form.thousands else text
    return read.plain.where(~read.unread, other)


def _copy_json(path: Path, records: str | None, staged: Path) -> None:
    """Each record as JSON text; `records` is where the list of them is in a document, such as QueryResponse.Invoice."""
    with duckdb.connect() as connection:
        try:
            rows = connection.query(
                f"SELECT json FROM read_json_objects($path, format = 'auto', maximum_object_size = {LARGEST_OBJECT})",
                params={"path": str(path)},
            )
            inside = "json" if records is None else f"unnest(json_extract(json, '$.{records}[*]'))"
            rows.project(f"{inside} AS json").write_parquet(str(staged))
        except duckdb.Error as error:
            raise LedgerError(f"{path}: this is not readable JSON: {first_line(error)}") from None


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name)
