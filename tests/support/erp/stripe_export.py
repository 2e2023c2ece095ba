"""A simulated ledger as objects of Stripe's API: what `configs/sources/stripe` reads, the other way round.

Lost on the way: days of entry (all is known on its own day), promises, disputes, holds, contacts, instalments as such
(each is an invoice of its own), discounts (credit notes). A cancelled part becomes a credit note, a handover a loss, a
dollar the euros that it was worth. Money that bounces is a chargeback that was lost.
"""

import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd

from ledger.frames import Tables
from tests.support.erp.booked_items import BookedItems, Item, Match, booked
from tests.support.erp.round_trip import Written, as_dated

Rows = list[dict[str, object]]


class _Account:
    def __init__(self, books: BookedItems) -> None:
        self.books = books
        self.rows: dict[str, Rows] = defaultdict(list)
        self.invoices: dict[int, dict[str, object]] = {}
        self.first: dict[str, str] = {}  # an invoice of each customer: a credit note is of one
        self.of: dict[int, list[Match]] = defaultdict(list)
        for match in books.matches:
            self.of[match.credit.number].append(match)

    def invoice(self, item: Item, number: str) -> None:
        row: dict[str, object] = {
            "id": f"in_{item.number}", "number": number, "customer": item.customer, "currency": "eur",
            "total": item.cents, "amount_paid": 0, "created": _at(item.dated), "due_date": _at(item.due),
            "status": "open" if item.left else "paid", "status_transitions": {"finalized_at": _at(item.dated)},
        }  # fmt: skip
        self.rows["invoices"].append(row)
        self.invoices[item.number] = row
        self.first.setdefault(item.customer, f"in_{item.number}")

    def ends(self, match: Match, status: str, key: str) -> None:
        row = self.invoices[match.debit.number]
        row["status"] = status
        row["status_transitions"] = {**row["status_transitions"], key: _at(match.credit.dated)}  # type: ignore[dict-item]

    def credit(self, item: Item) -> None:
        """What is no money: an invoice that ends, a credit note of it, or one that waits on the account."""
        for place, match in enumerate(self.of[item.number]):
            key = f"{item.number}_{place}"
            if item.kind == "write_off":
                self.ends(match, "uncollectible", "marked_uncollectible_at")
            elif item.kind == "cancellation" and match.cents == match.debit.cents:
                self.ends(match, "void", "voided_at")
            elif item.kind != "credit_note":
                name = f"{item.kind}-{item.document}"
                self.note(key, name, f"in_{match.debit.number}", match.cents, item.dated, "pre_payment")
        if item.kind == "credit_note":
            note = self.note(
                str(item.number), item.document, self.first[item.customer], -item.cents, item.dated, "post_payment"
            )
            self.balance(item.customer, item.cents, item.dated, "credit_note", credit_note=note)
            for match in self.of[item.number]:
                self.applied(match)

    def note(self, key: str, number: str, invoice: str, cents: int, dated: date, kind: str) -> str:
        row = {"id": f"cn_{key}", "number": number, "invoice": invoice, "amount": cents, "created": _at(dated)}
        self.rows["credit_notes"].append(row | {"type": kind, "status": "issued"})
        return f"cn_{key}"

    def money(self, item: Item) -> None:
        """Charges of what it was set against when it came; the rest is put on the account."""
        bounced = [match for match in self.of[item.number] if match.debit.kind == "cash" and match.debit.document]
        direct = [m for m in self.of[item.number] if m.debit.kind != "cash" and m.known == item.known]
        for place, match in enumerate([*direct, *bounced]):
            claim = match.debit if match in direct else self.books.claims[item.document][0]
            charge = f"ch_{item.number}_{place}"
            invoice = self.invoices[claim.number]
            invoice["amount_paid"] = invoice["amount_paid"] + match.cents  # type: ignore[operator]
            row = {"id": charge, "invoice": invoice["id"], "amount": match.cents, "status": "succeeded"}
            self.rows["charges"].append(row | {"created": _at(item.dated)})
            if match.debit.kind == "cash":
                lost = {"id": f"du_{item.number}_{place}", "charge": charge, "amount": match.cents, "status": "lost"}
                self.rows["disputes"].append(lost | {"created": _at(match.debit.dated)})
        rest = -item.cents - sum(match.cents for match in [*direct, *bounced])
        if rest:
            self.balance(item.customer, -rest, item.dated, "adjustment")
        for match in self.of[item.number]:
            if match not in direct and match not in bounced:
                self.applied(match)

    def applied(self, match: Match) -> None:
        invoice = self.invoices[match.debit.number]["id"]
        self.balance(match.debit.customer, match.cents, match.known, "applied_to_invoice", invoice=invoice)

    def balance(self, customer: str, cents: int, dated: date, kind: str, **of: object) -> None:
        key = f"cbtxn_{len(self.rows['customer_balance_transactions']):06}"
        row = {"id": key, "customer": customer, "amount": cents, "currency": "eur", "type": kind, "created": _at(dated)}
        self.rows["customer_balance_transactions"].append(row | of)


def write(tables: Tables, folder: Path) -> Written:
    """A file of JSON objects, one a line, for each kind of object."""
    tables = as_dated(tables)
    books = booked(tables)
    account = _Account(books)
    numbers = {
        claim.number: f"{document}-{place}" if len(claims) > 1 else document
        for document, claims in books.claims.items()
        for place, claim in enumerate(claims, start=1)
    }
    for item in books.items:
        if item.kind == "invoice":
            account.invoice(item, numbers[item.number])
        elif item.kind == "taken_back":
            account.invoice(item, f"R-{item.document}")
    for item in books.items:
        if item.kind == "cash" and item.cents < 0:
            account.money(item)
        elif item.kind == "cash" and item.left:
            account.balance(item.customer, item.left, item.dated, "adjustment")
        elif item.cents < 0:
            account.credit(item)
    account.rows["customers"] = [
        {"id": row.customer_id, "name": row.name, "email": row.email, "created": _at(row.onboarded_on.date())}
        for row in tables["customers"].itertuples(index=False)
    ]
    for name, rows in account.rows.items():
        (folder / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    none = pd.DataFrame(columns=["customer_id", "contacted_on", "channel"])
    customers = {one: one for one in tables["customers"]["customer_id"]}
    return Written(customers, none, tables=tables, losses=("write_off", "collection_handover"))


def _at(day: date) -> int:
    return int((datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=9)).timestamp())
