"""What a customer owes and buys, for how long, and what is usual among similar customers."""

from features.declarations import ALL_HISTORY, of_account, of_customer, over_windows, trend
from features.snapshots import AGEING_BUCKETS, ageing_name

EXPOSURE = (
    of_account(
        "open_amount",
        unit="currency",
        empty=0,
        meaning="open amount of all invoices",
        sentence="Owes {value} in all",
    ),
    of_account(
        "overdue_amount",
        unit="currency",
        empty=0,
        meaning="open amount past its due date",
        sentence="Has {value} overdue",
    ),
    of_account(
        "credit_amount",
        unit="currency",
        empty=0,
        meaning="unapplied cash and open credit notes",
        sentence="Has {value} of credit not yet applied",
    ),
    of_account(
        "open_count",
        unit="count",
        empty=0,
        meaning="number of open invoices",
        sentence="Has {value} open invoices",
    ),
    of_account(
        "overdue_count",
        unit="count",
        empty=0,
        meaning="number of invoices past their due date",
        sentence="Has {value} overdue invoices",
        worse=1,
        of_one="Has one overdue invoice",
    ),
    of_account(
        "overdue_share",
        unit="share",
        meaning="overdue part of the open amount",
        sentence="Is overdue with {value} of what is open",
        worse=1,
    ),
    of_account(
        "oldest_days_past_due",
        unit="days",
        empty=0,
        meaning="days past due of the oldest open invoice",
        sentence="The oldest open invoice is {value} past due",
    ),
    *(
        of_account(
            ageing_name(low, high),
            unit="currency",
            empty=0,
            meaning=f"open amount {low} to {high} days past due"
            if high
            else f"open amount {low} and more days past due",
            sentence=f"Has {{value}} that is {low} to {high} days past due"
            if high
            else f"Has {{value}} that is over {low - 1} days past due",
        )
        for low, high in AGEING_BUCKETS
    ),
    of_account(
        "credit_use",
        unit="share",
        meaning="open amount over the credit limit",
        sentence="Uses {value} of the credit limit",
        worse=1,
    ),
    *over_windows(
        of_customer(
            "issued_amount",
            family="exposure",
            statistic="total",
            value="amount",
            source="issued",
            unit="currency",
            empty=0,
            meaning="sum of invoices issued",
            sentence="Was billed {value}",
        )
    ),
    *over_windows(
        of_customer(
            "issued_count",
            family="exposure",
            statistic="count",
            source="issued",
            unit="count",
            empty=0,
            meaning="number of invoices issued",
            sentence="Was sent {value} invoices",
        )
    ),
    *over_windows(
        of_customer(
            "issued_mean_amount",
            family="exposure",
            statistic="mean",
            value="amount",
            source="issued",
            unit="currency",
            meaning="mean amount of an invoice",
            sentence="The average invoice was {value}",
        ),
        windows=(90, 365, ALL_HISTORY),
    ),
)

_EXPOSURE_BY_NAME = {feature.name: feature for feature in EXPOSURE}

GROWTH = (
    trend(
        "invoice_growth",
        meaning="mean invoice amount of the last 90 days less that of the last 365 days",
        recent=_EXPOSURE_BY_NAME["issued_mean_amount_90d"],
        earlier=_EXPOSURE_BY_NAME["issued_mean_amount_365d"],
    ),
)

RELATIONSHIP = (
    of_customer(
        "relationship_age",
        family="relationship",
        statistic="days_since_first",
        source="issued",
        unit="days",
        meaning="days since the first invoice",
        sentence="Has been a customer for {value}",
        worse=-1,
    ),
    of_customer(
        "active_months",
        family="relationship",
        statistic="active_months",
        source="issued",
        unit="count",
        empty=0,
        meaning="calendar months with an invoice",
        sentence="Was billed in {value} different months",
    ),
)

BASE_RATES = tuple(
    of_customer(
        f"{group}_late_share",
        family="base rates",
        statistic="current",
        value=group,
        source="group",
        unit="share",
        meaning=f"late share of all customers of the same {group}, shrunk towards the overall rate",
        sentence=f"Customers of this {group} are late in {{value}} of all cases",
        worse=1,
    )
    for group in ("country", "industry")
)
