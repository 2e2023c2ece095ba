"""Random ledgers that hold what real ones hold and simulators forget."""

import random
from datetime import date, timedelta
from typing import Any

from ledger.frames import Tables
from ledger.tables import CHANNELS
from tests.support.ledger_from_text import tables_of

FIRST_DAY = date(2023, 1, 2)
DAYS = 500
NIGHTS = tuple(FIRST_DAY + timedelta(days=days) for days in (45, 200, 365, 433, DAYS + 40))

Rows = dict[str, list[dict[str, Any]]]


def random_ledger(seed: int) -> Tables:
    """A valid ledger of a few customers: events on one day, reversals, payments in part, too much or before the
    invoice, credit notes and cash applied later or not at all, write-offs and hand-overs (also taken back),
    cancellations, disputes and promises of every kind, three currencies, records known late or dated ahead, customers
    without invoices or without a record of their own, and now and then no customers at all.
    """
    return tables_of(_Draw(seed).rows)


def slow_spring() -> Tables:
    """Three invoices a day from 2023 on, each paid on its due date, but 20 days late where that lies in April."""
    rows: Rows = {"invoices": [], "payments": []}
    for number in range(3 * DAYS):
        due = FIRST_DAY + timedelta(days=number // 3)
        paid = due + timedelta(days=20 if due.month == 4 else 0)
        whose = {"customer_id": f"C{number % 4}", "invoice_id": f"i{number}", "amount": 1_000, "currency": "EUR"}
        issued = due - timedelta(days=14)
        rows["invoices"].append({**whose, "issued_on": issued, "due_on": due, "kind": "invoice"})
        rows["payments"].append({**whose, "payment_id": f"p{number}", "paid_on": paid})
    return tables_of(rows)


class _Draw:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.rows: Rows = {
            name: []
            for name in (
                "customers", "invoices", "payments", "adjustments", "disputes", "promises", "contacts", "fx_rates",
            )
        }  # fmt: skip
        customers = [f"C{number}" for number in range(self.random.randint(3, 7))]
        if self.chance(0.85):
            for customer in customers:
                self.customer(customer)
        for customer in customers:
            for _ in range(self.random.choice((0, 1, 4, 9))):
                self.invoice(customer)
            for _ in range(self.random.randint(0, 6)):
                self.contact(customer)
            for _ in range(self.random.randint(0, 2)):
                self.promise(customer, None)
            for _ in range(self.random.randint(0, 2)):
                self.pay(customer, None, self.amount(), self.day())
        for currency in ("USD", "JPY"):
            for _ in range(3):
                self.add(
                    "fx_rates", on=self.day(), currency=currency, rate=self.random.choice((0.0064, 0.85, 1.1, 0.5))
                )
        self.rows["fx_rates"] = list({(row["on"], row["currency"]): row for row in self.rows["fx_rates"]}.values())

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def day(self, earliest: date = FIRST_DAY, within: int = DAYS) -> date:
        """A day; often one of a few, so that events meet on it."""
        if earliest == FIRST_DAY and self.chance(0.2):
            return self.random.choice(NIGHTS) - timedelta(days=self.random.choice((0, 1, 30, 90, 180)))
        return earliest + timedelta(days=self.random.randint(0, within))

    def amount(self) -> int:
        return self.random.choice((1, 99, 100, 12_345, 50_000, 65_536, 1_000_000_007, self.random.randint(1, 300_000)))

    def known(self, own: date) -> date | None:
        """Mostly the record's own date; sometimes later, sometimes (entered ahead) before it."""
        if self.chance(0.7):
            return None
        return own + timedelta(days=self.random.choice((0, 1, 2, 40, -3)))

    def add(self, table: str, **row: Any) -> str:
        identifier = f"{table[0]}{len(self.rows[table])}"
        key = {"fx_rates": "on"}.get(table, f"{table[:-1]}_id")
        self.rows[table].append({key: identifier} | row)
        return identifier

    def customer(self, customer: str) -> None:
        if self.chance(0.15):
            return
        self.add(
            "customers",
            customer_id=customer,
            country=self.random.choice(("DE", "FR", None)),
            industry=self.random.choice(("retail", "food", None)),
            credit_limit=self.random.choice((None, 0, 100_000, 5_000_000)),
            currency=self.random.choice(("EUR", "USD", None)),
            onboarded_on=self.random.choice((None, FIRST_DAY, self.day())),
        )

    def invoice(self, customer: str) -> None:
        issued = self.day()
        due = issued + timedelta(days=self.random.choice((0, 14, 30, 30, 45)))
        amount = self.amount()
        currency = self.random.choice((None, None, "EUR", "USD", "JPY"))
        invoice = self.add(
            "invoices", customer_id=customer, kind="invoice", issued_on=issued, due_on=due, amount=amount,
            currency=currency, known_on=self.known(issued),
        )  # fmt: skip
        self.settle(customer, invoice, due, amount, currency)
        for _ in range(self.random.choice((0, 0, 1, 2))):
            self.dispute(invoice, issued, amount)
        for _ in range(self.random.choice((0, 0, 1, 2))):
            self.promise(customer, invoice, amount, due)

    def settle(self, customer: str, invoice: str, due: date, amount: int, currency: str | None) -> None:
        day = due + timedelta(days=self.random.randint(-20, 60))
        part = self.random.randint(0, amount)
        match self.random.randint(0, 11):
            case 0 | 1 | 2 | 3:
                self.pay(customer, invoice, amount, day)
            case 4:
                self.pay(customer, invoice, part, day)
                self.pay(customer, invoice, amount - part, self.random.choice((day, self.day(day, 40))))
            case 5:
                self.pay(customer, invoice, part, day)
            case 6:
                self.pay(customer, invoice, amount + self.random.randint(0, 500), day)
            case 7:
                self.pay(customer, invoice, amount, day)
                self.pay(customer, invoice, -amount, self.random.choice((day, day + timedelta(days=9))))
                if self.chance(0.5):
                    self.pay(customer, invoice, amount, self.day(day, 60))
            case 8:
                self.pay(customer, invoice, part, day)
                kind = self.random.choice(("write_off", "collection_handover", "discount"))
                self.adjust(invoice, kind, amount - part, self.day(due, 120))
                if self.chance(0.3):
                    self.adjust(invoice, kind, part - amount, self.day(due, 150))
            case 9:
                self.adjust(invoice, "cancellation", amount, day)
            case 10:
                note = self.add(
                    "invoices", customer_id=customer, kind="credit_note", issued_on=day, due_on=day,
                    amount=-max(part, 1), currency=currency, known_on=self.known(day),
                )  # fmt: skip
                if self.chance(0.7):
                    used = self.random.choice((max(part, 1), max(part, 1) // 2, 2 * part))
                    applied_on = self.day(day, 40)
                    self.adjust(invoice, "credit_applied", used, applied_on)
                    self.adjust(note, "credit_applied", -used, applied_on)
            case _:
                self.pay(customer, None, amount, day)
                if self.chance(0.7):
                    self.adjust(invoice, "credit_applied", self.random.choice((amount, part)), self.day(day, 30))

    def pay(self, customer: str, invoice: str | None, amount: int, day: date) -> None:
        self.add(
            "payments", invoice_id=invoice, customer_id=customer, paid_on=day, amount=amount, known_on=self.known(day)
        )

    def adjust(self, invoice: str, kind: str, amount: int, day: date) -> None:
        self.add("adjustments", invoice_id=invoice, kind=kind, posted_on=day, amount=amount, known_on=self.known(day))

    def dispute(self, invoice: str, issued: date, amount: int) -> None:
        opened = self.day(issued, 50)
        self.add(
            "disputes", invoice_id=invoice, opened_on=opened,
            closed_on=self.random.choice((None, self.day(opened, 100))),
            amount=self.random.choice((None, amount, amount // 3)),
        )  # fmt: skip

    def promise(self, customer: str, invoice: str | None, amount: int | None = None, due: date | None = None) -> None:
        made = self.day(due, 40) if due else self.day()
        self.add(
            "promises", customer_id=customer, invoice_id=invoice, made_on=made, promised_on=self.day(made, 25),
            amount=self.random.choice((self.amount(), amount or 100, (amount or 0) // 2)),
        )  # fmt: skip

    def contact(self, customer: str) -> None:
        day = self.day()
        self.add("contacts", customer_id=customer, contacted_on=day, channel=self.random.choice(CHANNELS))
