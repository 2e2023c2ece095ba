"""What a night writes: every score table and column declared once.

The SQL tables and views, the checks before publishing, worklist.csv and the data dictionary are rendered from
`SCORE_TABLES`; `AUDIT` stands apart: it has clock times, and no view. In memory `money` is whole cents (int64) and
`date` is datetime64[s]; published, money is currency units with two decimals in the reporting currency.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "money", "probability", "number", "whole"]


@dataclass(frozen=True)
class Column:
    """One published column."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """One published table. `key` identifies a row, and rows are written in its order; a log has none."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]


def text(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, "text", meaning, nullable=nullable)


def day(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, "date", meaning, "date", nullable)


def money(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, "money", meaning, "reporting currency", nullable)


def probability(name: str, meaning: str, *, nullable: bool = False) -> Column:
    return Column(name, "probability", meaning, "0 to 1", nullable)


def number(name: str, meaning: str, unit: str, *, nullable: bool = False) -> Column:
    return Column(name, "number", meaning, unit, nullable)


def whole(name: str, meaning: str, unit: str = "count", *, nullable: bool = False) -> Column:
    return Column(name, "whole", meaning, unit, nullable)


RUN_ID = text("run_id", "the run that wrote the row; the same night has the same id")
AS_OF = day("as_of", "the night: what was known before this day")
CUSTOMER_ID = text("customer_id", "the customer")
CUSTOMER_NAME = text("customer_name", "as the collector knows the customer", nullable=True)
OPEN_AMOUNT = money("open_amount", "open amount of the customer's invoices")
OVERDUE_AMOUNT = money("overdue_amount", "open amount past its due date")
COLLECTIBLE_AMOUNT = money(
    "collectible_amount", "overdue less disputed, promised and not yet due, and unapplied credit; never below zero"
)
P_UNPAID_30D = probability(
    "p_unpaid_30d",
    "share of the collectible amount (of the open amount where nothing is collectible) expected to be still unpaid "
    "after 30 days without a contact; empty where nothing is open",
    nullable=True,
)
P_DEFAULT = probability("p_default", "probability of default within the default horizon (180 days)")
RISK_BAND = text("risk_band", "band of p_default")
SEGMENT = text("segment", "segment of the customer: risk, value and behaviour")
EXPECTED_GAIN = money(
    "expected_gain",
    "extra cash expected within 30 days because of the contact; value at risk where no effect is learned, see "
    "gain_basis",
)
MINUTES = whole("minutes", "the collector's time for the action by this channel", "minutes")
GAIN_BASIS = text(
    "gain_basis",
    "how fine the effect is known: customer, age of the debt, portfolio, other channels, no comparable contact; or "
    "value at risk where no effect is learned, or nothing is overdue yet",
)
MODEL_VERSIONS = text("model_versions", "the models and rules that scored, each with its version")


def _paid_within(days: int) -> Column:
    return probability(f"p_paid_{days}d", f"probability that it is paid within {days} days of the night")


RUNS = Table(
    "runs",
    "One row per night: what it was made from. No clock time, since the same night gives the same row again.",
    key=("as_of",),
    columns=(
        RUN_ID,
        AS_OF,
        text("created_by_version", "version of duerank"),
        text("data_hash", "hash of the ledger as it was known"),
        text("catalogue_hash", "hash of the feature catalogue"),
        text("settings_hash", "hash of the settings"),
        MODEL_VERSIONS,
        text("reporting_currency", "ISO 4217 code of every published amount"),
        whole("invoices_scored", "rows in invoice_scores"),
        whole("customers_scored", "rows in customer_scores"),
        whole("worklist_rows", "rows in worklist"),
        whole("quarantined_rows", "refused rows of the ledger"),
        text("ranking", "what the worklist is ranked by"),
        text("notes", "what a reader should know about this night, one remark per line", nullable=True),
    ),
)

