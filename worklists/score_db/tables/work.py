"""What is to be done, why in this order, and what was left out."""

from dataclasses import replace

from ledger import declarations
from ledger.declarations import Column, Table, day, number, probability, text, whole
from worklists.score_db.tables.columns import (
    AS_OF,
    COLLECTIBLE_AMOUNT,
    CUSTOMER_ID,
    CUSTOMER_NAME,
    EXPECTED_GAIN,
    GAIN_BASIS,
    MINUTES,
    MODEL_VERSIONS,
    OPEN_AMOUNT,
    OVERDUE_AMOUNT,
    P_DEFAULT,
    P_UNPAID_30D,
    RISK_BAND,
    RUN_ID,
    SEGMENT,
    VALUE_PER_MINUTE,
    WEIGHT,
    money,
)

LEVEL = "how many steps of the ladder were done since the oldest debt that is asked for fell due, as contacts show it"


def since_then(column: Column) -> Column:
    """A column that a table got later: nights of earlier versions have none."""
    return replace(column, optional=True, meaning=f"{column.meaning}; empty on nights of earlier versions")


def of_invoice(name: str, meaning: str) -> Column:
    """An amount in the currency of its invoice."""
    return declarations.money(name, meaning, unit="the invoice's currency")


WORKLIST = Table(
    "worklist",
    "The night's collection work in order of rank; also worklist.csv.",
    key=("as_of", "rank"),
    columns=(
        AS_OF,
        whole("rank", "1 is the first to contact", "rank"),
        text("collector_id", "who is to do it; empty where no one is assigned", optional=True),
        CUSTOMER_ID,
        CUSTOMER_NAME,
        SEGMENT,
        RISK_BAND,
        text("action", "recommended step of the strategy"),
        text("channel", "how to contact; empty where the action is no contact", optional=True),
        text("currency", "reporting currency of the amounts"),
        OPEN_AMOUNT,
        OVERDUE_AMOUNT,
        COLLECTIBLE_AMOUNT,
        whole("days_past_due", "of the oldest open invoice; negative before its due date", "days"),
        number("average_days_late", "mean delay of the customer's paid invoices", "days", optional=True),
        P_UNPAID_30D,
        P_DEFAULT,
        EXPECTED_GAIN,
        text(
            "reason_1",
            "why the customer is to be contacted: what a contact brings, the habit, what contacts did before",
            optional=True,
        ),
        *(
            text(
                f"reason_{place}",
                "a fact that helps in the call, with what is usual; empty where none counts",
                optional=True,
            )
            for place in (2, 3)
        ),
        day("last_contact_on", "day of the last contact", optional=True),
        text("promise_status", "state of the latest promise to pay, with its day: open, kept or broken; or none"),
        RUN_ID,
        MODEL_VERSIONS,
        text("tone", "how to speak: friendly, neutral, firm or formal", optional=True),
        text("offer", "what the collector may offer, in words; empty where nothing", optional=True),
        MINUTES,
        GAIN_BASIS,
        text(
            "what_changed",
            "news about the customer since the night before, in words; empty where there is none",
            optional=True,
        ),
        text("contact_history", "the contacts of the last 90 days in brief, the latest first", optional=True),
        since_then(VALUE_PER_MINUTE),
        since_then(WEIGHT),
        text(
            "due_today",
            "what is due today: a contact as agreed, or a promise not kept; such rows come first",
            optional=True,
        ),
        whole("dunning_level", f"{LEVEL}; 0: none; empty on nights of earlier versions", "steps", optional=True),
    ),
)

OPEN_ITEMS = Table(
    "open_items",
    "The open documents of each customer on the worklist or in the queue of the hand-overs, as they are needed in a "
    "call: in the invoice's currency.",
    key=("as_of", "customer_id", "invoice_id"),
    columns=(
        RUN_ID,
        AS_OF,
        text("customer_id", "who is contacted"),
        text("invoice_id", "the invoice, its instalment, or a credit note"),
        text("owed_by", "whose invoice it is; another than customer_id where a group is contacted at its head"),
        text("kind", "invoice or credit_note"),
        day("issued_on", "date of the invoice"),
        day("due_on", "last day on which a payment is on time"),
        text("currency", "ISO 4217 code of the amounts"),
        of_invoice("amount", "billed amount"),
        of_invoice("open_amount", "what is open of it; negative for a credit note"),
        whole("days_past_due", "days since the due date; negative before it", "days"),
        whole("dunning_level", "steps of the ladder that were done since its due date, as contacts show it", "steps"),
        of_invoice("disputed_amount", "the open part that is disputed"),
        of_invoice("held_amount", "the overdue part that is not to be asked for until a day"),
        of_invoice("promised_amount", "the overdue part under a promise that is not yet due"),
        of_invoice("coming_amount", "the open part that is known to come on a later day"),
    ),
)

