"""A simulated ledger as the tables of ERPNext (15): what `configs/sources/erpnext` reads, written the other way round.

Lost on the way: promises, disputes and holds, outcomes of contacts other than a bounce, credit limits, the head of a
group, dollars (a payment is in the currency of the receivable account). A cancelled part becomes a return invoice, a
handover to an agency a loss. A bounced cheque is a journal entry against the invoice.
"""

from collections import defaultdict
from datetime import date
from pathlib import Path

import pandas as pd

from ledger.frames import Tables
from tests.support.erp.booked_items import BookedItems, Item, booked
from tests.support.erp.round_trip import Written

COMPANY, BANK, RECEIVABLE, COSTS, DISCOUNTS = "Seller", "Bank - S", "Debtors - S", "Bad debts - S", "Discounts - S"
MEDIA = {"email": "Email", "sms": "SMS", "call": "Phone", "visit": "Visit"}
Rows = dict[str, list[dict]]


def write(tables: Tables, folder: Path) -> Written:
    """A Parquet file for each table of ERPNext that holds some of the ledger."""
    books, rows = booked(tables), defaultdict(list)
    names = {item.number: _name(item) for item in books.items}
    discounts = {(item.document, item.dated, item.known): item for item in books.items if item.kind == "discount"}
    part_of = {}  # discounts that a payment has as its deduction
    for item in books.items:
        _document(rows, item, names[item.number], books)
        discount = discounts.get((item.document, item.dated, item.known))
        if item.kind == "cash" and item.cents < 0 and item.document and discount and discount.number not in part_of:
            part_of[discount.number] = item
            deduction = {"parent": names[item.number], "account": DISCOUNTS, "amount": -discount.cents / 100}
            rows["tabPayment Entry Deduction"].append(deduction)
    for item in books.items:
        if item.kind == "discount" and item.number not in part_of:
            _journal(rows, item, names[item.number])
    _ledger(rows, books, names, part_of)
    _people(rows, tables)
    _talk(rows, tables["contacts"], set(tables["invoices"]["invoice_id"]))
    for name, table in rows.items():
        pd.DataFrame(table).to_parquet(folder / f"{name}.parquet")
    return Written({customer: customer for customer in tables["customers"]["customer_id"]}, _kept(tables))


def _name(item: Item) -> str:
    """The voucher of an item: an invoice's instalments are of one, a bounce and a loss are journal entries."""
    if item.kind in ("invoice", "credit_note"):
        return item.document
    if item.kind == "cash" and not _bounced(item):
        return f"PAY-{item.number:06}"
    return f"RET-{item.document}-{item.number}" if item.kind == "cancellation" else f"JE-{item.number:06}"


def _bounced(item: Item) -> bool:
    return item.kind == "cash" and item.cents > 0 and bool(item.document)


def _document(rows: Rows, item: Item, name: str, books: BookedItems) -> None:
    created = pd.Timestamp(item.known)
    if item.kind in ("invoice", "credit_note", "cancellation"):
        if any(row["name"] == name for row in rows["tabSales Invoice"][-4:]):
            return
        parts = books.claims[name] if item.kind == "invoice" else [item]
        plan = [part for part in parts if part.kind == item.kind]
        rows["tabSales Invoice"].append(
            {
                "name": name, "creation": created, "posting_date": item.dated, "due_date": max(p.due for p in plan),
                "currency": "EUR", "party_account_currency": "EUR",
            }
        )  # fmt: skip
        rows["tabPayment Schedule"] += [
            {"parent": name, "parenttype": "Sales Invoice", "due_date": part.due, "payment_amount": part.cents / 100}
            for part in plan
        ]
    elif item.kind == "cash" and not _bounced(item):
        rows["tabPayment Entry"].append(
            {"name": name, "creation": created, "mode_of_payment": item.method, "company": COMPANY}
        )
    elif item.kind != "discount":
        _journal(rows, item, name)


def _journal(rows: Rows, item: Item, name: str) -> None:
    other = {"cash": BANK, "discount": DISCOUNTS}.get(item.kind, COSTS)
    kind = "Write Off Entry" if other == COSTS else "Journal Entry"
    rows["tabJournal Entry"].append({"name": name, "creation": pd.Timestamp(item.known), "voucher_type": kind})
    rows["tabJournal Entry Account"] += [{"parent": name, "account": account} for account in (RECEIVABLE, other)]


def _ledger(rows: Rows, books: BookedItems, names: dict[int, str], part_of: dict[int, Item]) -> None:
    """What each voucher has against each document; what is set against nothing is against itself."""
    own = {item.number: item.cents for item in books.items}
    for match in books.matches:
        debit, credit = match.debit, match.credit
        if credit.kind == "credit_note":
            _clear(rows, match.cents, debit, credit, match.known)
        elif _bounced(debit):
            # The money stays against the invoice that it once paid; the bounce is against the invoice, too.
            _row(rows, credit, names[credit.number], debit.document, -match.cents, credit.known)
            own[credit.number] += match.cents
            own[debit.number] -= match.cents
        else:
            source = part_of.get(credit.number, credit)
            _row(rows, source, names[source.number], debit.document, -match.cents, match.known)
            if match.known > source.known:  # what was on account until now is entered the other way round
                _row(rows, source, names[source.number], names[source.number], match.cents, match.known)
            else:
                own[credit.number] += match.cents
    for item in books.items:
        if _bounced(item):
            _row(rows, item, names[item.number], item.document, item.cents, item.known)
            if own[item.number]:
                raise AssertionError(f"More bounced than had paid {item.document}.")
        elif item.kind == "taken_back":
            _row(rows, item, names[item.number], item.document, item.cents, item.known)
        elif item.number in part_of and own[item.number]:
            raise AssertionError("A discount that came with a payment is more than was open.")
        elif own[item.number]:
            _row(rows, item, names[item.number], names[item.number], own[item.number], item.known)


