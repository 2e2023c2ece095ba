"""What earlier nights published of the facts, read back: so that a night writes only what is new, or has changed.

It also reads the scores of the nights whose outcome is known tonight.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import sqlalchemy as sa

from ledger.clock import day_number
from ledger.declarations import Table
from worklists.score_db.earlier_nights import MEMORY, Database, reading
from worklists.score_db.tables import (
    CONTACT_LOG,
    CONTACTS_MADE,
    CUSTOMER_SCORES,
    CUSTOMERS_DIM,
    INVOICE_SCORES,
    INVOICES_DIM,
    PROMISES_TRACKED,
    RECEIPTS,
    RUNS,
)

# What is entered so many days late is still published; of what is older, only a change would be looked up in vain.
LATE = pd.Timedelta(days=35)
HISTORY = pd.Timedelta(days=92)  # of the first night: a quarter to compare with, at a cost that a night can bear
BOOKED_AFTER = 7  # days after its end until the outcome of a horizon is taken as known
CASH_DAYS = 30
EVERY_NIGHT_UP_TO = 100_000  # open invoices; of larger nights every eighth is followed up, as for the line of minutes
NIGHTS_APART = 8
ONE_DAY = pd.Timedelta(days=1)

SCORED_INVOICES = ("as_of", "invoice_id", "customer_id", "due_on", "open_amount", "p_late", "p_paid_30d")
SCORED_CUSTOMERS = ("as_of", "customer_id", "open_amount", "collectible_amount", "p_unpaid_30d", "p_default")


@dataclass(frozen=True)
class EarlierFacts:
    """What earlier nights published: `nights` (ascending), and rows by what they are for, with customer_id each.

    `rows` has of the tables `receipts`, `contacts_made`, `promises_tracked`, `invoices_dim` and `customers_dim` what
    tonight's rows are compared with; `listed` of the latest night who was recommended or held out; and the scores of
    the nights whose outcome is known now: `scored_invoices` and `scored_customers` of `CASH_DAYS`, `scored_defaults`
    of the default's horizon. Amounts are cents.
    """

    nights: tuple[pd.Timestamp, ...]
    first: bool
    rows: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    def start(self, as_of: pd.Timestamp) -> pd.Timestamp:
        """The day from which on records are compared with what is published."""
        if self.first:
            return as_of - HISTORY
        return min(as_of - LATE, self.nights[-1])

    def only(self, chosen: Mapping[str, npt.NDArray[np.bool_]]) -> "EarlierFacts":
        """The rows that are chosen of each."""
        return replace(self, rows={name: rows[chosen[name]] for name, rows in self.rows.items()})

    def digest(self) -> list[int]:
        """Whole numbers that differ where the rows do."""
        hashes = (pd.util.hash_pandas_object(rows, index=False).to_numpy() for rows in self.rows.values())
        return [int(values.sum(dtype=np.uint64)) for values in hashes]


def earlier_facts(url: str, as_of: pd.Timestamp, default_days: int) -> EarlierFacts:
    """All of it, as far as tonight needs it; `default_days` is the default's horizon.

    Missing parts and errors as in `earlier_nights.previous_night`.
    """
    with reading(url) as database:
        ever = (as_of - MEMORY, as_of - ONE_DAY)
        runs = database.rows(RUNS, ("as_of", "invoices_scored"), ever).sort_values("as_of")
        customers = database.rows(CUSTOMERS_DIM, ("as_of", "customer_id", "content_hash"), ever)
        earlier = EarlierFacts(tuple(runs["as_of"]), customers.empty)
        start = earlier.start(as_of)
        recent = (start, as_of - ONE_DAY)
        latest = (earlier.nights[-1],) * 2 if earlier.nights else None
        contacted = (sa.column("recommended", sa.BigInteger()) == 1) | (sa.column("held_out", sa.BigInteger()) == 1)
        of_cash, of_defaults = (
            _nights_to_follow(runs, as_of, days + BOOKED_AFTER) for days in (CASH_DAYS, default_days)
        )
        rows = {
            "receipts": database.rows(RECEIPTS, ("payment_id", "customer_id"), recent, _since("known_on", start)),
            "contacts_made": database.rows(
                CONTACTS_MADE, ("contact_id", "customer_id"), recent, _since("contacted_on", start)
            ),
            "promises_tracked": database.rows(
                PROMISES_TRACKED,
                ("as_of", "promise_id", "customer_id", "paid", "state", "collector_id"),
                ever,
                _since("promised_on", start),
            ),
            "invoices_dim": database.rows(
                INVOICES_DIM,
                ("as_of", "invoice_id", "customer_id", "due_on", "amount_in_currency", "settled_on"),
                recent,
                _since("changed_on", start),
            ),
            "customers_dim": customers,
            "listed": database.rows(
                CONTACT_LOG, ("as_of", "customer_id", "recommended", "held_out"), latest, contacted
            ),
            "scored_invoices": _of_nights(database, INVOICE_SCORES, SCORED_INVOICES, of_cash),
            "scored_customers": _of_nights(database, CUSTOMER_SCORES, SCORED_CUSTOMERS, of_cash),
            "scored_defaults": _of_nights(database, CUSTOMER_SCORES, SCORED_CUSTOMERS, of_defaults),
        }
    return replace(earlier, rows=rows)


def _since(name: str, day: pd.Timestamp) -> sa.ColumnElement[bool]:
    return sa.column(name, sa.Date()) >= day.date()


def _nights_to_follow(runs: pd.DataFrame, as_of: pd.Timestamp, days: int) -> list[pd.Timestamp]:
    """The nights that are followed up now: so many days ago, or since the latest night then."""
    if runs.empty:
        return []
    wait, nights = pd.Timedelta(days=days), runs["as_of"]
    due = (nights <= as_of - wait) & (nights > nights.iloc[-1] - wait)
    chosen = (runs["invoices_scored"] <= EVERY_NIGHT_UP_TO) | (nights.map(day_number) % NIGHTS_APART == 0)
    return list(nights[due & chosen])


def _of_nights(database: Database, table: Table, names: tuple[str, ...], nights: list[pd.Timestamp]) -> pd.DataFrame:
    """The rows of some nights; typed columns without rows where there are none."""
    found = [database.rows(table, names, (night, night)) for night in nights]
    return pd.concat(found, ignore_index=True) if found else database.rows(table, names, None)
