"""What became known since the night before: cash received, contacts made, and promises with their state."""

import numpy as np
import pandas as pd

from ledger.as_of.fx import convert
from ledger.as_of.view import View
from ledger.clock import as_days
from ledger.portfolio import NOBODY
from worklists.facts.unpublished import counts_from, from_day, unpublished
from worklists.rules.promise_state import states
from worklists.score_db.earlier_facts import EarlierFacts

PROMISE = "promise"  # the outcome of a contact
CHANGES_OF_A_PROMISE = ("paid", "state", "collector_id")


def received(view: View, earlier: EarlierFacts) -> pd.DataFrame:
    """Rows of `RECEIPTS`: the payments that count now and are not published yet. A payment is one row, also where it
    pays several instalments."""
    payments = view.tables["payments"]
    counted = counts_from(payments, "paid_on")
    recent = from_day(counted, earlier.start(view.as_of))
    payments, counted = payments[recent], counted[recent]
    rows = pd.DataFrame(
        {
            "payment_id": payments["payment_id"],
            "customer_id": view.portfolio.customer_ids[payments["customer"]],
            "invoice_id": payments["invoice_id"],
            "paid_on": payments["paid_on"],
            "known_on": as_days(counted),
            "amount": payments["reporting_amount"],
            "amount_in_currency": payments["amount"],
            "currency": payments["currency"],
            "method": payments["method"],
        },
    )
    return unpublished(_whole_payments(rows), earlier.rows["receipts"], "payment_id")


def _whole_payments(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a payment, of those that were shared out over instalments."""
    shared = rows["payment_id"].duplicated()
    if not shared.any():
        return rows
    amounts = ["amount", "amount_in_currency"]
    sums = rows.groupby("payment_id", sort=False)[amounts].sum()
    whole = rows[~shared]
    return whole.assign(**{name: sums[name].reindex(whole["payment_id"]).to_numpy() for name in amounts})


def contacted(view: View, earlier: EarlierFacts) -> pd.DataFrame:
    """Rows of `CONTACTS_MADE`: the contacts that are not published yet."""
    contacts = view.tables["contacts"]
    contacts = contacts[contacts["contacted_on"] >= earlier.start(view.as_of)]
    fresh = unpublished(contacts, earlier.rows["contacts_made"], "contact_id")
    list_of = _list_of(fresh["contacted_on"], earlier.nights)
    listed = earlier.rows["listed"].set_index("customer_id")
    of_latest = list_of == (earlier.nights[-1] if earlier.nights else None)
    state = {
        name: fresh["customer_id"].isin(listed.index[listed[name] == 1]).astype("Int64").where(of_latest)
        for name in ("recommended", "held_out")
    }
    return fresh.assign(list_of=list_of, **state)


def _list_of(contacted_on: pd.Series, nights: tuple[pd.Timestamp, ...]) -> pd.Series:
    """The latest night published before each day or on it."""
    known = np.array([np.datetime64("NaT"), *nights], dtype="datetime64[s]")
    place = np.searchsorted(known[1:], contacted_on.to_numpy(dtype="datetime64[s]"), side="right")
    return pd.Series(known[place], index=contacted_on.index)


def promised(view: View, earlier: EarlierFacts) -> pd.DataFrame:
    """Rows of `PROMISES_TRACKED`: the promises that are new, or of which something changed."""
    rows = promise_rows(view, earlier.start(view.as_of))
    return unpublished(rows, earlier.rows["promises_tracked"], "promise_id", CHANGES_OF_A_PROMISE)


def promise_rows(view: View, start: pd.Timestamp) -> pd.DataFrame:
    """Rows of `PROMISES_TRACKED`: all promises whose day is `start` or later, as they are tonight."""
    promises = view.tables["promises"]
    promises = promises[promises["promised_on"] >= start].reset_index(drop=True)
    currency = _currencies(view, promises)
    return promises.assign(
        amount=convert(promises["amount"], currency, view.rates),
        paid=convert(promises["paid"], currency, view.rates),
        state=states(promises, view.as_of),
        collector_id=_taken_by(promises, view.tables["contacts"]),
    )


def _currencies(view: View, promises: pd.DataFrame) -> pd.Series:
    """The currency of each promise: its invoice's, else the account's."""
    of_account = pd.Series(view.accounts.iloc[promises["customer"]].to_numpy(), index=promises.index, dtype="str")
    about = promises["invoice"] != NOBODY
    invoices = view.invoices[view.invoices["document"].isin(promises.loc[about, "invoice"])]
    of_invoice = invoices.drop_duplicates("document").set_index("document")["currency"]
    return promises["invoice"].map(of_invoice).astype("str").where(about, of_account)


def _taken_by(promises: pd.DataFrame, contacts: pd.DataFrame) -> "pd.Series[str]":
    """The collector of the customer's contact on the day of each promise: of one that ended in a promise, if any."""
    of_promisers = contacts["collector_id"].notna() & contacts["customer"].isin(promises["customer"])
    known = contacts.loc[of_promisers, ["customer", "contacted_on", "contact_id", "outcome", "collector_id"]]
    known = known.assign(ended_so=known["outcome"] == PROMISE).sort_values(["ended_so", "contact_id"])
    last = known.drop_duplicates(["customer", "contacted_on"], keep="last")
    by = last.set_index(["customer", "contacted_on"])["collector_id"]
    asked = pd.MultiIndex.from_frame(promises[["customer", "made_on"]])
    return pd.Series(by.reindex(asked).to_numpy(), index=promises.index, dtype="str")
