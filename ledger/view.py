"""The as-of view: what a night knows of every invoice, payment, promise and dispute.

Everything downstream reads a `View`; nothing downstream sees the whole ledger.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ledger.clock import known_before
from ledger.exchange import account_currencies, convert, latest_rates, rate_of
from ledger.frames import Tables
from ledger.portfolio import NOBODY, Portfolio, sum_by

LOST_KINDS = ("write_off", "collection_handover")


@dataclass(frozen=True)
class View:
    """A portfolio as known on the night `as_of`.

    `tables` are the known records. A payment or a promise that names an invoice which is not known yet counts for
    the account; an adjustment or a dispute of one is left out. `payments` also has currency and reporting_amount
    (cents of the reporting currency). `accounts` is the currency of every customer's account, by position.
    `invoices` has one row per known invoice or credit note, in the order of invoice_id, with the ledger's columns
    and, in cents of the invoice's currency: paid, adjusted, lost (written off or handed over), open_amount (amount -
    paid - adjusted), overdue_amount; and days_past_due (days, negative before the due date), settled_on (the day from
    which nothing was open, empty while something is), rate (to the reporting currency).
    """

    as_of: pd.Timestamp
    portfolio: Portfolio
    tables: Tables
    invoices: pd.DataFrame
    accounts: pd.Series
    rates: pd.Series
    reporting_currency: str | None

    @property
    def customers(self) -> int:
        """How many customers the portfolio numbers; positions run below it."""
        return len(self.portfolio.customer_ids)


def view_as_of(portfolio: Portfolio, as_of: pd.Timestamp, reporting_currency: str | None) -> View:
    """The view of one night; records known on or after `as_of` leave no trace in it."""
    known = _about_known_invoices(known_before(portfolio.tables, as_of), len(portfolio.invoice_ids))
    rates = latest_rates(known, reporting_currency)
    accounts = account_currencies(known, len(portfolio.customer_ids), reporting_currency)
    invoices = _invoices(known, as_of, accounts, len(portfolio.invoice_ids))
    invoices["rate"] = rate_of(invoices["currency"], rates)
    payments = known["payments"]
    paid_invoice = invoices.set_index("invoice")["currency"].reindex(payments["invoice"]).set_axis(payments.index)
    currency = paid_invoice.fillna(payments["customer"].map(accounts))
    known["payments"] = payments.assign(
        currency=currency, reporting_amount=convert(payments["amount"], currency, rates)
    )
    return View(as_of, portfolio, known, invoices, accounts, rates, reporting_currency)


def _about_known_invoices(known: Tables, size: int) -> Tables:
    """The records with references only to invoices that are known: a prepayment is cash on account until they are."""
    seen = np.zeros(size + 1, dtype=bool)  # the last place is that of NOBODY
    seen[known["invoices"]["invoice"]] = True
    for name in ("payments", "promises"):
        invoice = known[name]["invoice"]
        known[name] = known[name].assign(invoice=invoice.where(seen[invoice], NOBODY))
    for name in ("adjustments", "disputes"):
        known[name] = known[name][seen[known[name]["invoice"]]]
    return known


def reductions(known: Tables) -> pd.DataFrame:
    """What lowered open amounts, one row per record: invoice, on, amount (cents), lost (written off or handed over)."""
    payments, adjustments = known["payments"], known["adjustments"]
    applied = payments[payments["invoice"] >= 0]
    return pd.concat(
        [
            pd.DataFrame(
                {"invoice": applied["invoice"], "on": applied["paid_on"], "amount": applied["amount"], "lost": False}
            ),
            pd.DataFrame(
                {
                    "invoice": adjustments["invoice"],
                    "on": adjustments["posted_on"],
                    "amount": adjustments["amount"],
                    "lost": adjustments["kind"].isin(LOST_KINDS),
                }
            ),
        ],
        ignore_index=True,
    )


def settled_on(reduced: pd.DataFrame, amount: pd.Series) -> pd.Series:
    """The day from which nothing was open, by invoice position; empty for an invoice that is still open.

    `reduced` is from `reductions`; `amount` is billed cents by invoice position. A reversal reopens an invoice, so
    the day is the last one on which the sum of reductions came back up to the amount. Credit notes never settle.
    """
    daily = reduced.groupby(["invoice", "on"], sort=True)["amount"].sum().reset_index()
    billed = daily["invoice"].map(amount)
    daily = daily[billed.notna()]
    short = daily.groupby("invoice")["amount"].cumsum() < billed[billed.notna()]
    later_short = short[::-1].groupby(daily["invoice"][::-1]).cummax()[::-1]
    covered = daily[~later_short]
    return covered.groupby("invoice")["on"].first()


def _invoices(known: Tables, as_of: pd.Timestamp, accounts: pd.Series, size: int) -> pd.DataFrame:
    frame = known["invoices"].sort_values("invoice", ignore_index=True)
    reduced = reductions(known)
    paid = sum_by(known["payments"]["invoice"], known["payments"]["amount"], size)
    adjusted = sum_by(known["adjustments"]["invoice"], known["adjustments"]["amount"], size)
    lost = sum_by(reduced["invoice"].where(reduced["lost"], -1), reduced["amount"], size)
    where = frame["invoice"].to_numpy()
    frame["currency"] = frame["currency"].fillna(frame["customer"].map(accounts))
    frame["paid"], frame["adjusted"], frame["lost"] = paid[where], adjusted[where], lost[where]
    frame["open_amount"] = frame["amount"] - frame["paid"] - frame["adjusted"]
    frame["days_past_due"] = (as_of - frame["due_on"]).dt.days
    overdue = (frame["open_amount"] > 0) & (frame["days_past_due"] > 0)
    frame["overdue_amount"] = np.where(overdue, frame["open_amount"], 0)
    billed = frame[frame["kind"] == "invoice"].set_index("invoice")["amount"]
    frame["settled_on"] = frame["invoice"].map(settled_on(reduced, billed)).astype("datetime64[s]")
    return frame
