"""The key figures of a night, added up part by part: receivables are open parts of invoices, each with its due date."""

from datetime import date, timedelta
from itertools import pairwise

from tests.support.plain_ledger.balances import paid_toward
from tests.support.plain_ledger.book import Book, Row, Rows

BUCKETS = {"current": 0, "1_30": 30, "31_60": 60, "61_90": 90, "91_up": 10**9}  # the last day past due of each
MONTH = timedelta(days=30)
BILLING = timedelta(days=90)

Figures = dict[str, float | None]
# Cents of the reporting currency by invoice_id, due date, and whether it is an instalment: a plan that is agreed later
# makes other receivables of the invoice.
Receivables = dict[tuple[str, date, bool], int]


def key_figures(rows: Rows, as_of: date, reporting: str | None = "EUR") -> Figures:
    """The figures by name; None where a formula divides by nothing. Ageing is in cents.

    Receivables of a month ago are those that that night knew, at tonight's rates, less what was cancelled since: that
    was never there to collect. Billed is the amount less its cancelled part.
    """
    now, before = Book(rows, as_of, reporting), Book(rows, as_of - MONTH, reporting)
    owed = receivables(now)
    owed_then = _less_cancelled_since(before, now)
    ageing = dict.fromkeys(BUCKETS, 0)
    for (_, due_on, _), cents in owed.items():
        ageing[bucket(due_on, as_of)] += cents
    invoices = [document for document in now.documents.values() if document.is_invoice]
    billed = since = 0
    for document in invoices:
        cents = now.reporting(document.amount - document.cancelled, document.currency)
        billed += cents if as_of - BILLING <= document.issued_on < as_of else 0
        since += cents if document.known_on >= as_of - MONTH else 0
    whole = sum(ageing.values())
    to_collect = sum(owed_then.values()) + since
    dso, best = _ratio(whole * 90, billed), _ratio(ageing["current"] * 90, billed)
    figures: Figures = {
        "dso": dso,
        "best_possible_dso": best,
        "average_days_delinquent": None if dso is None or best is None else dso - best,
        "collection_effectiveness_index": _ratio(100 * (to_collect - whole), to_collect - ageing["current"]),
    }
    due = [row for row in now.promises if as_of - BILLING <= row["promised_on"] < as_of and _counts(now, row)]
    figures["promise_kept_rate"] = _ratio(sum(paid_toward(now, row) >= row["amount"] for row in due), len(due))
    figures |= {f"ageing_{name}": float(cents) for name, cents in ageing.items()}
    for earlier, later in pairwise(BUCKETS):
        started = {key: cents for key, cents in owed_then.items() if bucket(key[1], before.as_of) == earlier}
        rolled = sum(min(cents, owed.get(key, 0)) for key, cents in started.items() if bucket(key[1], as_of) == later)
        figures[f"roll_{earlier}_to_{later}"] = _ratio(rolled, sum(started.values()))
    return figures


def bucket(due_on: date, as_of: date) -> str:
    """The ageing bucket of a due date."""
    days = (as_of - due_on).days
    return next(name for name, last in BUCKETS.items() if days <= last)


def receivables(book: Book) -> Receivables:
    """What is open of invoices; credit that is not applied is not taken off."""
    found: Receivables = {}
    for document in book.documents.values():
        if document.is_invoice and document.open > 0:
            for part in document.parts:
                if part.open > 0:
                    key = (document.invoice_id, part.due_on, document.in_instalments)
                    found[key] = found.get(key, 0) + book.reporting(part.open, document.currency)
    return found


def _less_cancelled_since(before: Book, now: Book) -> Receivables:
    """What was open before, less what was cancelled since: the last part due is the first that is cancelled."""
    found: Receivables = {}
    for invoice_id, document in before.documents.items():
        if not document.is_invoice or document.open <= 0:
            continue
        later = now.documents[invoice_id].cancelled if invoice_id in now.documents else 0
        left = max(document.open - max(later - document.cancelled, 0), 0)
        for part in sorted(document.parts, key=lambda part: part.due_on):
            cents = min(max(part.open, 0), left)
            left -= cents
            if cents:
                key = (invoice_id, part.due_on, document.in_instalments)
                found[key] = found.get(key, 0) + now.reporting(cents, document.currency)
    return found


def _counts(book: Book, promise: Row) -> bool:
    """An invoice in a currency without a rate that night is left out, and so is what was promised for it."""
    return promise["invoice_id"] in book.documents or promise["invoice_id"] not in book.known_invoice_ids


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
