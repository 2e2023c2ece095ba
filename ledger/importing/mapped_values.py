"""The columns of a target table out of the rows of an export, as one rule of a mapping says."""

import numpy as np
import pandas as pd

from ledger.declarations import Table
from ledger.errors import listed
from ledger.importing.cells.conditions import judged
from ledger.importing.cells.currency_marks import possible_codes
from ledger.importing.cells.other_thousands import thousands_problems
from ledger.importing.cells.read_value import ReadColumn, read_column
from ledger.importing.mapping_schema import SourceFile, TableRule
from ledger.reading.iso_codes import CURRENCIES
from ledger.reading.parsing import Mask, as_text
from ledger.reading.refusals import Problem


def fulfilling(frame: pd.DataFrame, rule: TableRule, form: SourceFile) -> Mask:
    """Which rows fulfil every condition, or may do so: `mapped` then finds a problem in them."""
    found = judged(frame, rule.where, form)
    return found.holds | found.unknown


def mapped(table: Table, rule: TableRule, form: SourceFile, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """The target columns of each source row, and the cells that do not have the form that the mapping states."""
    problems: list[Problem] = []
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
    problems += thousands_problems(
        [(name, read.values, read.written) for name, read in amounts.items() if read.written is not None]
    )
    if any(condition.can_be_unknown for condition in rule.where):
        problems.append(_not_judged(table, rule, form, frame))
    return pd.DataFrame(columns, index=frame.index), problems


def _not_judged(table: Table, rule: TableRule, form: SourceFile, frame: pd.DataFrame) -> Problem:
    """The rows that may be the rule's or not, under a column that every row needs, so that they are refused."""
    compared = listed([name for one in rule.where if one.can_be_unknown for name in one.source_columns])
    advice = f"`where` compares a cell of {compared} that cannot be read; correct it, or the file's form in the mapping"
    needed = next(column.name for column in table.columns if not column.optional)
    return Problem(needed, "condition unknown", advice, judged(frame, rule.where, form).unknown)


def _currency_problems(name: str, read: ReadColumn, stated: pd.Series | None) -> list[Problem]:
    """Amounts that name another currency than their row; where the row's is not mapped, amounts of several ones."""
    if read.currencies is None or not read.currencies.notna().any():
        return []
    each = read.currencies.dropna().unique()
    if stated is not None:
        of_row = as_text(stated).str.upper()
        compared = of_row.isin(CURRENCIES) & read.currencies.notna()
        pairs = zip(read.currencies, of_row, compared, strict=True)
        bad = np.array([compare and code not in possible_codes(mark) for mark, code, compare in pairs], dtype=bool)
        advice = "the amount names another currency than `currency` of this row; correct one of them"
    else:
        several = not frozenset.intersection(*map(possible_codes, each))
        bad = read.currencies.notna().to_numpy() & several
        advice = "the amounts name several currencies: map `currency`, such as {currency_of: Amount}"
    return [Problem(name, "other currency", advice, bad, shown=read.written)]
