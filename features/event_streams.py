"""What the statistics are taken over: streams of events, one frame each, as a night knows them.

Every frame has `owner` (the customer's position), `day` (days since 1970-01-01, before the night) and the values
that features name: money is hundredths of the reporting currency, whatever the ledger is held with. A late payment is
one after the due date and the grace days of the settings.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.settings import LabelSettings
from features.calendar import at_month_end, day_of_month, week
from ledger.as_of.view import View
from ledger.clock import day_number, day_numbers, owner_days
from ledger.frames import rows_where
from ledger.minor_units import in_hundredths
from ledger.tables import CHANNELS

RESPONSE_DAYS = 7


def event_sources(view: View, labels: LabelSettings) -> dict[str, pd.DataFrame]:
    """All streams by name, holding only events dated before the night."""
    invoices = view.real_invoices
    sources = {
        "issued": _issued(invoices),
        "settled": _settled(invoices, labels.grace_days),
        "matured": _matured(invoices, labels.grace_days),
        "paid": _paid(view),
        "promised": _promised(view),
        "disputed": _disputed(view),
        "resolved": _resolved(view),
        **_contacted(view),
    }
    night = day_number(view.as_of)
    return {name: rows_where(frame, frame["day"] < night) for name, frame in sources.items()}


def matured_events(view: View, labels: LabelSettings) -> pd.DataFrame:
    """The stream "matured" alone."""
    frame = _matured(view.real_invoices, labels.grace_days)
    return rows_where(frame, frame["day"] < day_number(view.as_of))


def _issued(invoices: pd.DataFrame) -> pd.DataFrame:
    return _events(
        invoices["customer"],
        invoices["issued_on"],
        amount=in_hundredths(invoices["reporting_amount"]),
        terms_days=(invoices["due_on"] - invoices["issued_on"]).dt.days,
    )


def _settled(invoices: pd.DataFrame, grace_days: int) -> pd.DataFrame:
    """Invoices that the customer's money paid in full (not written off), on the day on which it did."""
    invoices = invoices[invoices["paid_up_on"].notna() & (invoices["lost"] <= 0)]
    days_late = (invoices["paid_up_on"] - invoices["due_on"]).dt.days
    return _events(
        invoices["customer"],
        invoices["paid_up_on"],
        days_late=days_late,
        late=days_late > grace_days,
        amount=in_hundredths(invoices["reporting_amount"]),
        size_band=size_band(in_hundredths(invoices["reporting_amount"])),
    )


def _matured(invoices: pd.DataFrame, grace_days: int) -> pd.DataFrame:
    """Invoices on the day on which it was known whether they were late, paid or not: due date, grace, and a day.

    One that was settled without the customer's money, by a credit note, was neither.
    """
    without_money = invoices["settled_on"].notna() & invoices["paid_up_on"].isna() & (invoices["lost"] <= 0)
    invoices = rows_where(invoices, ~without_money)
    last_day = invoices["due_on"] + pd.Timedelta(days=grace_days)
    late = invoices["paid_up_on"].isna() | (invoices["paid_up_on"] > last_day) | (invoices["lost"] > 0)
    return _events(
        invoices["customer"],
        last_day + pd.Timedelta(days=1),
        late=late,
        amount=in_hundredths(invoices["reporting_amount"]),
        terms_days=(invoices["due_on"] - invoices["issued_on"]).dt.days,
        due_week=week(day_numbers(invoices["due_on"])),
    )


def _paid(view: View) -> pd.DataFrame:
    payments = view.tables["payments"][["customer", "invoice", "paid_on", "amount", "reporting_amount"]]
    payments = rows_where(payments, payments["amount"] > 0)
    billed = np.zeros(len(view.portfolio.invoice_ids) + 1, dtype=np.int64)  # the last place is that of NOBODY
    billed[view.invoices["invoice"]] = view.invoices["amount"]
    paid_on = day_numbers(payments["paid_on"])
    return _events(
        payments["customer"],
        payments["paid_on"],
        amount=in_hundredths(payments["reporting_amount"]),
        day_of_month=day_of_month(paid_on),
        month_end=at_month_end(paid_on),
        partial=payments["amount"] < billed[payments["invoice"]],
    )


def _promised(view: View) -> pd.DataFrame:
    passed = view.promises_due
    return _events(passed["customer"], passed["promised_on"], kept=passed["kept"], broken=~passed["kept"])


def _disputed(view: View) -> pd.DataFrame:
    disputes = view.tables["disputes"]
    return _events(disputes["customer"], disputes["opened_on"])


def _resolved(view: View) -> pd.DataFrame:
    disputes = view.tables["disputes"]
    disputes = disputes[disputes["closed_on"].notna()]
    return _events(
        disputes["customer"],
        disputes["closed_on"],
        days_to_resolve=(disputes["closed_on"] - disputes["opened_on"]).dt.days,
    )


def _contacted(view: View) -> dict[str, pd.DataFrame]:
    """All contacts, and by channel those whose response window has passed, with whether a payment came in it."""
    contacts = view.tables["contacts"]
    everything = _events(contacts["customer"], contacts["contacted_on"])
    answered = answered_contacts(view)
    sources = {"contacted": everything, "answered": _answers(answered)}
    for channel in CHANNELS:
        sources[f"answered_{channel}"] = _answers(answered[answered["channel"] == channel])
    return sources


def answered_contacts(view: View) -> pd.DataFrame:
    """The contacts whose response window has passed: customer, contacted_on, channel, and `answered`, whether the
    customer paid within `RESPONSE_DAYS` after the day of the contact."""
    contacts = view.tables["contacts"][["customer", "contacted_on", "channel"]]
    passed = contacts[contacts["contacted_on"] + pd.Timedelta(days=RESPONSE_DAYS) < view.as_of]
    return passed.assign(answered=_answered(view, passed))


def _answers(contacts: pd.DataFrame) -> pd.DataFrame:
    return _events(contacts["customer"], contacts["contacted_on"], answered=contacts["answered"])


def _answered(view: View, contacts: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether the customer paid within `RESPONSE_DAYS` after the day of the contact."""
    payments = view.tables["payments"]
    payments = payments.loc[payments["amount"] > 0, ["customer", "paid_on"]]
    paid = np.sort(owner_days(payments["customer"].to_numpy(), day_numbers(payments["paid_on"])))
    owner, day = contacts["customer"].to_numpy(), day_numbers(contacts["contacted_on"])
    first = np.searchsorted(paid, owner_days(owner, day), side="right")
    last = np.searchsorted(paid, owner_days(owner, day + RESPONSE_DAYS), side="right")
    return last > first


def size_band(amount: pd.Series) -> pd.Series:
    """Amounts (hundredths) in bands that double: the whole number of doublings from one hundredth."""
    return pd.Series(np.floor(np.log2(amount.clip(lower=1).to_numpy(dtype=np.float64))), index=amount.index).astype(
        "int64"
    )


def _events(owner: pd.Series, on: pd.Series, **values: pd.Series | npt.NDArray[Any]) -> pd.DataFrame:
    columns = {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}
    return pd.DataFrame({"owner": owner.to_numpy(dtype=np.int64), "day": day_numbers(on), **columns})
