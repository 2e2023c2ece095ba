"""Every feature of the catalogue, from its declaration, customer by customer and invoice by invoice."""

import calendar
import math
from datetime import date, timedelta
from typing import Any

from features.catalogue import CATALOGUE
from features.declarations import Feature
from tests.oracle.balances import customer_balances, left_after_credit
from tests.oracle.book import Book, Record
from tests.oracle.statistics import statistic

Happening = tuple[str, date, dict[str, int]]  # customer_id, day, values

BUCKETS = {"overdue_1_30": (1, 30), "overdue_31_60": (31, 60), "overdue_61_90": (61, 90), "overdue_91_up": (91, 10**6)}
RESPONSE_DAYS = 7
PRIOR = 50


def customer_features(book: Book) -> dict[str, dict[str, float]]:
    """By customer_id and feature name; NaN where a feature has no value."""
    streams = happenings(book)
    snapshots = _accounts(book)
    found: dict[str, dict[str, float]] = {}
    for customer_id in book.customer_ids:
        values: dict[str, float] = {}
        for feature in CATALOGUE:
            if feature.entity != "customer" or feature.minus is not None:
                continue
            if feature.source == "account":
                value = snapshots[customer_id][feature.value]
            elif feature.source == "group":
                value = _group_late_share(book, streams["matured"], customer_id, feature.value)
            else:
                value = _windowed(book, streams[feature.source], customer_id, feature)
            values[feature.name] = math.nan if value is None else value
        for feature in CATALOGUE:
            if feature.minus is not None:
                values[feature.name] = values[feature.minus[0]] - values[feature.minus[1]]
        found[customer_id] = values
    return found