def _clear(rows: Rows, cents: int, debit: Item, note: Item, known: date) -> None:
    """A credit note is set against an invoice by a journal entry that comes to nothing."""
    name = f"CLR-{note.document}-{debit.document}-{known}"
    rows["tabJournal Entry"].append({"name": name, "creation": pd.Timestamp(known), "voucher_type": "Credit Note"})
    rows["tabJournal Entry Account"] += [{"parent": name, "account": RECEIVABLE}] * 2
    for document, change in ((note.document, cents), (debit.document, -cents)):
        _row(rows, note, name, document, change, known)


def _row(rows: Rows, item: Item, name: str, against: str, cents: int, known: date) -> None:
    def kind(voucher: str) -> str:
        prefix = voucher.split("-")[0]
        return {"PAY": "Payment Entry", "JE": "Journal Entry", "CLR": "Journal Entry"}.get(prefix, "Sales Invoice")

    rows["tabPayment Ledger Entry"].append(
        {
            "name": f"PLE-{len(rows['tabPayment Ledger Entry']) + 1:07}", "creation": pd.Timestamp(known),
            "posting_date": item.dated, "due_date": item.due, "account_type": "Receivable", "party_type": "Customer",
            "party": item.customer, "voucher_type": kind(name), "voucher_no": name,
            "against_voucher_type": kind(against), "against_voucher_no": against,
            "amount_in_account_currency": cents / 100, "account_currency": "EUR", "delinked": 0,
        }
    )  # fmt: skip


def _people(rows: Rows, tables: Tables) -> None:
    customers = tables["customers"]
    rows["tabCompany"] = [{"name": COMPANY, "default_currency": "EUR", "exchange_gain_loss_account": "Exchange - S"}]
    kinds = {
        BANK: ("Asset", "Bank"),
        RECEIVABLE: ("Asset", "Receivable"),
        COSTS: ("Expense", ""),
        DISCOUNTS: ("Income", ""),
    }
    rows["tabAccount"] = [
        {"name": name, "root_type": root, "account_type": kind} for name, (root, kind) in kinds.items()
    ]
    rows["tabCountry"] = [{"name": f"Land {code}", "code": code.lower()} for code in customers["country"].unique()]
    rows["tabAddress"] = [
        {"name": f"{row.customer_id}-Billing", "country": f"Land {row.country}"} for row in customers.itertuples()
    ]
    rows["tabCustomer"] = [
        {
            "name": row.customer_id, "customer_name": row.name, "default_currency": "EUR", "email_id": row.email,
            "mobile_no": row.phone, "customer_primary_address": f"{row.customer_id}-Billing",
        }
        for row in customers.itertuples()
    ]  # fmt: skip
    for row in tables["people"].itertuples():
        first, _, last = row.name.partition(" ")
        rows["tabContact"].append(
            {
                "name": row.person_id, "first_name": first, "last_name": last, "email_id": row.email,
                "mobile_no": row.phone, "phone": None, "designation": row.role,
            }
        )  # fmt: skip
        rows["tabDynamic Link"].append(
            {"parent": row.person_id, "parenttype": "Contact", "link_doctype": "Customer", "link_name": row.customer_id}
        )


def _talk(rows: Rows, contacts: pd.DataFrame, invoices: set[str]) -> None:
    for contact in contacts.itertuples():
        about = contact.invoice_id if contact.invoice_id in invoices else None
        if contact.channel == "letter":
            rows["tabDunning"].append(
                {
                    "name": f"DUNN-{contact.contact_id}", "customer": contact.customer_id,
                    "posting_date": contact.contacted_on, "docstatus": 1,
                }
            )  # fmt: skip
            rows["tabOverdue Payment"].append({"parent": f"DUNN-{contact.contact_id}", "sales_invoice": about})
        else:
            rows["tabCommunication"].append(
                {
                    "name": contact.contact_id, "communication_type": "Communication", "sent_or_received": "Sent",
                    "communication_medium": MEDIA[contact.channel], "communication_date": contact.contacted_on,
                    "reference_doctype": "Sales Invoice" if about else "Customer",
                    "reference_name": about or contact.customer_id,
                    "delivery_status": "Bounced" if contact.outcome == "bounced" else "Sent",
                }
            )  # fmt: skip


def _kept(tables: Tables) -> pd.DataFrame:
    """All but e-mails about an invoice that is not overdue: they could be the invoice being sent."""
    contacts = tables["contacts"]
    days = pd.concat([tables[name][["invoice_id", "due_on"]] for name in ("invoices", "instalments")])
    early = contacts["invoice_id"].map(days.groupby("invoice_id")["due_on"].min()) >= contacts["contacted_on"]
    return contacts[(contacts["channel"] != "email") | ~early]
