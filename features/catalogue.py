"""The catalogue: every feature that the models see, declared once.

To add one, add a declaration here; the engine, the models, the dictionary, the reasons and the tests follow.
"""

import hashlib
import json
from dataclasses import asdict

from features.declarations import ALL_HISTORY, Feature, over_windows, trend
from features.snapshots import AGEING_BUCKETS, ageing_name
from ledger.tables import CHANNELS


def _customer(family: str, name: str, source: str, value: str, statistic: str, **rest: object) -> Feature:
    return Feature(name=name, entity="customer", family=family, source=source, value=value, statistic=statistic, **rest)  # type: ignore[arg-type]


def _account(name: str, value: str, unit: str, meaning: str, sentence: str, **rest: object) -> Feature:
    return _customer(
        "exposure", name, "account", value, "current", unit=unit, meaning=meaning, sentence=sentence, **rest
    )


def _invoice(name: str, unit: str, meaning: str, sentence: str, **rest: object) -> Feature:
    return Feature(name, "invoice", "invoice", unit, meaning, sentence, source="invoice", value=name, **rest)  # type: ignore[arg-type]


DELAY = (
    *over_windows(
        _customer(
            "delay",
            "delay_mean",
            "settled",
            "days_late",
            "mean",
            unit="days late",
            meaning="mean days from due date to full payment",
            sentence="Paid {value} on average",
        )
    ),
    *over_windows(
        _customer(
            "delay",
            "delay_by_amount",
            "settled",
            "days_late",
            "weighted_mean",
            weight="amount",
            unit="days late",
            meaning="mean days from due date to full payment, weighted by amount",
            sentence="Paid {value} on average, counting each invoice by its amount,",
        )
    ),
    *over_windows(
        _customer(
            "delay",
            "delay_spread",
            "settled",
            "days_late",
            "spread",
            unit="days",
            meaning="standard deviation of the days late",
            sentence="Payment dates varied by {value}",
        )
    ),
    *over_windows(
        _customer(
            "delay",
            "delay_largest",
            "settled",
            "days_late",
            "largest",
            unit="days late",
            meaning="longest delay of a paid invoice",
            sentence="The slowest payment came {value}",
        )
    ),
    *over_windows(
        _customer(
            "delay",
            "late_share",
            "matured",
            "late",
            "mean",
            unit="share",
            monotone=1,
            meaning="share of invoices not paid by due date and grace, unpaid ones included",
            sentence="Missed {value} of due dates",
        )
    ),
    *over_windows(
        _customer(
            "delay",
            "settled_late_share",
            "settled",
            "late",
            "mean",
            unit="share",
            monotone=1,
            meaning="share of paid invoices that were paid after due date and grace",
            sentence="Paid {value} of invoices late",
        )
    ),
    *over_windows(
        _customer(
            "delay",
            "settled_count",
            "settled",
            "",
            "count",
            unit="count",
            empty=0,
            meaning="number of invoices paid in full",
            sentence="Paid {value} invoices in full",
        )
    ),
    _customer(
        "delay",
        "delay_last",
        "settled",
        "days_late",
        "last",
        unit="days late",
        meaning="days late of the invoice paid last",
        sentence="Paid the latest invoice {value}",
    ),
    _customer(
        "delay",
        "delay_last_3",
        "settled",
        "days_late",
        "last_mean",
        unit="days late",
        meaning="mean days late of the three invoices paid last",
        sentence="Paid the last three invoices {value} on average",
    ),
    _customer(
        "delay",
        "late_streak",
        "matured",
        "late",
        "streak",
        unit="count",
        empty=0,
        monotone=1,
        meaning="how many of the latest due dates in a row were missed",
        sentence="Missed the last {value} due dates in a row",
    ),
)

_DELAY_BY_NAME = {feature.name: feature for feature in DELAY}

TREND = (
    trend(
        _DELAY_BY_NAME["delay_mean_90d"],
        _DELAY_BY_NAME["delay_mean_365d"],
        "delay_trend",
        "mean days late of the last 90 days less that of the last 365 days",
    ),
    trend(
        _DELAY_BY_NAME["late_share_90d"],
        _DELAY_BY_NAME["late_share_365d"],
        "late_share_trend",
        "late share of the last 90 days less that of the last 365 days",
    ),
)

