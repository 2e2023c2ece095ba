"""What an invented company booked, and what each customer owes by it, reckoned in plain Python."""

import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Bill:
    """An invoice, or a credit note with an amount below zero; its amount is the sum of its lines of (net, tax)."""

    number: int
    customer: int
    issued: date
    days: int
    lines: tuple[tuple[Decimal, Decimal], ...]

    @property
    def amount(self) -> Decimal:
        return sum((net + tax for net, tax in self.lines), Decimal(0))

    @property
    def due(self) -> date:
        return self.issued + timedelta(days=self.days)


@dataclass(frozen=True)
class Receipt:
    """Money that came in, or went back where it is below zero; `bill` is None where no one knows what it is for."""

    number: int
    customer: int
    bill: int | None
    paid: date
    amount: Decimal


@dataclass(frozen=True)
class Books:
    """All that was booked."""

    bills: list[Bill]
    receipts: list[Receipt]

    def owed(self) -> dict[int, Decimal]:
        """What each customer owes in the end: all bills less all receipts; who owes nothing is left out."""
        left: dict[int, Decimal] = defaultdict(Decimal)
        for bill in self.bills:
            left[bill.customer] += bill.amount
        for receipt in self.receipts:
            left[receipt.customer] -= receipt.amount
        return {customer: amount for customer, amount in sorted(left.items()) if amount}


def invented_books(seed: int, customers: int = 40, bills: int = 600) -> Books:
    """A year and a half: most bills are paid in full, some in part, late or never; a receipt in 20 goes back, one in 15
    names no bill, a bill in 25 is a credit note."""
    chance = random.Random(seed)
    book = Books([], [])
    for number in range(1, bills + 1):
        issued = date(2023, 1, 2) + timedelta(days=number * 500 // bills)
        sign = -1 if chance.random() < 0.04 else 1
        nets = [Decimal(chance.randint(500, 250_000)) * CENT * sign for _ in range(chance.randint(1, 4))]
        lines = tuple((net, (net * Decimal("0.21")).quantize(CENT)) for net in nets)
        bill = Bill(number, chance.randint(1, customers), issued, chance.choice((14, 30, 45)), lines)
        book.bills.append(bill)
        if sign > 0 and chance.random() < 0.8:
            _pay(book, bill, chance)
    return book


def _pay(book: Books, bill: Bill, chance: random.Random) -> None:
    whole = chance.random() < 0.85
    amount = bill.amount if whole else (bill.amount * Decimal("0.4")).quantize(CENT)
    paid = bill.due + timedelta(days=chance.randint(-5, 40))
    named = bill.number if chance.random() < 0.93 else None
    book.receipts.append(Receipt(len(book.receipts) + 1, bill.customer, named, paid, amount))
    if chance.random() < 0.05:
        back = paid + timedelta(days=9)
        book.receipts.append(Receipt(len(book.receipts) + 1, bill.customer, named, back, -amount))
