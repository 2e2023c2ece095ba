"""A ledger out of a folder or a database: every row in the declared types, or refused with its reason."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ledger.conversion import convert, ignored_columns
from ledger.databases import open_engine, read_table, shown, table_names
from ledger.errors import LedgerError, closest, listed
from ledger.files import RawRows, parquet_parts, read_csv, read_parquet
from ledger.frames import Tables, complete, with_known_on
from ledger.refusals import malformed_rows, no_refusals, stacked
from ledger.tables import TABLES, Table

QUARANTINE = "quarantine"


@dataclass(frozen=True)
class Reading:
    """A ledger as read. `refused` has the columns of `ledger.refusals.REFUSED_COLUMNS`; `notes` are for people."""

    tables: Tables
    refused: pd.DataFrame
    notes: tuple[str, ...]


def read_ledger(source: str | Path) -> Reading:
    """The ledger in a folder (CSV, Parquet, or folders of Parquet parts), or behind a SQLAlchemy URL.

    Each row is judged alone; rules between rows and tables are validation's. LedgerError where a required table or
    column is missing, or where a file or the database cannot be read.
    """
    if isinstance(source, str) and "://" in source:
        return _from_database(source)
    return _from_folder(Path(source))


def assemble(parts: Iterable[tuple[Table, str, RawRows]], notes: Iterable[str] = ()) -> Reading:
    """A ledger out of raw rows with the name of where they come from; a table may come in several parts."""
    typed: dict[str, list[pd.DataFrame]] = {}
    refused: list[pd.DataFrame] = []
    told = list(notes)
    for table, origin, raw in parts:
        rows, bad = convert(table, raw.frame, origin)
        typed.setdefault(table.name, []).append(rows)
        refused += [bad, malformed_rows(table, raw.malformed, raw.frame.shape[1])]
        extra = ignored_columns(table, raw.frame)
        if extra:
            told.append(f"{origin}: columns that the ledger does not use were ignored: {listed(extra)}")
    tables = {name: with_known_on(TABLES[name], stacked(frames)) for name, frames in typed.items()}
    return Reading(complete(tables), stacked(refused) if refused else no_refusals(), tuple(told))


def _from_folder(folder: Path) -> Reading:
    if not folder.is_dir():
        raise LedgerError(f"{folder}: there is no such folder. A ledger is a folder with invoices.csv, payments.csv, …")
    entries = sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    homes = {name: _home(folder, name) for name in TABLES}
    _require_tables([name for name, home in homes.items() if home], entries, str(folder), "Files")
    used = {home.name for home in homes.values() if home} | {QUARANTINE}
    notes = [f"{folder / entry} is no table of the ledger and was ignored" for entry in entries if entry not in used]
    return assemble(_file_parts(homes), notes)


def _home(folder: Path, name: str) -> Path | None:
    """The one file or folder that holds a table."""
    places = [folder / f"{name}.parquet", folder / f"{name}.csv", folder / name]
    found = [place for place in places if place.exists()]
    if len(found) > 1:
        raise LedgerError(
            f"{folder}: the table {name} is there more than once: {listed(place.name for place in found)}. Keep one."
        )
    return found[0] if found else None


def _file_parts(homes: dict[str, Path | None]) -> Iterator[tuple[Table, str, RawRows]]:
    for name, home in homes.items():
        if home is None:
            continue
        if home.suffix == ".csv":
            yield TABLES[name], str(home), _plain_csv(home)
            continue
        paths = list(parquet_parts(home)) if home.is_dir() else [home]
        if not paths:
            raise LedgerError(f"{home}: the folder holds no Parquet parts (*.parquet). Fill it or remove it.")
        for path in paths:
            yield TABLES[name], str(path), read_parquet(path)


def _plain_csv(path: Path) -> RawRows:
    raw = read_csv(path)
    names = [str(name) for name in raw.frame.columns]
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        raise LedgerError(
            f"{path}: the columns are not separated by commas; its first line is {names[0][:100]!r}. Separate them by "
            f"commas, or state the delimiter in a mapping and run `duerank import`."
        )
    return raw


def _from_database(address: str) -> Reading:
    engine = open_engine(address)
    try:
        found = table_names(engine)
        held = [name for name in TABLES if name in found]
        _require_tables(held, found, shown(engine), "Tables")
        return assemble(
            (TABLES[name], f"{shown(engine)}, table {name}", RawRows(read_table(engine, name))) for name in held
        )
    finally:
        engine.dispose()


def _require_tables(held: list[str], found: list[str], place: str, what: str) -> None:
    for table in TABLES.values():
        if table.required and table.name not in held:
            raise LedgerError(
                f"{place}: the required table {table.name!r} is missing.{closest(table.name, found)} "
                f"{what} found: {listed(found)}. Expected a table called {table.name} (as CSV or Parquet in a folder)."
            )
