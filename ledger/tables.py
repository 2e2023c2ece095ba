"""The ledger contract: every table and column declared once.

Reader dtypes, validation, SQL and the documentation are rendered from `TABLES`; nothing else in the
project repeats a column's type, bounds or meaning.
"""

from datetime import date

from ledger import declarations
from ledger.declarations import Column, Table, choice, day, flag, number, text

EARLIEST_DATE = date(1990, 1, 1)
LATEST_DATE = date(2100, 1, 1)
LARGEST_AMOUNT = 10**12  # ten billion currency units, in hundredths: above it, an amount is a typing error
LONGEST_TEXT = 1_000
LONGEST_CODE = 100  # of a country, a currency, a language: a name is used and warned of, what is longer is none
LONGEST_ID = 200  # PostgreSQL indexes at most 2,704 bytes of a row: three ids, whatever their letters


def longest(column: Column) -> int:
    """The most characters that a cell of a column of texts may have."""
    if column.name in ("country", "currency", "language"):
        return LONGEST_CODE
    return LONGEST_ID if column.name.endswith("_id") else LONGEST_TEXT


def money(name: str, meaning: str, *, optional: bool = False, low: float = -LARGEST_AMOUNT) -> Column:
    """An amount in the row's currency, within what an amount can be."""
    return declarations.money(name, meaning, unit="currency", optional=optional, low=low, high=LARGEST_AMOUNT)


def known_on() -> Column:
    return day("known_on", "when the record could have been known; the record's own date where absent", optional=True)


CUSTOMER_ID = text("customer_id", "the customer that owes or paid")

CHANNELS = ("email", "sms", "call", "letter", "visit")
OUTCOMES = (
    *("no_answer", "reached", "promise", "dispute", "refused", "bounced"),
    *("paid", "call_back", "wrong_contact", "left_message"),
)

CUSTOMERS = Table(
    "customers",
    "Who buys on credit. A customer is known from onboarded_on, or always where that is empty.",
    key=("customer_id",),
    dated_by="onboarded_on",
    columns=(
        text("customer_id", "identifies the customer"),
        text("name", "as the collector knows it", optional=True),
        text("country", "ISO 3166 code of two letters, such as DE", optional=True),
        text("industry", "the customer's line of business", optional=True),
        money("credit_limit", "the most that may be open", optional=True, low=0),
        text("currency", "ISO 4217 code of the customer's account", optional=True),
        day("onboarded_on", "first day of the relationship", optional=True),
        text("parent_id", "the customer_id of the group's head", optional=True),
        choice("preferred_channel", CHANNELS, "how the customer wants to be contacted", optional=True),
        flag("do_not_contact", "true where the customer must not be contacted", optional=True),
        text("email", "address for e-mails", optional=True),
        text("phone", "number for calls and text messages", optional=True),
    ),
)

INVOICES = Table(
    "invoices",
    "What was billed. A credit note has a negative amount.",
    key=("invoice_id",),
    dated_by="issued_on",
    required=True,
    columns=(
        text("invoice_id", "identifies the invoice"),
        CUSTOMER_ID,
        choice("kind", ("invoice", "credit_note"), "an invoice where absent", optional=True),
        day("issued_on", "date of the invoice"),
        day("due_on", "last day on which a payment is on time"),
        money("amount", "billed amount; negative for a credit note"),
        text("currency", "ISO 4217 code; the customer's where absent", optional=True),
        known_on(),
    ),
)

PAYMENTS = Table(
    "payments",
    "Money received. A payment without an invoice is unapplied cash; a reversal or a refund is negative.",
    key=("payment_id",),
    dated_by="paid_on",
    required=True,
    columns=(
        text("payment_id", "identifies the payment"),
        text("invoice_id", "the invoice it pays; empty for unapplied cash", optional=True),
        text("customer_id", "who paid; may be another than who owes the invoice"),
        day("paid_on", "value date: the money counts from then"),
        money("amount", "amount received; negative for a reversal or a refund"),
        text(
            "currency", "ISO 4217 code of the amount; the invoice's, else the customer's, where absent", optional=True
        ),
        text("method", "how it was paid", optional=True),
        known_on(),
    ),
)

ADJUSTMENTS = Table(
    "adjustments",
    "What changed an invoice's open amount without cash. A positive amount lowers what is open.",
    key=("adjustment_id",),
    dated_by="posted_on",
    columns=(
        text("adjustment_id", "identifies the adjustment"),
        text("invoice_id", "the invoice or credit note that it changes"),
        choice(
            "kind",
            ("write_off", "discount", "credit_applied", "cancellation", "collection_handover"),
            "why the open amount changed",
        ),
        day("posted_on", "booking date"),
        money(
            "amount", "how much less is open; negative on the credit note that was used, and what takes a posting back"
        ),
        text("currency", "ISO 4217 code of the amount; the invoice's where absent", optional=True),
        known_on(),
    ),
)

