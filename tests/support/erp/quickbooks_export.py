"""A simulated ledger as objects of QuickBooks Online's API, which `configs/sources/quickbooks` reads.

Lost on the way: promises, disputes, holds, contacts, instalments as such (each is an invoice of its own), when money on
account was set against an invoice. A cancelled part becomes a credit memo, a handover a loss, a dollar the euros that
it was worth: a customer has one currency.
"""

import json
from collections import defaultdict
from datetime import date
from pathlib import Path

import pandas as pd

from ledger.frames import Tables
from tests.support.erp.booked_items import BookedItems, Item, booked
from tests.support.erp.round_trip import Written

RECEIVABLE, BANK, LOSSES, DISCOUNTS, INCOME = "1", "2", "3", "4", "5"
ACCOUNTS = {
    RECEIVABLE: "Accounts Receivable", BANK: "Bank", LOSSES: "Expense", DISCOUNTS: "Income", INCOME: "Income",
}  # fmt: skip
AGAINST = {"write_off": LOSSES, "taken_back": LOSSES, "discount": DISCOUNTS}
Rows = list[dict[str, object]]


class _Company:
    def __init__(self, books: BookedItems) -> None:
        self.rows: dict[str, Rows] = defaultdict(list)
        self.kinds: dict[int, str] = {}
        self.lines: dict[int, Rows] = defaultdict(list)
        self.numbers: dict[int, str] = {}
        for document, claims in books.claims.items():
            for place, claim in enumerate(claims, start=1):
                suffix = f"-{place}" if len(claims) > 1 else ""
                self.numbers[claim.number] = f"{document}{suffix}"

    def add(self, item: Item) -> None:
        kind = {"invoice": "Invoice", "credit_note": "CreditMemo", "cancellation": "CreditMemo", "cash": "Payment"}
        self.kinds[item.number] = kind.get(item.kind, "JournalEntry")
        if item.kind == "cash" and item.cents > 0:
            self.kinds[item.number] = "Purchase"
        row = {
            "Id": str(item.number), "TxnDate": item.dated.isoformat(), "TotalAmt": _money(item.cents),
            "CurrencyRef": {"value": "EUR"}, "MetaData": _created(item.known),
        }  # fmt: skip
        of_customer = {"CustomerRef": {"value": item.customer}}
        match self.kinds[item.number]:
            case "Invoice":
                row |= of_customer | {"DocNumber": self.numbers[item.number], "DueDate": item.due.isoformat()}
            case "CreditMemo":
                number = self.numbers.get(item.number, f"CM-{item.document}")
                row |= of_customer | {"DocNumber": number}
            case "Payment":
                row |= of_customer | {"Line": self.lines[item.number], "UnappliedAmt": _money(item.left)}
            case "Purchase":
                detail = {"AccountBasedExpenseLineDetail": {"AccountRef": {"value": RECEIVABLE}}}
                row |= {
                    "PaymentType": "Check", "EntityRef": {"value": item.customer, "type": "Customer"},
                    "Line": [{"Amount": _money(item.cents)} | detail],
                }  # fmt: skip
            case "JournalEntry":
                row |= {"DocNumber": f"R-{item.document}", "Line": self.journal(item)}
        self.rows[self.kinds[item.number]].append(row)

    def journal(self, item: Item) -> Rows:
        sides = ("Debit", "Credit") if item.cents > 0 else ("Credit", "Debit")
        own = {"PostingType": sides[0], "AccountRef": {"value": RECEIVABLE}}
        own |= {"Entity": {"Type": "Customer", "EntityRef": {"value": item.customer}}}
        other = {"PostingType": sides[1], "AccountRef": {"value": AGAINST[item.kind]}}
        return [{"Amount": _money(item.cents), "JournalEntryLineDetail": detail} for detail in (own, other)]

    def link(self, payment: Rows, item: Item, cents: int) -> None:
        kind = {"Purchase": "Expense"}.get(self.kinds[item.number], self.kinds[item.number])
        linked = [{"TxnId": str(item.number), "TxnType": kind}]
        payment.append({"Amount": _money(cents), "LinkedTxn": linked})

    def credit_used(self, number: int, match) -> None:
        """A payment of no amount that sets a credit against an invoice."""
        payment: Rows = []
        for item in (match.debit, match.credit):
            self.link(payment, item, match.cents)
        self.rows["Payment"].append({
            "Id": str(1_000_000 + number), "TxnDate": match.known.isoformat(), "TotalAmt": 0, "Line": payment,
            "CustomerRef": {"value": match.credit.customer}, "MetaData": _created(match.known),
        })  # fmt: skip


def write(tables: Tables, folder: Path) -> Written:
    """A file of JSON objects, one a line, for each kind of document."""
    books = booked(tables)
    company = _Company(books)
    for item in books.items:
        company.add(item)
    for number, match in enumerate(books.matches):
        if match.credit.kind == "cash":
            company.link(company.lines[match.credit.number], match.debit, match.cents)
        else:
            company.credit_used(number, match)
    customers = [
        {
            "Id": row.customer_id, "DisplayName": row.name, "CurrencyRef": {"value": "EUR"},
            "PrimaryEmailAddr": {"Address": row.email}, "MetaData": _created(row.onboarded_on.date()),
        }
        for row in tables["customers"].itertuples(index=False)
    ]  # fmt: skip
    accounts = [{"Id": key, "Name": kind, "AccountType": kind} for key, kind in ACCOUNTS.items()]
    for name, rows in (company.rows | {"Customer": customers, "Account": accounts}).items():
        (folder / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    later = {
        match.debit.document
        for match in books.matches
        if match.credit.kind == "cash" and match.known > match.credit.known
    }
    none = pd.DataFrame(columns=["customer_id", "contacted_on", "channel"])
    return Written({one: one for one in tables["customers"]["customer_id"]}, none, frozenset(later))


def _money(cents: int) -> float:
    return abs(cents) / 100


def _created(day: date) -> dict[str, str]:
    return {"CreateTime": f"{day.isoformat()}T09:30:00"}
