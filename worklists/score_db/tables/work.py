"""What is to be done, why in this order, and what was left out."""

from ledger.declarations import Table, day, number, probability, text, whole
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
    money,
)

LEVEL = "how many steps of the ladder were done since the oldest debt that is asked for fell due, as contacts show it"

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
        *(text(f"reason_{place}", f"reason {place} for the score, in words", optional=True) for place in (1, 2, 3)),
        day("last_contact_on", "day of the last contact", optional=True),
        text("promise_status", "state of the latest promise to pay, with its day: open, kept or broken; or none"),
        RUN_ID,
        MODEL_VERSIONS,
        text("tone", "how to speak: friendly, neutral, firm or formal", optional=True),
        text("offer", "what the collector may offer, in words; empty where nothing", optional=True),
        MINUTES,
        GAIN_BASIS,
        text("what_changed", "since the night before, in words; empty where no earlier night is known", optional=True),
        text("contact_history", "the contacts of the last 90 days in brief, the latest first", optional=True),
        whole("dunning_level", f"{LEVEL}; 0: none; empty on nights of earlier versions", "steps", optional=True),
    ),
)

WHY_RANKED = Table(
    "why_ranked",
    "The parts of each row's rank: expected_gain = collectible_amount x effect; what decides is gain_per_minute = "
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
        number("weight", "what a unit of the gain is worth compared with one of the usual loss rate", "ratio"),
        MINUTES,
        number("gain_per_minute", "what the rank is by", "currency units a minute"),
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
