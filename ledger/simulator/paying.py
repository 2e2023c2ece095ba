"""How customers pay: the daily lottery of every open invoice, and what arrives when it is won."""

import numpy as np

from ledger.simulator.credits import Credits
from ledger.simulator.habits import EFFECT_DAYS
from ledger.simulator.open_items import DISCOUNT, Journal, OpenItems
from ledger.simulator.population import Population
from ledger.simulator.worlds import Books, Bools, Calendar, Floats, Ints

_DISCOUNT_DAYS = 10
_DISCOUNT = 0.02
PAID_WHOLE = 10_000  # cents: so little is not paid in parts
_METHODS = 3  # of records.METHODS; cheques are rare
_SQUEEZE_DELAY = 6.0
_SQUEEZE_SLOWDOWN = 0.3
_FAILING_DELAY = 45.0


def paying_hazard(people: Population, book: OpenItems, when: Calendar, day: int, invoices: Ints) -> Floats:
    """The chance that each of the invoices is paid on a day when no one was contacted; parked and disputed ones: 0."""
    customer = book.customer[invoices]
    failure = people.failure(day)[customer]
    delay = book.delay[invoices] + people.delay_shift[customer, when.month[day]]
    delay += _SQUEEZE_DELAY * when.pressure[day] + _FAILING_DELAY * failure
    readiness = 1 / (1 + np.exp(-np.clip((day - book.due[invoices] - delay) / 2, -30, 30)))
    hazard = people.hazard[customer] * (1 - failure) * readiness
    hazard *= when.pace[day] * (1 - _SQUEEZE_SLOWDOWN * when.pressure[day])
    hazard *= when.month_end_run[day] | ~people.pays_at_month_end[customer]
    early = people.takes_discount[customer] & (day - book.issued[invoices] <= _DISCOUNT_DAYS)
    hazard = np.where(early, np.maximum(hazard, 0.15), hazard)
    able = _able(book, when, day, invoices) & (day >= book.issued[invoices] + 2)
    return np.where(able, hazard, 0.0)


def _able(book: OpenItems, when: Calendar, day: int, invoices: Ints) -> Bools:
    able: Bools = when.working[day] & ~book.parked[invoices] & (book.disputed_until[invoices] < day)
    return able


class Boosts:
    """The contacts that still work on each customer: extra daily hazard on its overdue invoices."""

    def __init__(self, customers: int) -> None:
        self._hazard = np.zeros(customers)
        self._until = np.full(customers, -1, dtype=np.int64)

    def add(self, day: int, customers: Ints, hazard: Floats) -> None:
        """A contact got through; a weaker one does not weaken an earlier one that still works."""
        still = np.where(self._until[customers] >= day, self._hazard[customers], 0.0)
        self._hazard[customers] = np.maximum(still, hazard)
        self._until[customers] = day + EFFECT_DAYS

    def on(self, day: int, book: OpenItems, invoices: Ints) -> Floats:
        """The extra hazard of each invoice on a day."""
        customer = book.customer[invoices]
        works = (self._until[customer] >= day) & (book.due[invoices] < day)
        return np.where(works, self._hazard[customer], 0.0)


