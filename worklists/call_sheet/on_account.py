"""What of a customer's account names no document, and yet lowers, or raises, what its invoices ask for."""

import numpy as np
import pandas as pd

from ledger.as_of.balances import cash_on_account
from ledger.as_of.fx import exchanged
from ledger.as_of.view import View
from ledger.portfolio import Positions

RECEIVED, PAID_BACK, COMING, PROMISED = "received", "paid_back", "coming", "promised"


def on_account(view: View, heads: Positions) -> pd.DataFrame:
    """One row per customer position, kind and currency; `amount` in minor units of it, below zero where it is asked
    for on top.

    `RECEIVED` is cash that was not set against a document yet, `PAID_BACK` what was paid back beyond it; `COMING` and
    `PROMISED` are what money on its way and promises that name no invoice take off what is overdue; of `heads`, who
    are asked for a group, also what they promised beyond their own debts. An amount in a currency in which nothing of
    the customer is overdue is exchanged at the night's rate into that of its oldest debt.
    """
    cash = _unapplied(view)
    received = cash["amount"] > 0
    parts = [cash.assign(kind=np.where(received, RECEIVED, PAID_BACK))]
    promised = view.promised_for_account.copy()
    promised[heads] += view.promised_beyond[heads]
    for kind, of_customers in ((COMING, view.coming_to_account), (PROMISED, promised)):
        cents = pd.Series(of_customers)
        some = cents[cents != 0]
        rows = {"customer": some.index, "amount": some.to_numpy(), "currency": view.reporting_currency, "kind": kind}
        parts.append(pd.DataFrame(rows))
    found = pd.concat(parts, ignore_index=True)
    found["amount"] = found["amount"].astype("int64")
    return _in_currencies_asked_for(view, found)[["customer", "kind", "currency", "amount"]]


def _unapplied(view: View) -> pd.DataFrame:
    """Cash that is set against no document, by customer and currency."""
    cash = cash_on_account(view.tables)
    cash["currency"] = cash["currency"].astype("str").fillna(view.reporting_currency or "")
    summed: pd.DataFrame = cash.groupby(["customer", "currency"], as_index=False)[["amount"]].sum()
    return summed[summed["amount"] != 0]


def _in_currencies_asked_for(view: View, found: pd.DataFrame) -> pd.DataFrame:
    invoices = view.invoices
    overdue = invoices.loc[invoices["overdue_amount"] > 0, ["customer", "currency", "due_on", "invoice"]]
    oldest = overdue.sort_values(["due_on", "invoice"]).drop_duplicates("customer").set_index("customer")["currency"]
    own = found["currency"].astype("str")
    into = found["customer"].map(oldest).astype("str").fillna(own)
    asked = pd.MultiIndex.from_frame(overdue[["customer", "currency"]])
    into = into.mask(pd.MultiIndex.from_arrays([found["customer"], own]).isin(asked), own)
    amount = exchanged(found["amount"], own, into, view.rates)
    return found.assign(currency=into, amount=amount)
