"""The labels: what happened after a night. The only module that looks forward.

A label about [as_of, as_of + h) is known on the night `trained_on` only once that whole window, and the usual lag
until a payment is booked, has passed; before, it is censored (NaN), never a negative.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.settings import LabelSettings
from features.contact_days import ContactDays, running_sums
from features.window_kernels import Floats, Positions
from ledger.as_of.invoices import STILL_OPEN, lowered_by, small_difference
from ledger.as_of.view import ASKED_OF_INVOICES, View
from ledger.clock import NEVER, day_number, day_numbers, owner_days
from ledger.minor_units import in_hundredths

BOOKING_LAG_QUANTILE = 0.99


@dataclass(frozen=True)
class InvoiceOutcomes:
    """What the night `trained_on` knows of every invoice, by invoice position; days are day numbers, or `NEVER`.

    closed_on: the day from which no more than a small difference was open, for whatever reason, or from which credit
    covers all; paid_on: the day from which the customer's own money had settled it, unless something was written off or
    handed over; written_off_on: the first write-off, unless taken back or recovered; cancelled_on: the day on which the
    invoice was withdrawn in full, or settled without any money. Outcomes before `observed_until` are complete.
    """

    customer: Positions
    due_on: Positions
    closed_on: Positions
    paid_on: Positions
    written_off_on: Positions
    cancelled_on: Positions
    observed_until: int


def outcomes(view: View, lag: int | None = None) -> InvoiceOutcomes:
    """The outcomes that the view knows; invoices that it does not know are never due. `lag` is the portfolio's usual
    lag, where the view shows a part of it."""
    size = len(view.portfolio.invoice_ids)
    invoices = view.invoices.loc[view.invoices["kind"] == "invoice", ASKED_OF_INVOICES]
    where = invoices["invoice"].to_numpy()
    customer = np.full(size, -1, dtype=np.int64)
    customer[where] = invoices["customer"]
    due_on = np.full(size, NEVER, dtype=np.int64)
    due_on[where] = day_numbers(invoices["due_on"])
    settled = invoices[invoices["settled_on"].notna()]
    closed_on = _closed_on(view, size)
    paid_on, given_up_on = (np.full(size, NEVER, dtype=np.int64) for _ in range(2))
    own_money = settled[settled["paid_up_on"].notna() & (settled["lost"] <= 0)]
    paid_on[own_money["invoice"]] = day_numbers(own_money["paid_up_on"])
    without = settled[settled["paid_up_on"].isna() & (settled["lost"] <= 0)]
    given_up_on[without["invoice"]] = day_numbers(without["settled_on"])
    is_covered = (view.invoices["overdue_amount"] > 0) & (view.left == 0)
    covered = view.invoices.loc[is_covered, ["customer", "invoice"]]
    covered_on = _credit_since(view)[covered["customer"].to_numpy()]
    for days in (closed_on, paid_on):
        days[covered["invoice"]] = covered_on
    lost = np.zeros(size, dtype=np.bool_)
    lost[invoices.loc[invoices["lost"] > 0, "invoice"]] = True
    withdrawn = np.zeros(size, dtype=np.bool_)
    withdrawn[invoices.loc[(invoices["withdrawn"] >= invoices["amount"]), "invoice"]] = True
    night = day_number(view.as_of)
    return InvoiceOutcomes(
        customer=customer,
        due_on=due_on,
        closed_on=closed_on,
        paid_on=paid_on,
        written_off_on=np.where(lost, _first_adjustment(view, "write_off", size), NEVER),
        cancelled_on=np.minimum(np.where(withdrawn, _first_adjustment(view, "cancellation", size), NEVER), given_up_on),
        observed_until=night - (_booking_lag(view) if lag is None else lag),
    )


def unpaid_through(known: InvoiceOutcomes, invoice: Positions, last_day: Positions) -> Floats:
    """1 where the invoice was unpaid at the end of `last_day`, 0 where it was paid by then, NaN where not known.

    Shapes (rows,). From its cancellation on, an invoice's outcome is not known; one written off stays unpaid.
    """
    label = (known.paid_on[invoice] > last_day).astype(np.float64)
    unknown = (last_day >= known.observed_until) | (known.cancelled_on[invoice] <= last_day)
    return np.where(unknown, np.nan, label)


def defaults_within(known: InvoiceOutcomes, customer: Positions, as_of: int, labels: LabelSettings) -> Floats:
    """1 where an invoice of the customer reached the default's days past due, or was written off, in the horizon.

    Shape of `customer`; NaN for all where the horizon [as_of, as_of + horizon) has not passed.
    """
    end = as_of + labels.default_horizon_days
    if end > known.observed_until:
        return np.full(len(customer), np.nan)
    return np.isin(customer, known.customer[_reaches_default(known, as_of, end, labels)]).astype(np.float64)


@dataclass(frozen=True)
class Paid:
    """What came of what was owed on days of `ContactDays.rows`, in their order; shape (rows,).

    `share` of the owed amount that was paid in the window. `exposure`: days of the window times the share still open
    then, so that share / exposure is the daily rate of payment. NaN where the window had not passed when it was asked.
    """

    share: Floats
    exposure: Floats


def paid_after(view: View, days: ContactDays, begin: int, end: int, *, until_next_contact: bool) -> Paid:
    """What was paid from the day + `begin` (exclusive) to the day + `end`, or to the next contact's day if so asked.

    Only invoices overdue on the day itself count, and only payments, by the day on which the money moved.
    """
    debts, rows = days.debts, days.rows
    place = np.searchsorted(
        owner_days(rows["customer"].to_numpy(), rows["day"].to_numpy()),
        owner_days(debts["customer"].to_numpy(), debts["day"].to_numpy()),
    )
    day, invoice = debts["day"].to_numpy(), debts["invoice"].to_numpy()
    latest = np.full(len(debts), NEVER)
    if until_next_contact:
        latest = rows["next_contact"].to_numpy()[place]
    start = day + begin
    stop = np.maximum(np.minimum(day + end, latest), start)
    payments = view.tables["payments"]
    payments = payments[payments["invoice"] >= 0]
    on, cents = day_numbers(payments["paid_on"]), payments["amount"].to_numpy(dtype=np.int64)
    paid = running_sums(payments["invoice"].to_numpy(), on, cents)
    paid_by_day = running_sums(payments["invoice"].to_numpy(), on, cents * on)
    open_at_start = np.clip(debts["open"].to_numpy() - (paid.up_to(invoice, start) - paid.up_to(invoice, day)), 0, None)
    moved = paid.up_to(invoice, stop) - paid.up_to(invoice, start)
    # A payment on day t was open for t - start days of the window: what it lacks to the end is taken off.
    spared = stop * moved - (paid_by_day.up_to(invoice, stop) - paid_by_day.up_to(invoice, start))
    rate = debts["rate"].to_numpy()
    owed = rows["owed"].to_numpy()
    came = in_hundredths(np.clip(moved, 0, open_at_start) * rate)
    share = np.bincount(place, weights=came, minlength=len(rows)) / owed
    open_days = in_hundredths(np.clip(open_at_start * (stop - start) - spared, 0, None) * rate)
    exposure = np.bincount(place, weights=open_days, minlength=len(rows)) / owed
    unknown = rows["day"].to_numpy() + end >= day_number(view.as_of) - _booking_lag(view)
    return Paid(np.where(unknown, np.nan, share), np.where(unknown, np.nan, exposure))


def _reaches_default(known: InvoiceOutcomes, start: int, end: int, labels: LabelSettings) -> npt.NDArray[np.bool_]:
    reached_on = known.due_on + labels.default_days_past_due
    still_open = np.minimum(known.closed_on, known.cancelled_on) >= reached_on
    reaches = (reached_on >= start) & (reached_on < end) & still_open
    written_off = (known.written_off_on >= start) & (known.written_off_on < end)
    return reaches | written_off


def _closed_on(view: View, size: int) -> Positions:
    """By invoice position, the day from which no more than a small difference was open, which is no loss."""
    amount = view.invoices["amount"].to_numpy(dtype=np.int64)
    asked = np.zeros(size, dtype=np.int64)
    asked[view.invoices["invoice"]] = amount - small_difference(amount, view.portfolio.rules)
    closed_on = lowered_by(view.tables, asked)
    return np.where(closed_on == STILL_OPEN, NEVER, closed_on)


def _credit_since(view: View) -> Positions:
    """The day by which each customer's unapplied credit was there: of its latest cash on account or credit note."""
    payments, invoices = view.tables["payments"], view.invoices
    loose = payments[(payments["invoice"] < 0) & (payments["amount"] > 0)]
    credit = invoices[invoices["open_amount"] < 0]
    since = np.zeros(view.customers, dtype=np.int64)
    np.maximum.at(since, loose["customer"].to_numpy(), day_numbers(loose["paid_on"]))
    np.maximum.at(since, credit["customer"].to_numpy(), day_numbers(credit["issued_on"]))
    return since


