"""What happened: cash, contacts and promises as they became known, and what came of earlier scores.

Each night writes only what no night before it has written, so that a night costs what a day brings.
"""

from ledger.declarations import Table, day, number, probability, text, whole
from worklists.score_db.tables.columns import AS_OF, CUSTOMER_ID, RUN_ID, in_currency, money

RECEIPTS = Table(
    "receipts",
    "Each payment, on the first night that counts it: known, and its value date reached. Reversals and refunds are "
    "negative. The first night has those of the last 92 days.",
    key=("as_of", "payment_id"),
    about=("payment_id",),
    looked_up_by=("customer_id", "paid_on"),
    columns=(
        RUN_ID,
        AS_OF,
        text("payment_id", "the payment"),
        text("customer_id", "the customer whose debt it pays, whoever paid"),
        text(
            "invoice_id",
            "the invoice that it pays (invoices_dim.document_id); empty for cash on account",
            optional=True,
        ),
        day("paid_on", "value date"),
        day("known_on", "day from which it counts: known, and its value date reached"),
        money("amount", "amount at the night's rate"),
        in_currency("amount_in_currency", "amount in currency, that of the invoice, else of the account"),
        text("currency", "ISO 4217 code; empty where the ledger states none", optional=True),
        text("method", "how it was paid", optional=True),
    ),
)

CONTACTS_MADE = Table(
    "contacts_made",
    "Each contact, on the first night that knows it. The first night has those of the last 92 days.",
    key=("as_of", "contact_id"),
    about=("contact_id",),
    looked_up_by=("customer_id", "contacted_on"),
    columns=(
        RUN_ID,
        AS_OF,
        text("contact_id", "the contact"),
        CUSTOMER_ID,
        text("invoice_id", "the invoice that it was about (invoices_dim.document_id)", optional=True),
        day("contacted_on", "day of the contact"),
        text("channel", "how the customer was contacted"),
        text("outcome", "what came of it", optional=True),
        text("collector_id", "who made the contact", optional=True),
        number("minutes", "time that it took", "minutes", optional=True),
        text("spoke_with", "who was spoken with", optional=True),
        text("note", "what the collector wrote down", optional=True),
        day("next_contact_on", "day on which the customer is to be contacted again", optional=True),
        day(
            "list_of",
            "the night whose list was at hand on that day: the latest one until then; empty where none was",
            optional=True,
        ),
        whole(
            "recommended",
            "1 where that list had the customer; empty where it is not known, as of what was entered days later",
            "0 or 1",
            optional=True,
        ),
        whole(
            "held_out", "1 where that night left the customer alone at random; empty likewise", "0 or 1", optional=True
        ),
    ),
)

PROMISES_TRACKED = Table(
    "promises_tracked",
    "Each promise to pay, on the night that first knows it and on each that sees its state or what was paid toward it "
    "change, until 35 days after its day. The first night has those that fell due in the last 92 days, or later.",
    key=("as_of", "promise_id"),
    about=("promise_id",),
    columns=(
        RUN_ID,
        AS_OF,
        text("promise_id", "the promise"),
        CUSTOMER_ID,
        text("invoice_id", "the invoice that it is about (invoices_dim.document_id); empty for all", optional=True),
        day("made_on", "day on which it was made"),
        day("promised_on", "last day on which a payment keeps it"),
        money("amount", "promised amount at the night's rate"),
        money("paid", "what came in toward it from the one day to the other, at the night's rate"),
        text("state", "kept once all of it came in by its day; open until that day, broken after it"),
        text("collector_id", "who took it: of the customer's contact on that day, one that ended in a promise first",
             optional=True),
    ),
)  # fmt: skip

OUTCOMES = Table(
    "outcomes",
    "What came of an earlier night's scores, once known: the chance that was published, and what happened. A night is "
    "followed up 37 days later (30 days, and a week for bookings), for defaults 187 days later; of nights with more "
    "than 100,000 open invoices every eighth. Invoices and customers whose outcome is not known then have no row.",
    key=("as_of", "scored_on", "measure", "entity"),
    about=("scored_on", "measure", "entity"),
    columns=(
        RUN_ID,
        AS_OF,
        day("scored_on", "the night that published the score"),
        text(
            "measure",
            "late (p_late of an invoice due within the 30 days), paid_30d (p_paid_30d of an invoice), unpaid_30d "
            "(p_unpaid_30d of a customer with a collectible amount, without a contact) or default (p_default)",
        ),
        text("entity", "the invoice_id of late and paid_30d, the customer_id of the others"),
        CUSTOMER_ID,
        probability("expected", "the chance, or share, that was published"),
        probability("actual", "what happened: 1 or 0, or the share of the amount that was unpaid"),
        money("amount", "what it is about: open amount of the invoice, collectible of unpaid_30d, open of default"),
    ),
)
