"""How old the newest records of a night are: where the export has stopped, a ledger looks like a quiet month."""

from collections.abc import Sequence

import pandas as pd

from ledger.clock import rows_known_before
from ledger.errors import LedgerError
from ledger.portfolio import Portfolio

WATCHED = ("payments", "invoices", "contacts")


def newest_records(portfolio: Portfolio, as_of: pd.Timestamp) -> "pd.Series[pd.Timestamp]":
    """The day on which the newest record of each of `WATCHED` became known before the night; NaT without one."""
    days = {name: rows_known_before(portfolio.tables[name], as_of)["known_on"].max() for name in WATCHED}
    return pd.Series(days, dtype="datetime64[s]")


def newest_of_parts(parts: Sequence["pd.Series[pd.Timestamp]"]) -> "pd.Series[pd.Timestamp]":
    """The `newest_records` of a whole portfolio, of those of its parts."""
    return pd.concat(parts).groupby(level=0).max()


def require_invoices(newest: "pd.Series[pd.Timestamp]", as_of: pd.Timestamp) -> None:
    """LedgerError where no invoice is known before the night: nothing can be learned from it, and no one owes."""
    if pd.isna(newest["invoices"]):
        raise LedgerError(
            f"no invoice is known before the night of {as_of.date()}. Choose a later night, or look at known_on and "
            f"issued_on of the ledger's invoices."
        )
