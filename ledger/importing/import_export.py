"""A stranger's export turned into a ledger, as a mapping YAML says; no export needs code."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from ledger.atomic_files import write_whole
from ledger.declarations import Table
from ledger.frames import empty
from ledger.importing.collect import Collected, OfTable, collect, together
from ledger.importing.export_files import Found, find_files, find_tables
from ledger.importing.feeds import ROWS_AT_ONCE, Feed, feeds_of
from ledger.importing.history.kept_imports import keep_import, written_history
from ledger.importing.mapping_schema import Mapping, load_mapping
from ledger.importing.write_ledger import require_room
from ledger.minor_units import decimals_for, held_with
from ledger.reading.import_losses import ImportLosses, write_losses
from ledger.reading.quarantine import write_quarantine
from ledger.sources.chunks import QUARANTINE
from ledger.sources.connections import open_engine, shown, table_names
from ledger.tables import TABLES
from ledger.written_rows import as_arrow


@dataclass(frozen=True)
class Import:
    """What an import did: `refused` and `repaired` show the rows of the export; `notes` are for people.

    `counts` has one row per table that the mapping fills: table, rows_in, rows_out, refused, repeated (left out by
    `distinct`); rows_in is the sum of the other three.
    """

    refused: pd.DataFrame
    repaired: pd.DataFrame
    notes: tuple[str, ...]
    counts: pd.DataFrame


@dataclass(frozen=True)
class Prepared:
    """An import before it is written: `files` hold the rows of each table that it fills, in their order; `lost` is what
    was refused and repaired in the ledger's columns."""

    imported: Import
    files: dict[str, tuple[Path, ...]]
    lost: ImportLosses
    scratch: Path


@dataclass(frozen=True)
class History:
    """The folder of a history of imports, and the night that this import is for."""

    folder: Path
    day: date


def import_ledger(
    mapping_path: Path,
    source: Path | str,
    out_folder: Path,
    require: Callable[[Import, Path], None] = lambda imported, quarantine: None,
    reporting_currency: str | None = None,
    history: History | None = None,
) -> Import:
    """Write the ledger that the mapping makes of an export: Parquet to `out_folder`, refused rows to its quarantine/.

    As `prepared_import`. With a `history` the import is added to it, and the ledger is of all imports in it. `require`
    is asked before the tables are written, with the folder of the quarantine, and may raise LedgerError: too much was
    refused, and there is a quarantine but no ledger.
    """
    with prepared_import(mapping_path, source, out_folder, reporting_currency) as prepared:
        imported = prepared.imported
        write_quarantine([imported.refused], out_folder / QUARANTINE, [imported.repaired])
        require(imported, out_folder / QUARANTINE)
        files = prepared.files
        if history is not None:
            keep_import(history.folder, history.day, files)
            files = written_history(history.folder, prepared.scratch)
        for name, table in TABLES.items():
            _write_table(table, files.get(name, ()), out_folder)
        write_losses(prepared.lost, out_folder)
        return imported


@contextmanager
def prepared_import(
    mapping_path: Path, source: Path | str, out_folder: Path, reporting_currency: str | None = None
) -> Iterator[Prepared]:
    """What the mapping makes of an export, in files beside `out_folder` that are gone in the end.

    `source` is the export's one file, its folder, or the SQLAlchemy URL of a database. Within, money is held with the
    decimals of the finest currency that the ledger states, or reports in. LedgerError where the mapping, a file, a
    query or a column that it names cannot be used, or `out_folder` has no room for a ledger.
    """
    mapping = load_mapping(mapping_path)
    found = _found(mapping, source)
    require_room(TABLES, out_folder)
    out_folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out_folder.parent, prefix=f".{out_folder.name}-import-") as folder:
        scratch = Path(folder)
        feeds = feeds_of(mapping_path, mapping, found, scratch)
        collected, held = _collected(feeds, scratch, decimals_for([reporting_currency or ""]))
        with held_with(held):
            tables = collected.tables
            shown = together([tables[name].shown for name in mapping.tables])
            notes = [note for one in tables.values() for note in one.notes]
            counts = pd.DataFrame([_counted(name, tables[name]) for name in mapping.tables])
            yield Prepared(
                Import(shown.refused, shown.repaired, (*notes, *collected.notes), counts),
                {name: one.files for name, one in tables.items()},
                together([tables[name].losses for name in mapping.tables]),
                scratch,
            )


def _found(mapping: Mapping, source: Path | str) -> dict[str, Found]:
    if isinstance(source, Path) or "://" not in source:
        return find_files(mapping, Path(source))
    engine = open_engine(source)
    try:
        return find_tables(mapping, table_names(engine), source, shown(engine))
    finally:
        engine.dispose()


def _collected(feeds: Sequence[Feed], scratch: Path, held: int) -> tuple[Collected, int]:
    """What came of the feeds, money held with so many decimals at least, and with how many it is held.

    Few ledgers have a currency of three decimals: where one turns up, all is done again.
    """
    with held_with(held):
        collected = collect(feeds, scratch)
    return (collected, held) if collected.finest <= held else _collected(feeds, scratch, collected.finest)


def _counted(name: str, filled: OfTable) -> dict[str, object]:
    bad = len(filled.shown.refused)
    return {
        "table": name,
        "rows_in": filled.rows_out + bad + filled.repeated,
        "rows_out": filled.rows_out,
        "refused": bad,
        "repeated": filled.repeated,
    }


def _write_table(table: Table, files: Sequence[Path], folder: Path) -> None:
    """The rows of some files as one file, in their order."""

    def write(path: Path) -> None:
        if len(files) == 1:
            files[0].replace(path)
            return
        schema = as_arrow(table, empty(table)).schema
        with pa.parquet.ParquetWriter(path, schema) as writer:
            for file in files:
                for batch in pa.parquet.ParquetFile(file).iter_batches(ROWS_AT_ONCE):
                    writer.write_table(pa.Table.from_batches([batch]))

    write_whole(folder / f"{table.name}.parquet", write)
