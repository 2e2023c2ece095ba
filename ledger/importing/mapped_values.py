"""The columns of a target table out of the rows of an export, as one rule of a mapping says."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ledger.declarations import Column, Table
from ledger.importing.mapping_schema import RowCondition, SourceFile, TableRule, Value, column_parts
from ledger.reading.parsing import Mask, as_text
from ledger.reading.refusals import Problem

# Characters that mean the same separator in exports: hard and narrow spaces, the typographic apostrophe.
SEPARATORS = {".": ".", ",": ",", " ": " \u00a0\u202f", "'": "'\u2019"}


def fulfilling(frame: pd.DataFrame, conditions: list[RowCondition]) -> Mask:
    """Which rows fulfil every condition."""
    kept = np.ones(len(frame), dtype=bool)
    for condition in conditions:
        text = as_text(frame[condition.column])
        if condition.not_empty:
            kept &= text.notna().to_numpy()
        else:
            wanted = condition.one_of if condition.one_of is not None else [condition.equals]
            kept &= text.isin(wanted).to_numpy()
    return kept


def mapped(table: Table, rule: TableRule, form: SourceFile, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """The target columns of each source row, and the cells that do not have the form that the mapping states."""
    columns: dict[str, pd.Series] = {}
    problems: list[Problem] = []
    for name, value in rule.columns.items():
        columns[name], found = _mapped_column(table.column(name), value, form, frame)
        problems += found
    return pd.DataFrame(columns, index=frame.index), problems


def mapped_currencies(table: Table, rule: TableRule, form: SourceFile, frame: pd.DataFrame) -> pd.Series:
    """The currencies that a rule finds; none where it names none, or a column that it needs is missing."""
    value = rule.columns.get("currency")
    if value is None or not set(rule.columns_for("currency")) <= set(frame.columns):
        return pd.Series(dtype="str")
    return _mapped_column(table.column("currency"), value, form, frame[fulfilling(frame, rule.where)])[0]


def plain_amounts(text: pd.Series, decimal_comma: bool, thousands: str | None) -> tuple[pd.Series, Mask]:
    """Amounts such as 1.234,56- as -1234.56, missing where the text has not the stated form, and which those are."""
    mark = "," if decimal_comma else r"\."
    whole = "[0-9]+"
    if thousands is not None:
        text = text.str.replace(f"[{SEPARATORS[thousands]}]", SEPARATORS[thousands][0], regex=True)
        group = "\\" + thousands if thousands == "." else thousands
        whole = f"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+|[0-9]+"
    size = rf"(?:(?:{whole})(?:{mark}[0-9]*)?|{mark}[0-9]+)"
    readable = pc.match_substring_regex(pa.array(text, pa.string()), rf"\A(?:[+-]?{size}|{size} ?-)\z")
    shaped = pc.fill_null(readable, False).to_numpy(zero_copy_only=False)
    plain = text.where(shaped)
    if thousands is not None:
        plain = plain.str.replace(thousands, "", regex=False)
    plain = plain.str.replace(",", ".", regex=False) if decimal_comma else plain
    # SAP and other systems write the minus behind the amount.
    plain = plain.where(~plain.str.endswith("-", na=False), "-" + plain.str.rstrip("- "))
    return plain, text.notna().to_numpy() & ~shaped


def _mapped_column(
    column: Column, value: Value, form: SourceFile, frame: pd.DataFrame
) -> tuple[pd.Series, list[Problem]]:
    if value.constant is not None:
        return pd.Series(value.constant, index=frame.index, dtype="str"), []
    if value.template is not None:
        return _filled_in(value.template, frame), []
    given = frame[value.column]
    if value.values:
        text = as_text(given).fillna("")
        given = text.map(value.values).where(text.isin(list(value.values)), text).astype("str")
    if column.kind == "date" and value.format is not None and not pd.api.types.is_datetime64_any_dtype(given.dtype):
        return _dates(column, as_text(given), value.format)
    if column.kind in ("money", "number"):
        return _amounts(column, given, value.negate, form)
    return given, []


def _filled_in(template: str, frame: pd.DataFrame) -> pd.Series:
    """The template for each row; missing where one of its columns is empty, since half an id is no id."""
    text = pd.Series("", index=frame.index, dtype="str")
    for literal, name in column_parts(template):
        text = text + literal if name is None else text + literal + as_text(frame[name])
    return text


def _dates(column: Column, text: pd.Series, pattern: str) -> tuple[pd.Series, list[Problem]]:
    days = pd.to_datetime(text, format=pattern, errors="coerce")
    unread = (text.notna() & days.isna()).to_numpy()
    advice = f"the mapping expects {pattern}; correct the cell or the format, or turn a placeholder into '' by `values`"
    return days, [Problem(column.name, "not a date", advice, unread, shown=text)]


def _amounts(column: Column, given: pd.Series, negate: bool, form: SourceFile) -> tuple[pd.Series, list[Problem]]:
    if _has_sign(given):
        return (-given if negate else given), []
    text = as_text(given)
    plain, unread = plain_amounts(text, form.decimal_comma, form.thousands)
    mark = "," if form.decimal_comma else "."
    groups = "no thousands separator" if form.thousands is None else f"thousands separator {form.thousands!r}"
    advice = (
        f"the mapping expects decimal mark {mark!r} and {groups}; correct the cell, or the file's form in the mapping"
    )
    problem = Problem(column.name, "not an amount", advice, unread, shown=text)
    if not negate:
        return plain, [problem]
    flipped = plain.str.removeprefix("-").where(plain.str.startswith("-", na=False), "-" + plain.str.removeprefix("+"))
    return flipped, [problem]


def _has_sign(values: pd.Series) -> bool:
    """Whether these are native numbers that can be negated; flags and unsigned numbers are read by their text."""
    kind = pd.api.types
    return kind.is_numeric_dtype(values.dtype) and not (
        kind.is_bool_dtype(values.dtype) or kind.is_unsigned_integer_dtype(values.dtype)
    )
