"""Due dates out of terms of payment."""

from typing import Literal

import numpy as np
import pandas as pd

from ledger.importing.cells.value_schema import LONGEST_TERM
from ledger.reading.parsing import Mask, as_id

EndOfMonth = Literal["before_days", "after_days"]


def term_days(text: pd.Series) -> tuple[pd.Series, Mask]:
    """Whole days as float64, missing where empty, and which texts are no number of days from 0 to `LONGEST_TERM`."""
    text = as_id(text)
    shaped = text.str.fullmatch("[0-9]{1,5}").fillna(False).astype(bool)
    days = text.where(shaped).astype("float64")
    days = days.where(days <= LONGEST_TERM)
    return days, (text.notna() & days.isna()).to_numpy()


def days_later(start: pd.Series, days: pd.Series, end_of_month: EndOfMonth | None) -> pd.Series:
    """The day that lies so many days after `start` (datetime64[s]); missing where one of them is.

    `end_of_month`: counted from the end of the month of `start`, or moved to the end of the month that it falls in.
    """
    if end_of_month == "before_days":
        start = _month_end(start)
    due = start + pd.to_timedelta(days, unit="D").astype("timedelta64[s]")
    return _month_end(due) if end_of_month == "after_days" else due


def _month_end(day: pd.Series) -> pd.Series:
    month = day.to_numpy().astype("datetime64[M]")
    last = (month + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    return pd.Series(last.astype("datetime64[s]"), index=day.index)
