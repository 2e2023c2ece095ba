"""What the rules of a mapping make of some rows of an export: rows of tables, and what cannot be used."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from configs.near_names import closest
from ledger.declarations import Table
from ledger.errors import LedgerError, listed
from ledger.frames import rows_where, with_known_on
from ledger.importing.cells.country_codes import with_country_codes
from ledger.importing.mapped_values import fulfilling, mapped
from ledger.importing.mapping_schema import SourceFile, TableRule
from ledger.importing.querying.source_views import ORIGIN
from ledger.importing.unchanged.row_groups import RowGroups
from ledger.minor_units import USUAL
from ledger.reading.conversion import convert
from ledger.reading.import_losses import ImportLosses
from ledger.reading.parsing import Mask
from ledger.reading.refusals import malformed_rows, rows_as_json, stacked
from ledger.reading.stated_decimals import WITH_MONEY, stated_decimals
from ledger.sources.csv_and_parquet import RawRows
from ledger.tables import TABLES

ROW = "_row"  # the number of a row of a file in the quarantine


@dataclass(frozen=True)
class PlacedRule:
    """A rule with its table and its place in the mapping, which errors name."""

    table: str
    position: int
    place: str
    rule: TableRule


@dataclass(frozen=True)
class Made:
    """What one rule made of some rows: the good ones, without repeated ones where it is `distinct`, and how many they
    were with those; `finest` is the most decimals of the currencies of all rows. `shown` has the lost rows of the
    export, `losses` the same in the ledger's columns. Rows that are written already are row groups.
    """

    rows: pd.DataFrame | RowGroups
    good: int
    finest: int
    shown: ImportLosses
    losses: ImportLosses


@dataclass(frozen=True)
class Applied:
    """What all rules made of some rows, in the order of the rules; how many rows there were, how many of them some rule
    took, and how many a `distinct` rule took a name from: that alone books nothing of theirs."""

    made: tuple[Made, ...]
    rows: int
    taken: int
    named: int


def apply_rules(rules: Sequence[PlacedRule], form: SourceFile, raw: RawRows, origin: str, before: int) -> Applied:
    """The rows that the rules make of rows of the form; row n of `raw` is row n + `before` of `origin`, which is ''
    where rows say themselves where they are from.

    LedgerError where a column is missing. A line with the wrong number of fields fits no rule: it is counted once, with
    the first table.
    """
    kept = [_kept(placed, form, raw.frame, origin) for placed in rules]
    made = [_made(one, form, raw, origin, before, rows) for one, rows in zip(rules, kept, strict=True)]
    malformed = malformed_rows(TABLES[rules[0].table], raw.malformed, raw.frame.shape[1])
    if len(malformed):
        first = made[0]
        made[0] = replace(first, shown=_with(first.shown, malformed), losses=_with(first.losses, malformed))
    return Applied(tuple(made), len(raw.frame), *(_any_of(rules, kept, distinct) for distinct in (False, True)))


def _kept(placed: PlacedRule, form: SourceFile, frame: pd.DataFrame, origin: str) -> Mask:
    _require_source_columns(placed, frame, origin)
    return fulfilling(frame, placed.rule, form)


def _any_of(rules: Sequence[PlacedRule], kept: Sequence[Mask], distinct: bool) -> int:
    chosen = [rows for placed, rows in zip(rules, kept, strict=True) if placed.rule.distinct == distinct]
    return int(np.logical_or.reduce(chosen).sum()) if chosen else 0


def _made(placed: PlacedRule, form: SourceFile, raw: RawRows, origin: str, before: int, kept: Mask) -> Made:
    table, rule = TABLES[placed.table], placed.rule
    rows = rows_where(raw.frame, kept).reset_index(drop=True)
    of_few = _of_different_rows(placed, form, rows) if rule.distinct else None
    if of_few is not None:
        return of_few
    if rule.columns:
        columns, problems = mapped(table, rule, form, rows)
    else:
        columns, problems = _named_alike(placed, rows), []
    typed = convert(table, columns, placed.place, problems, _with_place(rows, origin, np.flatnonzero(kept) + before))
    own = typed.refused.assign(row=rows_as_json(columns[typed.bad]))
    good = _as_known(table, typed.rows)
    if rule.distinct:
        good = good.drop_duplicates(ignore_index=True)
    shown, losses = ImportLosses(typed.refused, typed.repaired), ImportLosses(own, typed.repaired)
    return Made(good, len(typed.rows), _finest(table, columns), shown, losses)


def _of_different_rows(placed: PlacedRule, form: SourceFile, rows: pd.DataFrame) -> Made | None:
    """What a `distinct` rule makes of texts, of which few rows differ; None where it has to look at every row, as each
    one that has a problem is listed."""
    table, rule = TABLES[placed.table], placed.rule
    texts = rows[list(dict.fromkeys(name for _, name in rule.source_columns))]
    if texts.empty or not all(isinstance(kind, pd.StringDtype) for kind in texts.dtypes):
        return None
    columns, problems = mapped(table, rule, form, texts.drop_duplicates(ignore_index=True))
    typed = convert(table, columns, placed.place, problems)
    if len(typed.refused) or len(typed.repaired):
        return None
    good = _as_known(table, typed.rows).drop_duplicates(ignore_index=True)
    nothing = ImportLosses(typed.refused, typed.repaired)
    return Made(good, len(rows), _finest(table, columns), nothing, nothing)


def _as_known(table: Table, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the day on which they could be known, and with their countries' codes."""
    known = with_known_on(table, rows)
    return known.assign(country=with_country_codes(known["country"])) if "country" in known else known


def _finest(table: Table, columns: pd.DataFrame) -> int:
    """The most decimals of the currencies that the rows state; refused ones may be good with that many."""
    return stated_decimals(columns["currency"]) if table.name in WITH_MONEY and "currency" in columns else USUAL


def _with(losses: ImportLosses, malformed: pd.DataFrame) -> ImportLosses:
    return ImportLosses(stacked([losses.refused, malformed]), losses.repaired)


def _named_alike(placed: PlacedRule, rows: pd.DataFrame) -> pd.DataFrame:
    """The columns of a query's result, which are named as the table's."""
    names = TABLES[placed.table].names
    unknown = [name for name in rows.columns if name not in names and name != ORIGIN]
    if unknown:
        raise LedgerError(
            f"{placed.place}: {placed.table} has no column {unknown[0]!r}.{closest(unknown[0], names)} "
            f"Columns: {listed(names)}"
        )
    return rows.drop(columns=ORIGIN, errors="ignore")


def _with_place(rows: pd.DataFrame, origin: str, numbers: np.ndarray) -> pd.DataFrame:
    """The rows with where they are, for the quarantine; a query says so itself."""
    if not origin:
        return rows
    file = pd.Categorical.from_codes(np.zeros(len(rows), dtype=np.int8), categories=pd.Index([origin]))
    return rows.assign(_file=file, _row=numbers)


def _require_source_columns(placed: PlacedRule, frame: pd.DataFrame, origin: str) -> None:
    found = [str(name) for name in frame.columns]
    for where, name in placed.rule.source_columns:
        if name not in found:
            hint = " Is the delimiter right?" if len(found) == 1 else ""
            raise LedgerError(
                f"{placed.place}.{where}: {origin or 'the query'} has no column {name!r}.{closest(name, found)} "
                f"Columns found: {listed(found)}.{hint}"
            )
