"""Every day on which an invoice was open around and after its due date: the share of it that was paid that day, and
which contact was still fresh.

These are the days from which payment is learned, with and without a contact. Money counts from the day on which it came
in: cash on account belongs to the invoice that it was used for later, and while it is not used, to the oldest debt.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.contact_days import Reductions, disputed, each_day, running_sums
from features.window_kernels import Floats, Positions
from ledger.as_of.cash_used import cash_applied
from ledger.as_of.view import View
from ledger.clock import day_number, day_numbers, owner_and_day, owner_days
from ledger.portfolio import NOBODY, sum_by
from ledger.tables import CHANNELS

DAYS_BEFORE_DUE = 7
LAGS = (1, 4, 8, 15)  # days since a contact: the first of each span
REMEMBERED_DAYS = 30
SPANS = np.maximum(np.searchsorted(LAGS, np.arange(REMEMBERED_DAYS + 1), side="right") - 1, 0)  # by days since
NO_CONTACT = 0
STATES = 1 + len(CHANNELS) * len(LAGS)
TRIFLE = 0.02  # of the invoice: what is left of one that was paid less a small difference is not waited for


@dataclass(frozen=True)
class PaymentDays:
    """One entry per open invoice and day: customer (position), day (day number), age (days past due, negative before),
    state and alone (of `contact_state`), share (of what was open that morning that came in on the day, 0 to 1)."""

    customer: Positions
    day: Positions
    age: Positions
    state: Positions
    alone: npt.NDArray[np.bool_]
    share: Floats

    def where(self, rows: npt.NDArray[np.bool_] | Positions) -> "PaymentDays":
        """The entries alone that are chosen, by mask or by place."""
        return PaymentDays(**{name: values[rows] for name, values in vars(self).items()})


def payment_days(view: View, first_day: int, keep: npt.NDArray[np.bool_] | None = None) -> PaymentDays:
    """The days from `first_day` to the one before the night, of the customers that are kept (all where None)."""
    chosen = (view.invoices["kind"] == "invoice") & (view.invoices["amount"] > 0)
    if keep is not None:
        chosen &= keep[view.invoices["customer"]]
    asked = ["invoice", "document", "customer", "issued_on", "due_on", "settled_on", "amount"]
    invoices = view.invoices.loc[chosen, asked]
    end = day_number(view.as_of)
    due = day_numbers(invoices["due_on"])
    last = np.full(len(invoices), end - 1)
    settled = invoices["settled_on"].notna().to_numpy()
    last[settled] = np.minimum(day_numbers(invoices["settled_on"][settled]), end - 1)
    first = np.maximum(np.maximum(due - DAYS_BEFORE_DUE, first_day), day_numbers(invoices["issued_on"]) + 1)
    row, day = each_day(first, last + 1)
    invoice, amount = invoices["invoice"].to_numpy()[row], invoices["amount"].to_numpy()[row]
    cash, other = money_by_day(view)
    paid = cash.up_to(invoice, day)
    begins = np.flatnonzero(np.diff(row, prepend=-1))
    paid_before = np.concatenate([[0], paid])[:-1]  # by the end of the day before, which is the row before
    paid_before[begins] = cash.up_to(invoice[begins], day[begins] - 1)
    opened = amount - paid_before - other.up_to(invoice, day - 1)
    came = np.clip(paid - paid_before, 0, np.maximum(opened, 0))
    customer = invoices["customer"].to_numpy()[row]
    waits = (opened > TRIFLE * amount) & ~disputed(view, invoices["document"].to_numpy()[row], day)
    customer, day, age = customer[waits], day[waits], (day - due[row])[waits]
    state, alone = contact_state(view, customer, day)
    overdue = age > 0
    return PaymentDays(
        customer=customer,
        day=day,
        age=age,
        # A contact asks for what is overdue: it says nothing of an invoice that is not.
        state=np.where(overdue, state, NO_CONTACT),
        alone=alone & overdue,
        share=came[waits] / opened[waits],
    )


def contact_state(view: View, customer: Positions, day: Positions) -> tuple[Positions, npt.NDArray[np.bool_]]:
    """Which contact was fresh on each day: `NO_CONTACT`, or a place for each channel and span of `LAGS`; and whether it
    was alone, with none in the `REMEMBERED_DAYS` before it.

    It is the last one before the day that did not bounce.
    """
    contacts = view.tables["contacts"]
    contacts = contacts[contacts["outcome"].isna() | (contacts["outcome"] != "bounced")]
    made = owner_days(contacts["customer"].to_numpy(), day_numbers(contacts["contacted_on"]))
    order = np.argsort(made, kind="stable")
    channel = np.concatenate([[0], pd.Categorical(contacts["channel"], CHANNELS).codes[order]]).astype(np.int64)
    place = np.searchsorted(made[order], owner_days(customer, day), side="left")
    of_contacts = np.concatenate([[-1], made[order]])
    who, on = owner_and_day(of_contacts[place])
    who_before, on_before = owner_and_day(of_contacts[np.maximum(place - 1, 0)])
    since = day - on
    fresh = (who == customer) & (since <= REMEMBERED_DAYS)
    alone = fresh & ((who_before != customer) | (on - on_before > REMEMBERED_DAYS) | (place < 2))
    state = np.full(len(day), NO_CONTACT)
    state[fresh] = state_of(channel[place[fresh]], since[fresh])
    return state, alone


def state_of(channel: Positions, since: Positions) -> Positions:
    """The state of days that lie `since` days (1 to `REMEMBERED_DAYS`) after a contact by a channel (its place)."""
    return np.asarray(1 + channel * len(LAGS) + SPANS[since], dtype=np.int64)


def money_by_day(view: View) -> tuple[Reductions, Reductions]:
    """What lowered each invoice: the customer's own money from the day on which it came in, and everything else."""
    payments, adjustments = view.tables["payments"], view.tables["adjustments"]
    notes = view.invoices.loc[view.invoices["kind"] == "credit_note", "invoice"].to_numpy()
    used = cash_applied(payments, adjustments, notes, view.rates)
    waiting = _not_used_yet(view, payments, used)
    direct = payments.loc[payments["invoice"] >= 0, ["invoice", "paid_on", "amount"]]
    cash = [
        (direct["invoice"], day_numbers(direct["paid_on"]), direct["amount"]),
        (used["invoice"], used["day"].to_numpy(dtype=np.int64), used["amount"]),
        (waiting["invoice"], day_numbers(waiting["paid_on"]), waiting["amount"]),
    ]
    posted = day_numbers(adjustments["posted_on"])
    # Cash that was applied lowered the invoice on its own day: its application does not do so again.
    given = adjustments[(adjustments["kind"] == "credit_applied") & (adjustments["amount"] > 0)]
    of_cash = used.groupby("invoice")["amount"].sum() / given.groupby("invoice")["amount"].sum()
    share = given["invoice"].map(of_cash).clip(upper=1).fillna(0.0).reindex(adjustments.index, fill_value=0.0)
    rest = np.rint(adjustments["amount"].to_numpy() * (1 - share.to_numpy())).astype(np.int64)
    return _summed(cash), running_sums(adjustments["invoice"].to_numpy(), posted, rest)