RHYTHM = (
    *over_windows(
        _customer(
            "rhythm",
            "payment_count",
            "paid",
            "",
            "count",
            unit="count",
            empty=0,
            meaning="number of payments",
            sentence="Made {value} payments",
        )
    ),
    *over_windows(
        _customer(
            "rhythm",
            "paid_amount",
            "paid",
            "amount",
            "total",
            unit="currency",
            empty=0,
            meaning="sum of payments",
            sentence="Paid {value} in total",
        )
    ),
    *over_windows(
        _customer(
            "rhythm",
            "payment_gap_mean",
            "paid",
            "",
            "gap_mean",
            unit="days",
            meaning="mean days between payment days",
            sentence="Left {value} between payments",
        ),
        (180, 365, ALL_HISTORY),
    ),
    *over_windows(
        _customer(
            "rhythm",
            "payment_gap_spread",
            "paid",
            "",
            "gap_spread",
            unit="days",
            meaning="standard deviation of the days between payment days",
            sentence="The time between payments varied by {value}",
        ),
        (365, ALL_HISTORY),
    ),
    _customer(
        "rhythm",
        "days_since_payment",
        "paid",
        "",
        "days_since_last",
        unit="days",
        meaning="days since the last payment",
        sentence="Last paid {value} ago",
    ),
    *over_windows(
        _customer(
            "rhythm",
            "payment_day_of_month",
            "paid",
            "day_of_month",
            "mean",
            unit="day of month",
            meaning="mean day of the month of payments",
            sentence="Usually pays around day {value} of the month",
        ),
        (365, ALL_HISTORY),
    ),
    *over_windows(
        _customer(
            "rhythm",
            "month_end_share",
            "paid",
            "month_end",
            "mean",
            unit="share",
            meaning="share of payments on the last three days of a month",
            sentence="Made {value} of payments at the end of a month",
        )
    ),
    *over_windows(
        _customer(
            "rhythm",
            "partial_share",
            "paid",
            "partial",
            "mean",
            unit="share",
            meaning="share of payments below the amount of their invoice",
            sentence="Made {value} of payments in part",
        )
    ),
)

