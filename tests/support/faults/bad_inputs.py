"""A kind of bad input: what is done to a clean ledger, and what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from ledger.simulator import simulate
from ledger.tables import TABLES
from ledger.validation.judge import as_written

Rows = dict[str, list[dict[str, str]]]


@dataclass(frozen=True)
class Stops:
    """The night does not run; the message says so, and exit code 3 follows."""

    told: str


@dataclass(frozen=True)
class Quarantined:
    """So many rows of a table are refused by a rule, and nothing else is; the night runs without them."""

    table: str
    rule: str
    rows: int = 1


@dataclass(frozen=True)
class Repaired:
    """Nothing is refused; so many cells of a table are emptied or replaced by a rule, and their rows are used."""

    table: str
    rule: str
    cells: int = 1


@dataclass(frozen=True)
class Kept:
    """Nothing is refused; where a text is given, a note has it."""

    told: str = ""


Expected = Stops | Quarantined | Repaired | Kept


@dataclass(frozen=True)
class BadInput:
    """What is done to the clean rows, what is done to the files written of them, and what must come of it."""

    name: str
    expected: Expected
    rows: Callable[[Rows], object]
    files: Callable[[Path], object]


@cache
def _clean() -> dict[str, pd.DataFrame]:
    tables = simulate(60, 420, 5).tables
    return {name: as_written(TABLES[name], frame).fillna("").astype(str) for name, frame in tables.items()}


def clean_rows() -> Rows:
    """A small sound ledger as an export writes it; fresh rows each time."""
    return {name: frame.to_dict("records") for name, frame in _clean().items() if len(frame)}


def write(case: BadInput, folder: Path) -> Path:
    """The ledger of a case as a folder of CSV files."""
    rows = clean_rows()
    case.rows(rows)
    folder.mkdir(parents=True, exist_ok=True)
    for name, some in rows.items():
        frame = pd.DataFrame(some, columns=None if some else list(TABLES[name].names))
        frame.to_csv(folder / f"{name}.csv", index=False)
    case.files(folder)
    return folder


def nothing(_: object) -> None:
    pass


def in_rows(name: str, expected: Expected, change: Callable[[Rows], object]) -> BadInput:
    return BadInput(name, expected, change, nothing)


def in_files(name: str, expected: Expected, change: Callable[[Path], object]) -> BadInput:
    return BadInput(name, expected, nothing, change)


def cell(name: str, table: str, column: str, value: str, expected: Expected) -> BadInput:
    """The last row of a table with another value; in most tables nothing leans on it."""
    return in_rows(name, expected, lambda rows: rows[table][-1].update({column: value}))


def refused_cell(name: str, table: str, column: str, value: str, rule: str) -> BadInput:
    return cell(name, table, column, value, Quarantined(table, rule))


def repaired_cell(name: str, table: str, column: str, value: str, rule: str) -> BadInput:
    return cell(name, table, column, value, Repaired(table, rule))


def more(table: str, **values: str) -> Callable[[Rows], object]:
    """One row more, like the last one but with a key of its own."""

    def change(rows: Rows) -> None:
        rows[table].append({**rows[table][-1], TABLES[table].key[0]: "one more", **values})

    return change
