"""A world that has been simulated, as the rare events see it: which of its invoices they may still change."""

from dataclasses import dataclass

import numpy as np

from ledger.simulator.open_items import Journal, OpenItems
from ledger.simulator.population import Population
from ledger.simulator.worlds import Bools, Calendar, Ints

_DAYS_APART = 100_000  # more than any simulation has


@dataclass(frozen=True)
class Scene:
    """The parts of a world, and by invoice: `payment`, the row of the one payment that settled it, -1 for all others;
    `paid`, its day; `asked_for`, whether it was overdue when it was paid.

    `payments` are the journal's columns; what is written into them is in the ledger. Only whole payments that are known
    by the end of an invoice that nothing else touched count as `payment`, and each serves one event.
    """

    rng: np.random.Generator
    people: Population
    book: OpenItems
    when: Calendar
    journal: Journal
    days: int
    payments: dict[str, np.ndarray]
    payment: Ints
    paid: Ints
    asked_for: Bools
    contact_moments: Ints

    def few(self, candidates: Ints, share: float) -> Ints:
        """A share of the candidates, but at least one where there are any."""
        count = min(max(round(share * len(candidates)), 1), len(candidates))
        return np.sort(self.rng.choice(candidates, count, replace=False))

    def take(self, wanted: Bools, share: float) -> tuple[Ints, Ints]:
        """A few of the wanted invoices that are still free, for one event, and the rows of their payments."""
        invoices = self.few(np.flatnonzero(wanted & (self.payment >= 0)), share)
        rows = self.payment[invoices]
        self.payment[invoices] = -1
        return invoices, rows

    def days_between(self, first: Ints | int, last: Ints | int, count: int) -> Ints:
        """Whole numbers from first to last, both of which can come."""
        return self.rng.integers(first, np.asarray(last) + 1, count)

    def working_day(self, day: Ints) -> Ints:
        """The same day, or the next one on which banks work."""
        open_days = np.flatnonzero(self.when.working)
        return open_days[np.minimum(np.searchsorted(open_days, day), len(open_days) - 1)]

    def pay(self, invoice: Ints, customer: Ints, day: Ints, amount: Ints, known: Ints, method: Ints) -> None:
        """Add payments to the journal."""
        self.journal.add(
            "payments", invoice=invoice, customer=customer, day=day, amount=amount, known=known, method=method,
            in_dollars=False,
        )  # fmt: skip

    def last_contact(self, customer: Ints, day: Ints) -> Ints:
        """The day of the latest contact up to a day; -1 where there was none."""
        place = np.searchsorted(self.contact_moments, customer * _DAYS_APART + day, side="right") - 1
        moment = np.append(self.contact_moments, -1)[place]
        return np.where(moment // _DAYS_APART == customer, moment % _DAYS_APART, -1)

    def next_contact(self, customer: Ints, day: Ints) -> Ints:
        """The day of the first contact from a day on; after the last day where there is none."""
        place = np.searchsorted(self.contact_moments, customer * _DAYS_APART + day, side="left")
        moment = np.append(self.contact_moments, -1)[place]
        return np.where(moment // _DAYS_APART == customer, moment % _DAYS_APART, self.days + 1_000)


def scene_of(
    rng: np.random.Generator, people: Population, book: OpenItems, when: Calendar, journal: Journal, days: int
) -> Scene:
    """The scene of a journal that has payments; its payments become one entry that can be written to."""
    payments = journal.columns("payments")
    journal.entries["payments"] = [payments]
    count = len(book.amount)
    named = np.flatnonzero(payments["invoice"] >= 0)
    of = payments["invoice"][named]
    payment = np.full(count, -1, dtype=np.int64)
    payment[of] = named
    whole = (payments["amount"][payment] == book.amount) & (payments["known"][payment] < days)
    whole &= payments["day"][payment] < days
    plain = (np.bincount(of, minlength=count) == 1) & whole & (book.disputed_until < 0)
    touched = journal.columns("adjustments").get("document", np.empty(0, dtype=np.int64))
    plain[touched[touched < count]] = False
    paid = np.where(plain, payments["day"][payment], days)
    contacts = journal.columns("contacts")
    moments = contacts["customer"] * _DAYS_APART + contacts["day"] if contacts else np.empty(0, dtype=np.int64)
    return Scene(
        rng, people, book, when, journal, days, payments, np.where(plain, payment, -1), paid,
        asked_for=paid > book.due, contact_moments=np.sort(moments),
    )  # fmt: skip
