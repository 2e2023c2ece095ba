"""Raw rows out of CSV and Parquet files; nothing here knows what the columns mean."""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

from ledger.errors import LedgerError, first_line
from ledger.sources.csv_blocks import require_encoding, whole_lines

# What pyarrow raises on damaged Parquet; UnicodeError is of its names, OverflowError of its numbers.
DAMAGED = (pa.ArrowException, OSError, UnicodeError, OverflowError)
LINE_END = re.compile("\r\n|\r|\n")  # str.splitlines knows more ends than a CSV has
FIRST_DAY, LAST_DAY = date(1, 1, 3), date(9999, 12, 29)  # in every zone still, or already, in Python's calendar
NO_GROUP = (-1,)  # a Parquet file without rows has no row group; its columns count all the same


@dataclass(frozen=True)
class RawRows:
    """The rows of one file, and the lines of a CSV that have too few or too many fields."""

    frame: pd.DataFrame
    malformed: tuple[str, ...] = ()


@dataclass(frozen=True)
class CsvBlock:
    """Whole lines of a CSV in UTF-8; the first one has the column names where it is `headed`."""

    path: Path
    text: bytes
    names: tuple[str, ...]
    delimiter: str
    headed: bool

    def read(self, chosen: Sequence[str] = ()) -> RawRows:
        """The rows, all cells as text: the chosen columns, or all. LedgerError where this is no CSV."""
        malformed: list[str] = []

        def set_aside(row: pa.csv.InvalidRow) -> str:
            # A quote that never closes swallows the lines after it; each of them counts as lost.
            malformed.extend(line for line in LINE_END.split(row.text) if line)
            return "skip"

        with _readable(self.path):
            rows = pa.csv.read_csv(
                pa.BufferReader(self.text),
                read_options=pa.csv.ReadOptions(
                    column_names=self.names, block_size=len(self.text) + 1, use_threads=False
                ),
                parse_options=pa.csv.ParseOptions(
                    delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=set_aside
                ),
                convert_options=pa.csv.ConvertOptions(
                    column_types=dict.fromkeys(self.names, pa.string()),
                    strings_can_be_null=False,
                    include_columns=chosen,
                ),
            )
        return RawRows(rows.slice(int(self.headed)).to_pandas(), tuple(malformed))


def read_csv(path: Path, delimiter: str = ",", encoding: str = "utf-8", skip_rows: int = 0) -> RawRows:
    """All rows of a CSV at once; see `stream_csv`."""
    parts = list(stream_csv(path, delimiter, encoding, skip_rows))
    malformed = tuple(line for part in parts for line in part.malformed)
    return RawRows(pd.concat([part.frame for part in parts], ignore_index=True), malformed)


def stream_csv(
    path: Path, delimiter: str = ",", encoding: str = "utf-8", skip_rows: int = 0, only: Sequence[str] | None = None
) -> Iterator[RawRows]:
    """The rows of a CSV in parts, one at least, all cells as text; where `only` is given, those of its columns that are
    there, and nothing where none of them is.

    LedgerError where the file is empty, in another encoding, or no CSV.
    """
    for block in csv_blocks(path, delimiter, encoding, skip_rows):
        chosen = block.names if only is None else [name for name in block.names if name in only]
        if not chosen:  # to pyarrow that would mean all of them
            return
        yield block.read(chosen)


def csv_blocks(path: Path, delimiter: str = ",", encoding: str = "utf-8", skip_rows: int = 0) -> Iterator[CsvBlock]:
    """The lines of a CSV in blocks, one at least; lines that are added at its end leave all but the last as they are.

    LedgerError as in `stream_csv`.
    """
    require_encoding(path, encoding)
    with _readable(path):
        names = tuple(_header(path, delimiter, encoding, skip_rows))
        for place, text in enumerate(whole_lines(path, delimiter, encoding, skip_rows)):
            yield CsvBlock(path, text, names, delimiter, headed=place == 0)


