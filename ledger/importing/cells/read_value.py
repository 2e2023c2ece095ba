"""One column of a target table out of the rows of an export, as a value of a mapping says."""

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd

from ledger.declarations import Column
from ledger.importing.cells.amounts import negated, read_amounts
from ledger.importing.cells.cell_form import CellForm
from ledger.importing.cells.condition_schema import RowCondition
from ledger.importing.cells.conditions import judged
from ledger.importing.cells.dates import read_days
from ledger.importing.cells.due_days import days_later, term_days
from ledger.importing.cells.ids import shortened, with_zeros_alike
from ledger.importing.cells.other_thousands import thousands_problems
from ledger.importing.cells.value_schema import Value, column_parts
from ledger.reading.parsing import NUMBER, as_id, as_text, by_distinct, to_days, to_numbers
from ledger.reading.refusals import Problem

EXACTLY = Context(prec=80)
DIFFERENCE_DECIMALS = 10_000  # what a float holds of both sides to the last digit
SHORT_ENOUGH = r"[+-]?[0-9]{1,11}(?:\.[0-9]{0,4})?"


class ReadColumn(NamedTuple):
    """Values for `convert`, the cells that cannot be read, and of amounts the currencies that they name themselves and
    how they are written."""

    values: pd.Series
    problems: list[Problem]
    currencies: pd.Series | None = None
    written: pd.Series | None = None


def read_column(column: Column, value: Value, form: CellForm, frame: pd.DataFrame) -> ReadColumn:
    """The column of each row of the frame."""
    if value.first_of is not None:
        return _first_of(column, value.first_of, form, frame)
    if value.constant is not None:
        return ReadColumn(pd.Series(value.constant, index=frame.index, dtype="str"), [])
    if value.template is not None:
        return _ids(column, _filled_in(column, value, frame), value)
    if value.days_after is not None:
        return _due(column, value, form, frame)
    if value.difference is not None:
        return _signed(column, _difference(column, value.difference, form, frame), value, form, frame)
    if value.currency_of is not None:
        named = read_amounts(as_text(frame[value.currency_of]), form).currencies
        return ReadColumn(_translated(named, value.values), [])
    given = _translated(frame[value.column], value.values)
    if column.kind == "date" and value.format is not None and not pd.api.types.is_datetime64_any_dtype(given.dtype):
        return _dates(column, as_text(given), value.format, form)
    if column.kind in ("money", "number"):
        read = _signed(column, _amounts(column, given, form), value, form, frame)
        return _inverted(column, read) if value.invert else read
    return _ids(column, given, value)


def _translated(given: pd.Series, values: dict[str, str]) -> pd.Series:
    if not values:
        return given
    text = as_text(given).fillna("")
    return by_distinct(text, lambda each: each.map(values).where(each.isin(list(values)), each).astype("str"))


def _filled_in(column: Column, value: Value, frame: pd.DataFrame) -> pd.Series:
    """The template for each row; missing where one of its columns is empty, since half an id is no id."""
    text = pd.Series("", index=frame.index, dtype="str")
    for literal, name in column_parts(value.template or ""):
        text = text + literal
        if name is not None:
            part = as_id(frame[name]) if column.name.endswith("_id") else as_text(frame[name])
            text = text + with_zeros_alike(part, value.strip_zeros, value.pad_zeros)
    return text


def _ids(column: Column, given: pd.Series, value: Value) -> ReadColumn:
    if value.template is None:
        given = with_zeros_alike(given, value.strip_zeros, value.pad_zeros)
    if not column.name.endswith("_id") or not (pd.api.types.is_string_dtype(given.dtype) and len(given)):
        return ReadColumn(given, [])
    text = as_text(given)
    bad = shortened(text)
    advice = "a spreadsheet shortened this id to its first digits; export it again, with the column as text"
    kept = text.mask(bad) if bad.any() else text
    return ReadColumn(kept, [Problem(column.name, "shortened id", advice, bad, shown=text)])


