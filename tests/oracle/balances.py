"""What each customer owes, what of it may be collected, and what credit leaves of each invoice."""

from tests.oracle.book import Book, Record
from tests.support.plain_ledger.balances import balances, is_held


def customer_balances(book: Book) -> dict[str, dict[str, int]]:
    """The parts of the collectible amount by customer_id, whole cents of the reporting currency."""
    return balances(book.plain)


def left_after_credit(book: Book, customer_id: str, credit: int) -> dict[str, int]:
    """Reporting cents by invoice_id of what is open and not covered: what is asked for first, the oldest first."""
    opened = [row for row in book.invoices_of(customer_id) if row["open"] > 0 and row["kind"] == "invoice"]
    left = {row["invoice_id"]: book.reporting(row["open"], row["currency"]) for row in opened}
    asked = {row["invoice_id"]: book.reporting(_asked(book, row), row["currency"]) for row in opened}
    later = {row["invoice_id"]: left[row["invoice_id"]] for row in opened if not row["overdue"]}
    for cents in (asked, later):
        for row in sorted(opened, key=lambda row: (row["due_on"], row["invoice_id"])):
            covered = min(max(credit, 0), cents.get(row["invoice_id"], 0))
            left[row["invoice_id"]] -= covered
            credit -= covered
    return left


def _asked(book: Book, invoice: Record) -> int:
    """What of an overdue invoice is neither disputed, held, on its way nor promised."""
    key, rest = invoice["invoice_id"], int(invoice["overdue"])
    rest -= min(book.contested(invoice), rest)
    if is_held(book.plain, book.plain.documents[invoice["document"]]):
        return 0
    rest -= min(sum(row["amount"] for row in book.coming if row["invoice_id"] == key), rest)
    promises = [row for row in book.promises if row["invoice_id"] == key and row["promised_on"] >= book.as_of]
    remaining = sum(max(row["amount"] - max(book.paid_toward(row), 0), 0) for row in promises)
    return rest - min(remaining, rest)
