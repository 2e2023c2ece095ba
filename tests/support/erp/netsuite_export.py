"""A simulated ledger as tables of NetSuite's SuiteAnalytics, which `configs/sources/netsuite` reads.

Lost on the way: promises, disputes, holds, contacts, instalments as such (each is an invoice of its own), when money on
account was applied, unless it came as a deposit (every second one). A cancelled part becomes a credit memo, a handover
a loss, a dollar the euros that it was worth.
"""

from collections import defaultdict
from pathlib import Path

import pandas as pd

from ledger.frames import Tables
from tests.support.erp.booked_items import BookedItems, Item, booked
from tests.support.erp.round_trip import Written

TYPES = {"invoice": "CustInvc", "credit_note": "CustCred", "cancellation": "CustCred", "cash": "CustPymt"}
ACCOUNTS = {"1": "AcctRec", "2": "Bank", "3": "Expense", "4": "Income"}
AGAINST = {"write_off": "3", "taken_back": "3", "discount": "4"}
DEPOSITS = 10_000  # applications of deposits are numbered from here on
Rows = list[dict[str, object]]


class _Account:
    def __init__(self, books: BookedItems) -> None:
        self.tables: dict[str, Rows] = defaultdict(list)
        self.numbers = {
            claim.number: f"{document}-{place}" if len(claims) > 1 else document
            for document, claims in books.claims.items()
            for place, claim in enumerate(claims, start=1)
        }
        later = {match.credit.number for match in books.matches if _is_later(match)}
        direct = {match.credit.number for match in books.matches} - later
        self.deposits = {number for number in later - direct if number % 2}

    def kind(self, item: Item) -> str:
        if item.kind == "cash":
            return "CustRfnd" if item.cents > 0 else "CustDep" if item.number in self.deposits else "CustPymt"
        return TYPES.get(item.kind, "Journal")

    def add(self, item: Item) -> None:
        kind, number = self.kind(item), self.numbers.get(item.number, f"{item.kind}-{item.document}")
        sign = -1 if kind == "CustCred" else 1
        self.transaction(item.number, kind, number, item, sign * abs(item.cents))
        if kind == "Journal":
            for place, (account, cents) in enumerate((("1", item.cents), (AGAINST[item.kind], -item.cents)), start=1):
                line = {"transaction": item.number, "id": place, "entity": item.customer, "foreignamount": cents / 100}
                self.tables["transactionline"].append(line)
                accounting = {"transaction": item.number, "transactionline": place, "account": account}
                self.tables["transactionaccountingline"].append(accounting)

    def transaction(self, number: int, kind: str, tranid: str, item: Item, cents: int) -> None:
        self.tables["transaction"].append(
            {
                "id": number, "type": kind, "tranid": tranid, "entity": item.customer, "trandate": item.dated,
                "duedate": item.due if kind == "CustInvc" else None, "foreigntotal": cents / 100, "currency": 1,
                "createddate": pd.Timestamp(item.known), "posting": "T", "voided": "F",
            }
        )  # fmt: skip

    def link(self, previous: int, following: int, cents: int, kind: str = "Payment") -> None:
        link = {"previousdoc": previous, "nextdoc": following, "linktype": kind, "foreignamount": cents / 100}
        self.tables["nexttransactionlinelink"].append(link)


def _is_later(match) -> bool:
    return match.credit.kind == "cash" and match.debit.kind != "cash" and match.known > match.credit.known


def write(tables: Tables, folder: Path) -> Written:
    """The tables as CSV files."""
    books = booked(tables)
    account = _Account(books)
    for item in books.items:
        account.add(item)
    for place, match in enumerate(books.matches):
        debit, credit = match.debit.number, match.credit.number
        if credit in account.deposits and match.debit.kind != "cash":
            days = (match.known, match.known, match.known)
            applied = Item(DEPOSITS + place, "cash", "", match.credit.customer, -match.cents, *days)
            account.transaction(applied.number, "DepAppl", f"DA{place}", applied, match.cents)
            account.link(credit, applied.number, match.cents, "DepAppl")
            account.link(debit, applied.number, match.cents)
        else:
            account.link(debit, credit, match.cents)
    customers = tables["customers"]
    account.tables["account"] = [{"id": key, "accttype": kind, "name": kind} for key, kind in ACCOUNTS.items()]
    account.tables["currency"] = [{"id": 1, "symbol": "EUR"}]
    account.tables["customer"] = [
        {
            "id": row.customer_id, "altname": row.name, "email": row.email, "phone": row.phone, "currency": 1,
            "parent": row.parent_id, "datecreated": row.onboarded_on,
        }
        for row in customers.itertuples(index=False)
    ]  # fmt: skip
    for name, rows in account.tables.items():
        pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)
    forgotten = {
        match.debit.document
        for match in books.matches
        if _is_later(match) and match.credit.number not in account.deposits
    }
    # So it does of a credit memo that was used on a later day than both it and the invoice are of.
    for match in books.matches:
        if match.credit.kind == "credit_note" and match.known > max(match.credit.known, match.debit.known):
            forgotten |= {match.debit.document, match.credit.document}
    none = pd.DataFrame(columns=["customer_id", "contacted_on", "channel"])
    return Written({one: one for one in customers["customer_id"]}, none, frozenset(forgotten))