def _dates(column: Column, text: pd.Series, formats: list[str], form: CellForm) -> ReadColumn:
    days, unread = read_days(text, formats, form.language)
    expected = formats[0] if len(formats) == 1 else f"one of {', '.join(formats)}"
    advice = (
        f"the mapping expects {expected}; correct the cell or the format, or turn a placeholder into '' by `values`"
    )
    return ReadColumn(days, [Problem(column.name, "not a date", advice, unread, shown=text)])


def _amounts(column: Column, given: pd.Series, form: CellForm) -> ReadColumn:
    if _has_sign(given):
        return ReadColumn(given, [])
    text = as_text(given)
    amounts = read_amounts(text, form)
    plain, unread = amounts.plain, amounts.unread
    if column.kind == "number" and not form.decimal_comma and unread.any():
        # Small rates come out of workbooks as 8.5e-05. An amount of money in this form has lost its last digits.
        written = text.str.fullmatch(NUMBER).fillna(False).to_numpy(dtype=bool) & unread
        plain, unread = plain.where(~written, text), unread & ~written
    return ReadColumn(plain, [_no_amount(column, text, unread, form)], amounts.currencies, text)


def _no_amount(column: Column, text: pd.Series, unread: np.ndarray, form: CellForm) -> Problem:
    mark = "," if form.decimal_comma else "."
    groups = {None: "no thousands separator", "any": "any thousands separator"}.get(
        form.thousands, f"thousands separator {form.thousands!r}"
    )
    advice = (
        f"the mapping expects decimal mark {mark!r} and {groups}; correct the cell, or the file's form in the mapping "
        "(decimal_comma, thousands; letters that mean a sign, such as CR, are listed under signs)"
    )
    return Problem(column.name, "not an amount", advice, unread, shown=text)


def _signed(column: Column, read: ReadColumn, value: Value, form: CellForm, frame: pd.DataFrame) -> ReadColumn:
    """The amounts with the other sign where `negate` says so."""
    if value.negate is False:
        return read
    other = -read.values if pd.api.types.is_numeric_dtype(read.values.dtype) else negated(read.values)
    if not isinstance(value.negate, RowCondition):
        return read._replace(values=other)
    turned = judged(frame, [value.negate], form)
    advice = "`negate` compares a column of this row, and its cell cannot be read; correct the cell or the condition"
    problem = Problem(column.name, "sign unknown", advice, turned.unknown)
    return read._replace(values=read.values.where(~turned.holds, other), problems=[*read.problems, problem])


def _inverted(column: Column, read: ReadColumn) -> ReadColumn:
    """One over each number: a rate the other way round."""
    numbers, _ = to_numbers(read.values)
    zero = (numbers == 0).fillna(False).to_numpy(dtype=bool)
    problem = Problem(column.name, "no inverse", "zero has no inverse; correct the rate", zero, shown=read.written)
    return read._replace(values=1 / numbers.mask(zero), problems=[*read.problems, problem])


def _difference(column: Column, names: list[str], form: CellForm, frame: pd.DataFrame) -> ReadColumn:
    """The first column less the second, an empty cell as zero; missing where both are empty."""
    first, second = (_amounts(column, frame[name], form) for name in names)
    (left, infinite), (right, endless) = (_finite(column, read.values, form) for read in (first, second))
    problems = [*first.problems, *second.problems, infinite, endless]
    if column.kind == "money":
        sides = [(column.name, read.values, read.written) for read in (first, second) if read.written is not None]
        problems += thousands_problems(sides)
    unread = np.logical_or.reduce([np.zeros(len(frame), dtype=bool), *(problem.bad for problem in problems)])
    missing = (left.isna() & right.isna()).to_numpy() | unread
    short = all(side.dropna().str.fullmatch(SHORT_ENOUGH).all() for side in (left, right))
    values = _float_difference(left, right) if short else _exact_difference(left, right)
    currencies = [read.currencies for read in (first, second) if read.currencies is not None]
    named = currencies[0].fillna(currencies[1]) if len(currencies) == 2 else None
    return ReadColumn(values.mask(missing), problems, named)


