"""What each customer owes, and what of it may be collected, added up invoice by invoice."""

from tests.oracle.book import Book


def customer_balances(book: Book) -> dict[str, dict[str, int]]:
    """The parts of the collectible amount by customer_id, whole cents of the reporting currency."""
    return {customer_id: _balances(book, customer_id) for customer_id in book.customer_ids}


def _balances(book: Book, customer_id: str) -> dict[str, int]:
    opened = overdue = disputed = promised = credit = 0
    for invoice in book.invoices_of(customer_id):
        currency = invoice["currency"]
        contested = min(book.contested(invoice), invoice["overdue"])
        about_it = sum(
            _remaining(book, promise)
            for promise in book.promises
            if promise["invoice_id"] == invoice["invoice_id"] and promise["promised_on"] >= book.as_of
        )
        opened += book.reporting(max(invoice["open"], 0), currency)
        overdue += book.reporting(invoice["overdue"], currency)
        disputed += book.reporting(contested, currency)
        promised += book.reporting(min(about_it, invoice["overdue"] - contested), currency)
        credit += book.reporting(max(-invoice["open"], 0), currency)
    about_account = sum(
        book.reporting(_remaining(book, promise), book.account_currency(customer_id))
        for promise in book.of(book.promises, customer_id)
        if promise["invoice_id"] is None and promise["promised_on"] >= book.as_of
    )
    promised += min(about_account, max(overdue - disputed - promised, 0))
    credit += max(_unapplied_cash(book, customer_id), 0)
    return {
        "open_amount": opened,
        "overdue_amount": overdue,
        "disputed_amount": disputed,
        "promised_amount": promised,
        "credit_amount": credit,
        "collectible_amount": max(overdue - disputed - promised - credit, 0),
    }


def _remaining(book: Book, promise: dict[str, object]) -> int:
    return max(int(str(promise["amount"])) - book.paid_toward(promise), 0)


def _unapplied_cash(book: Book, customer_id: str) -> int:
    received = sum(
        book.reporting(payment["amount"], payment["currency"])
        for payment in book.of(book.payments, customer_id)
        if payment["invoice_id"] is None
    )
    used = sum(
        book.reporting(adjustment["amount"], book.invoices[adjustment["invoice_id"]]["currency"])
        for adjustment in book.of(book.adjustments, customer_id)
        if adjustment["kind"] == "credit_applied"
    )
    return received - used