class Payers:
    """Draws the payments of each day, with parts, discounts, missing references, overpayments and reversals."""

    def __init__(
        self, rng: np.random.Generator, people: Population, book: OpenItems, when: Calendar, journal: Journal,
        books: Books,
    ) -> None:  # fmt: skip
        self._rng, self._people, self._book, self._when, self._journal = rng, people, book, when, journal
        self._books = books
        self._bounces: dict[int, list[tuple[Ints, Ints]]] = {}
        self._to_come: dict[int, list[tuple[Ints, Ints]]] = {}

    def pay(self, day: int, boosts: Boosts, credits: Credits) -> None:
        """Draw who pays on a day, and book it."""
        book, rng = self._book, self._rng
        self._reverse(day)
        self._arrive(day)
        live = book.live(day)
        hazard = paying_hazard(self._people, book, self._when, day, live)
        # Who is not able to pay today (weekend, dispute) does not become so by a contact.
        extra = np.where(_able(book, self._when, day, live), boosts.on(day, book, live), 0.0)
        paid = live[rng.random(len(live)) < 1 - (1 - hazard) * (1 - extra)]

        customer = book.customer[paid]
        divisible = book.open[paid] > PAID_WHOLE
        in_parts = (rng.random(len(paid)) < self._people.trait("pays_in_parts")[customer]) & divisible
        share = np.where(in_parts, rng.uniform(0.3, 0.7, len(paid)), 1.0)
        amount = np.where(in_parts, np.rint(book.open[paid] * share).astype(np.int64), book.open[paid])
        whole = amount == book.amount[paid]
        discounted = whole & self._people.takes_discount[customer] & (day - book.issued[paid] <= _DISCOUNT_DAYS)
        discount = np.where(discounted, np.rint(amount * _DISCOUNT).astype(np.int64), 0)
        fate = rng.random(len(paid))
        books = self._books
        lost = (fate < books.without_reference) & ~discounted
        announced = (fate < books.without_reference + books.announced) & ~lost & ~discounted
        applied = ~lost & ~announced

        known = self._open_day(day + rng.choice(len(books.known_after), len(paid), p=books.known_after))
        here = ~announced
        self._book_payment(day, np.where(lost, -1, paid)[here], customer[here], (amount - discount)[here], known[here])
        self._announce(day, paid[announced], amount[announced])
        book.open[paid[applied]] -= amount[applied]
        self._journal.add(
            "adjustments", document=paid[discounted], kind=DISCOUNT, day=day, amount=discount[discounted],
            known=known[discounted],
        )  # fmt: skip
        book.parked[paid[lost]] = True
        credits.add_cash(day, customer[lost], amount[lost], paid[lost])

        self._overpay(day, paid[applied & ~in_parts & (fate > 1 - books.overpaid)], credits)
        bounced = applied & (rng.random(len(paid)) < books.bounced) & ~discounted
        if bounced.any():
            # Later than the last day on which the payment itself can become known.
            longest = len(books.known_after)
            back_on = int(self._open_day(day + rng.integers(longest, longest + 5, 1))[0])
            self._bounces.setdefault(back_on, []).append((paid[bounced], amount[bounced]))

    def _announce(self, day: int, invoices: Ints, amount: Ints) -> None:
        """A cheque of a later date: the money is known now, and no one asks for the invoice until it is there."""
        working = np.flatnonzero(self._when.working)
        value_day: Ints = working[np.searchsorted(working, day + self._rng.integers(2, 13, len(invoices)))]
        self._book.parked[invoices] = True
        self._book.on_its_way[invoices] = True
        self._book_payment(value_day, invoices, self._book.customer[invoices], amount, day)
        for on in np.unique(value_day):
            here = value_day == on
            self._to_come.setdefault(int(on), []).append((invoices[here], amount[here]))

    def _arrive(self, day: int) -> None:
        for invoices, amount in self._to_come.pop(day, []):
            self._book.open[invoices] -= amount
            self._book.parked[invoices] = False
            self._book.on_its_way[invoices] = False

    def _open_day(self, day: Ints) -> Ints:
        """The same day, or the first after closed days."""
        open_days = np.flatnonzero(~self._when.closed)
        return open_days[np.searchsorted(open_days, day)]

    def _overpay(self, day: int, invoices: Ints, credits: Credits) -> None:
        customer, nowhere = self._book.customer[invoices], np.full(len(invoices), -1)
        surplus = np.rint(self._book.amount[invoices] * self._rng.uniform(0.02, 0.3, len(invoices))).astype(np.int64)
        self._book_payment(day, nowhere, customer, surplus, self._open_day(np.full(len(invoices), day + 1)))
        credits.add_cash(day, customer, surplus, nowhere)

    def _book_payment(self, day: Ints | int, invoice: Ints, customer: Ints, amount: Ints, known: Ints | int) -> None:
        # A customer keeps to one way of paying.
        self._journal.add(
            "payments", invoice=invoice, customer=customer, day=day, amount=amount, known=known,
            method=customer % 7 % _METHODS, in_dollars=False,
        )  # fmt: skip

    def _reverse(self, day: int) -> None:
        for invoice, amount in self._bounces.pop(day, []):
            # Known at once: a second payment of the invoice must not be known before the reversal of the first.
            self._book_payment(day, invoice, self._book.customer[invoice], -amount, day)
            self._book.open[invoice] += amount