def parquet_row_groups(path: Path, most_rows: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """Row groups that together have about `most_rows` rows, with their number; one at least.

    LedgerError where the file is cut off or no Parquet.
    """
    about = _parquet(path).metadata
    chosen: list[int] = []
    rows = 0
    for group in range(about.num_row_groups):
        chosen.append(group)
        rows += about.row_group(group).num_rows
        if rows >= most_rows:
            yield tuple(chosen), rows
            chosen, rows = [], 0
    if chosen or not about.num_row_groups:
        yield tuple(chosen) or NO_GROUP, rows


def read_parquet(path: Path) -> RawRows:
    """The rows of a whole file in their native types. LedgerError as in `parquet_row_groups`."""
    return RawRows(read_row_groups(path, tuple(range(_parquet(path).metadata.num_row_groups)) or NO_GROUP))


def read_row_groups(path: Path, groups: tuple[int, ...], only: Sequence[str] | None = None) -> pd.DataFrame:
    """The rows of some row groups in their native types; where `only` is given, those of its columns that are there.

    LedgerError as in `parquet_row_groups`.
    """
    file = _parquet(path)
    try:
        columns = None if only is None else list(only)
        table = file.read_row_groups([] if groups == NO_GROUP else list(groups), columns=columns)
        _require_names_once(path, table.column_names)
        table.validate(full=True)  # texts of a damaged file need not be UTF-8
        usable = {name: _usable(table[name]) for name in table.column_names}
        # Without the metadata: pandas' own would be parsed even where it is ignored.
        rows: pd.DataFrame = pa.table(usable).to_pandas(types_mapper=_exact_type, date_as_object=False)
    except DAMAGED as error:
        raise not_whole(path, error) from None
    return rows


def first_parquet_rows(path: Path, most: int) -> tuple[pd.DataFrame, bool]:
    """The first rows of a file in their native types, and whether these are all. LedgerError as in
    `parquet_row_groups`."""
    for groups, rows in parquet_row_groups(path, 1):
        first = read_row_groups(path, groups)
        return first.head(most), len(first) <= most and rows == _parquet(path).metadata.num_rows
    return pd.DataFrame(), True


def require_parquet(path: Path) -> None:
    """LedgerError where the file is cut off, no Parquet, or names a column twice."""
    _require_names_once(path, _parquet(path).schema_arrow.names)


def _parquet(path: Path) -> pa.parquet.ParquetFile:
    if path.stat().st_size == 0:
        raise LedgerError(f"{path} is empty (0 bytes). Write it again, or remove it where the table has no rows.")
    try:
        return pa.parquet.ParquetFile(path)
    except DAMAGED as error:
        raise not_whole(path, error) from None


def not_whole(path: Path, error: BaseException) -> LedgerError:
    return LedgerError(
        f"{path}: this is not a whole Parquet file ({first_line(error)}). It may have been cut off: copy it again."
    )


def parquet_parts(folder: Path) -> Iterator[Path]:
    """The Parquet files in a folder and its subfolders, by name; hidden ones are not data."""
    for path in sorted(folder.rglob("*.parquet")):
        if path.is_file() and not path.name.startswith((".", "_")):
            yield path


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """What cannot be read as a CSV as a LedgerError."""
    try:
        yield
    except (pa.ArrowException, csv.Error, UnicodeError, OSError) as error:  # UnicodeError: \ud800 in unicode_escape
        raise LedgerError(f"{path}: this is not a readable CSV: {first_line(error)}") from None


def _header(path: Path, delimiter: str, encoding: str, skip_rows: int) -> list[str]:
    """The trimmed column names; fields without a name are numbered so that every column has one."""
    plain = codecs.lookup(encoding).name == "utf-8"
    with path.open(encoding="utf-8-sig" if plain else encoding, newline="") as file:
        for _ in range(skip_rows):
            file.readline()
        names = next((row for row in csv.reader(file, delimiter=delimiter) if row), [])
    return named_columns(path, names)


def named_columns(path: Path, names: list[str]) -> list[str]:
    """Trimmed column names; fields without one are numbered. LedgerError where all are empty, or one is there twice."""
    if not any(name.strip() for name in names):
        raise LedgerError(f"{path}: there is no line of column names.")
    names = [name.strip() or f"unnamed_{position}" for position, name in enumerate(names, start=1)]
    _require_names_once(path, names)
    return names


def _require_names_once(path: Path, names: list[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise LedgerError(f"{path}: the column {name[:200]!r} is there more than once; keep one of them.")


def _usable(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column in a type, and with days, that pandas and pyarrow reckon with.

    Short decimals are not negated. A day that no calendar of Python has is not printed: it becomes its last or first.
    """
    kind = column.type
    if pa.types.is_decimal32(kind) or pa.types.is_decimal64(kind):
        return column.cast(pa.decimal128(kind.precision, kind.scale))
    if not (pa.types.is_date(kind) or pa.types.is_timestamp(kind)) or getattr(kind, "unit", "") == "ns":
        return column
    whole = pa.int32() if pa.types.is_date32(kind) else pa.int64()
    plain = pa.timestamp(kind.unit) if pa.types.is_timestamp(kind) else kind
    first, last = (pa.scalar(day, pa.date32()).cast(plain).cast(whole) for day in (FIRST_DAY, LAST_DAY))
    numbers = column.cast(whole)
    found = pc.min_max(numbers)
    if not found["min"].is_valid or (found["min"].as_py() >= first.as_py() and found["max"].as_py() <= last.as_py()):
        return column
    held = pc.max_element_wise(first, pc.min_element_wise(last, numbers, skip_nulls=False), skip_nulls=False)
    return held.cast(kind)


def _exact_type(kind: pa.DataType) -> pd.api.extensions.ExtensionDtype | None:
    """Types in which a missing value does not turn whole numbers, and decimals, into floats."""
    if pa.types.is_integer(kind):
        return pd.UInt64Dtype() if pa.types.is_unsigned_integer(kind) else pd.Int64Dtype()
    if pa.types.is_decimal(kind):
        return pd.ArrowDtype(kind)
    return None
