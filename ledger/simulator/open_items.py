"""The book: every invoice with what is still open of it, and the journal of what happened to it."""

from dataclasses import dataclass, field

import numpy as np

from ledger.clock import NEVER
from ledger.simulator.population import Population
from ledger.simulator.worlds import Bools, Calendar, Floats, Ints, World

# The kinds of adjustments, in the order of their declaration.
WRITE_OFF, DISCOUNT, CREDIT_APPLIED, CANCELLATION, HANDOVER = range(5)
_FORGOTTEN_FOR = 35.0  # days, on average, until a customer finds a forgotten invoice without help
_FORGOTTEN_AT_MOST = 75.0


@dataclass(frozen=True)
class OpenItems:
    """One entry per invoice, in order of issue. Day numbers count from the first day; amounts are cents.

    `open` is what payments and adjustments left. `parked` marks an invoice whose money has arrived without
    a reference, or is `on_its_way`: it was announced for a later day. `dispute_on`, `cancel_on` and `credit_on` are
    plans, which an earlier payment makes void.
    """

    customer: Ints
    issued: Ints
    due: Ints
    amount: Ints
    delay: Floats
    dispute_on: Ints
    cancel_on: Ints
    credit_on: Ints
    open: Ints
    parked: Bools
    on_its_way: Bools
    disputed_until: Ints

    def live(self, day: int) -> Ints:
        """The invoices that are issued by `day` and not settled."""
        return np.flatnonzero(self.open[: np.searchsorted(self.issued, day, side="right")] > 0)


def draw_book(rng: np.random.Generator, people: Population, days: int, world: World, when: Calendar) -> OpenItems:
    """Draw every invoice of the simulated days; billing stops a while after a customer failed."""
    customer, issued = (_monthly if world.billed_monthly else _at_random)(rng, people, days, when)
    billed = (issued >= people.first_day[customer]) & (issued <= people.billed_until[customer]) & (issued < days)
    order = np.lexsort((customer[billed], issued[billed]))
    customer, issued = customer[billed][order], issued[billed][order]
    count = len(customer)

    relative = rng.normal(0, world.amount_spread_within, count)
    amount = np.maximum(np.rint(people.usual_amount[customer] * np.exp(relative)), 500).astype(np.int64)
    spread = people.trait("delay_between_invoices")[customer]
    # A bill that is larger than usual needs more signatures.
    delay = people.delay[customer] + spread * rng.standard_normal(count) + 2.0 * relative
    forgotten = rng.random(count) < people.trait("forgets")[customer] * rng.uniform(0.5, 1.5, count)
    delay += forgotten * np.minimum(6 + rng.exponential(_FORGOTTEN_FOR, count), _FORGOTTEN_AT_MOST)

    def planned(share: Floats | float, first: int, last: int) -> Ints:
        return np.where(rng.random(count) < share, issued + rng.integers(first, last, count), NEVER)

    return OpenItems(
        customer=customer,
        issued=issued,
        due=issued + people.terms[customer],
        amount=amount,
        delay=delay,
        dispute_on=planned(people.trait("disputes")[customer], 5, 35),
        cancel_on=planned(0.004, 1, 7),
        credit_on=planned(0.008, 5, 21),
        open=amount.copy(),
        parked=np.zeros(count, dtype=np.bool_),
        on_its_way=np.zeros(count, dtype=np.bool_),
        disputed_until=np.full(count, -1, dtype=np.int64),
    )


def _at_random(rng: np.random.Generator, people: Population, days: int, when: Calendar) -> tuple[Ints, Ints]:
    number = rng.poisson(people.invoices_per_month * days / 30.4)
    customer = np.repeat(np.arange(len(number)), number)
    working = np.flatnonzero(when.working[:days])
    return customer, rng.choice(working, len(customer))


def _monthly(rng: np.random.Generator, people: Population, days: int, when: Calendar) -> tuple[Ints, Ints]:
    months = int(when.month[days - 1]) + 1
    month_starts = np.searchsorted(when.month, np.arange(months))
    billing_day = rng.integers(0, 28, len(people.habit))
    issued = (month_starts[None, :] + billing_day[:, None]).ravel()
    return np.repeat(np.arange(len(billing_day)), months), issued


@dataclass
class Journal:
    """What happened, as columns of arrays by table, in order of time."""

    entries: dict[str, list[dict[str, np.ndarray]]] = field(default_factory=dict)

    def add(self, table: str, **columns: np.ndarray | float) -> None:
        """Append rows; a single number holds for all of them."""
        rows = next(len(column) for column in columns.values() if isinstance(column, np.ndarray))
        if rows:
            entry = {name: np.broadcast_to(column, rows) for name, column in columns.items()}
            self.entries.setdefault(table, []).append(entry)

    def columns(self, table: str) -> dict[str, np.ndarray]:
        """All rows of a table; no columns where nothing was added."""
        parts = self.entries.get(table, [])
        return {name: np.concatenate([part[name] for part in parts]) for name in (parts[0] if parts else ())}
