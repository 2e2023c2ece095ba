"""The columns of a target table out of the rows of an export, as one rule of a mapping says."""

import numpy as np
import pandas as pd

from ledger.declarations import Table
from ledger.importing.cells.conditions import judged
from ledger.importing.cells.currency_marks import CODES
from ledger.importing.cells.read_value import ReadColumn, read_column
from ledger.importing.mapping_schema import SourceFile, TableRule
from ledger.reading.parsing import Mask, as_text
from ledger.reading.refusals import Problem


def fulfilling(frame: pd.DataFrame, rule: TableRule, form: SourceFile) -> Mask:
    """Which rows fulfil every condition, or may do so: `mapped` then finds a problem in them."""
    found = judged(frame, rule.where, form)
    return found.holds | found.unknown


def mapped(table: Table, rule: TableRule, form: SourceFile, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """The target columns of each source row, and the cells that do not have the form that the mapping states."""
    unknown = judged(frame, rule.where, form).unknown
    advice = "`where` compares a cell of this row that cannot be read; correct the cell, or the form in the mapping"
    # Under a column that every row needs, so that the row is refused.
    needed = next(column.name for column in table.columns if not column.optional)
    problems = [Problem(needed, "condition unknown", advice, unknown)]
    columns: dict[str, pd.Series] = {}
    amounts: dict[str, ReadColumn] = {}
    for name, value in rule.columns.items():
        read = read_column(table.column(name), value, form, frame)
        columns[name] = read.values
        problems += read.problems
        if table.column(name).kind == "money":
            amounts[name] = read
    for name, read in amounts.items():
        problems += _currency_problems(name, read, columns.get("currency"))
    return pd.DataFrame(columns, index=frame.index), problems


def mapped_currencies(table: Table, rule: TableRule, form: SourceFile, frame: pd.DataFrame) -> pd.Series:
    """The currencies that a rule finds; none where it names none, or a column that it needs is missing."""
    value = rule.columns.get("currency")
    if value is None or not set(rule.columns_for("currency")) <= set(frame.columns):
        return pd.Series(dtype="str")
    return read_column(table.column("currency"), value, form, frame[fulfilling(frame, rule, form)]).values


def _currency_problems(name: str, read: ReadColumn, stated: pd.Series | None) -> list[Problem]:
    """Amounts that name another currency than their row; where the row's is not mapped, amounts of several ones."""
    if read.currencies is None or not read.currencies.notna().any():
        return []
    named = read.currencies
    if stated is not None:
        of_row = as_text(stated).str.upper()
        bad = (named.isin(CODES) & of_row.notna() & (named != of_row)).to_numpy(dtype=bool)
        advice = "the amount names another currency than `currency` of this row; correct one of them"
    else:
        bad = (named.notna() & (named.nunique() > 1)).to_numpy(dtype=bool)
        advice = "the amounts name several currencies: map `currency`, such as {currency_of: " + name + "}"
    return [Problem(name, "other currency", advice, np.asarray(bad), shown=as_text(read.values))]
