"""How late the customers' own money paid their invoices (rule 10), invoice by invoice."""

from dataclasses import dataclass
from datetime import date, timedelta

from tests.support.plain_ledger.book import Book, Document, Row

DAYS_OF_HABITS = 365


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
        if document.is_invoice and not _is_lost(book, document):
            found += _parts_paid_up(book, document, money[document.invoice_id])
    return found


def _parts_paid_up(book: Book, document: Document, money: list[tuple[date, int]]) -> list[PaidUp]:
    """Money and reductions fill the parts in order; a part that only reductions filled was not paid by money."""
    cash = {row["adjustment_id"]: cents for row, _, cents in _cash_of(book, document)}
    reduced = sum(row["cents"] - cash.get(row["adjustment_id"], 0) for row in document.adjustments)
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
    """Whether anything was given up that has not come in; a cancellation leaves the rest with its habits (law 3)."""
    given_up = [row for row in document.adjustments if row["kind"] in ("write_off", "collection_handover")]
    claims = sum(int(row["cents"]) for row in given_up if not book.is_small(document, row))
    return claims > min(max(-book.raw(document), 0), book.lost(document))


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

    Credit notes (and overpaid invoices) fund what is applied on the day on which they are used; the rest is cash, the
    oldest first, less what was refunded, also the oldest. What no cash is left for counts from its booking date.
    """
    lots = [[row["day"], row["cents"], row["currency"]] for row in book.cash if row["customer_id"] == customer_id]
    lots.sort(key=lambda lot: lot[0])
    refunded = -sum(lot[1] for lot in lots if lot[1] < 0)
    lots = [lot for lot in lots if lot[1] > 0]
    for lot in lots:
        taken = min(lot[1], refunded)
        lot[1] -= taken
        refunded -= taken
    applied = [
        (row, document)
        for document in book.of(customer_id)
        for row in document.adjustments
        if row["kind"] == "credit_applied"
    ]
    applied.sort(key=lambda one: (one[0]["posted_on"], one[0]["adjustment_id"]))
    notes: dict[date, int] = {}
    for row, document in applied:
        if row["cents"] < 0:
            cents = book.reporting(-row["cents"], document.currency)
            notes[row["posted_on"]] = notes.get(row["posted_on"], 0) + cents
    found: list[tuple[Row, date, int]] = []
    for row, document in applied:
        if row["cents"] <= 0 or not document.is_invoice:
            continue
        whole = book.reporting(row["cents"], document.currency)
        by_note = min(whole, notes.get(row["posted_on"], 0))
        notes[row["posted_on"]] = notes.get(row["posted_on"], 0) - by_note
        left = row["cents"] if by_note == 0 else round(row["cents"] * (whole - by_note) / whole)
        for lot in lots:
            worth = book.converted(lot[1], lot[2], document.currency) or 0
            taken = min(worth, left)
            if taken > 0:
                found.append((row, min(lot[0], row["posted_on"]), taken))
                lot[1] -= lot[1] if taken == worth else round(lot[1] * taken / worth)
                left -= taken
        if left > 0:
            found.append((row, row["posted_on"], left))
    return found