def invoice_features(book: Book, customers: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    """By invoice_id of the open invoices, and feature name: the invoice's own features."""
    streams = happenings(book)
    return {
        invoice_id: {
            name: math.nan if value is None else float(value)
            for name, value in _invoice(book, streams, invoice, customers).items()
        }
        for invoice_id, invoice in book.invoices.items()
        if invoice["kind"] == "invoice" and invoice["open"] > 0
    }


def happenings(book: Book) -> dict[str, list[Happening]]:
    """What happened before the night, by the names that the declarations use."""
    streams: dict[str, list[Happening]] = {
        "issued": [],
        "settled": [],
        "matured": [],
        "paid": [],
        "promised": [],
        "disputed": [],
        "resolved": [],
        "contacted": [],
        "answered": [],
        **{f"answered_{channel}": [] for channel in ("email", "sms", "call", "letter", "visit")},
    }

    def happened(stream: str, row: Record, day: date, **values: int) -> None:
        if day < book.as_of:
            streams[stream].append((row["customer_id"], day, values))

    for invoice in book.invoices.values():
        if invoice["kind"] != "invoice" or invoice["cancelled"]:
            continue
        amount = invoice["billed"]
        last_day = invoice["due_on"] + timedelta(days=book.grace_days)
        paid_on = invoice["paid_up_on"] if invoice["lost"] <= 0 else None
        terms = (invoice["due_on"] - invoice["issued_on"]).days
        happened("issued", invoice, invoice["issued_on"], amount=amount)
        late = paid_on is None or paid_on > last_day
        due = invoice["due_on"].toordinal()
        if paid_on is not None or invoice["settled_on"] is None or invoice["lost"] > 0:
            happened("matured", invoice, last_day + timedelta(days=1), late=int(late), terms=terms, due=due)
        if paid_on is not None:
            days_late = (paid_on - invoice["due_on"]).days
            happened("settled", invoice, paid_on, days_late=days_late, late=int(late), amount=amount)
    for payment in book.received:
        if payment["amount"] > 0:
            day = payment["paid_on"]
            owner = book.invoices.get(payment["invoice_id"])
            happened(
                "paid",
                payment,
                day,
                amount=book.reporting(payment["amount"], payment["currency"]),
                day_of_month=day.day,
                month_end=int(_at_month_end(day)),
                partial=int(owner is not None and payment["amount"] < owner["amount"]),
            )
    for promise in book.promises:
        kept = book.paid_toward(promise) >= promise["amount"]
        happened("promised", promise, promise["promised_on"], kept=int(kept), broken=int(not kept))
    for dispute in book.disputes:
        happened("disputed", dispute, dispute["opened_on"])
        if dispute["closed_on"] is not None:
            days = (dispute["closed_on"] - dispute["opened_on"]).days
            happened("resolved", dispute, dispute["closed_on"], days_to_resolve=days)
    for contact in book.contacts:
        day = contact["contacted_on"]
        happened("contacted", contact, day)
        if day + timedelta(days=RESPONSE_DAYS) < book.as_of:
            paid = any(
                payment["amount"] > 0 and 1 <= (payment["paid_on"] - day).days <= RESPONSE_DAYS
                for payment in book.of(book.payments, contact["customer_id"])
            )
            happened("answered", contact, day, answered=int(paid))
            happened(f"answered_{contact['channel']}", contact, day, answered=int(paid))
    return streams


def _windowed(book: Book, stream: list[Happening], customer_id: str, feature: Feature) -> float | None:
    first = date.min if feature.window is None else book.as_of - timedelta(days=feature.window)
    events = [
        (day, values[feature.value] if feature.value else 1, values[feature.weight] if feature.weight else 1)
        for owner, day, values in stream
        if owner == customer_id and first <= day < book.as_of
    ]
    value = statistic(feature.statistic, events, book.as_of)
    return feature.empty if value is None else value


def _accounts(book: Book) -> dict[str, dict[str, float | None]]:
    balances = customer_balances(book)
    return {customer_id: _account(book, customer_id, balances[customer_id]) for customer_id in book.customer_ids}


def _account(book: Book, customer_id: str, balance: dict[str, int]) -> dict[str, float | None]:
    left = left_after_credit(book, customer_id, balance["credit_amount"])
    opened = [invoice for invoice in book.invoices_of(customer_id) if left.get(invoice["invoice_id"], 0) > 0]
    overdue = [invoice for invoice in opened if invoice["past_due"] > 0]
    customer = book.customers.get(customer_id, {})
    limit = customer.get("credit_limit")
    limit = None if limit is None else book.reporting(limit, customer["currency"])
    promises = book.of(book.promises, customer_id)
    disputes = book.of(book.disputes, customer_id)
    return {
        "open_amount": balance["open_amount"],
        "overdue_amount": balance["overdue_amount"],
        "credit_amount": balance["credit_amount"],
        "open_count": len(opened),
        "overdue_count": len(overdue),
        "overdue_share": balance["overdue_amount"] / balance["open_amount"] if balance["open_amount"] else None,
        "oldest_days_past_due": max((invoice["past_due"] for invoice in overdue), default=0),
        "credit_use": balance["open_amount"] / limit if limit else None,
        "open_promises": sum(promise["promised_on"] >= book.as_of for promise in promises),
        "open_disputes": sum(dispute["closed_on"] is None for dispute in disputes),
        **{
            name: sum(left[invoice["invoice_id"]] for invoice in overdue if low <= invoice["past_due"] <= high)
            for name, (low, high) in BUCKETS.items()
        },
    }


def _late_share(late: list[int], everywhere: list[int]) -> float | None:
    """The share in a group, shrunk towards the share of all; of an empty group, the share of all."""
    if not everywhere:
        return None
    overall = sum(everywhere) / len(everywhere)
    return (sum(late) + PRIOR * overall) / (len(late) + PRIOR) if late else overall


def _group_late_share(book: Book, matured: list[Happening], customer_id: str, group: str) -> float | None:
    def group_of(one: str) -> str | None:
        return book.customers.get(one, {}).get(group)

    everywhere = [values["late"] for _, _, values in matured]
    same = [values["late"] for owner, _, values in matured if group_of(owner) == group_of(customer_id)]
    return _late_share(same, everywhere)


def _invoice(
    book: Book, streams: dict[str, list[Happening]], invoice: Record, customers: dict[str, dict[str, float]]
) -> dict[str, Any]:
    due = invoice["due_on"]
    terms = (due - invoice["issued_on"]).days
    usual = customers[invoice["customer_id"]]["issued_mean_amount_365d"]
    alike = [
        values["days_late"]
        for owner, _, values in streams["settled"]
        if owner == invoice["customer_id"] and _doublings(values["amount"]) == _doublings(invoice["reporting"])
    ]
    matured = [values for _, _, values in streams["matured"]]
    return {
        "amount": invoice["reporting"],
        "amount_to_usual": invoice["reporting"] / usual if usual else None,
        "open_share": invoice["open"] / invoice["amount"],
        "terms_days": terms,
        "age_days": (book.as_of - invoice["issued_on"]).days,
        "days_past_due": invoice["past_due"],
        "business_days_to_due": _working_days(book.as_of, due),
        "due_weekday": due.weekday(),
        "due_on_weekend": due.weekday() in (5, 6),
        "due_day_of_month": due.day,
        "due_at_month_end": _at_month_end(due),
        "disputed": book.contested(invoice) > 0,
        "earlier_delay_at_size": sum(alike) / len(alike) if alike else None,
        "terms_late_share": _late_share(
            [values["late"] for values in matured if values["terms"] == terms], [values["late"] for values in matured]
        ),
        "season_late_ratio": _season(matured, due),
    }


def _season(matured: list[dict[str, int]], due: date) -> float | None:
    """The week of the due date a year before, with one week on both sides, compared with the year around it."""
    monday = due.toordinal() - due.weekday() - 364

    def late_within(weeks: int) -> list[int]:
        first, end = monday - 7 * weeks, monday + 7 * (weeks + 1)
        return [values["late"] for values in matured if first <= values["due"] < end]

    earliest = min((values["due"] for values in matured), default=math.inf)
    around, near = late_within(26), late_within(1)
    if earliest >= monday or not sum(around):
        return None
    usual = sum(around) / len(around)
    error = math.sqrt(len(near) * usual * (1 - usual))
    clear = len(near) >= 50 and abs(sum(near) - len(near) * usual) > 4 * error
    return sum(near) / len(near) / usual if clear else 1.0


def _at_month_end(day: date) -> bool:
    """One of the last three days of its month."""
    return calendar.monthrange(day.year, day.month)[1] - day.day <= 2


def _doublings(cents: int) -> int:
    return max(cents, 1).bit_length() - 1


def _working_days(night: date, due: date) -> int:
    """Working days left, the night's day counted and the due date not; after it, minus those that have passed."""
    if due >= night:
        return sum((night + timedelta(days=step)).weekday() < 5 for step in range((due - night).days))
    return -sum((due + timedelta(days=step)).weekday() < 5 for step in range(1, (night - due).days + 1))
