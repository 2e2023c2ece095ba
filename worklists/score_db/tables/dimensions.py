"""What the facts are about: customers, invoices and days."""

from ledger.declarations import Table, day, text, whole
from worklists.score_db.tables.columns import AS_OF, CUSTOMER_ID, RUN_ID, in_currency, money

CUSTOMERS_DIM = Table(
    "customers_dim",
    "Each customer as the ledger describes it, on the first night that knows it, on each that sees a change, and at "
    "least once a year.",
    key=("as_of", "customer_id"),
    about=("customer_id",),
    columns=(
        RUN_ID,
        AS_OF,
        CUSTOMER_ID,
        text("customer_name", "as the collector knows the customer", optional=True),
        text("country", "ISO 3166 code", optional=True),
        text("industry", "line of business", optional=True),
        text("head_id", "the customer at the head of its group; its own id where there is none"),
        money("credit_limit", "the most that may be open, at the night's rate", optional=True),
        text("currency", "ISO 4217 code of the account; empty where the ledger states none", optional=True),
        day("onboarded_on", "first day of the relationship", optional=True),
        text("preferred_channel", "how the customer wants to be contacted", optional=True),
        whole("do_not_contact", "1 where the customer must not be contacted", "0 or 1"),
        whole("content_hash", "differs where something of the ledger's description does", "hash"),
    ),
)

INVOICES_DIM = Table(
    "invoices_dim",
    "Each invoice and credit note, on the first night that knows it and on each that sees it settled, or open again. "
    "The first night has those that are open, and those that were issued or settled in the last 92 days.",
    key=("as_of", "invoice_id"),
    about=("invoice_id",),
    columns=(
        RUN_ID,
        AS_OF,
        text("invoice_id", "the invoice; of one in instalments, each part, as in invoice_scores"),
        text("document_id", "the whole invoice; the same but for parts"),
        CUSTOMER_ID,
        text("kind", "invoice or credit_note"),
        day("issued_on", "date of the invoice"),
        day("due_on", "last day on which a payment is on time"),
        day("changed_on", "day from which what the row says could be known"),
        money("amount", "billed amount at the night's rate; negative for a credit note"),
        in_currency("amount_in_currency", "billed amount in currency"),
        text("currency", "ISO 4217 code; empty where the ledger states none", optional=True),
        day("settled_on", "day from which nothing of it was open; empty while something is", optional=True),
    ),
)

CALENDAR = Table(
    "calendar",
    "One row per day from 2000 to 2049, the same in every database; no night writes it. Working days are Monday to "
    "Friday: holidays are not known.",
    key=("day",),
    columns=(
        day("day", "the day"),
        whole("day_number", "days since 1970-01-01: differences are days, in every SQL", "days"),
        day("week", "the Monday of its week"),
        text("month", "such as 2024-06"),
        text("quarter", "such as 2024-Q2"),
        whole("year", "the year", "year"),
        whole("weekday", "1 is Monday, 7 is Sunday", "1 to 7"),
        whole("working_day", "1 from Monday to Friday", "0 or 1"),
        whole("working_day_number", "working days since 1970-01-01, this one included", "days"),
        whole("month_end", "1 on the last day of a month", "0 or 1"),
    ),
)
