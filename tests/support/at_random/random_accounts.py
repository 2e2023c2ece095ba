"""Random small accounts that hold everything that a receivables ledger can: a few customers, a few invoices each."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

FIRST_DAY = date(2023, 1, 2)
DAYS = 280
NIGHTS = tuple(FIRST_DAY + timedelta(days=days) for days in (75, 150, 215, DAYS + 60))

# One list of rates for all, so that many ledgers can be one portfolio. No amount converts to half a cent exactly where
# a quotient of rates rounds: what two programs round differently is not what these ledgers are for.
FX_RATES: list[dict[str, Any]] = [
    {"on": date(2022, 12, 1), "currency": "USD", "rate": 0.9},
    {"on": date(2023, 4, 10), "currency": "USD", "rate": 0.85},
    {"on": date(2023, 8, 1), "currency": "USD", "rate": 0.9},
    {"on": date(2022, 12, 1), "currency": "JPY", "rate": 0.0064},
    {"on": date(2023, 5, 5), "currency": "JPY", "rate": 0.0072},
    {"on": date(2023, 6, 1), "currency": "CHF", "rate": 0.96},  # none before: left out of earlier nights
]
PAID_IN = {"EUR": ("USD", "JPY"), "USD": ("EUR", "JPY"), "JPY": ("EUR",), "CHF": ("CHF",)}
PER_EURO = {"EUR": 1, "USD": 1.1, "JPY": 150, "CHF": 1}
TABLES_DRAWN = (
    "customers", "invoices", "payments", "instalments", "adjustments", "disputes", "holds", "promises",
)  # fmt: skip

Row = dict[str, Any]
Rows = dict[str, list[Row]]


def random_accounts(seed: int) -> Rows:
    """The rows of one ledger; its ids start with the seed, so that the ledgers of many seeds make one portfolio.

    It may hold refunds with and without a document, reversals, hand-overs, write-offs and cancellations in whole, in
    part and taken back, payments on lost claims, instalments, foreign money, parents who pay for subsidiaries, cash in
    advance applied later, payments dated ahead and stopped, credit notes applied, used in part or refunded, disputes,
    holds and promises of every kind, records known late, and invoices of nothing.
    """
    return _Draw(seed).rows


def one_portfolio(seeds: Iterable[int]) -> Rows:
    """The rows of many ledgers together."""
    together: Rows = {name: [] for name in TABLES_DRAWN}
    for seed in seeds:
        rows = random_accounts(seed)
        for name in TABLES_DRAWN:
            together[name] += rows[name]
    return {**together, "fx_rates": FX_RATES}


class _Draw:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.stops = random.Random(f"what is stopped, {seed}")  # so that all else is drawn as without it
        self.seed = seed
        self.rows: Rows = {name: [] for name in TABLES_DRAWN} | {"fx_rates": FX_RATES}
        customers = [f"s{seed}-C{number}" for number in range(self.random.randint(1, 4))]
        self.head = customers[0]
        self.currency = {customer: self.customer(customer) for customer in customers}
        for customer in customers:
            for _ in range(self.random.choice((0, 1, 1, 2, 3, 6))):
                self.invoice(customer)
            for happening, chance in (
                (self.advance, 0.35), (self.credit_note, 0.4), (self.overpaid, 0.2), (self.coming_cash, 0.25),
                (self.promise, 0.5), (self.hold, 0.12),
            ):  # fmt: skip
                if self.chance(chance):
                    happening(customer)

    # Chances

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def day(self, earliest: date = FIRST_DAY, within: int = DAYS) -> date:
        """A day; now and then on a night or next to it."""
        if self.chance(0.1):
            near = [night for night in NIGHTS if earliest <= night <= earliest + timedelta(days=within)]
            if near:
                return self.random.choice(near) - timedelta(days=self.random.choice((0, 1)))
        return earliest + timedelta(days=self.random.randint(0, within))

    def amount(self) -> int:
        return self.random.choice((1, 499, 500, 10_000, 10_000, 12_345, 20_001, self.random.randint(1, 50_000)))

    def part(self, amount: int) -> int:
        return self.random.choice((amount, amount // 2, self.random.randint(0, amount)))

    def known(self, own: date) -> date | None:
        """Mostly the record's own date; sometimes late."""
        return own + timedelta(days=self.random.choice((1, 5, 40))) if self.chance(0.12) else None

    # Rows

    def add(self, table: str, **row: Any) -> str:
        identifier = f"s{self.seed}-{table[0]}{len(self.rows[table])}"
        self.rows[table].append({f"{table[:-1]}_id": identifier} | row)
        return identifier

    def customer(self, customer: str) -> str:
        """Adds a customer, or leaves it without a record; its currency."""
        if self.chance(0.1):
            return "EUR"
        currency = self.random.choice((None, "EUR", "EUR", "USD"))
        parent = self.head if customer != self.head and self.chance(0.5) else None
        onboarded = self.day() if self.chance(0.08) else None  # its currency is not known before
        self.add(
            "customers", customer_id=customer, parent_id=parent, currency=currency, onboarded_on=onboarded
        )  # fmt: skip
        return currency or "EUR"

    def pay(self, invoice: str | None, payer: str, amount: int, day: date, **row: Any) -> None:
        self.add("payments", invoice_id=invoice, customer_id=payer, amount=amount, paid_on=day, **row)

    def adjust(self, invoice: str, kind: str, amount: int, day: date, **row: Any) -> None:
        self.add("adjustments", invoice_id=invoice, kind=kind, amount=amount, posted_on=day, **row)

    def document(self, customer: str, amount: int, kind: str = "invoice", day: date | None = None, **row: Any) -> str:
        """An invoice or a credit note in the customer's currency unless the row says another."""
        issued = day or self.day()
        due = issued + timedelta(days=self.random.choice((0, 14, 30, 30, 60)) if kind == "invoice" else 0)
        whose = {"customer_id": customer, "kind": kind if self.chance(0.8) or kind != "invoice" else None}
        return self.add("invoices", **whose, issued_on=issued, due_on=due, amount=amount, **row)

    # An invoice and what comes of it

    def invoice(self, customer: str) -> None:
        amount = 0 if self.chance(0.04) else self.amount()
        currency = self.random.choice((None, None, None, "EUR", "USD", "JPY")) if self.chance(0.96) else "CHF"
        instalments = amount > 2 and currency != "CHF" and self.chance(0.15)
        if instalments:
            currency = "EUR"  # each part rounds for itself
        issued = self.day()
        late = not instalments  # a reversal known before its payment would empty what was never filled
        invoice = self.document(
            customer, amount, day=issued, currency=currency, known_on=self.known(issued) if late else None
        )
        if instalments:
            self.instalments(invoice, issued, amount)
        billed_in = currency or self.currency[customer]
        due = issued + timedelta(days=30)
        open_amount = amount - self.settle(customer, invoice, amount, due, billed_in, late)
        if open_amount > 0 and self.chance(0.35):
            self.give_up(customer, invoice, amount, open_amount, due, billed_in, late)
        if amount and self.chance(0.2):
            self.dispute(invoice, amount, issued)
        if self.chance(0.12):
            self.hold_of(invoice, issued)
        if billed_in != "CHF" and self.chance(0.4):
            self.promise(customer, invoice, amount, due)

    def instalments(self, invoice: str, issued: date, amount: int) -> None:
        count = self.random.randint(1, 3)
        each = max(amount // self.random.choice((count, count + 1, max(count - 1, 1))), 1)
        known = issued + timedelta(days=20) if self.chance(0.15) else None
        for number in range(count):
            due = issued + timedelta(days=self.random.choice((15, 30)) + 40 * number)
            self.rows["instalments"].append(
                {"invoice_id": invoice, "due_on": due, "amount": each, "known_on": known}
            )  # fmt: skip

    def settle(self, customer: str, invoice: str, amount: int, due: date, billed_in: str, late: bool) -> int:
        """Payments of an invoice; about how much of it they leave paid."""
        day = max(due + timedelta(days=self.random.randint(-35, 70)), FIRST_DAY)
        payer = self.head if self.chance(0.2) else customer
        known = {"known_on": self.known(day)} if late else {}
        money = {"currency": self.random.choice((None, billed_in)) if billed_in != "CHF" else "CHF", **known}
        part = self.part(amount)
        way = self.random.randint(0, 10)
        if way in (0, 1, 2):
            return 0
        if way in (3, 4):
            self.pay(invoice, payer, part, day, **money)
            return part
        if way == 5:
            self.pay(invoice, payer, part, day, **money)
            self.pay(invoice, customer, amount - part, self.day(day, 40), **money | {"known_on": None})
            return amount
        if way == 6 and late:
            self.pay(invoice, payer, part, day, **money)
            back = self.random.choice((part, part // 2))
            self.pay(invoice, payer, -back, self.day(day, 30), **money | {"known_on": None})
            return part - back
        if way == 6:
            self.pay(invoice, payer, part, day, **money)
            self.pay(invoice, payer, -part, day + timedelta(days=9), **money)
            return 0
        if way == 7:
            foreign = self.random.choice(PAID_IN[billed_in])
            share = round(part * PER_EURO[foreign] / PER_EURO[billed_in])
            self.pay(invoice, payer, share, day, currency=foreign, **known)
            return part
        if way in (8, 10):  # post-dated: known before the money comes
            self.pay(
                invoice, payer, part, day, **money | {"known_on": day - timedelta(days=self.random.randint(1, 60))}
            )
            if self.stops.random() < 0.2:
                self.stopped(invoice, payer, part, day, **money)
            return part
        self.pay(invoice, payer, amount + self.random.randint(0, 2_000), day, **money)
        return amount

    def stopped(self, invoice: str | None, payer: str, amount: int, day: date, **money: Any) -> None:
        """A payment dated ahead of which it is known before its day that it goes back."""
        back = self.stops.choice((amount, amount, amount // 2))
        known, returned = (day + timedelta(days=self.stops.choice(days)) for days in ((-9, -1, 0), (0, 0, 5)))
        self.pay(invoice, payer, -back, returned, **money | {"known_on": known})

    def give_up(
        self, customer: str, invoice: str, amount: int, left: int, due: date, billed_in: str, late: bool
    ) -> None:
        """A loss, a discount or a small difference; taken back now and then; money may come in for it after all."""
        kind = self.random.choice(("write_off", "collection_handover", "cancellation", "discount"))
        cents = self.random.choice((left, left, left // 2, self.part(left)))
        if self.chance(0.25):
            kind, cents = "write_off", min(left, self.random.choice((2, 499, 500, 501, amount // 50)))
        day = self.day(due, 60)
        row: Row = {"known_on": self.known(day)} if late else {}
        foreign = PAID_IN[billed_in][0]
        if self.chance(0.05) and foreign != billed_in:
            share = round(cents * PER_EURO[foreign] / PER_EURO[billed_in])
            self.adjust(invoice, kind, share, day, currency=foreign, **row)
        else:
            self.adjust(invoice, kind, cents, day, **row)
            if self.chance(0.3):
                back = self.day(day + timedelta(days=1), 60)
                self.adjust(invoice, kind, -self.random.choice((cents, cents // 2)), back, **row)
        if self.chance(0.35):
            currency = "CHF" if billed_in == "CHF" else None
            self.pay(invoice, customer, self.part(cents + 100), self.day(day, 60), currency=currency)

    # Money without an invoice, and credit

    def advance(self, customer: str) -> None:
        """Cash on account: refunded in whole or part, or applied to invoices later, or neither."""
        day, amount = self.day(), self.amount()
        payer = self.head if self.chance(0.2) else customer
        currency = self.random.choice((None, None, None, "EUR", "USD", "JPY", "CHF"))
        self.pay(None, payer, amount, day, currency=currency, known_on=self.known(day))
        if self.chance(0.35):
            refund = self.random.choice((amount, amount // 2, amount + 700))
            self.pay(None, payer, -refund, self.day(day, 40), currency=currency)
        if self.chance(0.5):
            applied = self.day(day, 50)
            invoice = self.document(customer, self.amount(), day=self.day(day, 30))
            self.adjust(invoice, "credit_applied", self.part(amount), applied, known_on=self.known(applied))
            if self.chance(0.2):
                self.adjust(invoice, "credit_applied", -self.part(amount), self.day(applied, 30))

    def credit_note(self, customer: str) -> None:
        """Applied in whole, in part or beyond its amount, refunded with and without naming it, cancelled, or open."""
        day, amount = self.day(), self.amount()
        currency = self.random.choice((None, None, "EUR", "USD"))
        note = self.document(customer, -amount, "credit_note", day, currency=currency, known_on=self.known(day))
        if self.chance(0.5):
            used = self.random.choice((amount, amount // 2, amount + 300))
            invoice = self.document(
                customer, self.amount(), day=max(day - timedelta(days=40), FIRST_DAY), currency=currency
            )
            applied = self.day(day, 30)
            self.adjust(invoice, "credit_applied", used, applied)
            self.adjust(note, "credit_applied", -used, applied, known_on=self.known(applied))
        if self.chance(0.4):
            named = self.random.choice((note, None))
            refund = self.random.choice((amount, amount // 3))
            self.pay(named, customer, -refund, self.day(day, 50), currency=currency if named else None)
        if self.chance(0.1):
            self.adjust(note, "cancellation", -self.part(amount), self.day(day, 50))

    def overpaid(self, customer: str) -> None:
        """An invoice paid with too much: the rest refunded with or without naming it, or used for another invoice."""
        day, amount, more = self.day(), self.amount(), self.random.randint(1, 5_000)
        invoice = self.document(customer, amount, day=day)
        paid = self.day(day, 40)
        self.pay(invoice, customer, amount + more, paid, known_on=self.known(paid))
        later = self.day(paid, 40)
        way = self.random.randint(0, 3)
        if way == 0:
            self.pay(invoice, customer, -more, later)
        elif way == 1:
            self.pay(None, customer, -more, later)
        elif way == 2:
            other = self.document(customer, self.amount(), day=paid)
            self.adjust(invoice, "credit_applied", -more, later)
            self.adjust(other, "credit_applied", more, later, known_on=self.known(later))

    def coming_cash(self, customer: str) -> None:
        day, amount = self.day(), self.amount()
        self.pay(None, customer, amount, day, known_on=day - timedelta(days=self.random.randint(1, 60)))
        if self.stops.random() < 0.2:
            self.stopped(None, customer, amount, day)

    # What is not asked for

    def dispute(self, invoice: str, amount: int, issued: date) -> None:
        for _ in range(self.random.choice((1, 1, 2))):
            opened = self.day(issued, 60)
            closed = self.day(opened, 90) if self.chance(0.4) else None
            contested = self.random.choice((None, amount, amount // 3, self.part(amount)))
            self.add("disputes", invoice_id=invoice, opened_on=opened, closed_on=closed, amount=contested)

    def hold(self, customer: str) -> None:
        self._hold(self.day(), customer_id=customer)

    def hold_of(self, invoice: str, issued: date) -> None:
        self._hold(self.day(issued, 90), invoice_id=invoice)

    def _hold(self, first: date, **whose: str) -> None:
        last = self.random.choice((None, self.day(first, 60), first))
        known = first - timedelta(days=10) if self.chance(0.2) else self.known(first)
        self.add("holds", from_on=first, until_on=last, known_on=known, **whose)

    def promise(
        self, customer: str, invoice: str | None = None, amount: int | None = None, due: date | None = None
    ) -> None:
        made = self.day(due, 40) if due else self.day()
        promised = self.random.choice((self.amount(), amount or 100, (amount or 0) // 2))
        whose = {"customer_id": customer, "invoice_id": invoice}
        self.add("promises", **whose, made_on=made, promised_on=self.day(made, 60), amount=promised)
