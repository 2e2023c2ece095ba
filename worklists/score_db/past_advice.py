"""What nights advised, read back from the score tables: for what collectors did with it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import pandas as pd

from worklists.score_db.earlier_nights import reading
from worklists.score_db.tables import CONTACT_LOG, INVOICE_SCORES, RUNS, SUPPRESSIONS, WORKLIST

EVER = (pd.Timestamp("1900-01-01"), pd.Timestamp("9999-12-31"))
ADVISED = (
    "run_id", "as_of", "rank", "customer_id", "customer_name", "collector_id", "channel", "currency", "open_amount",
    "collectible_amount",
)  # fmt: skip


@dataclass(frozen=True)
class Advice:
    """Of some runs: worklist rows (`ADVISED`, cents) with the `propensity` of each, and the open invoices then (run_id,
    customer_id, invoice_id, days_past_due): `customer_id` is who is contacted for them."""

    rows: pd.DataFrame
    invoices: pd.DataFrame


def advice_of(url: str, runs: Collection[str], nights: Collection[date] = ()) -> Advice:
    """What the runs advised, and the runs that the nights have now; nothing of runs that the database does not hold.

    LedgerError where the database cannot be read.
    """
    with reading(url) as database:
        held = database.rows(RUNS, ("run_id", "as_of"), EVER)
        wanted = held[held["run_id"].isin(runs) | held["as_of"].isin([*map(pd.Timestamp, nights)])]
        within = (wanted["as_of"].min(), wanted["as_of"].max()) if len(wanted) else None
        listed = database.rows(WORKLIST, ADVISED, within)
        log = database.rows(CONTACT_LOG, ("run_id", "customer_id", "propensity"), within)
        invoices = database.rows(INVOICE_SCORES, ("run_id", "customer_id", "invoice_id", "days_past_due"), within)
        heads = database.rows(SUPPRESSIONS, ("run_id", "customer_id", "contacted_at"), within)
    heads = heads.dropna().drop_duplicates(["run_id", "customer_id"])
    invoices = invoices.merge(heads, how="left", on=["run_id", "customer_id"])
    invoices = invoices.assign(customer_id=invoices["contacted_at"].fillna(invoices["customer_id"]))
    listed, invoices = (frame[frame["run_id"].isin(wanted["run_id"])] for frame in (listed, invoices))
    rows = listed.merge(log, how="left", on=["run_id", "customer_id"])
    return Advice(rows.reset_index(drop=True), invoices.reset_index(drop=True))
