"""The ledger in memory: a dict of table name to frame, each with the declared columns and dtypes."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.declarations import Table
from ledger.tables import EARLIEST_DATE, TABLES

Tables = dict[str, pd.DataFrame]

ALWAYS_KNOWN = pd.Timestamp(EARLIEST_DATE)  # within the bounds of a declared known_on


def empty(table: Table) -> pd.DataFrame:
    """A frame of no rows with the table's columns, known_on, and dtypes."""
    frame = pd.DataFrame({column.name: pd.Series(dtype=column.dtype) for column in table.columns})
    return with_known_on(table, frame)


def with_known_on(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with `known_on` filled: the record's own date where absent, always known where that is absent too."""
    own = frame[table.dated_by] if table.dated_by else pd.Series(pd.NaT, index=frame.index, dtype="datetime64[s]")
    stated = frame.get("known_on", own)
    known = stated.fillna(own).fillna(ALWAYS_KNOWN).astype("datetime64[s]")
    return frame.assign(known_on=known)


def complete(tables: Tables) -> Tables:
    """All tables of the contract in declared order, empty where the ledger has none."""
    return {name: tables[name] if name in tables else empty(table) for name, table in TABLES.items()}


def rows_where(frame: pd.DataFrame, wanted: pd.Series | npt.NDArray[np.bool_]) -> pd.DataFrame:
    """The rows that are wanted; the frame itself where that is all, as it mostly is: texts are slow to copy."""
    return frame if wanted.all() else frame[wanted]
