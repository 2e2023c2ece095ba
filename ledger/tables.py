"""The ledger contract: every table and column declared once.

Reader dtypes, validation, SQL and the documentation are rendered from `TABLES`; nothing else in the
project repeats a column's type, bounds or meaning.

In memory a table is a pandas frame that has every declared column, in declared order:
`text` and `choice` are pandas strings, `date` is datetime64[s] (midnight), `money` is whole cents
(int64, or Int64 where the column may be null), `number` is float64, `flag` is bool.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["text", "choice", "date", "money", "number", "flag"]

EARLIEST_DATE = date(1990, 1, 1)
LATEST_DATE = date(2100, 1, 1)
LARGEST_AMOUNT = 10**12  # ten billion currency units, in cents: above it, an amount is a typing error
LONGEST_TEXT = 1_000


@dataclass(frozen=True)
class Column:
    """One column of the contract. `low` and `high` are inclusive; money bounds are cents."""

    name: str
    kind: Kind
    meaning: str
    optional: bool = False
    unit: str = ""
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None

    @property
    def dtype(self) -> str:
        """The pandas dtype that this column has in memory."""
        if self.kind == "money":
            return "Int64" if self.optional else "int64"
        return {"text": "str", "choice": "str", "date": "datetime64[s]", "number": "float64", "flag": "bool"}[self.kind]


@dataclass(frozen=True)
class Table:
    """One table of the contract. `dated_by` is the record's own date; `key` identifies a row."""

    name: str
    meaning: str
    key: tuple[str, ...]
    dated_by: str
    columns: tuple[Column, ...]
    required: bool = False

    def column(self, name: str) -> Column:
        """The declaration of one column; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} declares no column {name}")

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def text(name: str, meaning: str, *, optional: bool = False) -> Column:
    return Column(name, "text", meaning, optional)


def choice(name: str, choices: tuple[str, ...], meaning: str, *, optional: bool = False) -> Column:
    return Column(name, "choice", meaning, optional, choices=choices)


def day(name: str, meaning: str, *, optional: bool = False) -> Column:
    return Column(name, "date", meaning, optional, unit="date")


def money(name: str, meaning: str, *, optional: bool = False, low: float = -LARGEST_AMOUNT) -> Column:
    return Column(name, "money", meaning, optional, unit="currency", low=low, high=LARGEST_AMOUNT)


def known_on() -> Column:
    return day("known_on", "when the record could have been known; the record's own date where absent", optional=True)


CUSTOMER_ID = text("customer_id", "the customer that owes or paid")

CHANNELS = ("email", "sms", "call", "letter", "visit")

CUSTOMERS = Table(
    "customers",
    "Who buys on credit. A customer is known from onboarded_on, or always where that is empty.",
    key=("customer_id",),
    dated_by="onboarded_on",
    columns=(
        text("customer_id", "identifies the customer"),
        text("name", "as the collector knows it", optional=True),
        text("country", "ISO 3166 code", optional=True),
        text("industry", "the customer's line of business", optional=True),
        money("credit_limit", "the most that may be open", optional=True, low=0),
        text("currency", "ISO 4217 code of the customer's account", optional=True),
        day("onboarded_on", "first day of the relationship", optional=True),
        text("parent_id", "the customer_id of the group's head", optional=True),
        choice("preferred_channel", CHANNELS, "how the customer wants to be contacted", optional=True),
        Column("do_not_contact", "flag", "true where the customer must not be contacted", optional=True),
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
    "Money that came in. A payment without an invoice is unapplied cash; a reversal is negative.",
    key=("payment_id",),
    dated_by="paid_on",
    required=True,
    columns=(
        text("payment_id", "identifies the payment"),
        text("invoice_id", "the invoice it pays; empty for unapplied cash", optional=True),
        CUSTOMER_ID,
        day("paid_on", "value date"),
        money("amount", "amount received; negative for a reversal"),
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
        money("amount", "how much less is open; negative on the credit note that was used"),
        known_on(),
    ),
)

DISPUTES = Table(
    "disputes",
    "What the customer contests.",
    key=("dispute_id",),
    dated_by="opened_on",
    columns=(
        text("dispute_id", "identifies the dispute"),
        text("invoice_id", "the contested invoice"),
        day("opened_on", "date on which it was raised"),
        day("closed_on", "date on which it was resolved; known only once passed", optional=True),
        text("reason", "the customer's reason", optional=True),
        money("amount", "contested part; the whole open amount where absent", optional=True, low=0),
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
        money("amount", "promised amount", low=0),
    ),
)

CONTACTS = Table(
    "contacts",
    "Who was contacted, when, how, and what came of it.",
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
            ("no_answer", "reached", "promise", "dispute", "refused", "bounced"),
            "what came of it",
            optional=True,
        ),
        text("collector_id", "who made the contact", optional=True),
        Column("minutes", "number", "time it took", True, unit="minutes", low=0, high=1_440),
        Column("propensity", "number", "probability with which it was chosen", True, unit="probability", low=0, high=1),
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
        Column("rate", "number", "reporting currency units for one unit", unit="ratio", low=1e-9, high=1e9),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table for table in (CUSTOMERS, INVOICES, PAYMENTS, ADJUSTMENTS, DISPUTES, PROMISES, CONTACTS, FX_RATES)
}
