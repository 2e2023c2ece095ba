"""How late the customers' own money paid their invoices (rule 10), invoice by invoice."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.support.plain_ledger.book import Book, Document, Row

DAYS_OF_HABITS = 365
GIVEN_UP = ("write_off", "collection_handover")

Lot = list[Any]  # cash on account: its day, the cents of it that are left, its currency


@dataclass(frozen=True)
class PaidUp:
    """An invoice, or one part of it, that money has covered since a day."""

    customer_id: str
    invoice_id: str
    due_on: date
    paid_up_on: date

    @property
    def days_late(self) -> int:
        return (self.paid_up_on - self.due_on).days


def average_days_late(book: Book) -> dict[str, float | None]:
    """By customer_id: of what was paid up in the last 365 days, else ever; None where money paid nothing."""
    found = paid_up(book)
    since = book.as_of - timedelta(days=DAYS_OF_HABITS)
    averages: dict[str, float | None] = dict.fromkeys(book.customer_ids)
    for customer_id in book.customer_ids:
        ever = [one for one in found if one.customer_id == customer_id]
        lately = [one for one in ever if one.paid_up_on >= since]
        if ever:
            days = [one.days_late for one in lately or ever]
            averages[customer_id] = sum(days) / len(days)
    return averages


def paid_up(book: Book) -> list[PaidUp]:
    """The parts of invoices whose cash due is covered, each with the day from which it is; a true loss is not paid."""
    money = {document.invoice_id: list(document.received) for document in book.documents.values()}
    for customer_id in book.customer_ids:
        for row, day, cents in _funded_by_cash(book, customer_id):
            money[row["invoice_id"]].append((day, cents))
    found = []
    for document in book.documents.values():
        withdrawn = document.cancelled >= document.amount
        if document.is_invoice and not withdrawn and not _is_lost(book, document):
            found += _parts_paid_up(book, document, money[document.invoice_id])
    return found


def _parts_paid_up(book: Book, document: Document, money: list[tuple[date, int]]) -> list[PaidUp]:
    """Money and reductions fill the parts in order; a part that only reductions filled was not paid by money."""
    cash = {row["adjustment_id"]: cents for row, _, cents in _cash_of(book, document)}
    recovered = min(max(-book.raw(document), 0), book.lost(document))
    reduced = sum(row["cents"] - cash.get(row["adjustment_id"], 0) for row in document.adjustments) - recovered
    found = []
    billed = paid_before = 0
    for part in document.parts:
        billed += part.amount
        due = max(min(billed, document.amount - reduced), 0)
        day = covered_from(money, due)
        if due > paid_before and day is not None:
            found.append(PaidUp(document.customer_id, document.invoice_id, part.due_on, day))
        paid_before = due
    return found


def covered_from(money: list[tuple[date, int]], due: int) -> date | None:
    """The day at whose end the money covers what is due, and at no later day's end does not."""
    since = None
    for day in sorted({day for day, _ in money}):
        if sum(cents for on, cents in money if on <= day) < due:
            since = None
        elif since is None:
            since = day
    return since


def _is_lost(book: Book, document: Document) -> bool:
    """Whether anything was given up that has not come in; a cancellation leaves the rest with its habits."""
    recovered = min(max(-book.raw(document), 0), book.lost(document))
    return book.lost(document, GIVEN_UP) > recovered


def _cash_of(book: Book, document: Document) -> list[tuple[Row, date, int]]:
    """The applications to one document that cash funded, one row for each application."""
    sums: dict[str, tuple[Row, date, int]] = {}
    for row, day, cents in _funded_by_cash(book, document.customer_id):
        if row["invoice_id"] == document.invoice_id:
            before = sums.get(row["adjustment_id"], (row, day, 0))
            sums[row["adjustment_id"]] = (row, day, before[2] + cents)
    return list(sums.values())


def _funded_by_cash(book: Book, customer_id: str) -> list[tuple[Row, date, int]]:
    """The pieces of cash behind applications to invoices: the application, the value date, the invoice's cents.

    Credit notes fund what is applied on the day on which they are used; the rest is cash, the oldest first, less what
    was refunded by then. What is taken off an overpaid invoice is cash of the day of its latest payment. What no cash
    is left for counts from its booking date.
    """
    cash = [row for row in book.cash if row["customer_id"] == customer_id]
    lots: list[Lot] = [[row["day"], row["cents"], row["currency"]] for row in cash if row["cents"] > 0]
    applied: list[tuple[Row, Document]] = []
    for document in book.of(customer_id):
        rows = _without_taken_back(document)
        applied += [(row, document) for row in rows]
        if document.is_invoice:
            latest = max((day for day, _ in document.received), default=None)
            lots += [[latest or row["posted_on"], -row["cents"], document.currency] for row in rows if row["cents"] < 0]
    lots.sort(key=lambda lot: lot[0])
    applied.sort(key=lambda one: (one[0]["posted_on"], one[0]["invoice_id"]))
    notes: dict[date, int] = {}
    for row, document in applied:
        if row["cents"] < 0 and not document.is_invoice:
            cents = book.reporting(-row["cents"], document.currency)
            notes[row["posted_on"]] = notes.get(row["posted_on"], 0) + cents
    uses: list[tuple[date, Row | None, int, str | None]] = [
        (row["day"], None, -row["cents"], row["currency"]) for row in cash if row["cents"] < 0
    ]
    for row, document in applied:
        if row["cents"] > 0 and document.is_invoice:
            whole = book.reporting(row["cents"], document.currency)
            by_note = min(whole, notes.get(row["posted_on"], 0))
            notes[row["posted_on"]] = notes.get(row["posted_on"], 0) - by_note
            left = row["cents"] if by_note == 0 else round(row["cents"] * (whole - by_note) / whole)
            uses.append((row["posted_on"], row, left, document.currency))
    found: list[tuple[Row, date, int]] = []
    for on, application, cents, currency in sorted(uses, key=lambda use: use[0]):
        pieces = _taken(book, lots, cents, currency)
        pieces.append((on, cents - sum(taken for _, taken in pieces)))
        if application is not None:
            found += [(application, min(day, on), taken) for day, taken in pieces if taken > 0]
    return found


def _taken(book: Book, lots: list[Lot], cents: int, currency: str | None) -> list[tuple[date, int]]:
    """Takes cents of a currency from the lots, the first first; the days and cents of what was there."""
    pieces = []
    for lot in lots:
        worth = book.converted(lot[1], lot[2], currency) or 0
        taken = min(worth, cents)
        if taken > 0:
            pieces.append((lot[0], taken))
            lot[1] -= lot[1] if taken == worth else round(lot[1] * taken / worth)
            cents -= taken
    return pieces


def _without_taken_back(document: Document) -> list[Row]:
    """The applications of a document; of an invoice, what is taken off it takes the latest applications back first."""
    rows = [dict(row) for row in document.adjustments if row["kind"] == "credit_applied"]
    if document.is_invoice:
        rows.sort(key=lambda row: (row["posted_on"], row["adjustment_id"]))
        negative = [row for row in rows if row["cents"] < 0]
        for given in reversed([row for row in rows if row["cents"] > 0]):
            for taken in negative:
                cents = min(given["cents"], -taken["cents"])
                given["cents"] -= cents
                taken["cents"] += cents
    return [row for row in rows if row["cents"]]
