"""A stranger's export turned into a ledger, as a mapping YAML says; no export needs code."""

import fnmatch
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from configs.near_names import closest
from ledger.declarations import Table
from ledger.errors import LedgerError, listed
from ledger.frames import complete, empty, with_known_on
from ledger.importing.mapped_values import fulfilling, mapped, mapped_currencies
from ledger.importing.mapping_schema import Mapping, SourceFile, TableRule, load_mapping
from ledger.importing.write_ledger import write_ledger
from ledger.minor_units import decimals_for, held_with
from ledger.reading.conversion import convert
from ledger.reading.import_losses import ImportLosses, write_losses
from ledger.reading.parsing import Mask
from ledger.reading.quarantine import write_quarantine
from ledger.reading.read import Reading
from ledger.reading.refusals import malformed_rows, no_refusals, rows_as_json, stacked
from ledger.reading.stated_decimals import WITH_MONEY, stated_decimals
from ledger.sources.chunks import QUARANTINE
from ledger.sources.csv_and_parquet import RawRows, read_csv, read_parquet
from ledger.tables import TABLES


@dataclass(frozen=True)
class Import:
    """What an import did: `reading.refused` and `.repaired` show the rows of the export.

    `counts` has one row per table that the mapping fills: table, rows_in, rows_out, refused, repeated (left out by
    `distinct`); rows_in is the sum of the other three.
    """

    reading: Reading
    counts: pd.DataFrame


@dataclass
class _Source:
    """One file of the export, which of its rows some table has taken, and whether its malformed lines were reported.

    `named` are the rows that a `distinct` rule took a name from: that alone books nothing of theirs.
    """

    path: Path
    raw: RawRows
    taken: Mask
    named: Mask
    malformed_told: bool = False


@dataclass(frozen=True)
class _Filled:
    """Rows of a table, how many repeated ones were left out, and what was lost: shown as rows of the export, and in the
    ledger's own columns."""

    rows: pd.DataFrame
    shown: ImportLosses
    losses: ImportLosses
    repeated: int = 0
    notes: tuple[str, ...] = ()


def import_ledger(
    mapping_path: Path,
    input_path: Path,
    out_folder: Path,
    require: Callable[[Import, Path], None] = lambda imported, quarantine: None,
    reporting_currency: str | None = None,
) -> Import:
    """Write the ledger that the mapping makes of an export: Parquet to `out_folder`, refused rows to its quarantine/.

    `input_path` is the export's one file or its folder. LedgerError where the mapping, a file or a column that it
    names cannot be used; nothing is written then. `require` is asked before the tables are written, with the folder
    of the quarantine, and may raise LedgerError: too much was refused, and there is a quarantine but no ledger. Amounts
    have the decimals of the finest currency that the ledger states, or reports in.
    """
    mapping = load_mapping(mapping_path)
    sources = {name: _sources(mapping, name, input_path) for name in mapping.files}
    with held_with(max(decimals_for([reporting_currency or ""]), *_decimals(mapping, sources))):
        filled = {
            name: _filled(mapping_path, mapping, TABLES[name], rules, sources) for name, rules in mapping.tables.items()
        }
        notes = [note for one in filled.values() for note in one.notes]
        notes += [note for group in sources.values() for source in group for note in _untaken(source)]
        tables = {name: with_known_on(TABLES[name], one.rows) for name, one in filled.items()}
        shown = _together([one.shown for one in filled.values()])
        reading = Reading(complete(tables), shown.refused, shown.repaired, tuple(notes))
        imported = Import(reading, pd.DataFrame([_counted(name, one) for name, one in filled.items()]))
        write_quarantine([reading.refused], out_folder / QUARANTINE, [reading.repaired])
        require(imported, out_folder / QUARANTINE)
        write_ledger(reading.tables, out_folder)
        write_losses(_together([one.losses for one in filled.values()]), out_folder)
        return imported


def _decimals(mapping: Mapping, sources: dict[str, list[_Source]]) -> Iterator[int]:
    """How many decimals the currencies have that each rule finds in each file."""
    for name in WITH_MONEY:
        for rule in mapping.tables.get(name, []):
            for source in sources[rule.file]:
                yield stated_decimals(mapped_currencies(TABLES[name], rule, mapping.files[rule.file], source.raw.frame))


def _counted(name: str, filled: _Filled) -> dict[str, object]:
    out, bad = len(filled.rows), len(filled.shown.refused)
    return {
        "table": name,
        "rows_in": out + bad + filled.repeated,
        "rows_out": out,
        "refused": bad,
        "repeated": filled.repeated,
    }


def _together(parts: Sequence[ImportLosses]) -> ImportLosses:
    return ImportLosses(
        stacked([no_refusals(), *(part.refused for part in parts)]),
        stacked([no_refusals(), *(part.repaired for part in parts)]),
    )


