"""The as-of view: what a night knows of every invoice, payment, promise and dispute.

Everything downstream reads a `View`; nothing downstream sees the whole ledger. What several readers ask of a view is a
property of it, worked out when it is first asked for and then kept.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ledger.as_of import balances, promises
from ledger.as_of.fx import account_currencies, convert, latest_rates, rate_of
from ledger.as_of.promise_payments import paid_toward
from ledger.clock import day_number, day_numbers, known_before
from ledger.frame_schema import DATE, NUMBER, TEXT, WHOLE, FrameSchema
from ledger.frames import Tables, rows_where
from ledger.hashing import NOT_FOUND, find_texts
from ledger.portfolio import NOBODY, Portfolio, Positions, sum_by

LOST_KINDS = ("write_off", "collection_handover")
STILL_OPEN = -(10**6)  # a day number before any date of the contract
# Amounts are cents of the invoice's currency; customer and invoice are positions; see `View` for the others.
INVOICES = FrameSchema(
    "invoices of a view",
    {
        "invoice_id": TEXT,
        "customer_id": TEXT,
        "kind": TEXT,
        "issued_on": DATE,
        "due_on": DATE,
        "amount": WHOLE,
        "currency": TEXT,
        "known_on": DATE,
        "customer": WHOLE,
        "invoice": WHOLE,
        "paid": WHOLE,
        "adjusted": WHOLE,
        "lost": WHOLE,
        "open_amount": WHOLE,
        "days_past_due": WHOLE,
        "overdue_amount": WHOLE,
        "settled_on": DATE,
        "rate": NUMBER,
    },
)
ASKED_OF_INVOICES = [
    "invoice", "customer", "issued_on", "due_on", "settled_on", "lost", "amount", "currency", "known_on",
]  # fmt: skip


@dataclass(frozen=True)
class View:
    """A portfolio as known on the night `as_of`.

    `tables` are the known records. A payment or a promise that names an invoice which is not known yet counts for
    the account; an adjustment or a dispute of one is left out. `payments` also has currency and reporting_amount
    (cents of the reporting currency), `promises` has paid (cents that came in toward it). `accounts` is the currency
    of every customer's account, by position, and `rates` what a unit of each currency is worth in the reporting one.
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

    @cached_property
    def promises_not_yet_due(self) -> pd.DataFrame:
        """See `promises.not_yet_due`."""
        return promises.not_yet_due(self.tables["promises"], self.as_of)

    @cached_property
    def promises_due(self) -> pd.DataFrame:
        """See `promises.due`."""
        return promises.due(self.tables["promises"], self.as_of)

    @cached_property
    def disputed(self) -> Positions:
        """Contested cents of every invoice's open amount, in the row order of `invoices`."""
        return balances.disputed_amounts(self.invoices, self.tables["disputes"], len(self.portfolio.invoice_ids))

    @cached_property
    def invoice_parts(self) -> pd.DataFrame:
        """The disputed and promised parts of what is overdue on each invoice; see `balances.invoice_parts`."""
        return balances.invoice_parts(
            self.invoices, self.disputed, self.promises_not_yet_due, len(self.portfolio.invoice_ids)
        )

    @cached_property
    def unapplied_cash(self) -> Positions:
        """Cash not yet set against an invoice, by customer position, reporting cents."""
        return balances.unapplied_cash(self.invoices, self.tables, self.rates, self.customers)

    @cached_property
    def balances(self) -> pd.DataFrame:
        """One row per customer position, whole cents of the reporting currency, columns `balances.PARTS`."""
        return balances.customer_balances(
            self.invoices.join(self.invoice_parts),
            self.promises_not_yet_due,
            self.unapplied_cash,
            self.accounts,
            self.rates,
        )

    @cached_property
    def real_invoices(self) -> pd.DataFrame:
        """Known invoices without credit notes and without cancelled ones, with `reporting_amount` in reporting cents.

        Columns: `ASKED_OF_INVOICES` and reporting_amount; the rows keep the index of `invoices`.
        """
        adjustments = self.tables["adjustments"]
        cancelled = np.zeros(len(self.portfolio.invoice_ids), dtype=bool)
        cancelled[adjustments.loc[adjustments["kind"] == "cancellation", "invoice"]] = True
        real = (self.invoices["kind"] == "invoice") & ~cancelled[self.invoices["invoice"]]
        invoices = rows_where(self.invoices[ASKED_OF_INVOICES], real)
        return invoices.assign(reporting_amount=convert(invoices["amount"], invoices["currency"], self.rates))


