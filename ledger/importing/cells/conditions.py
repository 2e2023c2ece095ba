"""Which rows of an export fulfil the conditions of a mapping."""

import operator
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from ledger.importing.cells.amounts import read_amounts
from ledger.importing.cells.cell_form import CellForm
from ledger.importing.cells.condition_schema import RowCondition
from ledger.importing.cells.dates import read_days
from ledger.reading.parsing import Mask, as_text, to_days, to_numbers

COMPARED = {"above": operator.gt, "at_least": operator.ge, "below": operator.lt, "at_most": operator.le}


class Judged(NamedTuple):
    """Which rows fulfil a condition, and of which no one can say, since a cell that is compared cannot be read."""

    holds: Mask
    unknown: Mask


def judged(frame: pd.DataFrame, conditions: list[RowCondition], form: CellForm) -> Judged:
    """The rows that fulfil every condition; a row that one of them surely leaves out is not unknown."""
    holds, possible = np.ones((2, len(frame)), dtype=bool)
    for condition in conditions:
        one = _judged(frame, condition, form)
        holds, possible = holds & one.holds, possible & (one.holds | one.unknown)
    return Judged(holds, possible & ~holds)


def _judged(frame: pd.DataFrame, condition: RowCondition, form: CellForm) -> Judged:
    if condition.opposite is not None:
        inner = _judged(frame, condition.opposite, form)
        return Judged(~inner.holds & ~inner.unknown, inner.unknown)
    if condition.some is not None:
        each = [_judged(frame, one, form) for one in condition.some]
        holds = np.logical_or.reduce([one.holds for one in each])
        return Judged(holds, np.logical_or.reduce([one.unknown for one in each]) & ~holds)
    given = frame[condition.column]
    if condition.bounds:
        return _within(given, condition, form)
    text = as_text(given)
    if condition.not_empty:
        return Judged(text.notna().to_numpy(), np.zeros(len(text), dtype=bool))
    wanted = condition.one_of if condition.one_of is not None else [condition.equals]
    return Judged(text.isin(wanted).to_numpy(), np.zeros(len(text), dtype=bool))


def _within(given: pd.Series, condition: RowCondition, form: CellForm) -> Judged:
    values, unread = _days(given, condition, form) if condition.compares_days else _numbers(given, form)
    holds = values.notna().to_numpy()
    for key, bound in condition.bounds.items():
        wanted = np.datetime64(bound, "s") if isinstance(bound, date) else bound
        holds = holds & COMPARED[key](values, wanted).fillna(False).to_numpy(dtype=bool)
    return Judged(holds, unread)


def _days(given: pd.Series, condition: RowCondition, form: CellForm) -> tuple[pd.Series, Mask]:
    if condition.format is None or pd.api.types.is_datetime64_any_dtype(given.dtype):
        return to_days(given)
    return read_days(as_text(given), condition.format, form.language)


def _numbers(given: pd.Series, form: CellForm) -> tuple[pd.Series, Mask]:
    if pd.api.types.is_numeric_dtype(given.dtype):
        return to_numbers(given)
    amounts = read_amounts(as_text(given), form)
    return to_numbers(amounts.plain)[0], amounts.unread
