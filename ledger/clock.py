"""The one clock rule: a night `as_of` sees records with known_on < as_of, nothing else.

A window of w days is [as_of - w, as_of); a label looks at [as_of, as_of + h).
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.frames import Tables, rows_where

ALL_HISTORY = None
LATER_DAYS = {"disputes": "closed_on", "people": "bounced_on"}  # filled in after the record itself
NEVER = 10**6  # a day number later than any date of the contract
DAYS_OF_AN_OWNER = 2**21  # more than `NEVER`; which days an effect is learned on is drawn by what it makes

Days = npt.NDArray[np.int64]


def known_before(tables: Tables, as_of: pd.Timestamp) -> Tables:
    """The ledger as it was known on the night `as_of`.

    Records known on or after `as_of` are gone; a dispute's `closed_on` and a person's `bounced_on` that lie on or after
    `as_of` are empty.
    """
    seen = {name: rows_known_before(frame, as_of) for name, frame in tables.items()}
    for name, ends_on in LATER_DAYS.items():
        frame = seen[name]
        seen[name] = frame.assign(**{ends_on: frame[ends_on].where(frame[ends_on] < as_of)})
    return seen


def rows_known_before(frame: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The rows of a table that were known on the night `as_of`."""
    return rows_where(frame, frame["known_on"] < as_of)


def in_window(days: pd.Series, as_of: pd.Timestamp, window: int | None) -> pd.Series:
    """Which days lie in [as_of - window, as_of); `ALL_HISTORY` has no lower edge."""
    before = days < as_of
    return before if window is ALL_HISTORY else before & (days >= as_of - pd.Timedelta(days=window))


def day_number(day: pd.Timestamp) -> int:
    """Whole days since 1970-01-01."""
    return (day - pd.Timestamp(0)).days


def day_numbers(dates: pd.Series) -> Days:
    """Whole days since 1970-01-01; missing dates must be gone before."""
    return dates.to_numpy(dtype="datetime64[D]").astype(np.int64)


def as_days(numbers: Days) -> npt.NDArray[np.datetime64]:
    """Day numbers as the ledger's dates."""
    return numbers.astype("datetime64[D]").astype("datetime64[s]")


def owner_days(owner: npt.NDArray[np.int64], day: Days) -> npt.NDArray[np.int64]:
    """One whole number for an owner (its position) and a day number: it sorts by owner, then by day."""
    return owner * DAYS_OF_AN_OWNER + day


def owner_and_day(owner_day: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], Days]:
    """What `owner_days` put together."""
    return owner_day // DAYS_OF_AN_OWNER, owner_day % DAYS_OF_AN_OWNER
