"""Raw rows read: every row in the declared types, or refused with its reason. Each row is judged alone."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from ledger.declarations import Table
from ledger.errors import listed
from ledger.frames import Tables, complete, with_known_on
from ledger.reading.conversion import convert, ignored_columns
from ledger.reading.refusals import malformed_rows, no_refusals, stacked
from ledger.sources.csv_and_parquet import RawRows


@dataclass(frozen=True)
class Reading:
    """A ledger as read. `refused` (rows) and `repaired` (cells) have the columns `refusals.REFUSED_COLUMNS`; `notes`
    are for people."""

    tables: Tables
    refused: pd.DataFrame
    repaired: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ReadRows:
    """Raw rows read: those in the declared types with `known_on`, the refused ones, the cells that were emptied, and
    columns that no one uses."""

    rows: pd.DataFrame
    refused: pd.DataFrame
    repaired: pd.DataFrame
    ignored: tuple[str, ...]


def assemble(parts: Iterable[tuple[Table, str, RawRows]], notes: Iterable[str] = ()) -> Reading:
    """A ledger out of raw rows with the name of where they come from; a table may come in several parts."""
    typed: dict[str, list[pd.DataFrame]] = {}
    refused, repaired = [no_refusals()], [no_refusals()]
    distinct_notes = dict.fromkeys(notes)
    for table, origin, raw in parts:
        read = read_rows(table, origin, raw)
        typed.setdefault(table.name, []).append(read.rows)
        refused.append(read.refused)
        repaired.append(read.repaired)
        distinct_notes |= dict.fromkeys(ignored_note(origin, read.ignored))
    tables = {name: stacked(frames) for name, frames in typed.items()}
    return Reading(complete(tables), stacked(refused), stacked(repaired), tuple(distinct_notes))


def read_rows(table: Table, origin: str, raw: RawRows) -> ReadRows:
    """Raw rows of a table, judged one by one. LedgerError where a required column is missing."""
    read = convert(table, raw.frame, origin)
    malformed = malformed_rows(table, raw.malformed, raw.frame.shape[1])
    ignored = tuple(ignored_columns(table, raw.frame))
    return ReadRows(with_known_on(table, read.rows), stacked([read.refused, malformed]), read.repaired, ignored)


def ignored_note(origin: str, ignored: tuple[str, ...]) -> list[str]:
    """What to say of columns that were ignored; nothing where none were."""
    return [f"{origin}: columns that the ledger does not use were ignored: {listed(ignored)}"] if ignored else []