INVOICE_SCORES = Table(
    "invoice_scores",
    "When each open invoice is expected to be paid.",
    key=("as_of", "invoice_id"),
    columns=(
        RUN_ID,
        AS_OF,
        text("invoice_id", "the open invoice"),
        CUSTOMER_ID,
        day("due_on", "last day on which a payment is on time"),
        money("open_amount", "open amount of the invoice"),
        whole("days_past_due", "days since the due date; negative before it", "days"),
        probability("p_late", "probability that it is unpaid at the end of due date and grace; 1 once that has passed"),
        *(_paid_within(days) for days in (7, 14, 30, 60, 90)),
        day("expected_paid_on", "day by whose end it is paid in one case of two; at most about two years ahead"),
        day("paid_on_p10", "day by whose end it is paid in one case of ten"),
        day("paid_on_p90", "day by whose end it is paid in nine cases of ten"),
    ),
)

CUSTOMER_SCORES = Table(
    "customer_scores",
    "Balance, risk and value of a contact of each customer.",
    key=("as_of", "customer_id"),
    columns=(
        RUN_ID,
        AS_OF,
        CUSTOMER_ID,
        OPEN_AMOUNT,
        OVERDUE_AMOUNT,
        COLLECTIBLE_AMOUNT,
        P_UNPAID_30D,
        P_DEFAULT,
        number("score_points", "600 = odds of 50 to 1 against default; 20 points double the odds", "points"),
        RISK_BAND,
        SEGMENT,
        money(
            "expected_gain",
            "extra cash expected within 30 days of a contact by best_channel; value at risk where no effect is "
            "learned, see runs.ranking",
        ),
        text(
            "best_channel",
            "permitted channel with the largest expected gain; the strategy's where no effect is learned",
            nullable=True,
        ),
    ),
)

SEGMENTS = Table(
    "segments",
    "The segment of each customer and why.",
    key=("as_of", "customer_id"),
    columns=(RUN_ID, AS_OF, CUSTOMER_ID, SEGMENT, text("reason", "the rule that assigned the segment, with figures")),
)

WORKLIST = Table(
    "worklist",
    "The night's collection work in order of rank; also worklist.csv.",
    key=("as_of", "rank"),
    columns=(
        AS_OF,
        whole("rank", "1 is the first to contact", "rank"),
        text("collector_id", "who is to do it; empty where nobody is assigned", nullable=True),
        CUSTOMER_ID,
        CUSTOMER_NAME,
        SEGMENT,
        RISK_BAND,
        text("action", "recommended step of the strategy"),
        text("channel", "how to contact; empty where the action is no contact", nullable=True),
        text("currency", "reporting currency of the amounts"),
        OPEN_AMOUNT,
        OVERDUE_AMOUNT,
        COLLECTIBLE_AMOUNT,
        whole("days_past_due", "of the oldest open invoice; negative before its due date", "days"),
        number("average_days_late", "mean delay of the customer's paid invoices", "days", nullable=True),
        P_UNPAID_30D,
        P_DEFAULT,
        EXPECTED_GAIN,
        *(text(f"reason_{place}", f"reason {place} for the score, in words", nullable=True) for place in (1, 2, 3)),
        day("last_contact_on", "day of the last contact", nullable=True),
        text("promise_status", "state of the latest promise to pay, with its day: open, kept or broken; or none"),
        RUN_ID,
        MODEL_VERSIONS,
        text("tone", "how to speak: friendly, neutral, firm or formal", nullable=True),
        text("offer", "what the collector may offer, in words; empty where nothing", nullable=True),
        MINUTES,
        GAIN_BASIS,
        text("what_changed", "since the night before, in words; empty where no earlier night is known", nullable=True),
        text("contact_history", "the contacts of the last 90 days in brief, the latest first", nullable=True),
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
        text("channel", "how to contact", nullable=True),
        number(
            "effect", "share of the collectible amount that is paid because of the contact", "0 to 1", nullable=True
        ),
        number("effect_low", "lower end of the effect's interval (effect.confidence)", "-1 to 1", nullable=True),
        number("effect_high", "upper end of it", "-1 to 1", nullable=True),
        GAIN_BASIS,
        EXPECTED_GAIN,
        number("recovered_share", "share of the gain that would never have come otherwise", "0 to 1", nullable=True),
        number("weight", "what a unit of the gain is worth beside one with the usual loss rate", "ratio"),
        MINUTES,
        number("gain_per_minute", "what the rank is by", "currency units a minute"),
        text("caps", "what kept the row from a better channel or place; empty where nothing did", nullable=True),
        text("text", "the parts in a sentence"),
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
        money("credit_limit", "the customer's limit; empty where the ledger has none", nullable=True),
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
        text("channel", "channel of the recommended contact; empty where there is none", nullable=True),
        day("period", "first day of the hold-out period, in which the customer's draw stays the same"),
        money("collectible_amount", "what could be collected on that night"),
    ),
)