INSTALMENTS = Table(
    "instalments",
    "The due dates of an invoice that has several; payments fill them in order. Known with their invoice.",
    key=("invoice_id", "due_on"),
    columns=(
        text("invoice_id", "the invoice that is paid in instalments"),
        day("due_on", "last day on which this instalment is on time"),
        money(
            "amount", "the instalment; what the instalments leave of the invoice is due on the invoice's own day", low=1
        ),
        known_on(),
    ),
)

# The key of a row that came by a filled-in worklist begins with the night's run and the rank of the row.
FILLED_IN = r"^[0-9a-f]{16}-[0-9]+(?:-|$)"

DISPUTES = Table(
    "disputes",
    "What the customer contests.",
    key=("dispute_id",),
    dated_by="opened_on",
    columns=(
        text("dispute_id", "identifies the dispute"),
        text("invoice_id", "the contested invoice"),
        day("opened_on", "date on which it was raised"),
        day(
            "closed_on",
            "date on which it was resolved; known only once passed. What collectors wrote on a worklist ends with the "
            "next end of a dispute about the same invoice",
            optional=True,
        ),
        text("reason", "the customer's reason", optional=True),
        money("amount", "contested part; the whole open amount where absent", optional=True, low=0),
    ),
)

HOLDS = Table(
    "holds",
    "What is not asked for until a day, without being disputed: of a customer, or of one invoice.",
    key=("hold_id",),
    dated_by="from_on",
    columns=(
        text("hold_id", "identifies the hold"),
        text(
            "customer_id", "the customer who is not asked for anything; empty where an invoice is named", optional=True
        ),
        text("invoice_id", "the invoice that is not asked for; empty for all of the customer's", optional=True),
        day("from_on", "first day of the hold"),
        day("until_on", "last day of the hold; empty where it has no end", optional=True),
        text("reason", "why it is held", optional=True),
        known_on(),
    ),
)

PEOPLE = Table(
    "people",
    "Whom a collector speaks with at a customer. A person without known_on is always known.",
    key=("person_id",),
    columns=(
        text("person_id", "identifies the person"),
        CUSTOMER_ID,
        text("name", "as the person is addressed", optional=True),
        text("role", "what the person does there: accounts payable, managing director", optional=True),
        text("phone", "number for calls and text messages", optional=True),
        text("email", "address for e-mails", optional=True),
        text("language", "ISO 639 code of the language that the person speaks", optional=True),
        day("bounced_on", "day on which a message came back; known only once passed", optional=True),
        known_on(),
    ),
)

PROMISES = Table(
    "promises",
    "Promises to pay.",
    key=("promise_id",),
    dated_by="made_on",
    columns=(
        text("promise_id", "identifies the promise"),
        CUSTOMER_ID,
        text("invoice_id", "the invoice that it is about; empty for the whole account", optional=True),
        day("made_on", "date on which the promise was made"),
        day("promised_on", "last day on which a payment keeps the promise"),
        money("amount", "promised amount, in the currency of its invoice, else of the account", low=0),
    ),
)

CONTACTS = Table(
    "contacts",
    "Who was contacted, when, how, and with what outcome.",
    key=("contact_id",),
    dated_by="contacted_on",
    columns=(
        text("contact_id", "identifies the contact"),
        CUSTOMER_ID,
        text("invoice_id", "the invoice that it was about", optional=True),
        day("contacted_on", "date of the contact"),
        choice("channel", CHANNELS, "how the customer was contacted"),
        choice(
            "outcome",
            OUTCOMES,
            "the outcome of the contact",
            optional=True,
        ),
        text("collector_id", "who made the contact", optional=True),
        number("minutes", "time it took", "minutes", optional=True, low=0, high=1_440),
        number("propensity", "probability with which it was chosen", "probability", optional=True, low=0, high=1),
        text("spoke_with", "who was spoken with", optional=True),
        text("note", "what the collector wrote down", optional=True),
        day("next_contact_on", "day on which the customer is to be contacted again", optional=True),
    ),
)

FX_RATES = Table(
    "fx_rates",
    "Rates to the reporting currency: amount times rate.",
    key=("on", "currency"),
    dated_by="on",
    columns=(
        day("on", "day from which the rate holds"),
        text("currency", "ISO 4217 code"),
        number("rate", "reporting currency units for one unit", "ratio", low=1e-9, high=1e9),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        *(CUSTOMERS, INVOICES, PAYMENTS, INSTALMENTS, ADJUSTMENTS, DISPUTES, HOLDS),
        *(PEOPLE, PROMISES, CONTACTS, FX_RATES),
    )
}
