"""Which rows may break a check: found in a fraction of the time that judging every row of a large table would take."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ledger.declarations import Column, Table
from ledger.hashing import Hashes, hash_texts
from ledger.reading.byte_scan import glance
from ledger.reading.parsing import Mask
from ledger.tables import EARLIEST_DATE, LATEST_DATE, longest


def suspects(table: Table, frame: pd.DataFrame, fine: Sequence[pd.Series]) -> Mask:
    """Rows that may break a check of the table, shape (rows,): every row that does, and few others."""
    suspicious = any_not_fine(frame, fine)
    for column in table.columns:
        suspicious |= _breaks_declaration(column, frame[column.name])
    return suspicious | _repeats_a_key(table, frame)


def suspect_columns(table: Table, frame: pd.DataFrame) -> set[str]:
    """The columns whose declared checks some of the rows may break."""
    return {column.name for column in table.columns if _breaks_declaration(column, frame[column.name]).any()}


def any_key_repeated(table: Table, frame: pd.DataFrame) -> bool:
    """Whether two rows may have one key."""
    return bool(_repeats_a_key(table, frame).any())


def key_hashes(table: Table, frame: pd.DataFrame) -> Hashes:
    """A hash of every row's key, shape (rows,): rows of one key have the same, and hardly ever others."""
    keys = np.zeros(len(frame), dtype=np.uint64)
    for name in table.key:
        values = frame[name]
        whole = table.column(name).kind not in ("text", "choice")
        part = values.to_numpy().astype("int64").view(np.uint64) if whole else hash_texts(values)
        keys = keys * np.uint64(31) + part
    return keys


def bounds_of(column: Column) -> tuple[Any, Any]:
    """The least and the largest value of a column as it is held, None where there is no bound."""
    if column.kind == "date":
        return pd.Timestamp(EARLIEST_DATE), pd.Timestamp(LATEST_DATE)
    return column.bounds


def bounds_in_words(column: Column) -> str:
    """Between what the values of a bounded column lie."""
    if column.kind == "date":
        return f"{column.name} lies between {EARLIEST_DATE} and {LATEST_DATE}"
    units = 100 if column.kind == "money" else 1
    low, high = ("any" if bound is None else f"{bound / units:.15g}" for bound in (column.low, column.high))
    return f"{column.name} lies between {low} and {high} {column.unit}"


def any_not_fine(frame: pd.DataFrame, fine: Sequence[pd.Series]) -> Mask:
    broken = np.zeros(len(frame), dtype=np.bool_)
    for verdict in fine:
        broken |= ~verdict.to_numpy(dtype=np.bool_)
    return broken


def _repeats_a_key(table: Table, frame: pd.DataFrame) -> Mask:
    return pd.Series(key_hashes(table, frame)).duplicated(keep=False).to_numpy()


def _breaks_declaration(column: Column, values: pd.Series) -> Mask:
    missing = values.isna().to_numpy()
    broken = np.zeros(len(values), dtype=np.bool_) if column.optional else missing.copy()
    if column.kind == "text" and glance(values).longest > longest(column):
        broken |= (values.str.len() > longest(column)).fillna(False).to_numpy(dtype=np.bool_)
    elif column.kind == "choice":
        broken |= ~missing & ~values.isin(column.choices).to_numpy()
    low, high = bounds_of(column)
    if low is not None:
        broken |= (values < low).fillna(False).to_numpy(dtype=np.bool_)
    if high is not None:
        broken |= (values > high).fillna(False).to_numpy(dtype=np.bool_)
    return broken