def _finite(column: Column, values: pd.Series, form: CellForm) -> tuple[pd.Series, Problem]:
    """Amounts as text: a column of floats may hold an infinity, from which nothing can be taken."""
    text = as_text(values)
    endless = (text.notna() & ~text.str.fullmatch(NUMBER).fillna(False)).to_numpy(dtype=bool)
    return text.mask(endless), _no_amount(column, text, endless, form)


def _float_difference(left: pd.Series, right: pd.Series) -> pd.Series:
    first, second = ((side.fillna("0").astype("float64") * DIFFERENCE_DECIMALS).round() for side in (left, right))
    return (first - second) / DIFFERENCE_DECIMALS


def _exact_difference(left: pd.Series, right: pd.Series) -> pd.Series:
    pairs = zip(left.fillna("0"), right.fillna("0"), strict=True)
    less = [format(EXACTLY.subtract(_decimal(one), _decimal(other)), "f") for one, other in pairs]
    return pd.Series(less, index=left.index, dtype="str")


def _decimal(text: str) -> Decimal:
    """An amount with thirty decimals at most, as all later steps take."""
    value = Decimal(text)
    exponent = value.as_tuple().exponent
    few = isinstance(exponent, int) and exponent >= -30
    return value if few else value.quantize(Decimal(1).scaleb(-30), ROUND_HALF_EVEN, EXACTLY)


def _due(column: Column, value: Value, form: CellForm, frame: pd.DataFrame) -> ReadColumn:
    assert value.days_after is not None
    start, problems = _as_days(column, read_column(column, value.days_after, form, frame))
    days = pd.Series(0.0, index=frame.index)
    if value.days is not None:
        text = pd.Series(value.days.constant, index=frame.index, dtype="str")
        if value.days.column is not None:
            text = as_text(_translated(frame[value.days.column], value.days.values))
        days, unread = term_days(text)
        advice = "`days` takes whole numbers; translate codes by `values`, like {column: Terms, values: {N30: 30}}"
        problems = [*problems, Problem(column.name, "not a number of days", advice, unread, shown=text)]
    return ReadColumn(days_later(start, days, value.end_of_month), problems)


def _as_days(column: Column, read: ReadColumn) -> tuple[pd.Series, list[Problem]]:
    """Days, where a value may have been left as text for `convert`."""
    days, unread = to_days(read.values)
    advice = "write it as YYYY-MM-DD, or give the format in the mapping"
    shown = None if pd.api.types.is_datetime64_any_dtype(read.values.dtype) else as_text(read.values)
    return days, [*read.problems, Problem(column.name, "not a date", advice, unread, shown=shown)]


def _first_of(column: Column, each: list[Value], form: CellForm, frame: pd.DataFrame) -> ReadColumn:
    """Of each row, the first value that is not empty; a cell that cannot be read is not empty."""
    found: pd.Series | None = None
    currencies: pd.Series | None = None
    problems: list[Problem] = []
    settled, texts = np.zeros(len(frame), dtype=bool), True
    for value in each:
        read = read_column(column, value, form, frame)
        if column.kind == "date":
            values, met = _as_days(column, read)
        else:
            values, met = as_text(read.values), read.problems
        problems += [Problem(one.column, one.rule, one.advice, one.bad & ~settled, shown=one.shown) for one in met]
        named = pd.Series(None, index=frame.index, dtype="str") if read.currencies is None else read.currencies
        found = values if found is None else found.where(settled, values)
        currencies = named if currencies is None else currencies.where(settled, named)
        texts &= read.written is not None
        settled |= values.notna().to_numpy() | np.logical_or.reduce([settled, *(one.bad for one in met)])
    assert found is not None
    return ReadColumn(found, problems, currencies, found if texts else None)


def _has_sign(values: pd.Series) -> bool:
    """Whether these are native numbers that can be negated; flags and unsigned numbers are read by their text."""
    kind = pd.api.types
    return kind.is_numeric_dtype(values.dtype) and not (
        kind.is_bool_dtype(values.dtype) or kind.is_unsigned_integer_dtype(values.dtype)
    )
