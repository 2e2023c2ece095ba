"""What no earlier night has published yet, of the records that a night looks through."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.clock import day_number, day_numbers
from ledger.portfolio import Positions


def unpublished(rows: pd.DataFrame, published: pd.DataFrame, about: str, values: Sequence[str] = ()) -> pd.DataFrame:
    """The rows that are not what the latest published row says of what they are `about`, in the named values.

    `published` has the columns `about` and `values`, and as_of where there are values; rows keep their order and index.
    """
    if values:
        published = published.sort_values("as_of", kind="stable").drop_duplicates(about, keep="last")
    same = rows[[about, *values]].reset_index(names="row").merge(published[[about, *values]], on=[about, *values])
    return rows[~rows.index.isin(same["row"])]


def counts_from(records: pd.DataFrame, valued_on: str) -> Positions:
    """The day number from which each record counts: it is known, and its value date is reached."""
    return np.maximum(day_numbers(records["known_on"]), day_numbers(records[valued_on]))


def from_day(numbers: Positions, start: pd.Timestamp) -> npt.NDArray[np.bool_]:
    """Which day numbers are not before a day."""
    return np.asarray(numbers >= day_number(start))