def _summed(parts: list[tuple[pd.Series, Positions, pd.Series]]) -> Reductions:
    invoice, day, cents = (
        np.concatenate([np.asarray(one, dtype=np.int64) for one in column]) for column in zip(*parts, strict=True)
    )
    return running_sums(invoice, day, cents)


def _not_used_yet(view: View, payments: pd.DataFrame, used: pd.DataFrame) -> pd.DataFrame:
    """The latest cash on account of each customer as far as it is not used: invoice, paid_on, amount.

    It belongs to the open invoice of exactly that amount, or else to the oldest one that was there.
    """
    invoices = view.invoices[(view.invoices["kind"] == "invoice") & (view.invoices["open_amount"] > 0)]
    loose = payments[payments["invoice"] < 0]
    owner = np.full(len(view.portfolio.invoice_ids) + 1, NOBODY, dtype=np.int64)
    owner[view.invoices["invoice"]] = view.invoices["customer"]
    gone = sum_by(owner[used["invoice"]], used["amount"], view.customers)
    left = sum_by(loose["customer"], loose["amount"], view.customers) - gone
    latest = loose[loose["amount"] > 0].sort_values(["paid_on", "payment_id"]).drop_duplicates("customer", keep="last")
    latest = latest[left[latest["customer"]] > 0]
    pairs = latest[["customer", "paid_on", "amount"]].merge(
        invoices[["customer", "invoice", "issued_on", "due_on", "open_amount"]], on="customer"
    )
    pairs = pairs[pairs["issued_on"] <= pairs["paid_on"]]
    pairs = pairs.assign(inexact=pairs["amount"] != pairs["open_amount"])
    pairs = pairs.sort_values(["inexact", "due_on", "invoice"]).drop_duplicates("customer")
    return pairs.assign(amount=pairs[["amount", "open_amount"]].min(axis=1))[["invoice", "paid_on", "amount"]]
