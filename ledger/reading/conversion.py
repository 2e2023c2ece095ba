"""Raw rows turned into the declared types of a table, each row judged alone."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from configs.near_names import closest
from ledger.declarations import Column, Table
from ledger.errors import LedgerError, listed
from ledger.minor_units import minor_units
from ledger.reading.byte_scan import glance
from ledger.reading.parsing import NO, YES, Mask, as_id, as_text, by_distinct, to_days, to_flags, to_money, to_numbers
from ledger.reading.refusals import Problem, refused_rows, repaired_cells
from ledger.tables import EARLIEST_DATE, LATEST_DATE, longest

WHERE_ABSENT = {("invoices", "kind"): "invoice"}


class Converted(NamedTuple):
    """Rows in a table's types (declared columns, without a filled known_on), the refused rows, and the optional cells
    of the others that could not be used and are empty now. `bad` says which of the raw rows were refused."""

    rows: pd.DataFrame
    refused: pd.DataFrame
    repaired: pd.DataFrame
    bad: Mask


def convert(
    table: Table,
    raw: pd.DataFrame,
    origin: str | None = None,
    earlier: Sequence[Problem] = (),
    source: pd.DataFrame | None = None,
) -> Converted:
    """The rows in the table's types, and the refused ones: those where a required value cannot be used.

    Every row of `raw` is in one of the two. `origin` names the file or table in errors; `earlier` are problems that
    the caller has found already; `source` are the rows to show for refused ones, where they are not `raw` itself.
    Money comes in as currency units. LedgerError where a required column is missing.
    """
    require_columns(table, raw, origin or f"table {table.name}")
    raw = raw.reset_index(drop=True)
    typed: dict[str, pd.Series] = {}
    problems = list(earlier)
    for column in table.columns:
        if column.name in raw:
            values, found = _converted(column, raw[column.name])
            problems += found
        else:
            values, found = _absent(column, raw.index), []
        if column.optional:
            values = _emptied(column, values, found)
        default = WHERE_ABSENT.get((table.name, column.name))
        typed[column.name] = values if default is None else values.fillna(default)
    source = raw if source is None else source
    optional = [problem for problem in problems if table.column(problem.column).optional]
    required = [problem for problem in problems if not table.column(problem.column).optional]
    bad = np.logical_or.reduce([np.zeros(len(raw), dtype=bool), *(problem.bad for problem in required)])
    kept = {column.name: typed[column.name][~bad].astype(column.dtype) for column in table.columns}
    return Converted(
        pd.DataFrame(kept).reset_index(drop=True),
        refused_rows(table, raw, required, source),
        repaired_cells(table, raw, optional, source, bad),
        bad,
    )


def require_columns(table: Table, raw: pd.DataFrame, origin: str) -> None:
    """LedgerError where a required column is missing or a column is there twice."""
    found = [str(name) for name in raw.columns]
    twice = sorted({name for name in found if found.count(name) > 1})
    if twice:
        raise LedgerError(f"{origin}: the column {twice[0]!r} is there more than once; keep one of them.")
    for column in table.columns:
        if not column.optional and column.name not in found:
            raise LedgerError(
                f"{origin}: the required column {column.name!r} ({column.meaning}) is missing."
                f"{closest(column.name, found)} Columns found: {listed(found)}. "
                f"Rename the column, or describe the export in a mapping and run `duerank import`."
            )


def ignored_columns(table: Table, raw: pd.DataFrame) -> list[str]:
    """Columns that the contract does not declare."""
    return [str(name) for name in raw.columns if name not in table.names]


def _converted(column: Column, given: pd.Series) -> tuple[pd.Series, list[Problem]]:
    readers = {"money": _money, "date": _date, "number": _number, "flag": _flag, "choice": _choice, "text": _text}
    values, problems = readers[column.kind](column, given)
    if column.optional:
        return values, problems
    unread = np.logical_or.reduce([problem.bad for problem in problems])
    missing = values.isna().to_numpy() & ~unread
    advice = f"fill in {column.name} ({column.meaning})"
    return values, [Problem(column.name, "missing", advice, missing), *problems]


def _absent(column: Column, index: pd.Index) -> pd.Series:
    """An optional column that did not come: every row as one whose cell is empty."""
    return pd.Series(False if column.kind == "flag" else None, index=index, dtype=column.dtype)


def _emptied(column: Column, values: pd.Series, problems: Sequence[Problem]) -> pd.Series:
    """The values without those that have a problem; a flag that cannot be read is false already."""
    if column.kind == "flag" or not any(problem.bad.any() for problem in problems):
        return values
    return values.mask(np.logical_or.reduce([problem.bad for problem in problems]))


def _text(column: Column, given: pd.Series) -> tuple[pd.Series, list[Problem]]:
    text = as_id(given) if column.name.endswith("_id") else as_text(given)
    seen = glance(text)
    long = null_byte = np.zeros(len(text), dtype=bool)
    most = longest(column)
    if seen.longest > most:
        long = (text.str.len() > most).fillna(False).to_numpy(dtype=bool)
    if seen.null_bytes:
        null_byte = text.str.contains("\x00", regex=False, na=False).to_numpy(dtype=bool)
    return text, [
        Problem(column.name, "text too long", f"shorten it to {most} characters", long),
        Problem(column.name, "NUL byte in text", "remove the NUL byte; the file may have another encoding", null_byte),
    ]


def _choice(column: Column, given: pd.Series) -> tuple[pd.Series, list[Problem]]:
    text = by_distinct(as_text(given), lambda each: each.str.lower())
    unknown = (text.notna() & ~text.isin(column.choices)).to_numpy()
    advice = f"use one of {', '.join(column.choices)}; in a mapping, translate it under `values`"
    return text.where(~unknown), [Problem(column.name, "unknown choice", advice, unknown)]


def _date(column: Column, given: pd.Series) -> tuple[pd.Series, list[Problem]]:
    days, unread = to_days(given)
    outside = ((days < pd.Timestamp(EARLIEST_DATE)) | (days > pd.Timestamp(LATEST_DATE))).to_numpy()
    return days, [
        Problem(column.name, "not a date", "write it as YYYY-MM-DD; for other formats use `duerank import`", unread),
        Problem(
            column.name,
            "date out of bounds",
            f"correct it: dates lie between {EARLIEST_DATE} and {LATEST_DATE}; leave an unknown optional date empty",
            outside,
        ),
    ]


def _money(column: Column, given: pd.Series) -> tuple[pd.Series, list[Problem]]:
    amounts, unread = to_money(given)
    advice = "write it as 1234.56; for thousands separators or decimal commas use `duerank import`"
    return amounts.set_axis(given.index), [
        Problem(column.name, "not an amount", advice, unread),
        _out_of_bounds(column, amounts, minor_units()),
    ]


def _number(column: Column, given: pd.Series) -> tuple[pd.Series, list[Problem]]:
    numbers, unread = to_numbers(given)
    advice = "write a finite number such as 0.25; for decimal commas use `duerank import`"
    return numbers, [Problem(column.name, "not a number", advice, unread), _out_of_bounds(column, numbers, 1)]


def _flag(column: Column, given: pd.Series) -> tuple[pd.Series, list[Problem]]:
    flags, unread = to_flags(given)
    return flags, [Problem(column.name, "not true or false", f"use one of {', '.join(YES + NO)}", unread)]


def _out_of_bounds(column: Column, values: pd.Series, units: int) -> Problem:
    low, high = column.bounds
    low, high = -np.inf if low is None else low, np.inf if high is None else high
    numbers = values.to_numpy(dtype="float64", na_value=np.nan)
    advice = f"correct it: {column.name} lies between {low / units:.15g} and {high / units:.15g} {column.unit}".rstrip()
    return Problem(column.name, "out of bounds", advice, (numbers < low) | (numbers > high))
