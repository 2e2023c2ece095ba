"""What the creditor's office does besides collecting: disputes, credit notes, cancellations, write-offs."""

import numpy as np

from ledger.simulator.credits import Credits
from ledger.simulator.open_items import CANCELLATION, HANDOVER, WRITE_OFF, Journal, OpenItems
from ledger.simulator.population import Population
from ledger.simulator.worlds import Floats, Ints

_UPHELD = 0.4
_PART_CONTESTED = 0.3
_HANDED_OVER = 0.15


class Office:
    """Runs the office's plans day by day. Credit notes are numbered after the last invoice of the book."""

    def __init__(
        self, rng: np.random.Generator, people: Population, book: OpenItems, journal: Journal, credits: Credits
    ) -> None:
        self._rng, self._people, self._book, self._journal, self._credits = rng, people, book, journal, credits
        self._notes = 0

    def work(self, day: int) -> None:
        """Open and resolve disputes, issue credit notes, cancel, and write off what is hopeless."""
        book, rng = self._book, self._rng
        live = book.live(day)
        live = live[~book.parked[live]]
        self._open_disputes(day, live[(book.dispute_on[live] == day) & (book.disputed_until[live] < 0)])
        resolved = live[book.disputed_until[live] == day]
        self._credit(day, resolved[rng.random(len(resolved)) < _UPHELD], (0.1, 0.6))
        self._credit(day, live[book.credit_on[live] == day], (0.05, 0.3))

        free = live[book.disputed_until[live] < day]
        untouched = book.open[free] == book.amount[free]
        self._close(day, free[(book.cancel_on[free] == day) & untouched], CANCELLATION)
        hopeless = free[day - book.due[free] >= self._people.write_off_after[book.customer[free]]]
        hopeless = hopeless[book.open[hopeless] > 0]
        self._close(day, hopeless, np.where(rng.random(len(hopeless)) < _HANDED_OVER, HANDOVER, WRITE_OFF))

    def _open_disputes(self, day: int, invoices: Ints) -> None:
        rng, book = self._rng, self._book
        until = day + rng.integers(7, 61, len(invoices))
        book.disputed_until[invoices] = until
        part = np.rint(book.open[invoices] * rng.uniform(0.1, 0.9, len(invoices))).astype(np.int64)
        contested = np.where(rng.random(len(invoices)) < _PART_CONTESTED, part, -1)
        reason = rng.integers(0, 4, len(invoices))
        self._journal.add("disputes", invoice=invoices, day=day, closed=until, reason=reason, amount=contested)

    def _credit(self, day: int, invoices: Ints, between: tuple[float, float]) -> None:
        book = self._book
        share: Floats = self._rng.uniform(*between, len(invoices))
        amount = np.maximum(np.rint(book.open[invoices] * share), 1).astype(np.int64)
        document = len(book.amount) + self._notes + np.arange(len(invoices))
        self._notes += len(invoices)
        customer = book.customer[invoices]
        self._journal.add("notes", customer=customer, day=day, amount=-amount)
        self._credits.add_notes(day, customer, amount, invoices, document)

    def _close(self, day: int, invoices: Ints, kind: Ints | int) -> None:
        self._journal.add(
            "adjustments", document=invoices, kind=kind, day=day, amount=self._book.open[invoices], known=day
        )
        self._book.open[invoices] = 0

    def dispute_tomorrow(self, day: int, invoices: Ints) -> None:
        """Plan a dispute that a customer announced to a collector, unless the invoice was disputed before."""
        fresh = invoices[self._book.disputed_until[invoices] < 0]
        self._book.dispute_on[fresh] = day + 1
