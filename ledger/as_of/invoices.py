"""The invoices of a night added up: what is open of each, since when it is settled, and what of it was lost."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.settings import LedgerSettings
from ledger.as_of.balances import shared_out
from ledger.as_of.cash_used import cash_applied
from ledger.clock import day_number, day_numbers
from ledger.frame_schema import DATE, NUMBER, TEXT, WHOLE, FrameSchema
from ledger.frames import Tables
from ledger.minor_units import minor_units
from ledger.portfolio import Positions, sum_by

LOST_KINDS = ("write_off", "collection_handover")
WITHDRAWN = "cancellation"
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
        "document": WHOLE,
        "paid": WHOLE,
        "adjusted": WHOLE,
        "lost": WHOLE,
        "withdrawn": WHOLE,
        "recovered": WHOLE,
        "open_amount": WHOLE,
        "days_past_due": WHOLE,
        "overdue_amount": WHOLE,
        "settled_on": DATE,
        "paid_up_on": DATE,
        "rate": NUMBER,
    },
)


def added_up(known: Tables, as_of: pd.Timestamp, size: int) -> pd.DataFrame:
    """One row per known invoice in the order of their positions, columns `INVOICES` but rate, settled_on and
    paid_up_on; `size` are numbered."""
    frame = known["invoices"].sort_values("invoice", ignore_index=True)
    where = frame["invoice"].to_numpy()
    payments, adjustments = known["payments"], known["adjustments"]
    lost, withdrawn = (adjustments[adjustments["kind"].isin(kinds)] for kinds in (LOST_KINDS, [WITHDRAWN]))
    sums = (("paid", payments), ("adjusted", adjustments), ("lost", lost), ("withdrawn", withdrawn))
    for name, records in sums:
        frame[name] = sum_by(records["invoice"], records["amount"], size)[where]
    for name in ("lost", "withdrawn"):
        frame[name] = _of_whole_claims(frame, frame[name], size).clip(lower=0)
    rest: pd.Series[int] = frame["amount"] - frame["paid"] - frame["adjusted"]
    # What comes in on a claim that was given up reduces the loss: it is no credit of the customer.
    given_up = (frame["lost"] + frame["withdrawn"]).where(frame["kind"] == "invoice", 0)
    in_parts = (frame["document"] != frame["invoice"]).any()
    if in_parts:
        given_up = given_up.groupby(frame["document"]).transform("sum")
    frame["recovered"] = (-rest).clip(lower=0, upper=given_up)
    frame["open_amount"] = rest + frame["recovered"]
    regained = frame["recovered"]
    if in_parts:
        whole = sum_by(frame["document"], regained, size)
        regained = pd.Series(shared_out(frame, whole, frame["lost"].to_numpy()))
    frame["lost"] = (frame["lost"] - regained).clip(lower=0)
    frame["days_past_due"] = day_number(as_of) - day_numbers(frame["due_on"])
    overdue = (frame["open_amount"] > 0) & (frame["days_past_due"] > 0) & (frame["kind"] == "invoice")
    frame["overdue_amount"] = np.where(overdue, frame["open_amount"], 0)
    return frame


def with_days_settled(frame: pd.DataFrame, known: Tables, rates: pd.Series, size: int) -> pd.DataFrame:
    """The invoices with settled_on and paid_up_on, which see the days of all records and take as long as the sums."""
    where = frame["invoice"].to_numpy()
    payments, adjustments = known["payments"], known["adjustments"]
    billed = np.zeros(size, dtype=np.int64)
    billed[where] = frame["amount"]
    settled = lowered_by(known, billed)[where]
    never = (settled == STILL_OPEN) | (frame["kind"] != "invoice").to_numpy()
    frame = frame.assign(settled_on=_days(settled, never))
    return frame.assign(paid_up_on=_paid_up_on(frame, payments, adjustments, rates, size))


def small_difference(amount: Positions, rules: LedgerSettings) -> Positions:
    """How many cents of invoices of so many cents may stay open without being a debt: bank charges, rounding."""
    largest = round(rules.small_difference_amount * minor_units())
    return np.minimum(largest, np.floor(rules.small_difference_share * np.abs(amount)).astype(np.int64))


def lowered_by(known: Tables, billed: Positions) -> Positions:
    """`settled_on` where `known` payments and adjustments had lowered each invoice by `billed` cents, by position."""
    payments, adjustments = known["payments"], known["adjustments"]
    of_invoices = payments.loc[payments["invoice"] >= 0, ["invoice", "paid_on", "amount"]]
    return settled_on(
        np.concatenate([of_invoices["invoice"].to_numpy(), adjustments["invoice"].to_numpy()]),
        np.concatenate([day_numbers(of_invoices["paid_on"]), day_numbers(adjustments["posted_on"])]),
        np.concatenate([of_invoices["amount"].to_numpy(), adjustments["amount"].to_numpy()]),
        billed,
    )


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


def _of_whole_claims(frame: pd.DataFrame, cents: "pd.Series[int]", size: int) -> "pd.Series[int]":
    """What was given up of invoices in instalments, as of whole claims: what is taken back of one part is of all."""
    in_parts = (frame["document"] != frame["invoice"]).to_numpy()
    if not in_parts.any():
        return cents
    whole = np.maximum(sum_by(frame["document"], cents, size), 0)
    shared = shared_out(frame, whole, np.maximum(frame["amount"].to_numpy(), 0))
    return cents.where(~in_parts, pd.Series(shared, index=cents.index))


def _paid_up_on(
    frame: pd.DataFrame, payments: pd.DataFrame, adjustments: pd.DataFrame, rates: pd.Series, size: int
) -> pd.Series:
    """See `View`; the day on which it was settled, but for invoices that something else than payments lowered."""
    lowered = np.zeros(size, dtype=np.bool_)
    lowered[adjustments["invoice"]] = True
    where = frame["invoice"].to_numpy()
    if not lowered.any():
        return frame["settled_on"]
    notes = frame.loc[frame["kind"] == "credit_note", "invoice"].to_numpy()
    applied = cash_applied(payments, adjustments, notes, rates)
    without_cash = sum_by(adjustments["invoice"], adjustments["amount"], size) - sum_by(
        applied["invoice"], applied["amount"], size
    )
    cash_due = np.zeros(size, dtype=np.int64)
    cash_due[where] = frame["amount"] + frame["recovered"]
    cash_due -= without_cash
    of_lowered = lowered[payments["invoice"]] & (payments["invoice"] >= 0).to_numpy()
    paid = payments.loc[of_lowered, ["invoice", "paid_on", "amount"]]
    paid_up = settled_on(
        np.concatenate([paid["invoice"].to_numpy(), applied["invoice"].to_numpy()]),
        np.concatenate([day_numbers(paid["paid_on"]), applied["day"].to_numpy()]),
        np.concatenate([paid["amount"].to_numpy(), applied["amount"].to_numpy()]),
        cash_due,
    )
    by_money = (paid_up != STILL_OPEN) & (cash_due > 0)
    own = _days(paid_up[where], ~by_money[where])
    return frame["settled_on"].where(~lowered[where], own.where(frame["settled_on"].notna()))


def _days(numbers: Positions, empty: npt.NDArray[np.bool_]) -> pd.Series:
    days = np.where(empty, np.datetime64("NaT"), numbers.astype("datetime64[D]"))
    return pd.Series(days.astype("datetime64[s]"))
