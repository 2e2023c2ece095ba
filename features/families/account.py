"""What a customer owes and buys, for how long, and what is usual among customers alike."""

from features.declarations import ALL_HISTORY, of_account, of_customer, over_windows, trend
from features.snapshots import AGEING_BUCKETS, ageing_name

EXPOSURE = (
    of_account("open_amount", "open_amount", "currency", "open amount of all invoices", "Owes {value} in all", empty=0),
    of_account(
        "overdue_amount", "overdue_amount", "currency", "open amount past its due date", "Has {value} overdue", empty=0
    ),
    of_account(
        "credit_amount",
        "credit_amount",
        "currency",
        "unapplied cash and open credit notes",
        "Has {value} of credit not yet applied",
        empty=0,
    ),
    of_account("open_count", "open_count", "count", "number of open invoices", "Has {value} open invoices", empty=0),
    of_account(
        "overdue_count",
        "overdue_count",
        "count",
        "number of invoices past their due date",
        "Has {value} overdue invoices",
        empty=0,
    ),
    of_account(
        "overdue_share",
        "overdue_share",
        "share",
        "overdue part of the open amount",
        "Is overdue with {value} of what is open",
    ),
    of_account(
        "oldest_days_past_due",
        "oldest_days_past_due",
        "days",
        "days past due of the oldest open invoice",
        "The oldest open invoice is {value} past due",
        empty=0,
    ),
    *(
        of_account(
            ageing_name(low, high),
            ageing_name(low, high),
            "currency",
            f"open amount {low} to {high} days past due" if high else f"open amount {low} and more days past due",
            f"Has {{value}} that is {low} to {high} days past due"
            if high
            else f"Has {{value}} that is over {low - 1} days past due",
            empty=0,
        )
        for low, high in AGEING_BUCKETS
    ),
    of_account(
        "credit_use", "credit_use", "share", "open amount over the credit limit", "Uses {value} of the credit limit"
    ),
    *over_windows(
        of_customer(
            "exposure",
            "issued_amount",
            "issued",
            "amount",
            "total",
            unit="currency",
            empty=0,
            meaning="sum of invoices issued",
            sentence="Was billed {value}",
        )
    ),
    *over_windows(
        of_customer(
            "exposure",
            "issued_count",
            "issued",
            "",
            "count",
            unit="count",
            empty=0,
            meaning="number of invoices issued",
            sentence="Was sent {value} invoices",
        )
    ),
    *over_windows(
        of_customer(
            "exposure",
            "issued_mean_amount",
            "issued",
            "amount",
            "mean",
            unit="currency",
            meaning="mean amount of an invoice",
            sentence="The average invoice was {value}",
        ),
        (90, 365, ALL_HISTORY),
    ),
)

_EXPOSURE_BY_NAME = {feature.name: feature for feature in EXPOSURE}

GROWTH = (
    trend(
        _EXPOSURE_BY_NAME["issued_mean_amount_90d"],
        _EXPOSURE_BY_NAME["issued_mean_amount_365d"],
        "invoice_growth",
        "mean invoice amount of the last 90 days less that of the last 365 days",
    ),
)

RELATIONSHIP = (
    of_customer(
        "relationship",
        "relationship_age",
        "issued",
        "",
        "days_since_first",
        unit="days",
        meaning="days since the first invoice",
        sentence="Has been a customer for {value}",
    ),
    of_customer(
        "relationship",
        "active_months",
        "issued",
        "",
        "active_months",
        unit="count",
        empty=0,
        meaning="calendar months with an invoice",
        sentence="Was billed in {value} different months",
    ),
)

BASE_RATES = tuple(
    of_customer(
        "base rates",
        f"{group}_late_share",
        "group",
        group,
        "current",
        unit="share",
        meaning=f"late share of all customers of the same {group}, drawn to the overall rate",
        sentence=f"Customers of this {group} are late in {{value}} of all cases",
    )
    for group in ("country", "industry")
)
