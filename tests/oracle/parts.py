"""Invoices in instalments as one record a due date, each with what of the payments and adjustments filled it."""

from typing import Any

from tests.support.plain_ledger.book import Document

Record = dict[str, Any]
ENDLESS = 10**15


def parts_of(invoice: Record, document: Document) -> list[Record]:
    """The parts of an invoice, numbered in the order of their due dates; `low` is what the earlier ones hold."""
    parts: list[Record] = []
    for number, part in enumerate(document.parts, start=1):
        low = sum(earlier["amount"] for earlier in parts)
        own = {"invoice_id": f"{invoice['invoice_id']} #{number}", "document": invoice["invoice_id"], "low": low}
        parts.append({**invoice, **own, "due_on": part.due_on, "amount": part.amount})
    return parts


def shared_between(parts: list[Record], records: list[Record]) -> list[Record]:
    """The records of one invoice, in the order of their days, as records of its parts.

    What comes in fills the earliest part first; what is taken back empties the part that was filled last. Too much
    stays with the last part, and more taken back than ever came with the first.
    """
    found = []
    running = 0
    for record in records:
        for place, part in enumerate(parts):
            least = 0 if place else -ENDLESS
            most = ENDLESS if part is parts[-1] else part["amount"]
            before = min(max(running - part["low"], least), most)
            after = min(max(running + record["amount"] - part["low"], least), most)
            if after != before:
                found.append({**record, "invoice_id": part["invoice_id"], "amount": after - before})
        running += record["amount"]
    return found