def view_as_of(portfolio: Portfolio, as_of: pd.Timestamp, reporting_currency: str | None) -> View:
    """The view of one night; records known on or after `as_of` leave no trace in it."""
    known = _about_known_invoices(known_before(portfolio.tables, as_of), len(portfolio.invoice_ids))
    rates = latest_rates(known, reporting_currency)
    accounts = account_currencies(known, len(portfolio.customer_ids), reporting_currency)
    invoices = _invoices(known, as_of, accounts, len(portfolio.invoice_ids))
    invoices["rate"] = rate_of(invoices["currency"], rates)
    payments = known["payments"]
    currency = _currency_of(payments, invoices, accounts, len(portfolio.invoice_ids))
    known["payments"] = payments.assign(
        currency=currency, reporting_amount=convert(payments["amount"], currency, rates)
    )
    known["promises"] = known["promises"].assign(
        paid=paid_toward(known["promises"], known["payments"], accounts, rates)
    )
    return View(as_of, portfolio, known, INVOICES.checked(invoices), accounts, rates, reporting_currency)


def invoices_as_of(portfolio: Portfolio, as_of: pd.Timestamp, reporting_currency: str | None) -> pd.DataFrame:
    """The invoices of a view without the rest of it; no column rate."""
    known = _about_known_invoices(known_before(portfolio.tables, as_of), len(portfolio.invoice_ids))
    accounts = account_currencies(known, len(portfolio.customer_ids), reporting_currency)
    return _invoices(known, as_of, accounts, len(portfolio.invoice_ids))


def _currency_of(payments: pd.DataFrame, invoices: pd.DataFrame, accounts: pd.Series, size: int) -> "pd.Series[str]":
    """The currency of each payment: its invoice's, or else the account's; looked up by number, since there are few."""
    few = pd.Series(pd.concat([invoices["currency"], accounts]).dropna().unique(), dtype="str")
    of_invoice = np.full(size + 1, NOT_FOUND, dtype=np.int64)  # the last place is that of NOBODY
    of_invoice[invoices["invoice"]] = find_texts(few, invoices["currency"])
    found = of_invoice[payments["invoice"]]
    found = np.where(found == NOT_FOUND, find_texts(few, accounts)[payments["customer"]], found)
    return pd.Series(pd.api.extensions.take(few.array, found, allow_fill=True), index=payments.index)


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


def settled_on(invoice: Positions, on: Positions, amount: Positions, billed: Positions) -> Positions:
    """The day number from which nothing was open, by invoice position; `STILL_OPEN` for one that is still open.

    `invoice`, `on` (day number) and `amount` (cents) are the reductions, one each; `billed` is cents by position. A
    reversal reopens an invoice, so the day is the first after the last one at whose end something was open.
    """
    order = np.lexsort((on, invoice))
    invoice, on, amount = invoice[order], on[order], amount[order]
    running = np.concatenate([[0], np.cumsum(amount)])
    reduced = running[1:] - running[np.searchsorted(invoice, invoice, side="left")]
    ends_day = np.ones(len(invoice), dtype=bool)
    ends_day[:-1] = (np.diff(invoice) != 0) | (np.diff(on) != 0)
    invoice, on, reduced = invoice[ends_day], on[ends_day], reduced[ends_day]
    row = np.arange(len(invoice))
    short = reduced < billed[invoice]
    last_short = np.full(len(billed), -1, dtype=np.int64)
    last_short[invoice[short]] = row[short]  # sorted by day: the latest is written last
    covered = (row > last_short[invoice])[::-1]
    settled = np.full(len(billed), STILL_OPEN, dtype=np.int64)
    settled[invoice[::-1][covered]] = on[::-1][covered]
    return settled


def _invoices(known: Tables, as_of: pd.Timestamp, accounts: pd.Series, size: int) -> pd.DataFrame:
    frame = known["invoices"].sort_values("invoice", ignore_index=True)
    where = frame["invoice"].to_numpy()
    payments, adjustments = known["payments"], known["adjustments"]
    payments = payments[payments["invoice"] >= 0]
    losses = adjustments[adjustments["kind"].isin(LOST_KINDS)]
    if frame["currency"].isna().any():
        frame["currency"] = frame["currency"].fillna(frame["customer"].map(accounts))
    for name, reducing in (("paid", payments), ("adjusted", adjustments), ("lost", losses)):
        frame[name] = sum_by(reducing["invoice"], reducing["amount"], size)[where]
    frame["open_amount"] = frame["amount"] - frame["paid"] - frame["adjusted"]
    frame["days_past_due"] = day_number(as_of) - day_numbers(frame["due_on"])
    overdue = (frame["open_amount"] > 0) & (frame["days_past_due"] > 0)
    frame["overdue_amount"] = np.where(overdue, frame["open_amount"], 0)
    billed = np.zeros(size, dtype=np.int64)
    billed[where] = frame["amount"]
    settled = settled_on(
        np.concatenate([payments["invoice"].to_numpy(), adjustments["invoice"].to_numpy()]),
        np.concatenate([day_numbers(payments["paid_on"]), day_numbers(adjustments["posted_on"])]),
        np.concatenate([payments["amount"].to_numpy(), adjustments["amount"].to_numpy()]),
        billed,
    )[where]
    never = (settled == STILL_OPEN) | (frame["kind"] != "invoice").to_numpy()
    frame["settled_on"] = np.where(never, np.datetime64("NaT"), settled.astype("datetime64[D]")).astype("datetime64[s]")
    return frame
