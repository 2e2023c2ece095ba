"""A simulated ledger as the tables of Odoo (17): what `configs/sources/odoo` reads, written the other way round.

Lost on the way: promises, disputes, holds and instalments as such (an instalment is a receivable line of its own),
visits, outcomes of contacts other than a bounce, how money was paid, credit limits. A cancelled part becomes a credit
note, a handover to an agency a loss.
"""

from collections import defaultdict
from datetime import date
from pathlib import Path

import pandas as pd

from ledger.frames import Tables
from tests.support.erp.booked_items import BookedItems, Item, booked
from tests.support.erp.round_trip import Written

ACCOUNTS = {"asset_receivable": 1, "asset_cash": 2, "income": 3, "expense": 4}
JOURNALS = {"sale": 1, "bank": 2, "general": 3}
CURRENCIES = {"EUR": 1, "USD": 2}
MESSAGES = {"email": "email", "sms": "sms", "letter": "snail"}


class _Odoo:
    """The tables in the making, each a list of rows."""

    def __init__(self, customers: pd.DataFrame) -> None:
        self.rows: dict[str, list[dict]] = defaultdict(list)
        self.partners = {customer: number for number, customer in enumerate(customers["customer_id"], start=1)}
        self.moves: dict[str, int] = {}
        self.lines: dict[int, int] = {}  # the receivable line of each item

    def move(self, name: str, kind: str, journal: str, customer: str, dated: date, due: date, known: date) -> int:
        number = len(self.rows["account_move"]) + 1
        self.rows["account_move"].append(
            {
                "id": number, "name": name, "state": "posted", "move_type": kind, "journal_id": JOURNALS[journal],
                "company_id": 1, "partner_id": self.partners[customer], "date": dated,
                "commercial_partner_id": self.partners[customer], "create_date": pd.Timestamp(known),
                "invoice_date": dated if kind.startswith("out") else None, "invoice_date_due": due,
            }
        )  # fmt: skip
        return number

    def line(
        self, move: int, account: str, customer: str, cents: int, due: date | None, own: int, currency: str
    ) -> int:
        number = len(self.rows["account_move_line"]) + 1
        self.rows["account_move_line"].append(
            {
                "id": number, "move_id": move, "account_id": ACCOUNTS[account], "date_maturity": due,
                "partner_id": self.partners[customer], "balance": cents / 100, "amount_currency": own / 100,
                "currency_id": CURRENCIES[currency], "payment_id": None, "statement_line_id": None,
            }
        )  # fmt: skip
        return number

    def receivable(self, item: Item, move: int, against: str) -> None:
        """The item's line, and its counterpart."""
        self.lines[item.number] = self.line(
            move, "asset_receivable", item.customer, item.cents, item.due, item.own_cents, item.currency
        )
        self.line(move, against, item.customer, -item.cents, None, -item.own_cents, item.currency)


def write(tables: Tables, folder: Path) -> Written:
    """A Parquet file for each table of Odoo that holds some of the ledger."""
    books, odoo = booked(tables), _Odoo(tables["customers"])
    _partners(odoo, tables)
    discounts = _taken_with_payments(books)
    for item in books.items:
        _book(odoo, item, discounts)
    _reconcile(odoo, books)
    _talk(odoo, tables["contacts"])
    _settings(odoo, tables["fx_rates"])
    for name, rows in odoo.rows.items():
        pd.DataFrame(rows).to_parquet(folder / f"{name}.parquet")
    customers = {str(number): customer for customer, number in odoo.partners.items()}
    return Written(customers, _kept(tables))


def _kept(tables: Tables) -> pd.DataFrame:
    """Contacts but visits; a message about an invoice that is not overdue would be the invoice being sent."""
    contacts = tables["contacts"]
    first_due = _first_due(tables)
    early = contacts["invoice_id"].map(first_due) >= contacts["contacted_on"]
    return contacts[(contacts["channel"] == "call") | (contacts["channel"].isin(MESSAGES) & ~early)]


def _first_due(tables: Tables) -> "pd.Series[pd.Timestamp]":
    days = pd.concat([tables[name][["invoice_id", "due_on"]] for name in ("invoices", "instalments")])
    return days.groupby("invoice_id")["due_on"].min()


def _partners(odoo: _Odoo, tables: Tables) -> None:
    countries = {code: number for number, code in enumerate(sorted(set(tables["customers"]["country"].dropna())), 1)}
    odoo.rows["res_country"] = [{"id": number, "code": code} for code, number in countries.items()]
    for customer in tables["customers"].itertuples():
        odoo.rows["res_partner"].append(
            {
                "id": odoo.partners[customer.customer_id], "name": customer.name, "ref": customer.customer_id,
                "commercial_partner_id": odoo.partners[customer.customer_id],
                "parent_id": odoo.partners.get(customer.parent_id), "is_company": True, "email": customer.email,
                "phone": customer.phone, "country_id": countries.get(customer.country), "function": None, "lang": None,
            }
        )  # fmt: skip
    for person in tables["people"].itertuples():
        company = odoo.partners[person.customer_id]
        odoo.rows["res_partner"].append(
            {
                "id": len(odoo.rows["res_partner"]) + 1, "name": person.name, "ref": None,
                "commercial_partner_id": company, "parent_id": company, "is_company": False, "email": person.email,
                "phone": person.phone, "country_id": None, "function": person.role, "lang": f"{person.language}_XX",
            }
        )  # fmt: skip


