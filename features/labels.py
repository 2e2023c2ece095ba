"""The labels: what happened after a night. The only module that looks forward.

A label about [as_of, as_of + h) is known on the night `trained_on` only once that whole window, and the usual lag
until a payment is booked, has passed; before, it is censored (NaN), never a negative.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from configs.settings import LabelSettings
from features.statistics import Floats, Positions
from ledger.clock import day_number, day_numbers
from ledger.view import View

NEVER = 10**6  # a day number later than any date of the contract
BOOKING_LAG_QUANTILE = 0.99


@dataclass(frozen=True)
class Outcomes:
    """What the night `trained_on` knows of every invoice, by invoice position; days are day numbers, or `NEVER`.

    closed_on: the day from which nothing was open, for whatever reason; paid_on: the same, unless something was
    written off or handed over; written_off_on: the first write-off; cancelled_on: the day on which the invoice was
    withdrawn. Outcomes before `observed_until` are complete.
    """

    customer: Positions
    due_on: Positions
    closed_on: Positions
    paid_on: Positions
    written_off_on: Positions
    cancelled_on: Positions
    observed_until: int


def outcomes(view: View) -> Outcomes:
    """The outcomes that the view knows; invoices that it does not know are never due."""
    size = len(view.portfolio.invoice_ids)
    invoices = view.invoices[view.invoices["kind"] == "invoice"]
    where = invoices["invoice"].to_numpy()
    customer = np.full(size, -1, dtype=np.int64)
    customer[where] = invoices["customer"]
    due_on = np.full(size, NEVER, dtype=np.int64)
    due_on[where] = day_numbers(invoices["due_on"])
    settled = invoices[invoices["settled_on"].notna()]
    closed_on = np.full(size, NEVER, dtype=np.int64)
    closed_on[settled["invoice"]] = day_numbers(settled["settled_on"])
    paid_on = closed_on.copy()
    paid_on[settled.loc[settled["lost"] > 0, "invoice"]] = NEVER
    night = day_number(view.as_of)
    return Outcomes(
        customer=customer,
        due_on=due_on,
        closed_on=closed_on,
        paid_on=paid_on,
        written_off_on=_first_adjustment(view, "write_off", size),
        cancelled_on=_first_adjustment(view, "cancellation", size),
        observed_until=night - _booking_lag(view),
    )


def unpaid_through(known: Outcomes, invoice: Positions, last_day: Positions) -> Floats:
    """1 where the invoice was unpaid at the end of `last_day`, 0 where it was paid by then, NaN where not known.

    Shapes (rows,). From its cancellation on, an invoice's outcome is not known; one written off stays unpaid.
    """
    label = (known.paid_on[invoice] > last_day).astype(np.float64)
    unknown = (last_day >= known.observed_until) | (known.cancelled_on[invoice] <= last_day)
    return np.where(unknown, np.nan, label)


def defaults_within(known: Outcomes, customer: Positions, as_of: int, labels: LabelSettings) -> Floats:
    """1 where an invoice of the customer reached the default's days past due, or was written off, in the horizon.

    Shape of `customer`; NaN for all where the horizon [as_of, as_of + horizon) has not passed.
    """
    end = as_of + labels.default_horizon_days
    if end > known.observed_until:
        return np.full(len(customer), np.nan)
    return np.isin(customer, known.customer[_reaches_default(known, as_of, end, labels)]).astype(np.float64)


def _reaches_default(known: Outcomes, start: int, end: int, labels: LabelSettings) -> npt.NDArray[np.bool_]:
    reached_on = known.due_on + labels.default_days_past_due
    still_open = np.minimum(known.closed_on, known.cancelled_on) >= reached_on
    reaches = (reached_on >= start) & (reached_on < end) & still_open
    written_off = (known.written_off_on >= start) & (known.written_off_on < end)
    return reaches | written_off


def _first_adjustment(view: View, kind: str, size: int) -> Positions:
    adjustments = view.tables["adjustments"]
    adjustments = adjustments[(adjustments["kind"] == kind) & (adjustments["amount"] > 0)]
    first = np.full(size, NEVER, dtype=np.int64)
    np.minimum.at(first, adjustments["invoice"].to_numpy(), day_numbers(adjustments["posted_on"]))
    return first


def _booking_lag(view: View) -> int:
    """Days after which nearly all payments of a day are in the ledger."""
    payments = view.tables["payments"]
    lag = (payments["known_on"] - payments["paid_on"]).dt.days
    return max(int(np.ceil(lag.quantile(BOOKING_LAG_QUANTILE))), 0) if len(lag) else 0
