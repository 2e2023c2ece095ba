"""What is asked of the rows of a table, from what is declared: columns, rules, key; each in words, and as a mask.

The order is that of a verdict's findings, of the pages that show them, and of whose advice a refused row gets first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
import pandas as pd

from ledger.declarations import Column, Table
from ledger.reading.byte_scan import glance
from ledger.reading.parsing import Mask
from ledger.tables import EARLIEST_DATE, LATEST_DATE, TABLES, longest
from ledger.validation.key_hashes import key_hashes
from ledger.validation.rules import REPEATED, ValidationRule, rules_of

KEY_NOT_UNIQUE = "key not unique"
WARNINGS = "_warnings"  # a suite of the rules that only warn is called after its table and this
Kind = Literal["there", "short", "choice", "bounds", "rule", "key"]
Fine = Mapping[str, pd.Series]
"""By the name of each rule, which rows keep it."""


@dataclass(frozen=True)
class Check:
    """What a column, a rule or the key asks: `rule` names what is wrong where it is broken, `words` say what holds."""

    kind: Kind
    column: str
    rule: str
    advice: str
    words: str


@cache
def checks_of(suite: str) -> tuple[Check, ...]:
    """The checks of a table's suite, called like the table, or of its suite of warnings."""
    table = TABLES[suite.removesuffix(WARNINGS)]
    if suite.endswith(WARNINGS):
        return tuple(_of_rule(rule) for rule in rules_of(table.name, "warn"))
    declared = [check for column in table.columns for check in _of_column(column)]
    return (*declared, *(_of_rule(rule) for rule in rules_of(table.name, "refuse")), key_check(table))


def key_check(table: Table) -> Check:
    """That no two rows have one key; copies of a row are another rule's."""
    key = "/".join(table.key)
    advice = f"rows of the same {key} differ, and none of them is used: keep the right one"
    return Check("key", table.key[0], KEY_NOT_UNIQUE, advice, f"{key}: no other row has the same")


def breaking(check: Check, table: Table, frame: pd.DataFrame, fine: Fine) -> Mask:
    """Which rows break the check, shape (rows,). The frame has the declared columns and a plain index."""
    if check.kind == "rule":
        return ~fine[check.rule].to_numpy(dtype=np.bool_)
    if check.kind == "key":
        return _share_a_key(table, frame, fine)
    column, values = table.column(check.column), frame[check.column]
    if check.kind == "there":
        return values.isna().to_numpy()
    if check.kind == "short":
        nothing = np.zeros(len(values), dtype=np.bool_)
        return nothing if glance(values).longest <= longest(column) else _holds(values.str.len() > longest(column))
    if check.kind == "choice":
        return values.notna().to_numpy() & ~values.isin(column.choices).to_numpy()
    low, high = bounds_of(column)
    broken = np.zeros(len(values), dtype=np.bool_)
    if low is not None:
        broken |= _holds(values < low)
    if high is not None:
        broken |= _holds(values > high)
    return broken


def bounds_of(column: Column) -> tuple[Any, Any]:
    """The least and the largest value of a column as it is held, None where there is no bound."""
    if column.kind == "date":
        return pd.Timestamp(EARLIEST_DATE), pd.Timestamp(LATEST_DATE)
    return column.bounds


def _of_column(column: Column) -> list[Check]:
    checks = []
    if not column.optional:
        advice = f"fill in {column.name} ({column.meaning})"
        checks.append(Check("there", column.name, "missing", advice, f"{column.name} is there"))
    if column.kind == "text":
        words = f"{column.name} has at most {longest(column)} characters"
        advice = f"shorten it to {longest(column)} characters"
        checks.append(Check("short", column.name, "text too long", advice, words))
    if column.kind == "choice":
        choices = f"one of {', '.join(column.choices)}"
        words = f"{column.name} is {choices}"
        checks.append(Check("choice", column.name, "unknown choice", f"use {choices}", words))
    if bounds_of(column) != (None, None):
        bounds = _bounds_in_words(column)
        checks.append(Check("bounds", column.name, "out of bounds", f"correct it: {bounds}", bounds))
    return checks


def _of_rule(rule: ValidationRule) -> Check:
    return Check("rule", rule.column, rule.name, rule.advice, f"{rule.column}: {rule.meaning}")


def _bounds_in_words(column: Column) -> str:
    """Between what the values of a bounded column lie."""
    if column.kind == "date":
        return f"{column.name} lies between {EARLIEST_DATE} and {LATEST_DATE}"
    units = 100 if column.kind == "money" else 1
    low, high = ("any" if bound is None else f"{bound / units:.15g}" for bound in (column.low, column.high))
    return f"{column.name} lies between {low} and {high} {column.unit}"


def _share_a_key(table: Table, frame: pd.DataFrame, fine: Fine) -> Mask:
    """Hashes find who may, the keys themselves say who does."""
    alike = np.flatnonzero(pd.Series(key_hashes(table, frame)).duplicated(keep=False).to_numpy())
    keys = frame.iloc[alike][list(table.key)]
    keys = keys[keys.notna().any(axis=1) & fine[REPEATED].iloc[alike].to_numpy(dtype=np.bool_)]
    broken = np.zeros(len(frame), dtype=np.bool_)
    broken[keys.index[keys.duplicated(keep=False)]] = True
    return broken


def _holds(values: pd.Series) -> Mask:
    return values.fillna(False).to_numpy(dtype=np.bool_)
