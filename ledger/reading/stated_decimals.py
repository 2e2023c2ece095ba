"""How many decimals a ledger's money needs, by the currencies that its rows state: asked before any amount is read."""

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ledger.declarations import Table
from ledger.frames import with_known_on
from ledger.minor_units import decimals_for
from ledger.reading.parsing import as_text, to_days
from ledger.sources.chunks import Piece, raw_rows
from ledger.tables import TABLES

WITH_MONEY = ("customers", "invoices", "payments", "adjustments")  # a rate says nothing of what the ledger holds


def decimals_of(pieces: Sequence[Piece], known_by: pd.Timestamp, reporting_currency: str | None) -> int:
    """The most decimals of the reporting currency and of any that a row known before `known_by` states; two at least.

    Only the column of currencies is read, and days where some of its rows could need more decimals than found so far.
    LedgerError where a piece cannot be read.
    """
    most = decimals_for([reporting_currency] if reporting_currency else [])
    for piece in pieces:
        if piece.table in WITH_MONEY and any(
            stated_decimals(raw.frame["currency"]) > most
            for raw in raw_rows(piece, ["currency"])
            if "currency" in raw.frame
        ):
            most = max(most, stated_decimals(_known_currencies(piece, known_by)))
    return most


def stated_decimals(currencies: pd.Series) -> int:
    """The most decimals of any currency of a column as it came; two at least."""
    if isinstance(currencies.dtype, pd.StringDtype):  # the millions of a large table, a few of which differ
        currencies = pc.unique(pa.array(currencies)).to_pandas()
    return decimals_for(as_text(currencies.drop_duplicates()).dropna())


def _known_currencies(piece: Piece, known_by: pd.Timestamp) -> pd.Series:
    """The currencies of the rows of a piece that are known before `known_by`."""
    table = TABLES[piece.table]
    found = [pd.Series(dtype="str")]
    for raw in raw_rows(piece, ["currency", "known_on", table.dated_by]):
        known_on = with_known_on(table, _days(table, raw.frame))["known_on"]
        found.append(as_text(raw.frame["currency"])[(known_on < known_by).to_numpy()])
    together: pd.Series = pd.concat(found)
    return together


def _days(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The days that say when rows are known; one that cannot be read is missing."""
    days = {name: to_days(frame[name])[0] for name in ("known_on", table.dated_by) if name in frame}
    missing = pd.Series(pd.NaT, index=frame.index, dtype="datetime64[s]")
    return pd.DataFrame({table.dated_by: missing, **days}, index=frame.index)