EXPOSURE = (
    _account("open_amount", "open_amount", "currency", "open amount of all invoices", "Owes {value} in all", empty=0),
    _account(
        "overdue_amount", "overdue_amount", "currency", "open amount past its due date", "Has {value} overdue", empty=0
    ),
    _account(
        "credit_amount",
        "credit_amount",
        "currency",
        "unapplied cash and open credit notes",
        "Has {value} of credit not yet applied",
        empty=0,
    ),
    _account("open_count", "open_count", "count", "number of open invoices", "Has {value} open invoices", empty=0),
    _account(
        "overdue_count",
        "overdue_count",
        "count",
        "number of invoices past their due date",
        "Has {value} overdue invoices",
        empty=0,
    ),
    _account(
        "overdue_share",
        "overdue_share",
        "share",
        "overdue part of the open amount",
        "Is overdue with {value} of what is open",
    ),
    _account(
        "oldest_days_past_due",
        "oldest_days_past_due",
        "days",
        "days past due of the oldest open invoice",
        "The oldest open invoice is {value} past due",
        empty=0,
    ),
    *(
        _account(
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
    _account(
        "credit_use", "credit_use", "share", "open amount over the credit limit", "Uses {value} of the credit limit"
    ),
    *over_windows(
        _customer(
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
        _customer(
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
        _customer(
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

INVOICE = (
    _invoice("amount", "currency", "billed amount", "The invoice is over {value}"),
    _invoice(
        "amount_to_usual",
        "ratio",
        "billed amount over the customer's mean invoice of 365 days",
        "The invoice is {value} times the customer's usual amount",
    ),
    _invoice("open_share", "share", "part of the invoice still open", "{value} of the invoice is still open"),
    _invoice("terms_days", "days", "days from issue to due date", "Has payment terms of {value}"),
    _invoice("age_days", "days", "days since issue", "The invoice is {value} old"),
    _invoice(
        "days_past_due",
        "days late",
        "days since the due date, negative before it",
        "On the due date's scale the invoice stands {value}",
    ),
    _invoice(
        "business_days_to_due",
        "working days",
        "working days (Monday to Friday) to the due date, negative after it",
        "The due date: {value}",
    ),
    _invoice("due_weekday", "weekday", "weekday of the due date (0 is Monday)", "Falls due on a {value}"),
    _invoice(
        "due_on_weekend", "flag", "whether the due date is a Saturday or Sunday", "Falls due on a weekend: {value}"
    ),
    _invoice(
        "due_day_of_month", "day of month", "day of the month of the due date", "Falls due on day {value} of the month"
    ),
    _invoice(
        "due_at_month_end",
        "flag",
        "whether the due date is one of a month's last three days",
        "Falls due at the end of a month: {value}",
    ),
    _invoice("disputed", "flag", "whether the invoice is in an open dispute", "The invoice is in dispute: {value}"),
    _invoice(
        "earlier_delay_at_size",
        "days late",
        "mean days late of the customer's paid invoices of about this amount",
        "Paid invoices of about this amount {value} on average",
    ),
    _invoice(
        "terms_late_share",
        "share",
        "late share of all customers' invoices with these payment terms",
        "Invoices with these payment terms are late in {value} of all cases",
    ),
)

CONTACT = (
    *over_windows(
        _customer(
            "contacts",
            "contact_count",
            "contacted",
            "",
            "count",
            unit="count",
            empty=0,
            meaning="number of contacts",
            sentence="Was contacted {value} times",
        )
    ),
    _customer(
        "contacts",
        "days_since_contact",
        "contacted",
        "",
        "days_since_last",
        unit="days",
        meaning="days since the last contact",
        sentence="Was last contacted {value} ago",
    ),
    *over_windows(
        _customer(
            "contacts",
            "response_share",
            "answered",
            "answered",
            "mean",
            unit="share",
            meaning="share of contacts followed by a payment within 7 days",
            sentence="Paid within a week of {value} of contacts",
        )
    ),
    *(
        _customer(
            "contacts",
            f"response_share_{channel}",
            f"answered_{channel}",
            "answered",
            "mean",
            unit="share",
            meaning=f"share of contacts by {channel} followed by a payment within 7 days",
            sentence=f"Paid within a week of {{value}} of contacts by {channel}",
        )
        for channel in CHANNELS
    ),
)

PROMISE = (
    *over_windows(
        _customer(
            "promises",
            "promise_kept_share",
            "promised",
            "kept",
            "mean",
            unit="share",
            meaning="share of promises due that were kept",
            sentence="Kept {value} of promises",
        )
    ),
    *over_windows(
        _customer(
            "promises",
            "broken_promises",
            "promised",
            "broken",
            "total",
            unit="count",
            empty=0,
            meaning="number of broken promises",
            sentence="Broke {value} promises",
        )
    ),
    _customer(
        "promises",
        "open_promises",
        "account",
        "open_promises",
        "current",
        unit="count",
        empty=0,
        meaning="promises whose day has not passed",
        sentence="Has {value} promises not yet due",
    ),
)

DISPUTE = (
    *over_windows(
        _customer(
            "disputes",
            "dispute_count",
            "disputed",
            "",
            "count",
            unit="count",
            empty=0,
            meaning="number of disputes raised",
            sentence="Raised {value} disputes",
        )
    ),
    _customer(
        "disputes",
        "open_disputes",
        "account",
        "open_disputes",
        "current",
        unit="count",
        empty=0,
        meaning="disputes not yet resolved",
        sentence="Has {value} open disputes",
    ),
    *over_windows(
        _customer(
            "disputes",
            "days_to_resolve",
            "resolved",
            "days_to_resolve",
            "mean",
            unit="days",
            meaning="mean days from raising a dispute to its resolution",
            sentence="Disputes took {value} to resolve",
        ),
        (365, ALL_HISTORY),
    ),
)

RELATIONSHIP = (
    _customer(
        "relationship",
        "relationship_age",
        "issued",
        "",
        "days_since_first",
        unit="days",
        meaning="days since the first invoice",
        sentence="Has been a customer for {value}",
    ),
    _customer(
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
    _customer(
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

# The question that the late-payment model is asked; not known from the ledger, but given with it.
QUESTION = (
    Feature(
        "horizon_days",
        "invoice",
        "question",
        "days",
        "days from the night to the end of the day asked about",
        "The day asked about is {value} ahead",
        "question",
        monotone=-1,
    ),
    Feature(
        "horizon_past_due",
        "invoice",
        "question",
        "days late",
        "days from the due date to the day asked about",
        "The day asked about is {value}",
        "question",
        monotone=-1,
    ),
)

CATALOGUE: tuple[Feature, ...] = (
    *DELAY,
    *TREND,
    *RHYTHM,
    *EXPOSURE,
    *GROWTH,
    *CONTACT,
    *PROMISE,
    *DISPUTE,
    *RELATIONSHIP,
    *BASE_RATES,
    *INVOICE,
)

BY_NAME: dict[str, Feature] = {feature.name: feature for feature in (*CATALOGUE, *QUESTION)}


def names(entity: str) -> list[str]:
    """The features of customers, or of invoices (an invoice has its customer's too, first)."""
    customers = [feature.name for feature in CATALOGUE if feature.entity == "customer"]
    return customers if entity == "customer" else [*customers, *(f.name for f in CATALOGUE if f.entity == "invoice")]


def catalogue_hash() -> str:
    """SHA-256 of all declarations: models trained on another catalogue are not comparable."""
    declared = [asdict(feature) for feature in (*CATALOGUE, *QUESTION)]
    return hashlib.sha256(json.dumps(declared, sort_keys=True).encode()).hexdigest()[:16]
