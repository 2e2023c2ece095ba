"""What the datasets of the Superset dashboard sum up, declared once; how numbers are shown is D3's notation."""

from dataclasses import dataclass

AMOUNT = ",.0f"
COUNT = ",d"
SHARE = ".0%"
FIGURE_FORMATS = {"days": ",.1f", "percent": ",.1f", "share": SHARE, "currency": AMOUNT, "count": COUNT}


@dataclass(frozen=True)
class Metric:
    """An SQL expression over the rows of a dataset, valid in SQLite and PostgreSQL alike."""

    name: str
    title: str
    expression: str
    meaning: str
    shown_as: str


def total(name: str, title: str, column: str, meaning: str) -> Metric:
    return Metric(name, title, f"SUM({column})", meaning, AMOUNT)


CUSTOMERS = Metric("customers", "Customers", "COUNT(DISTINCT customer_id)", "customers, each counted once", COUNT)
TOTAL_OPEN = total("total_open", "Open", "open_amount", "open amount of invoices")
TOTAL_COLLECTIBLE = total("total_collectible", "Collectible", "collectible_amount", "what can be asked for now")
TOTAL_EXPECTED = total("total_expected", "Expected receipts", "expected", "expected receipts; days add up")

METRICS: dict[str, tuple[Metric, ...]] = {
    "runs": (Metric("latest_night", "Night", "MAX(as_of)", "the night: what was known before this day", "%Y-%m-%d"),),
    "customer_scores": (
        CUSTOMERS,
        TOTAL_OPEN,
        total("total_overdue", "Overdue", "overdue_amount", "open amount past its due date"),
        TOTAL_COLLECTIBLE,
        Metric(
            "overdue_share", "Overdue share", "SUM(overdue_amount) / NULLIF(SUM(open_amount), 0)",
            "overdue amount / open amount", SHARE,
        ),
        Metric(
            "unpaid_share", "Unpaid after 30 days",
            "SUM(p_unpaid_30d * collectible_amount) / NULLIF(SUM(collectible_amount), 0)",
            "share of the collectible amount expected to be still unpaid after 30 days without a contact", SHARE,
        ),
        total("exposure_to_default", "Exposure to default", "p_default * open_amount",
              "open amount x chance of default: what would be lost if a default lost all"),
    ),
    "invoice_scores": (
        Metric("invoices", "Invoices", "COUNT(*)", "open invoices", COUNT),
        TOTAL_OPEN,
        total("expected_in_30_days", "Expected in 30 days", "open_amount * p_paid_30d",
              "open amount x chance of being paid within 30 days"),
    ),
    "segments": (CUSTOMERS,),
    "worklist": (
        CUSTOMERS,
        TOTAL_COLLECTIBLE,
        total("total_gain", "Extra cash expected", "expected_gain", "extra cash expected because of the contacts"),
        Metric("total_minutes", "Minutes", "SUM(minutes)", "collectors' time for the list", COUNT),
    ),
    "why_ranked": (
        CUSTOMERS,
        total("total_gain", "Extra cash expected", "expected_gain", "extra cash expected because of the contacts"),
    ),
    "suppressions": (CUSTOMERS, total("total_held_back", "Held back", "amount", "amount held back for the reason")),
    "early_warnings": (CUSTOMERS,),
    "contact_log": (
        CUSTOMERS,
        Metric("total_recommended", "Recommended", "SUM(recommended)", "customers put on the worklist", COUNT),
        Metric("total_held_out", "Held out", "SUM(held_out)", "customers left out at random", COUNT),
    ),
    "cash_forecast": (TOTAL_EXPECTED,),
    "cash_forecast_parts": (TOTAL_EXPECTED,),
    "reasons": (Metric("reasons_told", "Reasons", "COUNT(*)", "rows, one per score and feature", COUNT),),
}  # fmt: skip
