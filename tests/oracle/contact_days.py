"""What customers owed on each day, their contacts, and what they paid after: day by day, record by record."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ledger.tables import CHANNELS
from tests.oracle.book import Book, Record

NEVER_DAYS = 365
FIRST = date(1970, 1, 1)
Day = dict[str, Any]


def contact_days(book: Book, first_day: date) -> dict[tuple[str, date], Day]:
    """A day of a customer for every day from `first_day` to the night on which it owed something overdue."""
    days: dict[tuple[str, date], Day] = {}
    for customer_id in book.customer_ids:
        for day in _each_day(first_day, book.as_of):
            owing = _owing(book, customer_id, day)
            if owing:
                days[customer_id, day] = _state(book, customer_id, day, owing)
    return days


def paid_after(
    book: Book, days: dict[tuple[str, date], Day], begin: int, end: int, until_next_contact: bool, last_known: date
) -> dict[tuple[str, date], tuple[float, float] | None]:
    """Share paid and exposure of each of these days; None where the window ends on or after `last_known`."""
    result: dict[tuple[str, date], tuple[float, float] | None] = {}
    for (customer_id, day), state in days.items():
        if day + timedelta(days=end) >= last_known:
            result[customer_id, day] = None
            continue
        stop = day + timedelta(days=end)
        if until_next_contact and state["next_contact"] is not None:
            stop = min(stop, state["next_contact"])
        parts = [
            _paid_of(book, invoice, opened, day, day + timedelta(days=begin), stop)
            for invoice, opened in _owing(book, customer_id, day)
        ]
        result[customer_id, day] = (
            sum(share for share, _ in parts) / state["owed"],
            sum(exposure for _, exposure in parts) / state["owed"],
        )
    return result


def booking_lag(book: Book) -> int:
    """Days after which 99 of 100 payments of a day were known, as the quantile between two of them, rounded up; without
    what became known together with money that was turned around on the same day."""

    def booking(payment: Record) -> tuple[str, date, date]:
        return payment["customer_id"], payment["paid_on"], payment["known_on"]

    turned = {booking(payment) for payment in book.payments if payment["amount"] < 0}
    new = [payment for payment in book.payments if booking(payment) not in turned]
    lags = sorted((payment["known_on"] - payment["paid_on"]).days for payment in new)
    if not lags:
        return 0
    place = (len(lags) - 1) * 99
    below, rest = divmod(place, 100)
    above = lags[min(below + 1, len(lags) - 1)]
    hundredths = lags[below] * 100 + rest * (above - lags[below])
    return max(-(-hundredths // 100), 0)


def _each_day(first_day: date, night: date) -> Iterator[date]:
    for number in range((night - first_day).days):
        yield first_day + timedelta(days=number)


def _owing(book: Book, customer_id: str, day: date) -> list[tuple[Record, int]]:
    """The invoices of the customer that were overdue at the day's end and not disputed then, and what was open."""
    found = []
    for invoice in book.invoices_of(customer_id):
        if invoice["kind"] != "invoice" or day <= invoice["due_on"]:
            continue
        opened = invoice["amount"] - sum(amount for on, amount in invoice["changes"] if on <= day)
        if opened > 0 and not _disputed(book, invoice, day):
            found.append((invoice, opened))
    return found


def _disputed(book: Book, invoice: Record, day: date) -> bool:
    return any(
        dispute["opened_on"] <= day and (dispute["closed_on"] is None or day < dispute["closed_on"])
        for dispute in book.disputes
        if dispute["invoice_id"] == invoice["invoice_id"]
    )


def _state(book: Book, customer_id: str, day: date, owing: list[tuple[Record, int]]) -> Day:
    worth = [opened * book.rate(invoice["currency"]) for invoice, opened in owing]
    ages = [(day - invoice["due_on"]).days for invoice, _ in owing]
    contacts = sorted(book.of(book.contacts, customer_id), key=lambda row: (row["contacted_on"], row["contact_id"]))
    on_days = sorted({row["contacted_on"] for row in contacts})
    earlier = [on for on in on_days if on < day]
    later = [on for on in on_days if on > day]
    today = [row for row in contacts if row["contacted_on"] == day]
    return {
        "owed": sum(worth),
        "debts": len(owing),
        "oldest": max(ages),
        "newest": min(ages),
        "mean_age": sum(value * age for value, age in zip(worth, ages, strict=True)) / sum(worth),
        "largest": max(worth),
        "days_since_contact": min((day - earlier[-1]).days if earlier else NEVER_DAYS, NEVER_DAYS),
        "contacts_30d": sum((day - on).days <= 30 for on in earlier),
        "weekday": day.weekday(),
        "channel": CHANNELS.index(today[0]["channel"]) if today else None,
        "propensity": today[0]["propensity"] if today else None,
        "next_contact": later[0] if later else None,
    }


def _paid_of(book: Book, invoice: Record, opened: int, day: date, begin: date, stop: date) -> tuple[float, float]:
    """Paid of one invoice in (begin, stop], and the days of it times what was still open; in the reporting currency."""
    payments = [row for row in book.payments if row["invoice_id"] == invoice["invoice_id"]]

    def paid(after: date, until: date) -> int:
        return sum(row["amount"] for row in payments if after < row["paid_on"] <= until)

    rate = book.rate(invoice["currency"])
    at_start = max(opened - paid(day, begin), 0)
    share = min(max(paid(begin, stop), 0), at_start) * rate
    exposure = 0
    for number in range((stop - begin).days):
        exposure += at_start - paid(begin, begin + timedelta(days=number))
    return share, max(exposure, 0) * rate
