"""A stranger's export turned into a ledger, as a mapping YAML says; no export needs code."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from ledger.importing.added_outcomes import added_outcomes
from ledger.importing.collect import Collected, OfTable, collect, together
from ledger.importing.export_files import Found, as_found, find_files, find_tables
from ledger.importing.feeds import Feed, feeds_of
from ledger.importing.history.kept_imports import changes_of, keep_import, written_history
from ledger.importing.mapping_schema import Mapping, load_mapping
from ledger.importing.shrunken import shrunken
from ledger.importing.sole_writer import sole_writer
from ledger.importing.unchanged.identities import conditions
from ledger.importing.unchanged.kept_parts import NOTHING, Kept, PartDone, keep_parts, kept_parts
from ledger.importing.unchanged.row_groups import RowGroups, whole_file, write_row_groups
from ledger.importing.write_ledger import require_room
from ledger.minor_units import decimals_for, held_with
from ledger.reading.import_losses import ImportLosses, write_losses
from ledger.reading.quarantine import write_quarantine
from ledger.sources.chunks import QUARANTINE
from ledger.sources.connections import open_engine, shown, table_names
from ledger.sources.run_folders import run_folder
from ledger.tables import TABLES


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
    """An import before it is written: the rows of each table that it fills, in their order; `lost` is what was refused
    and repaired in the ledger's columns. `parts` are to be kept for the next import, which may take them under the same
    `conditions` and while money is `held` with as many decimals."""

    imported: Import
    groups: dict[str, tuple[RowGroups, ...]]
    lost: ImportLosses
    scratch: Path
    parts: list[PartDone]
    conditions: str
    held: int

    @property
    def files(self) -> dict[str, tuple[Path, ...]]:
        """Files that hold the rows of each table, where none were taken from an earlier import."""
        paths = {
            name: (one.file for one in groups if isinstance(one.file, Path)) for name, groups in self.groups.items()
        }
        return {name: tuple(dict.fromkeys(files)) for name, files in paths.items()}


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
    refused, and there is a quarantine but no ledger. LedgerError, too, where no invoice came and the ledger in
    `out_folder` has some. Outcomes that were added to the ledger in `out_folder` stay there.
    """
    with (
        sole_writer(out_folder),
        prepared_import(mapping_path, source, out_folder, reporting_currency, again=history is None) as prepared,
    ):
        imported = prepared.imported
        write_quarantine([imported.refused], out_folder / QUARANTINE, [imported.repaired])
        require(imported, out_folder / QUARANTINE)
        imported = replace(imported, notes=(*imported.notes, *shrunken(imported.counts, out_folder)))
        groups, parts = prepared.groups, prepared.parts
        if history is not None:
            keep_import(history.folder, history.day, prepared.files)
            imported = replace(imported, notes=(*imported.notes, *changes_of(history.folder, history.day)))
            files = written_history(history.folder, prepared.scratch)
            groups, parts = {name: tuple(map(whole_file, paths)) for name, paths in files.items()}, []
        for name, rows in added_outcomes(out_folder, prepared.scratch).items():
            groups = groups | {name: (*groups.get(name, ()), rows)}
        moved: dict[RowGroups, RowGroups] = {}
        for name, table in TABLES.items():
            moved |= write_row_groups(table, groups.get(name, ()), out_folder / f"{name}.parquet")
        write_losses(prepared.lost, out_folder)
        keep_parts(out_folder, prepared.conditions, prepared.held, parts, moved)
        return imported


@contextmanager
def prepared_import(
    mapping_path: Path,
    source: Path | str,
    out_folder: Path,
    reporting_currency: str | None = None,
    again: bool = False,
) -> Iterator[Prepared]:
    """What the mapping makes of an export, in files beside `out_folder` that are gone in the end; where it is done
    `again`, parts that are as they were are taken from the ledger that is there.

    `source` is the export's one file, its folder, or the SQLAlchemy URL of a database. Within, money is held with the
    decimals of the finest currency that the ledger states, or reports in. LedgerError where the mapping, a file, a
    query or a column that it names cannot be used, or `out_folder` has no room for a ledger.
    """
    mapping = load_mapping(mapping_path)
    found = _found(mapping, source)
    require_room(TABLES, out_folder)
    out_folder.parent.mkdir(parents=True, exist_ok=True)
    same = conditions(mapping_path)
    with (
        run_folder(out_folder.parent, f".{out_folder.name}-import-") as scratch,
        kept_parts(out_folder, same) if again else nullcontext(NOTHING) as kept,
    ):
        with as_found(found.values()):
            feeds = feeds_of(mapping_path, mapping, found, scratch)
            collected, held = _collected(feeds, scratch, decimals_for([reporting_currency or ""]), kept)
        with held_with(held):
            tables = collected.tables
            shown = together([tables[name].shown for name in mapping.tables])
            notes = [note for one in tables.values() for note in one.notes]
            counts = pd.DataFrame([_counted(name, tables[name]) for name in mapping.tables])
            yield Prepared(
                Import(shown.refused, shown.repaired, (*notes, *collected.notes), counts),
                {name: one.groups for name, one in tables.items()},
                together([tables[name].losses for name in mapping.tables]),
                scratch,
                collected.parts,
                same,
                held,
            )


def _found(mapping: Mapping, source: Path | str) -> dict[str, Found]:
    if isinstance(source, Path) or "://" not in source:
        return find_files(mapping, Path(source))
    engine = open_engine(source)
    try:
        return find_tables(mapping, table_names(engine), source, shown(engine))
    finally:
        engine.dispose()


def _collected(feeds: Sequence[Feed], scratch: Path, held: int, kept: Kept) -> tuple[Collected, int]:
    """What came of the feeds, money held with so many decimals at least, and with how many it is held.

    Few ledgers have a currency of three decimals: where one turns up, all is done again.
    """
    with held_with(held):
        collected = collect(feeds, scratch, kept.at(held))
    return (collected, held) if collected.finest <= held else _collected(feeds, scratch, collected.finest, kept)


def _counted(name: str, filled: OfTable) -> dict[str, object]:
    bad = len(filled.shown.refused)
    return {
        "table": name,
        "rows_in": filled.rows_out + bad + filled.repeated,
        "rows_out": filled.rows_out,
        "refused": bad,
        "repeated": filled.repeated,
    }
