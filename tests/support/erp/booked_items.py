"""A simulated ledger as any bookkeeping system has it: documents and money as items, and what was set against what.

The systems' writers (`odoo_export` and others) put these items into their own tables.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pandas as pd

from ledger.frames import Tables

Kind = Literal["invoice", "credit_note", "cash", "write_off", "discount", "cancellation", "taken_back"]
LOSSES = {"write_off": "write_off", "collection_handover": "write_off", "discount": "discount"}


@dataclass
class Item:
    """`cents` are positive where the customer owes more for it; `left` is how much of them nothing was set against.

    `document` is the invoice that it is of or about, empty for money on account; `known` the day of entry. `own_cents`
    and `currency` are what the bank received.
    """

    number: int
    kind: Kind
    document: str
    customer: str
    cents: int
    dated: date
    due: date
    known: date
    currency: str = "EUR"
    own_cents: int = 0
    method: str = ""
    left: int = 0

    def __post_init__(self) -> None:
        self.left = abs(self.cents)
        self.own_cents = self.own_cents or self.cents


@dataclass
class Match:
    """So many cents of two items were set against each other, as entered on the day `known`."""

    debit: Item
    credit: Item
    cents: int
    known: date


@dataclass
class BookedItems:
    items: list[Item] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)
    claims: dict[str, list[Item]] = field(default_factory=dict)  # of each document, in the order in which it is filled
    lost: dict[str, int] = field(default_factory=dict)

    def add(self, kind: Kind, document: str, customer: str, cents: int, *days: date, **more: object) -> Item:
        item = Item(len(self.items) + 1, kind, document, customer, cents, *days, **more)  # type: ignore[arg-type]
        self.items.append(item)
        return item

    def match(self, debit: Item, credit: Item, most: int, known: date) -> int:
        """Sets up to `most` cents against each other; the cents that were."""
        cents = min(debit.left, credit.left, most)
        if cents > 0:
            debit.left -= cents
            credit.left -= cents
            self.matches.append(Match(debit, credit, cents, known))
        return max(cents, 0)

    def settle(self, document: str, credit: Item, most: int, known: date) -> int:
        """Fills the claims of a document in their order; the cents that were too much."""
        for claim in self.claims[document]:
            most -= self.match(claim, credit, most, known)
        return most

    def take_back(self, document: str, cents: int, dated: date, known: date) -> Item:
        """A loss is booked back: the customer owes it again."""
        claim = self.add("taken_back", document, self.claims[document][0].customer, cents, dated, dated, known)
        self.claims[document].append(claim)
        self.lost[document] = self.lost.get(document, 0) - cents
        return claim

    def release(self, document: str, refund: Item) -> None:
        """Money of a document bounced: what it was set against is open again, and the refund is set against it."""
        wanted = refund.left
        for match in reversed(self.matches):
            if match.credit.kind == "cash" and match.debit.document == document and wanted > 0:
                cents = min(match.cents, wanted)
                match.cents -= cents
                match.debit.left += cents
                match.credit.left += cents
                wanted -= self.match(refund, match.credit, cents, refund.known)
        self.matches = [match for match in self.matches if match.cents]


def booked(tables: Tables) -> BookedItems:
    """The items of a simulated ledger, entered in the order of the days on which they became known."""
    books = BookedItems()
    rates = _rates(tables["fx_rates"])
    plans = tables["instalments"].groupby("invoice_id")
    # What was given up is taken back before the money for it comes in.
    events = [
        (row.known_on, 1 if order == 3 and row.amount < 0 else order, index, row)
        for order, name in ((0, "invoices"), (2, "payments"), (3, "adjustments"))
        for index, row in enumerate(tables[name].itertuples(index=False))
    ]
    in_order = [(order, row) for _, order, _, row in sorted(events, key=lambda event: event[:3])]
    credits = _used_credits(tables)
    for order, row in in_order:
        if order == 0:
            plan = plans.get_group(row.invoice_id) if row.invoice_id in plans.groups else None
            _bill(books, row, plan)
        elif order == 2:
            _receive(books, row, rates)
        else:
            _adjust(books, row, credits)
    return books


def _bill(books: BookedItems, row, plan: pd.DataFrame | None) -> None:
    parts = [] if plan is None else list(zip(plan["due_on"], plan["amount"], strict=True))
    rest = row.amount - sum(cents for _, cents in parts)
    parts = sorted([*parts, (row.due_on, rest)] if rest else parts)
    books.claims[row.invoice_id] = [
        books.add(
            row.kind, row.invoice_id, row.customer_id, int(cents), _day(row.issued_on), _day(due), _day(row.known_on)
        )
        for due, cents in parts
    ]


def _receive(books: BookedItems, row, rates: "pd.Series[float]") -> None:
    currency, cents = "EUR", int(row.amount)
    if row.currency == "USD":
        currency, cents = "USD", round(row.amount * rates.asof(row.paid_on))
    document = row.invoice_id if isinstance(row.invoice_id, str) else ""
    paid_on, known = _day(row.paid_on), _day(row.known_on)
    item = books.add(
        "cash", document, row.customer_id, -cents, paid_on, paid_on, known,
        currency=currency, own_cents=-int(row.amount), method=row.method,
    )  # fmt: skip
    if document and cents < 0:
        books.release(document, item)
    elif document:
        rest = books.settle(document, item, cents, known)
        recovered = min(rest, books.lost.get(document, 0))
        if recovered > 0:  # money for a claim that was given up is booked against the loss
            books.match(books.take_back(document, recovered, paid_on, known), item, recovered, known)


def _adjust(books: BookedItems, row, credits: dict[str, list[tuple[str, int]]]) -> None:
    cents, day, known, document = int(row.amount), _day(row.posted_on), _day(row.known_on), row.invoice_id
    customer = books.claims[document][0].customer
    if row.kind == "credit_applied":
        if cents > 0:
            _apply(books, row.adjustment_id, document, cents, known, credits)
    elif cents < 0:
        books.take_back(document, -cents, day, known)
    else:
        item = books.add(LOSSES.get(row.kind, row.kind), document, customer, -cents, day, day, known)
        books.settle(document, item, cents, known)
        books.lost[document] = books.lost.get(document, 0) + cents


def _apply(books: BookedItems, adjustment: str, document: str, cents: int, known: date, credits: dict) -> None:
    """What credit notes of the same day gave to it, the rest from money on account, the oldest first."""
    for note, part in credits.get(adjustment, []):
        used = part - books.settle(document, books.claims[note][0], part, known)
        cents -= used
    customer = books.claims[document][0].customer
    for item in books.items:
        if cents > 0 and item.kind == "cash" and item.cents < 0 and item.customer == customer and item.left:
            cents = books.settle(document, item, cents, known)
    if cents:
        raise AssertionError(f"{customer} has no credit of {cents} cents for {document} on {known}.")


def _used_credits(tables: Tables) -> dict[str, list[tuple[str, int]]]:
    """By adjustment that used credit notes: each note and how much of it. Notes are used on the day, in their order."""
    applied = tables["adjustments"][tables["adjustments"]["kind"] == "credit_applied"]
    invoices = tables["invoices"].set_index("invoice_id")
    applied = applied.assign(
        customer=applied["invoice_id"].map(invoices["customer_id"]), of=applied["invoice_id"].map(invoices["kind"])
    )
    used: dict[str, list[tuple[str, int]]] = {}
    for _, group in applied.groupby(["customer", "posted_on"]):
        notes = [
            [row.invoice_id, -row.amount] for row in group.itertuples() if row.amount < 0 and row.of == "credit_note"
        ]
        for row in group[group["amount"] > 0].itertuples():
            wanted = int(row.amount)
            for note in notes:
                part = min(wanted, int(note[1]))
                if part:
                    used.setdefault(row.adjustment_id, []).append((note[0], part))
                    note[1] -= part
                    wanted -= part
    return used


def _rates(fx_rates: pd.DataFrame) -> "pd.Series[float]":
    return fx_rates.set_index("on")["rate"].sort_index()


def _day(value: pd.Timestamp) -> date:
    return value.date()