def _taken_with_payments(books: BookedItems) -> dict[tuple, Item]:
    """Discounts by the document, day and day of entry of the payment that they came with."""
    return {(item.document, item.dated, item.known): item for item in books.items if item.kind == "discount"}


def _book(odoo: _Odoo, item: Item, discounts: dict[tuple, Item]) -> None:
    days = (item.dated, item.due, item.known)
    if item.kind in ("invoice", "credit_note"):
        if item.document not in odoo.moves:
            kind = "out_invoice" if item.kind == "invoice" else "out_refund"
            odoo.moves[item.document] = odoo.move(item.document, kind, "sale", item.customer, *days)
        odoo.receivable(item, odoo.moves[item.document], "income")
    elif item.kind == "cancellation":
        odoo.receivable(item, odoo.move(f"R{item.document}", "out_refund", "sale", item.customer, *days), "income")
    elif item.kind == "cash":
        move = odoo.move(f"PBNK{item.number}", "entry", "bank", item.customer, *days)
        discount = discounts.pop((item.document, item.dated, item.known), None) if item.cents < 0 else None
        if discount and item.currency == "EUR" and discount.number not in odoo.lines:
            # "Mark as fully paid" books the difference in the payment's own entry.
            whole = item.cents + discount.cents
            line = odoo.line(move, "asset_receivable", item.customer, whole, item.due, whole, "EUR")
            odoo.line(move, "asset_cash", item.customer, -item.cents, None, -item.cents, "EUR")
            odoo.line(move, "expense", item.customer, -discount.cents, None, -discount.cents, "EUR")
            odoo.lines[item.number] = odoo.lines[discount.number] = line
        else:
            odoo.receivable(item, move, "asset_cash")
    elif item.number not in odoo.lines:
        move = odoo.move(f"{item.document}/{item.kind}", "entry", "general", item.customer, *days)
        odoo.receivable(item, move, "income" if item.kind == "discount" else "expense")


def _reconcile(odoo: _Odoo, books: BookedItems) -> None:
    """A row for each two lines; a discount that came with its payment is one with it."""
    together: dict[tuple[int, int], list] = {}
    for match in books.matches:
        key = odoo.lines[match.debit.number], odoo.lines[match.credit.number]
        found = together.setdefault(key, [0, match.known, match.debit, match.credit])
        found[0] += match.cents
    for number, ((debit, credit), (cents, known, *sides)) in enumerate(together.items(), 1):
        own = [cents if side.currency == "EUR" else round(cents * side.own_cents / side.cents) for side in sides]
        odoo.rows["account_partial_reconcile"].append(
            {
                "id": number, "debit_move_id": debit, "credit_move_id": credit, "amount": cents / 100,
                "debit_amount_currency": own[0] / 100, "credit_amount_currency": own[1] / 100,
                "exchange_move_id": None, "create_date": pd.Timestamp(known),
            }
        )  # fmt: skip


def _talk(odoo: _Odoo, contacts: pd.DataFrame) -> None:
    odoo.rows["mail_activity_type"] = [{"id": 1, "category": "phonecall"}]
    for number, contact in enumerate(contacts.itertuples(), 1):
        partner = odoo.partners[contact.customer_id]
        about = odoo.moves.get(contact.invoice_id)
        odoo.rows["mail_message"].append(
            {
                "id": number, "model": "account.move" if about else "res.partner", "res_id": about or partner,
                "message_type": "comment" if contact.channel in MESSAGES else "notification",
                "date": pd.Timestamp(contact.contacted_on),
                "mail_activity_type_id": 1 if contact.channel == "call" else None,
            }
        )  # fmt: skip
        if contact.channel in MESSAGES:
            odoo.rows["mail_notification"].append(
                {
                    "id": number, "mail_message_id": number, "res_partner_id": partner,
                    "notification_type": MESSAGES[contact.channel],
                    "notification_status": "bounce" if contact.outcome == "bounced" else "sent",
                }
            )  # fmt: skip


def _settings(odoo: _Odoo, fx_rates: pd.DataFrame) -> None:
    odoo.rows["account_account"] = [{"id": number, "account_type": kind} for kind, number in ACCOUNTS.items()]
    odoo.rows["account_journal"] = [{"id": number, "type": kind} for kind, number in JOURNALS.items()]
    odoo.rows["res_currency"] = [{"id": number, "name": code} for code, number in CURRENCIES.items()]
    odoo.rows["res_company"] = [{"id": 1, "currency_id": CURRENCIES["EUR"]}]
    odoo.rows["res_currency_rate"] = [
        {"id": number, "name": row.on, "currency_id": CURRENCIES[row.currency], "company_id": 1, "rate": 1 / row.rate}
        for number, row in enumerate(fx_rates.itertuples(), 1)
    ]