WHY_RANKED = Table(
    "why_ranked",
    "The parts of each row's rank: expected_gain = collectible_amount x effect; what decides is value_per_minute = "
    "expected_gain x weight / minutes.",
    key=("as_of", "rank"),
    columns=(
        RUN_ID,
        AS_OF,
        CUSTOMER_ID,
        whole("rank", "1 is the first to contact", "rank"),
        COLLECTIBLE_AMOUNT,
        P_UNPAID_30D,
        text("channel", "how to contact", optional=True),
        number(
            "effect", "share of the collectible amount that is paid because of the contact", "0 to 1", optional=True
        ),
        number("effect_low", "lower end of the effect's interval (effect.confidence)", "-1 to 1", optional=True),
        number("effect_high", "upper end of it", "-1 to 1", optional=True),
        GAIN_BASIS,
        EXPECTED_GAIN,
        number("recovered_share", "share of the gain that would never have come otherwise", "0 to 1", optional=True),
        WEIGHT,
        MINUTES,
        VALUE_PER_MINUTE,
        text("caps", "what kept the row from a better channel or place; empty where nothing did", optional=True),
        text("text", "the parts in a sentence"),
    ),
)

SUPPRESSIONS = Table(
    "suppressions",
    "What was kept out of the worklist, or out of the collectible amount: one row per customer, invoice and reason.",
    key=("as_of", "customer_id", "invoice_id", "reason"),
    columns=(
        RUN_ID,
        AS_OF,
        CUSTOMER_ID,
        text("invoice_id", "the invoice; empty where it is about the whole account", optional=True),
        text("reason", "why, as a stable word such as dispute or promise"),
        money("amount", "amount held back"),
        text("text", "why, in words"),
        text("contacted_at", "who is contacted for the customer: the id at the head of its group", optional=True),
    ),
)

HANDOVERS = Table(
    "handovers",
    "The queue of the hand-overs: customers whose ladder ends, and who wait for an agency or a lawyer. They are not on "
    "the worklist; also handovers.csv.",
    key=("as_of", "customer_id"),
    columns=(
        RUN_ID,
        AS_OF,
        CUSTOMER_ID,
        CUSTOMER_NAME,
        text("action", "to whom: escalate_to_agency or escalate_to_legal"),
        COLLECTIBLE_AMOUNT,
        whole("days_past_due", "of the oldest invoice that is asked for", "days"),
        whole("dunning_level", f"{LEVEL}; 0: none", "steps"),
        text("last_step", "the step that was done last; empty where none was", optional=True),
        day("last_step_on", "the day of it", optional=True),
        day("since_on", "the first day on which the ladder lets the hand-over come"),
        MINUTES,
        text("text", "why, in words"),
    ),
)

EARLY_WARNINGS = Table(
    "early_warnings",
    "Customers whose default score or habits worsened: look at their credit limit and terms before more is lost.",
    key=("as_of", "customer_id", "trigger"),
    columns=(
        RUN_ID,
        AS_OF,
        CUSTOMER_ID,
        text("trigger", "what worsened, as a stable word: score_worse, pays_later, promises_broken, credit_used_up"),
        text("text", "the figures in a sentence"),
        money("credit_limit", "the customer's limit; empty where the ledger has none", optional=True),
        OPEN_AMOUNT,
        text("suggestion", "what to do"),
    ),
)

CONTACT_LOG = Table(
    "contact_log",
    "Who could have been on the worklist, and who was: the record by which the effect of a contact is measured.",
    key=("as_of", "customer_id"),
    columns=(
        RUN_ID,
        AS_OF,
        CUSTOMER_ID,
        whole("recommended", "1 where the customer was put on the worklist", "0 or 1"),
        whole("held_out", "1 where the customer was left out at random", "0 or 1"),
        probability("propensity", "chance of the draw that the customer got: of held_out where that is 1, else of not"),
        text("channel", "channel of the recommended contact; empty where there is none", optional=True),
        day("period", "first day of the hold-out period, in which the customer's draw stays the same"),
        money("collectible_amount", "what could be collected on that night"),
        P_UNPAID_30D,
        money(
            "expected_gain",
            "extra cash expected within 30 days because of a contact by the best channel; empty where it is not known",
            optional=True,
        ),
        whole("days_past_due", "of the oldest open invoice on that night", "days", optional=True),
        number(
            "line_ratio",
            "value of a minute of the customer's best contact over that at the line at which the collectors' minutes "
            "ended; empty where they did not end, and for the held out",
            "ratio",
            optional=True,
        ),
    ),
)
