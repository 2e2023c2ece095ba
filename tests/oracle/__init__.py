"""The slow oracle: balances and features computed again, record by record, in plain Python.

It shares the declarations of the features with the project, and nothing else; frames are read row by row at the door.
"""

from tests.oracle.balances import customer_balances
from tests.oracle.book import Book
from tests.oracle.contact_days import booking_lag, contact_days, paid_after
from tests.oracle.features import customer_features, invoice_features

__all__ = [
    "Book", "booking_lag", "contact_days", "customer_balances", "customer_features", "invoice_features", "paid_after",
]  # fmt: skip
