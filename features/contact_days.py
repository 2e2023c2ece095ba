"""Every day on which a customer owed something overdue: what it owed at the day's end, and whether it was contacted.

A contact's effect is learned from these days, since collectors choose by what is in them. What is open follows the
dates on which money moved, not those on which it was booked: whoever had paid already is no case for either side.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.calendar import weekday
from features.window_kernels import Positions
from ledger.as_of.view import View
from ledger.clock import NEVER, day_number, day_numbers, owner_and_day, owner_days
from ledger.minor_units import in_hundredths
from ledger.tables import CHANNELS

NO_CHANNEL = -1
NO_MOMENT = np.iinfo(np.int64).min
REMEMBERED_DAYS = 365  # a contact longer ago than this says no more than none
MONTH_DAYS = 30
STATE = ["owed", "debts", "oldest", "newest", "mean_age", "largest", "days_since_contact", "contacts_30d", "weekday"]


@dataclass(frozen=True)
class ContactDays:
    """The debts of a view, day by day.

    `debts`: a row per overdue, undisputed invoice and day: invoice, customer (positions), day (day number), open (cents
    of the invoice's currency), rate, days_past_due. `rows`: a row per customer and day, sorted by both: customer, day,
    the columns of `STATE` (float; `owed` and `largest` in hundredths of the reporting currency, whatever the ledger is
    held with), channel (index into CHANNELS of the day's first contact, `NO_CHANNEL` where none), propensity (as
    logged, NaN where not), next_contact (day number, `NEVER`).
    """

    rows: pd.DataFrame
    debts: pd.DataFrame


def contact_days(view: View, first_day: int, keep: npt.NDArray[np.bool_] | None = None) -> ContactDays:
    """The days from `first_day` to the one before the night, of the customers that are kept (all where None)."""
    return _days(view, first_day, day_number(view.as_of), keep)


def _days(view: View, first_day: int, end: int, keep: npt.NDArray[np.bool_] | None) -> ContactDays:
    debts = _debts(view, first_day, end, keep)
    worth = in_hundredths(debts["open"] * debts["rate"])
    by_day = debts.assign(worth=worth, aged=worth * debts["days_past_due"]).groupby(["customer", "day"])
    rows = by_day.agg(
        owed=("worth", "sum"),
        debts=("open", "size"),
        oldest=("days_past_due", "max"),
        newest=("days_past_due", "min"),
        mean_age=("aged", "sum"),
        largest=("worth", "max"),
    ).reset_index()
    rows["mean_age"] /= rows["owed"]
    rows["weekday"] = weekday(rows["day"].to_numpy())
    return ContactDays(_with_contacts(rows, view), debts)


def overdue_now(view: View) -> pd.DataFrame:
    """What a contact on the night's own day is about: `ContactDays.rows` of that day, indexed by customer position.

    It is the day that is about to be worked: what is overdue on it, as far as the night knows.
    """
    night = day_number(view.as_of)
    return _days(view, night, night + 1, None).rows.set_index("customer")


def _debts(view: View, first_day: int, end: int, keep: npt.NDArray[np.bool_] | None) -> pd.DataFrame:
    """One row per debt and day from `first_day` up to, not including, `end`."""
    invoices = view.invoices
    chosen = (invoices["kind"] == "invoice") & (invoices["amount"] > 0)
    if keep is not None:
        chosen &= keep[invoices["customer"]]
    asked = ["invoice", "document", "customer", "due_on", "settled_on", "amount", "rate"]
    invoices = invoices.loc[chosen, asked]
    due = day_numbers(invoices["due_on"])
    settled = np.full(len(invoices), end)
    closed = invoices["settled_on"].notna().to_numpy()
    settled[closed] = day_numbers(invoices["settled_on"][closed])
    first = np.maximum(due + 1, first_day)
    row, day = each_day(first, np.minimum(settled, end))
    invoice = invoices["invoice"].to_numpy()[row]
    paid = reductions(view).up_to(invoice, day)
    frame = pd.DataFrame(
        {
            "invoice": invoice,
            "document": invoices["document"].to_numpy()[row],
            "customer": invoices["customer"].to_numpy()[row],
            "day": day,
            "open": invoices["amount"].to_numpy()[row] - paid,
            "rate": invoices["rate"].to_numpy()[row],
            "days_past_due": day - due[row],
        }
    )
    held = disputed(view, frame["document"].to_numpy(), frame["day"].to_numpy())
    return frame[(frame["open"] > 0) & ~held]


def each_day(first: Positions, end: Positions) -> tuple[Positions, Positions]:
    """Every day from `first` up to, not including, `end` of each row: the row's place, and the day."""
    length = np.maximum(end - first, 0)
    row = np.repeat(np.arange(len(first)), length)
    return row, first[row] + np.arange(len(row)) - np.repeat(np.cumsum(length) - length, length)


@dataclass(frozen=True)
class Reductions:
    """What lowered each invoice, by the day on which the money moved, in order: its running sum, cents of its
    currency. `moment` and `running` begin with a place of no invoice and no cents."""

    moment: Positions
    running: Positions

    def up_to(self, invoice: Positions, day: Positions) -> Positions:
        """Cents up to the end of a day."""
        latest = np.searchsorted(self.moment, owner_days(invoice, day), side="right") - 1
        return np.where(self.moment[latest] >= owner_days(invoice, np.zeros_like(day)), self.running[latest], 0)


def reductions(view: View) -> Reductions:
    """Payments and adjustments of the view, by invoice."""
    payments, adjustments = view.tables["payments"], view.tables["adjustments"]
    payments = payments.loc[payments["invoice"] >= 0, ["invoice", "paid_on", "amount"]]
    return running_sums(
        np.concatenate([payments["invoice"], adjustments["invoice"]]).astype(np.int64),
        np.concatenate([day_numbers(payments["paid_on"]), day_numbers(adjustments["posted_on"])]),
        np.concatenate([payments["amount"], adjustments["amount"]]).astype(np.int64),
    )


def running_sums(invoice: Positions, day: Positions, cents: Positions) -> Reductions:
    """Sums of `cents`, one entry each, in any order."""
    moment = owner_days(invoice, day)
    order = np.argsort(moment, kind="stable")
    moment, owner = moment[order], invoice[order]
    total = np.concatenate([[0], np.cumsum(cents[order])])
    first = np.maximum.accumulate(np.where(np.diff(owner, prepend=-1) != 0, np.arange(len(owner)), 0))
    return Reductions(np.concatenate([[NO_MOMENT], moment]), np.concatenate([[0], total[1:] - total[first]]))


def disputed(view: View, document: Positions, day: Positions) -> npt.NDArray[np.bool_]:
    """Days on which a dispute of the document (a position each) was open: no one asks for that money."""
    disputes = view.tables["disputes"]
    opened = owner_days(disputes["invoice"].to_numpy(), day_numbers(disputes["opened_on"]))
    until = disputes["closed_on"].fillna(pd.Timestamp(view.as_of + pd.Timedelta(days=2)))
    closed = owner_days(
        disputes["invoice"].to_numpy(), np.maximum(day_numbers(until), day_numbers(disputes["opened_on"]))
    )
    moment = owner_days(document, day)
    begun = np.searchsorted(np.sort(opened), moment, side="right")
    ended = np.searchsorted(np.sort(closed), moment, side="right")
    # Both count the disputes of all earlier invoices alike, so their difference is those open on the day.
    return np.asarray(begun > ended)


def _with_contacts(rows: pd.DataFrame, view: View) -> pd.DataFrame:
    contacts = view.contacts_in_order
    made = pd.DataFrame(
        {
            "customer": contacts["customer"].to_numpy(),
            "day": day_numbers(contacts["contacted_on"]),
            "channel": pd.Categorical(contacts["channel"], CHANNELS).codes,
            "propensity": contacts["propensity"].to_numpy(dtype=np.float64, na_value=np.nan),
        }
    ).drop_duplicates(["customer", "day"])
    customer, day = rows["customer"].to_numpy(), rows["day"].to_numpy()
    made_at = np.sort(owner_days(made["customer"].to_numpy(), made["day"].to_numpy()))
    now = owner_days(customer, day)
    before, after = np.searchsorted(made_at, now, side="left") - 1, np.searchsorted(made_at, now, side="right")
    earlier = np.concatenate([[-1], made_at])[before + 1]
    later = np.concatenate([made_at, [-1]])[after]
    who_before, day_before = owner_and_day(earlier)
    who_after, day_after = owner_and_day(later)
    since = np.where(who_before == customer, day - day_before, NEVER)
    month_ago = np.searchsorted(made_at, owner_days(customer, day - MONTH_DAYS), side="left")
    rows = rows.assign(
        days_since_contact=np.minimum(since, REMEMBERED_DAYS),
        contacts_30d=before + 1 - month_ago,
        next_contact=np.where(who_after == customer, day_after, NEVER),
    ).merge(made, how="left", on=["customer", "day"])
    rows["channel"] = rows["channel"].fillna(NO_CHANNEL).astype("int64")
    return rows.astype(dict.fromkeys(STATE, "float64"))
