"""How fresh the payments of a ledger are, and what came in this month and in the same days of the month before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ledger.as_of.view import View

USUAL_GAP = 3  # working days without a booking that a weekend with a holiday explains; more is worth a question


@dataclass(frozen=True)
class Cash:
    """The cash of a portfolio, or of a part of it, in cents of the reporting currency.

    `booked_on` is the day of the latest booking that the night knows, `valued_on` the latest value date (None without
    any payment). `received` has a value date since the first of the month; `month_before` one in as many days of the
    month before, as it was known after these. `of_complete_days` has one on the days that are compared with what an
    earlier night expected.
    """

    booked_on: pd.Timestamp | None
    valued_on: pd.Timestamp | None
    received: int
    month_before: int
    of_complete_days: int


def cash_so_far(view: View, night: pd.Timestamp | None, until: pd.Timestamp) -> Cash:
    """The cash of a partition; the complete days are those from `night`, if any, to `until`, which is not one."""
    payments, as_of = view.tables["payments"], view.as_of
    first = first_of_month(as_of)
    then_first, then = same_days_before(as_of)
    in_month = payments["paid_on"] >= first
    in_month_before = (payments["paid_on"] >= then_first) & (payments[["paid_on", "known_on"]].max(axis=1) < then)
    complete = (payments["paid_on"] >= (until if night is None else night)) & (payments["paid_on"] < until)
    known_on = pd.concat([payments["known_on"], view.coming["known_on"]])
    return Cash(
        latest(known_on),
        latest(payments["paid_on"]),
        int(payments.loc[in_month, "reporting_amount"].sum()),
        int(payments.loc[in_month_before, "reporting_amount"].sum()),
        int(payments.loc[complete, "reporting_amount"].sum()),
    )


def added_up(parts: Sequence[Cash]) -> Cash:
    """The cash of all partitions."""
    return Cash(
        latest(pd.Series([part.booked_on for part in parts], dtype="datetime64[s]")),
        latest(pd.Series([part.valued_on for part in parts], dtype="datetime64[s]")),
        sum(part.received for part in parts),
        sum(part.month_before for part in parts),
        sum(part.of_complete_days for part in parts),
    )


def latest(days: pd.Series) -> pd.Timestamp | None:
    """The latest of the days; None without any."""
    return None if days.isna().all() else days.max()


def first_of_month(day: pd.Timestamp) -> pd.Timestamp:
    return day.replace(day=1)


def same_days_before(as_of: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    """The first of the month before, and the day of it that a night as far into that month would have."""
    this = first_of_month(as_of)
    first = first_of_month(this - pd.Timedelta(days=1))
    return first, min(first + (as_of - this), this)


def working_days_since(day: pd.Timestamp, as_of: pd.Timestamp) -> int:
    """Monday to Friday from a day until the night: 1 where the day is the working day before."""
    return int(np.busday_count(day.date(), as_of.date()))
