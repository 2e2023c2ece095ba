"""A simulated ledger as objects of Xero's API: what `configs/sources/xero` reads, the other way round.

Lost on the way: days of entry (all is known on its own day), promises, disputes, holds, contacts, instalments as such
(each is an invoice of its own). A cancelled part becomes a credit note, a handover a loss, a dollar the euros that it
was worth.
"""

import json
from collections import defaultdict
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from ledger.frames import Tables
from tests.support.erp.booked_items import BookedItems, Item, Match, booked
from tests.support.erp.round_trip import Written, as_dated

ACCOUNTS = {
    "200": ("REVENUE", "Sales"), "400": ("EXPENSE", "Bad debts"), "260": ("REVENUE", "Discounts given"),
}  # fmt: skip
CODES = {"write_off": "400", "discount": "260"}
Rows = list[dict[str, object]]


class _Organisation:
    def __init__(self, books: BookedItems) -> None:
        self.rows: dict[str, Rows] = defaultdict(list)
        self.books = books
        self.of: dict[int, list[Match]] = defaultdict(list)
        self.numbers = {
            claim.number: f"{document}-{place}" if len(claims) > 1 else document
            for document, claims in books.claims.items()
            for place, claim in enumerate(claims, start=1)
        }
        for match in books.matches:
            self.of[match.credit.number].append(match)

    def invoice(self, item: Item) -> None:
        number = self.numbers.get(item.number, f"R-{item.document}")
        self.rows["Invoices"].append(
            self.common(item) | {
                "Type": "ACCREC", "InvoiceID": _id(item), "InvoiceNumber": number,
                "DueDateString": f"{item.due}T00:00:00", "LineItems": [{"AccountCode": "200"}],
            }
        )  # fmt: skip

    def credit_note(self, item: Item) -> None:
        number = self.numbers.get(item.number, f"{item.kind}-{item.document}")
        self.rows["CreditNotes"].append(
            self.common(item) | {
                "Type": "ACCRECCREDIT", "CreditNoteID": _id(item), "CreditNoteNumber": number,
                "LineItems": [{"AccountCode": CODES.get(item.kind, "200")}], "Allocations": self.allocations(item, []),
            }
        )  # fmt: skip

    def common(self, item: Item) -> dict[str, object]:
        return {
            "Contact": {"ContactID": item.customer}, "Date": _date(item.dated), "DateString": f"{item.dated}T00:00:00",
            "Status": "AUTHORISED", "Total": abs(item.cents) / 100, "CurrencyCode": "EUR",
        }  # fmt: skip

    def allocations(self, item: Item, without: list[Match]) -> Rows:
        matches = [match for match in self.of[item.number] if match.debit.kind != "cash" and match not in without]
        return [
            {"Amount": match.cents / 100, "Date": _date(match.known), "Invoice": {"InvoiceID": _id(match.debit)}}
            for match in matches
        ]

    def payment(self, key: str, dated: date, cents: int, **of: object) -> None:
        row = {"PaymentID": key, "Date": _date(dated), "Amount": cents / 100, "Status": "AUTHORISED"}
        self.rows["Payments"].append(row | of)

    def money(self, item: Item) -> None:
        """Payments of what it was set against when it came, an overpayment of the rest; bounced, it is removed."""
        bounced = [match for match in self.of[item.number] if match.debit.kind == "cash" and match.debit.document]
        direct = [m for m in self.of[item.number] if m.debit.kind != "cash" and m.known == item.known]
        for place, match in enumerate([*direct, *bounced]):
            claim, removed = match.debit, {}
            if match.debit.kind == "cash":
                claim = self.books.claims[item.document][0]
                removed = {"Status": "DELETED", "UpdatedDateUTC": _date(match.known)}
            of = {"Invoice": {"InvoiceID": _id(claim)}, **removed}
            self.payment(f"{_id(item)}-{place}", item.dated, match.cents, **of)
        rest = -item.cents - sum(match.cents for match in [*direct, *bounced])
        if rest:
            name = "Overpayment" if item.document else "Prepayment"
            over = {"Type": f"RECEIVE-{name.upper()}", f"{name}ID": _id(item), "Total": rest / 100}
            over |= {"Allocations": self.allocations(item, direct)}
            self.rows[f"{name}s"].append(self.common(item) | over)

    def refund(self, item: Item) -> None:
        """Money on account goes back."""
        money = next(
            one for one in self.books.items
            if one.kind == "cash" and one.customer == item.customer and one.left >= item.left and one.cents < 0
        )  # fmt: skip
        name = "Overpayment" if money.document else "Prepayment"
        self.payment(_id(item), item.dated, item.left, **{name: {f"{name}ID": _id(money)}})


def write(tables: Tables, folder: Path) -> Written:
    """A file of JSON objects for each kind of document, each a list as the API gives it."""
    tables = as_dated(tables)
    books = booked(tables)
    organisation = _Organisation(books)
    for item in books.items:
        if item.kind in ("invoice", "taken_back"):
            organisation.invoice(item)
        elif item.kind != "cash":
            organisation.credit_note(item)
        elif item.cents < 0:
            organisation.money(item)
        elif item.left:
            organisation.refund(item)
    contacts = [
        {"ContactID": row.customer_id, "Name": row.name, "EmailAddress": row.email}
        for row in tables["customers"].itertuples(index=False)
    ]
    accounts = [{"Code": code, "Type": kind, "Name": name} for code, (kind, name) in ACCOUNTS.items()]
    for name, rows in (organisation.rows | {"Contacts": contacts, "Accounts": accounts}).items():
        (folder / f"{name}.json").write_text(json.dumps(rows), "utf-8")
    none = pd.DataFrame(columns=["customer_id", "contacted_on", "channel"])
    return Written({one: one for one in tables["customers"]["customer_id"]}, none, tables=tables)


def _id(item: Item) -> str:
    return f"00000000-0000-0000-0000-{item.number:012}"


def _date(day: date) -> str:
    return f"/Date({int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)}+0000)/"