def _filled(
    mapping_path: Path, mapping: Mapping, table: Table, rules: list[TableRule], sources: dict[str, list[_Source]]
) -> _Filled:
    """A table from all its rules."""
    rows = empty(table)[list(table.names)]
    every: list[_Filled] = []
    repeated = 0
    notes: list[str] = []
    for position, rule in enumerate(rules):
        place = f"{mapping_path}: tables.{table.name}[{position}]"
        parts = [_applied(place, table, rule, mapping.files[rule.file], source) for source in sources[rule.file]]
        good = stacked([part.rows for part in parts])
        every += parts
        if rule.distinct:
            notes += _conflicts(table, good)
            fresh = _first_of_each(table, rows, good)
            repeated += len(good) - len(fresh)
            good = fresh
        rows = stacked([rows, good])
    shown, losses = _together([part.shown for part in every]), _together([part.losses for part in every])
    return _Filled(rows, shown, losses, repeated, tuple(notes))


def _applied(place: str, table: Table, rule: TableRule, form: SourceFile, source: _Source) -> _Filled:
    """What one rule makes of one file."""
    _require_source_columns(place, rule, source)
    kept = fulfilling(source.raw.frame, rule.where)
    seen = source.named if rule.distinct else source.taken
    seen |= kept
    rows = source.raw.frame[kept].reset_index(drop=True)
    columns, problems = mapped(table, rule, form, rows)
    typed = convert(table, columns, place, problems, rows)
    own = typed.refused.assign(row=rows_as_json(columns[typed.bad]))
    malformed = no_refusals()
    if not source.malformed_told:
        # A line without the right number of fields fits no rule; it is counted once, with the first table.
        source.malformed_told = True
        malformed = malformed_rows(table, source.raw.malformed, source.raw.frame.shape[1])
    shown = ImportLosses(stacked([typed.refused, malformed]), typed.repaired)
    return _Filled(typed.rows, shown, ImportLosses(stacked([own, malformed]), typed.repaired))


def _sources(mapping: Mapping, name: str, input_path: Path) -> list[_Source]:
    form = mapping.files[name]
    read = []
    for path in _paths(mapping, name, input_path):
        if (form.format or path.suffix.lower().lstrip(".")) == "parquet":
            raw = read_parquet(path)
        else:
            raw = read_csv(path, form.delimiter, form.encoding, form.skip_rows)
        read.append(_Source(path, raw, *np.zeros((2, len(raw.frame)), dtype=bool)))
    return read


def _paths(mapping: Mapping, name: str, input_path: Path) -> list[Path]:
    """The files that `files.<name>` means; a mapping of one file takes an input of one file, whatever its name."""
    pattern = mapping.files[name].path
    if not input_path.exists():
        raise LedgerError(f"{input_path}: there is no such file or folder.")
    if input_path.is_file():
        if len(mapping.files) == 1 or fnmatch.fnmatch(input_path.name, Path(pattern).name):
            return [input_path]
        raise LedgerError(f"files.{name}: {input_path} is not {pattern!r}. Give the export's folder as the input.")
    root = input_path.resolve()
    try:
        found = [path for path in sorted(input_path.glob(pattern)) if path.is_file()]
    except (ValueError, IndexError, OSError) as error:
        raise LedgerError(f"files.{name}: {pattern!r} is no name or glob of a file ({error}).") from None
    outside = [path for path in found if not path.resolve().is_relative_to(root)]
    if outside:
        raise LedgerError(f"files.{name}: {outside[0]} leads out of {input_path}; copy the file into the folder.")
    if not found:
        there = sorted(path.name for path in input_path.iterdir() if path.is_file())
        raise LedgerError(
            f"files.{name}: no file {pattern!r} in {input_path}.{closest(pattern, there)} Files found: {listed(there)}"
        )
    return found


def _require_source_columns(place: str, rule: TableRule, source: _Source) -> None:
    found = [str(name) for name in source.raw.frame.columns]
    for where, name in rule.source_columns:
        if name not in found:
            hint = " Is the delimiter right?" if len(found) == 1 else ""
            raise LedgerError(
                f"{place}.{where}: {source.path} has no column {name!r}.{closest(name, found)} "
                f"Columns found: {listed(found)}.{hint}"
            )


def _first_of_each(table: Table, earlier: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose key is not there yet."""
    keys = list(table.key)
    repeated = pd.concat([earlier[keys], rows[keys]], ignore_index=True).duplicated()
    return rows[~repeated.to_numpy()[len(earlier) :]]


def _conflicts(table: Table, rows: pd.DataFrame) -> list[str]:
    """A note where `distinct` had to choose between rows that are not the same."""
    keys = list(table.key)
    different = rows.drop_duplicates().duplicated(keys)
    count = len(rows.drop_duplicates()[different].drop_duplicates(keys))
    if not count:
        return []
    return [f"{table.name}: {count} values of {'/'.join(keys)} come with different rows; the first row was kept"]


def _untaken(source: _Source) -> list[str]:
    taken = source.taken if source.taken.any() else source.named
    left = int((~taken).sum())
    return [f"{source.path}: {left} of {len(taken)} rows fulfil no rule's `where` and were left out"] * bool(left)