def _first_adjustment(view: View, kind: str, size: int) -> Positions:
    adjustments = view.tables["adjustments"]
    adjustments = adjustments[(adjustments["kind"] == kind) & (adjustments["amount"] > 0)]
    first = np.full(size, NEVER, dtype=np.int64)
    np.minimum.at(first, adjustments["invoice"].to_numpy(), day_numbers(adjustments["posted_on"]))
    return first


def booking_lags(view: View) -> "pd.Series[int]":
    """How many payments were booked so many days (the index) after the money moved.

    Not what is booked anew and turned around on its day, such as cash on account that is set against an invoice weeks
    later: it was in the ledger before.
    """
    payments = view.tables["payments"]
    turned = payments["customer"].isin(payments.loc[payments["amount"] < 0, "customer"].unique())
    booking = payments[turned].groupby(["customer", "paid_on", "known_on"])["amount"]
    again = (booking.transform("min") < 0).reindex(payments.index, fill_value=False)
    return (payments["known_on"] - payments["paid_on"]).dt.days[~again].value_counts().sort_index()


def usual_lag(lags: "pd.Series[int]") -> int:
    """Days after which nearly all payments of a day are in the ledger, from the counts of `booking_lags`."""
    if not lags.sum():
        return 0
    days, up_to = lags.index.to_numpy(), lags.cumsum().to_numpy()
    place = BOOKING_LAG_QUANTILE * (up_to[-1] - 1)
    low, high = (days[np.searchsorted(up_to, at, side="right")] for at in (np.floor(place), np.ceil(place)))
    return max(int(np.ceil(low + (place - np.floor(place)) * (high - low))), 0)


