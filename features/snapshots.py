"""What a night sees of a customer's account and of one open invoice, without any window of time."""

import numpy as np
import pandas as pd

from features.calendar import SATURDAY, at_month_end, day_of_month, week, weekday
from features.event_streams import size_band
from ledger.as_of.fx import convert
from ledger.as_of.view import View
from ledger.clock import day_number, day_numbers
from ledger.minor_units import in_hundredths
from ledger.portfolio import sum_by

AGEING_BUCKETS = ((1, 30), (31, 60), (61, 90), (91, None))


def customer_snapshot(view: View) -> pd.DataFrame:
    """One row per customer position: amounts in hundredths of the reporting currency, whatever the ledger is held with,
    counts, and the share of the credit limit in use.

    Counts and ageing are of what credit leaves, which covers the oldest debt first.
    """
    balances = view.balances
    size = view.customers
    is_debt = (view.left > 0) & (view.invoices["kind"] == "invoice").to_numpy()
    opened = view.invoices.loc[is_debt, ["customer", "days_past_due"]]
    left = pd.Series(view.left[is_debt], index=opened.index)
    overdue = opened["days_past_due"] > 0
    columns: dict[str, object] = {
        "open_amount": in_hundredths(balances["open_amount"]),
        "overdue_amount": in_hundredths(balances["overdue_amount"]),
        "credit_amount": in_hundredths(balances["credit_amount"]),
        "promised_amount": in_hundredths(balances["promised_amount"]),
        "open_count": np.bincount(opened["customer"], minlength=size),
        "overdue_count": np.bincount(opened.loc[overdue, "customer"], minlength=size),
        "oldest_days_past_due": _largest(opened["customer"], opened["days_past_due"].clip(lower=0), size),
        "open_disputes": _open_disputes(view),
        "open_promises": np.bincount(view.promises_not_yet_due["customer"], minlength=size),
    }
    for low, high in AGEING_BUCKETS:
        inside = (opened["days_past_due"] >= low) & (opened["days_past_due"] <= (high or np.inf))
        columns[ageing_name(low, high)] = in_hundredths(sum_by(opened.loc[inside, "customer"], left[inside], size))
    frame = pd.DataFrame(columns).astype("float64")
    frame["overdue_share"] = _ratio(frame["overdue_amount"], frame["open_amount"])
    frame["credit_use"] = _ratio(frame["open_amount"], _credit_limits(view))
    return frame


def ageing_name(low: int, high: int | None) -> str:
    """The name of an ageing bucket, such as overdue_1_30 or overdue_91_up."""
    return f"overdue_{low}_{high or 'up'}"


def invoice_state(view: View) -> pd.DataFrame:
    """One row per open invoice (indexed by invoice position): hundredths, as in `customer_snapshot`, and days relative
    to the night."""
    asked = ["invoice", "customer", "due_on", "issued_on", "amount", "open_amount", "days_past_due", "currency"]
    everything = view.invoices[asked].assign(disputed=view.disputed)
    opened = everything[(view.invoices["open_amount"] > 0) & (view.invoices["kind"] == "invoice")]
    due = day_numbers(opened["due_on"])
    issued = day_numbers(opened["issued_on"])
    amount = in_hundredths(convert(opened["amount"], opened["currency"], view.rates))
    night = day_number(view.as_of)
    frame = pd.DataFrame(
        {
            "customer": opened["customer"],
            "amount": amount,
            "size_band": size_band(amount),
            "open_share": opened["open_amount"] / opened["amount"],
            "terms_days": due - issued,
            "age_days": night - issued,
            "days_past_due": opened["days_past_due"],
            "business_days_to_due": np.busday_count(np.datetime64(night, "D"), due.astype("datetime64[D]")),
            "due_weekday": weekday(due),
            "due_week": week(due),
            "due_on_weekend": weekday(due) >= SATURDAY,
            "due_day_of_month": day_of_month(due),
            "due_at_month_end": at_month_end(due),
            "disputed": opened["disputed"] > 0,
        }
    )
    return frame.astype("float64").set_axis(opened["invoice"].to_numpy(), axis=0)


def earlier_delay_at_size(settled: pd.DataFrame, state: pd.DataFrame) -> np.ndarray:
    """Mean days late of the customer's settled invoices in the same size band, for each row of `state`."""
    sums = settled["days_late"].groupby(_size_group(settled["owner"], settled["size_band"])).agg(["sum", "count"])
    group_sums = sums.reindex(_size_group(state["customer"], state["size_band"]))
    return (group_sums["sum"] / group_sums["count"]).to_numpy(dtype=np.float64)


def _size_group(customer: pd.Series, band: pd.Series) -> np.ndarray:
    """One whole number for each customer and size band; no amount has as many as 64 doublings."""
    return (customer * 64 + band).to_numpy(dtype=np.int64)


def _credit_limits(view: View) -> pd.Series:
    customers = view.tables["customers"]
    stated = customers[customers["credit_limit"].notna()]
    limits = in_hundredths(convert(stated["credit_limit"].astype("int64"), stated["currency"], view.rates))
    return pd.Series(limits.to_numpy(), index=stated["customer"].to_numpy()).reindex(range(view.customers))


def _open_disputes(view: View) -> np.ndarray:
    disputes = view.tables["disputes"]
    return np.bincount(disputes.loc[disputes["closed_on"].isna(), "customer"], minlength=view.customers)


def _largest(owner: pd.Series, value: pd.Series, size: int) -> np.ndarray:
    result = np.zeros(size)
    np.maximum.at(result, owner.to_numpy(), value.to_numpy(dtype=np.float64))
    return result


def _ratio(top: pd.Series, bottom: pd.Series) -> pd.Series:
    return (top / bottom.where(bottom > 0)).astype("float64")
