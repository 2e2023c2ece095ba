"""Money that waits to be set against invoices: credit notes, and cash that came without a reference."""

import numpy as np

from ledger.simulator.open_items import CREDIT_APPLIED, Journal, OpenItems
from ledger.simulator.worlds import Books, Ints

CASH = -1


class Credits:
    """The waiting credits, one entry each: whose, what is left, for which invoice (-1: any), from which document."""

    def __init__(self, book: OpenItems, customers: int, books: Books) -> None:
        self._book, self._customers, self._books = book, customers, books
        self._customer, self._left, self._invoice, self._document, self._since = (
            np.empty(0, dtype=np.int64) for _ in range(5)
        )

    def add_cash(self, day: int, customer: Ints, amount: Ints, invoice: Ints) -> None:
        """Unapplied cash; `invoice` is the one that the customer meant, -1 where none is."""
        self._add(day, customer, amount, invoice, np.full(len(customer), CASH))

    def add_notes(self, day: int, customer: Ints, amount: Ints, invoice: Ints, document: Ints) -> None:
        """Credit notes, each issued because of an invoice; `document` is the note's own number."""
        self._add(day, customer, amount, invoice, document)

    def _add(self, day: int, customer: Ints, amount: Ints, invoice: Ints, document: Ints) -> None:
        self._customer = np.concatenate([self._customer, customer])
        self._left = np.concatenate([self._left, amount])
        self._invoice = np.concatenate([self._invoice, invoice])
        self._document = np.concatenate([self._document, document])
        self._since = np.concatenate([self._since, np.full(len(customer), day)])

    def settle(self, rng: np.random.Generator, day: int, journal: Journal) -> None:
        """Set some of the waiting credits against the invoice they are for, or the customer's oldest open one."""
        book = self._book
        # They wait longer than it takes until the payment itself is known.
        old = day - self._since >= self._books.unmatched_days
        ready = np.flatnonzero(old & (rng.random(len(self._left)) < self._books.matched_daily))
        # One credit of a customer a day: two could be set against the same invoice.
        ready = ready[np.unique(self._customer[ready], return_index=True)[1]]
        meant = self._invoice[ready]
        still_open = (meant >= 0) & (book.open[meant] > 0) & ~book.on_its_way[meant]
        invoice = np.where(still_open, meant, self._oldest_open(day)[self._customer[ready]])
        ready, invoice = ready[invoice >= 0], invoice[invoice >= 0]

        amount = np.minimum(self._left[ready], book.open[invoice])
        book.open[invoice] -= amount
        book.parked[invoice] = False
        self._left[ready] -= amount
        journal.add("adjustments", document=invoice, kind=CREDIT_APPLIED, day=day, amount=amount, known=day)
        notes = self._document[ready] != CASH
        journal.add(
            "adjustments",
            document=self._document[ready][notes],
            kind=CREDIT_APPLIED,
            day=day,
            amount=-amount[notes],
            known=day,
        )
        waiting = self._left > 0
        for name in ("_customer", "_left", "_invoice", "_document", "_since"):
            setattr(self, name, getattr(self, name)[waiting])

    def _oldest_open(self, day: int) -> Ints:
        live = self._book.live(day)
        live = live[~self._book.parked[live]][::-1]
        oldest = np.full(self._customers, -1, dtype=np.int64)
        # Assigned from the newest to the oldest: the oldest stays.
        oldest[self._book.customer[live]] = live
        return oldest