def _booking_lag(view: View) -> int:
    return usual_lag(booking_lags(view))


def cash_collected_within(
    view: View, as_of: Positions, customer: Positions, days: int, lag: int | None = None
) -> Floats:
    """Reporting cents that came in during [as_of, as_of + days) on the invoices that were overdue on that night.

    `as_of` (day numbers) and `customer` (positions) are a row each, any row more than once. NaN where the window, and
    the usual lag until a payment is booked, has not passed. Reversals count as they come. Cash that names no invoice is
    left out: it may be for what was not due yet. So are invoices that the ledger learned of only later. `lag` is the
    portfolio's usual lag, where the view shows a part of it.
    """
    payments, invoices = view.tables["payments"], view.invoices
    is_asked = np.zeros(view.customers, dtype=np.bool_)
    is_asked[customer] = True
    of_asked = (payments["invoice"] >= 0) & is_asked[payments["customer"]]
    payments = payments.loc[of_asked, ["invoice", "customer", "paid_on", "reporting_amount"]]
    asked_from = np.zeros(len(view.portfolio.invoice_ids), dtype=np.int64)
    asked_from[invoices["invoice"]] = np.maximum(day_numbers(invoices["due_on"]), day_numbers(invoices["known_on"])) + 1
    row, record = _days_after(
        payments["customer"].to_numpy(dtype=np.int64), day_numbers(payments["paid_on"]), customer, as_of, days
    )
    overdue = asked_from[payments["invoice"].to_numpy()[record]] <= as_of[row]
    cents = payments["reporting_amount"].to_numpy(dtype=np.float64)[record]
    cash = np.bincount(row[overdue], weights=cents[overdue], minlength=len(customer)).astype(np.float64)
    return _once_known(view, as_of, days, cash, lag)


def cash_by_day(view: View, as_of: int, invoice: Positions, days: int) -> Floats:
    """Reporting cents that came in on these invoices (positions) on each of the days from the night on, shape (days,).

    Money that moved before the night and was booked since comes on its first day, since the night still waits for it.
    Reversals count as they come. NaN from the day on which payments may not all be booked yet.
    """
    payments = view.tables["payments"]
    asked = np.zeros(len(view.portfolio.invoice_ids) + 1, dtype=bool)  # the last place is that of NOBODY
    asked[invoice] = True
    payments = payments[asked[payments["invoice"]] & (day_numbers(payments["known_on"]) >= as_of)]
    ahead = np.maximum(day_numbers(payments["paid_on"]) - as_of, 0)
    soon = ahead < days
    came = np.bincount(ahead[soon], weights=payments["reporting_amount"].to_numpy(np.float64)[soon], minlength=days)
    complete = as_of + np.arange(days) < day_number(view.as_of) - _booking_lag(view)
    return np.where(complete, came, np.nan)


def contacts_within(view: View, as_of: Positions, customer: Positions, days: int, lag: int | None = None) -> Floats:
    """How many contacts the customer had during [as_of, as_of + days); rows, NaN and `lag` as in
    `cash_collected_within`."""
    contacts = view.tables["contacts"]
    row, _ = _days_after(
        contacts["customer"].to_numpy(dtype=np.int64), day_numbers(contacts["contacted_on"]), customer, as_of, days
    )
    return _once_known(view, as_of, days, np.bincount(row, minlength=len(customer)).astype(np.float64), lag)


def _days_after(
    owner: Positions, day: Positions, customer: Positions, as_of: Positions, days: int
) -> tuple[Positions, Positions]:
    """Every pair (row, record) in which the record (its owner and day) is the row's customer's, in its window."""
    moment = owner_days(owner, day)
    order = np.argsort(moment, kind="stable")
    start = np.searchsorted(moment[order], owner_days(customer, as_of))
    found = np.searchsorted(moment[order], owner_days(customer, as_of + days)) - start
    row = np.repeat(np.arange(len(customer)), found)
    place = np.arange(len(row)) - np.repeat(np.cumsum(found) - found, found)
    return row, order[np.repeat(start, found) + place]


def _once_known(view: View, as_of: Positions, days: int, figures: Floats, lag: int | None) -> Floats:
    lag = _booking_lag(view) if lag is None else lag
    return np.where(as_of + days <= day_number(view.as_of) - lag, figures, np.nan)
