"""Rows and cells that a ledger cannot use: what is wrong with them, and what to do."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ledger.declarations import Table
from ledger.reading.parsing import Mask, as_text, spelled, to_days
from ledger.tables import LATEST_DATE

REFUSED_COLUMNS = ("table", "record", "column", "rule", "value", "advice", "row")
LONGEST_VALUE = 200
NO_REFUSALS = pd.DataFrame({name: pd.Series(dtype="str") for name in REFUSED_COLUMNS})


@dataclass(frozen=True)
class Problem:
    """A rule that some rows of a column break. `bad` has one entry per row of the raw frame,
    and so has `shown`: the text to show where the raw frame no longer holds what was written."""

    column: str
    rule: str
    advice: str
    bad: Mask
    shown: pd.Series | None = None


def no_refusals() -> pd.DataFrame:
    """The frame of refused rows, with none in it."""
    return NO_REFUSALS.copy()


def refused_rows(table: Table, raw: pd.DataFrame, problems: Sequence[Problem], source: pd.DataFrame) -> pd.DataFrame:
    """One row per raw row that breaks a rule, with the first rule that it breaks.

    `source` holds the rows as they came, one for each row of `raw`; they are kept as JSON text.
    """
    first = _first_problem(len(raw), problems)
    rows = np.flatnonzero(first >= 0).tolist()
    if not rows:
        return no_refusals()
    broken = [problems[position] for position in first[rows]]
    values = {name: as_text(raw[name].iloc[rows]).tolist() for name in raw.columns}
    keys = [values[name] for name in table.key if name in values]
    return pd.DataFrame(
        {
            "table": table.name,
            "record": [
                _shown("/".join("" if pd.isna(part) else part for part in key)) for key in zip(*keys, strict=True)
            ],
            "column": [problem.column for problem in broken],
            "rule": [problem.rule for problem in broken],
            "value": [_shown(_written(problem, values, i, rows[i])) for i, problem in enumerate(broken)],
            "advice": [problem.advice for problem in broken],
            "row": rows_as_json(source.iloc[rows]),
        },
        dtype="str",
    )[list(REFUSED_COLUMNS)]


def repaired_cells(
    table: Table, raw: pd.DataFrame, problems: Sequence[Problem], source: pd.DataFrame, refused: Mask
) -> pd.DataFrame:
    """One row per cell of an accepted row that breaks a rule, as `refused_rows` would list it; `refused` rows are out.

    A cell is listed once, with the first rule that it breaks.
    """
    listings = [no_refusals()]
    for column in dict.fromkeys(problem.column for problem in problems):
        of_column = [replace(one, bad=one.bad & ~refused) for one in problems if one.column == column]
        listings.append(refused_rows(table, raw, of_column, source))
    return stacked(listings)


def malformed_rows(table: Table, lines: Sequence[str], expected: int) -> pd.DataFrame:
    """Refusals for lines of a CSV that do not have as many fields as its header."""
    if not lines:
        return no_refusals()
    return pd.DataFrame(
        {
            "table": table.name,
            "record": "",
            "column": "",
            "rule": "wrong number of fields",
            "value": [_shown(line) for line in lines],
            "advice": f"write {expected} fields as in the header, and quote a text that holds a separator",
            "row": [json.dumps({"line": line}, ensure_ascii=False) for line in lines],
        },
        dtype="str",
    )


def listed_before(listing: pd.DataFrame, table: Table, night: pd.Timestamp) -> pd.DataFrame:
    """A listing of a table without the rows that say themselves that they were known on the night or later. What has no
    day that can be used is listed."""
    if listing.empty:
        return listing
    cells = [json.loads(row) for row in listing["row"]]
    days = pd.Series(pd.NaT, index=listing.index, dtype="datetime64[s]")
    for name in filter(None, ("known_on", table.dated_by)):
        stated, _ = to_days(pd.Series([cell.get(name) for cell in cells], index=listing.index, dtype="str"))
        days = days.fillna(stated.where(stated <= pd.Timestamp(LATEST_DATE)))
    return listing[~(days >= night)]


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Frames of the same columns under each other; empty ones leave the dtypes alone."""
    filled = [frame for frame in frames if len(frame)]
    if len(filled) < 2:
        return (filled or list(frames))[0].reset_index(drop=True)
    return pd.concat(filled, ignore_index=True)


def rows_as_json(frame: pd.DataFrame) -> list[str]:
    """Each row as JSON text, its values as they would be in a CSV."""
    names = [str(name) for name in frame.columns]
    columns = [[None if pd.isna(text) else text for text in map(spelled, frame[name])] for name in frame.columns]
    return [json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) for row in zip(*columns, strict=True)]


def _first_problem(rows: int, problems: Sequence[Problem]) -> np.ndarray:
    first = np.full(rows, -1)
    for position, problem in enumerate(problems):
        first[problem.bad & (first < 0)] = position
    return first


def _written(problem: Problem, values: dict[str, list[str]], position: int, row: int) -> object:
    if problem.shown is not None:
        return problem.shown.iloc[row]
    return values[problem.column][position] if problem.column in values else None


def _shown(value: object) -> str:
    """A value short enough for a message, without NUL bytes, which neither PostgreSQL nor a spreadsheet takes."""
    text = str(value).replace("\x00", "\\x00") if isinstance(value, str) else ""
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"