REASONS = Table(
    "reasons",
    "Why a score is what it is: the exact contributions of the features that count most, the largest first.",
    key=("as_of", "model", "entity", "position"),
    columns=(
        RUN_ID,
        AS_OF,
        text("entity", "the invoice_id or customer_id, as the model says"),
        text("model", "the score that is explained: late_payment of an invoice, unpaid_30d or default of a customer"),
        text("feature", "name in the feature dictionary"),
        number("value", "the feature's value; empty where missing", "the feature's", nullable=True),
        number("contribution", "share of the feature in the model's raw score", "log-odds"),
        text("text", "the reason in words", nullable=True),
        whole("position", "1 is the largest contribution", "rank"),
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
        text("invoice_id", "the invoice; empty where it is about the whole account", nullable=True),
        text("reason", "why, as a stable word such as dispute or promise"),
        money("amount", "amount held back"),
        text("text", "why, in words"),
    ),
)

KEY_FIGURES = Table(
    "key_figures",
    "Figures of the whole portfolio: DSO, ageing, collection effectiveness, roll rates.",
    key=("as_of", "name"),
    columns=(
        RUN_ID,
        AS_OF,
        text("name", "the figure"),
        number("value", "empty where the ledger cannot say", "see unit", nullable=True),
        text("unit", "days, percent, share (0 to 1), count, or currency (units of the reporting currency, not cents)"),
        text("formula", "how it is computed"),
    ),
)

CASH_FORECAST = Table(
    "cash_forecast",
    "Expected receipts from the invoices that are open now, per day.",
    key=("as_of", "day"),
    columns=(
        RUN_ID,
        AS_OF,
        day("day", "day of receipt"),
        money("expected", "expected receipts of the day"),
        money("p10", "receipts reach this in nine cases of ten"),
        money("p90", "receipts stay below this in nine cases of ten"),
    ),
)

CASH_FORECAST_PARTS = Table(
    "cash_forecast_parts",
    "Expected receipts per day, segment and part: of the invoices that are open now (together they are cash_forecast, "
    "to the cent), and of those not issued yet. Of the latter, every invoice of the last 91 days is expected to be "
    "issued again 91 days later, with its amount and terms; by the end of day d, one issued on day s with terms of t "
    "days brings amount x the share of the portfolio's invoices that are paid by d - s - t days past due. Ranges of "
    "segments do not add up.",
    key=("as_of", "part", "segment", "day"),
    columns=(
        RUN_ID,
        AS_OF,
        text("part", "open: from invoices that are open now; not_yet_issued: from those still to be issued"),
        SEGMENT,
        day("day", "day of receipt"),
        money("expected", "expected receipts of the day"),
        money("p10", "receipts reach this in nine cases of ten"),
        money("p90", "receipts stay below this in nine cases of ten"),
    ),
)

SCORE_TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        RUNS,
        INVOICE_SCORES,
        CUSTOMER_SCORES,
        SEGMENTS,
        WORKLIST,
        WHY_RANKED,
        REASONS,
        SUPPRESSIONS,
        KEY_FIGURES,
        CASH_FORECAST,
        CASH_FORECAST_PARTS,
        EARLY_WARNINGS,
        CONTACT_LOG,
    )
}

AUDIT = Table(
    "audit",
    "Who changed these tables when, with what: one row per night that was published and per customer who was "
    "forgotten. Rows are only ever added; a night that runs again adds another.",
    key=(),
    columns=(
        text("at", "time in UTC, as ISO 8601"),
        text("login", "the user of the operating system"),
        text("host", "the machine"),
        text("command", "nightly or forget"),
        text("ledger", "the ledger's folder, or its database without user and password", nullable=True),
        day("as_of", "the night that was published", nullable=True),
        text("run_id", "its run", nullable=True),
        text("data_hash", "hash of the ledger as it was known", nullable=True),
        text("model_versions", "the models and rules that scored", nullable=True),
        text("customer", "who was forgotten, as salt:hash, which only those can read who know the id", nullable=True),
    ),
)
