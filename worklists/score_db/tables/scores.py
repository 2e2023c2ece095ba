"""What is expected of each invoice and each customer, and why."""

from ledger.declarations import Column, Table, day, number, probability, text, whole
from worklists.score_db.tables.columns import (
    AS_OF,
    COLLECTIBLE_AMOUNT,
    CUSTOMER_ID,
    OPEN_AMOUNT,
    OVERDUE_AMOUNT,
    P_DEFAULT,
    P_UNPAID_30D,
    RISK_BAND,
    RUN_ID,
    SEGMENT,
    money,
)


def _paid_within(days: int) -> Column:
    return probability(f"p_paid_{days}d", f"probability that it is paid within {days} days of the night")


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
            "extra cash expected within 30 days of a contact by best_channel; an assumed one where no effect is "
            "learned, see runs.ranking",
        ),
        text(
            "best_channel",
            "permitted channel with the largest expected gain; the strategy's where no effect is learned",
            optional=True,
        ),
    ),
)

SEGMENTS = Table(
    "segments",
    "The segment of each customer and why.",
    key=("as_of", "customer_id"),
    columns=(RUN_ID, AS_OF, CUSTOMER_ID, SEGMENT, text("reason", "the rule that assigned the segment, with figures")),
)
