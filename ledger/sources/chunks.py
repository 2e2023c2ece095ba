"""A ledger in pieces that fit into memory, each read on its own, on any machine that reaches the source.

A piece is a few row groups of a Parquet file, a CSV, or a range of a table's rows in a database.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from configs.near_names import closest
from ledger.errors import NO_FILE, LedgerError, listed
from ledger.sources.connections import open_engine, shown, table_names
from ledger.sources.csv_and_parquet import RawRows, parquet_parts, parquet_row_groups, read_row_groups, stream_csv
from ledger.sources.database_rows import Rows, row_ranges, shared_snapshot, stream_rows
from ledger.tables import TABLES

QUARANTINE = "quarantine"
IMPORT_LOSSES = "import_refused.parquet"  # no table: what the import of the ledger refused and repaired
ROWS_OF_A_PIECE = 1_000_000
BYTES_OF_A_CSV_ROW = 80  # about; only to estimate how large a ledger is


@dataclass(frozen=True)
class Piece:
    """Some rows of a table. `origin` names them in errors; `rows` is about how many there are.

    `source` is a file or a SQLAlchemy URL; `row_groups` are of a Parquet file, `rows_of` of a database. `stamp` is the
    file's when the ledger was opened (`stamp_of`).
    """

    table: str
    origin: str
    source: str
    rows: int
    row_groups: tuple[int, ...] = ()
    rows_of: Rows | None = None
    stamp: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class Source:
    """A ledger's pieces, in the order of the tables and of their rows; `notes` are for people."""

    pieces: tuple[Piece, ...]
    notes: tuple[str, ...]

    @property
    def rows(self) -> int:
        """About how many rows the ledger has."""
        return sum(piece.rows for piece in self.pieces)


@contextmanager
def opened(source: str | Path) -> Iterator[Source]:
    """The pieces of a ledger in a folder or behind a SQLAlchemy URL; while open, a PostgreSQL ledger stands still.

    LedgerError where a required table is missing or nothing can be read.
    """
    if isinstance(source, str) and "://" in source:
        with _database(source) as found:
            yield found
    else:
        yield _folder(Path(source))


def raw_rows(piece: Piece, only: Sequence[str] | None = None) -> Iterator[RawRows]:
    """The rows of a piece, in one or more parts; where `only` is given, those of its columns that are there.

    LedgerError where they cannot be read, or where the file is not the one that was opened.
    """
    if piece.rows_of is not None:
        yield from map(RawRows, stream_rows(piece.source, piece.rows_of, only))
        return
    require_same_file(Path(piece.source), piece.stamp)
    if piece.row_groups:
        yield RawRows(read_row_groups(Path(piece.source), piece.row_groups, only))
    else:
        yield from _plain_csv(Path(piece.source), only)
    require_same_file(Path(piece.source), piece.stamp)


def stamp_of(path: Path) -> tuple[int, int, int]:
    """What changes where a file is written again: its number on the disk, size and time (nanoseconds)."""
    about = path.stat()
    return about.st_ino, about.st_size, about.st_mtime_ns


def require_same_file(path: Path, stamp: tuple[int, int, int] | None) -> None:
    """LedgerError where a file, if it had a stamp, was replaced or grew: its rows would be of two moments, or be
    counted twice."""
    if stamp is None:
        return
    try:
        same = stamp_of(path) == stamp
    except FileNotFoundError:
        same = False
    if not same:
        raise LedgerError(
            f"{path}: the file was changed while it was read, so its rows are of two moments. Nothing was "
            f"written. Run it again when the export is done."
        )


def _folder(folder: Path) -> Source:
    if not folder.is_dir():
        raise LedgerError(f"{folder}: there is no such folder. A ledger is a folder with invoices.csv, payments.csv, …")
    entries = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    places = homes(folder)
    _require_tables([name for name, home in places.items() if home], entries, str(folder), "Files")
    used = {home.name for home in places.values() if home} | {QUARANTINE, IMPORT_LOSSES}
    notes = [f"{folder / entry} is no table of the ledger and was ignored" for entry in entries if entry not in used]
    pieces = [piece for name, home in places.items() if home for piece in _pieces_of_file(name, home)]
    return Source(tuple(pieces), tuple(notes))


def homes(folder: Path) -> dict[str, Path | None]:
    """The file or folder of each table of a ledger in a folder; None where it has no such table. LedgerError where it
    is there twice."""
    return {name: _home(folder, name) for name in TABLES}


def _home(folder: Path, name: str) -> Path | None:
    """The one file or folder that holds a table."""
    places = [folder / f"{name}.parquet", folder / f"{name}.csv", folder / name]
    found = [place for place in places if place.exists()]
    if len(found) > 1:
        raise LedgerError(
            f"{folder}: the table {name} is there more than once: {listed(place.name for place in found)}. Keep one."
        )
    if found and not (found[0].is_file() or found[0].is_dir()):
        raise LedgerError(f"{found[0]}: {NO_FILE}")
    return found[0] if found else None


def _pieces_of_file(name: str, home: Path) -> Iterator[Piece]:
    if home.suffix == ".csv":
        yield Piece(name, str(home), str(home), home.stat().st_size // BYTES_OF_A_CSV_ROW, stamp=stamp_of(home))
        return
    paths = list(parquet_parts(home)) if home.is_dir() else [home]
    if not paths:
        raise LedgerError(f"{home}: the folder holds no Parquet parts (*.parquet). Fill it or remove it.")
    for path in paths:
        stamp = stamp_of(path)
        for groups, rows in parquet_row_groups(path, ROWS_OF_A_PIECE):
            yield Piece(name, str(path), str(path), rows, row_groups=groups, stamp=stamp)


def _plain_csv(path: Path, only: Sequence[str] | None) -> Iterator[RawRows]:
    for raw in stream_csv(path, only=only):
        names = [str(name) for name in raw.frame.columns]
        if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
            raise LedgerError(
                f"{path}: the columns are not separated by commas; its first line is {names[0][:100]!r}. Separate them "
                f"by commas, or state the delimiter in a mapping and run `duerank import`."
            )
        yield raw


@contextmanager
def _database(address: str) -> Iterator[Source]:
    engine = open_engine(address)
    try:
        found = table_names(engine)
        held = [name for name in TABLES if name in found]
        _require_tables(held, found, shown(engine), "Tables")
        with shared_snapshot(engine) as snapshot:
            pieces = [
                Piece(name, f"{shown(engine)}, table {name}", address, rows.about, rows_of=rows)
                for name in held
                for rows in row_ranges(engine, name, snapshot, ROWS_OF_A_PIECE)
            ]
            yield Source(tuple(pieces), ())
    finally:
        engine.dispose()


def _require_tables(held: list[str], found: list[str], place: str, what: str) -> None:
    for table in TABLES.values():
        if table.required and table.name not in held:
            raise LedgerError(
                f"{place}: the required table {table.name!r} is missing.{closest(table.name, found)} "
                f"{what} found: {listed(found)}. Expected a table called {table.name} (as CSV or Parquet in a folder)."
            )
