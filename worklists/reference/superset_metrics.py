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
    "receipts": (total("total_received", "Received", "amount", "receipts; reversals are taken off"),),
    "contacts_made": (CUSTOMERS, Metric("contacts", "Contacts", "COUNT(*)", "contacts made", COUNT)),
    "promises_tracked": (CUSTOMERS, total("total_promised", "Promised", "amount", "promised amounts")),
    "outcomes": (Metric("scores", "Scores", "COUNT(*)", "scores whose outcome is known", COUNT),),
    "customers_dim": (CUSTOMERS,),
    "invoices_dim": (CUSTOMERS, total("total_billed", "Billed", "amount", "billed amounts, credit notes taken off")),
    "promises_kept_by_collector": (
        total("total_promises", "Promises", "promises", "promises whose day has passed"),
        Metric("rate_kept", "Kept", "1.0 * SUM(kept) / NULLIF(SUM(promises), 0)", "kept / promises", SHARE),
    ),
    "forecast_against_actual": (
        total("total_forecast", "Forecast", "expected", "expected receipts; nights overlap"),
        total("total_received", "Received", "actual", "receipts of the same days"),
        Metric(
            "forecast_error", "Error", "1.0 * SUM(expected) / NULLIF(SUM(actual), 0) - 1",
            "forecast / received - 1", SHARE,
        ),
    ),
    "worklist_worked": (
        Metric("total_listed", "Listed", "SUM(listed)", "customers on the lists", COUNT),
        Metric(
            "share_worked", "Worked within 5 days", "1.0 * SUM(worked_5d) / NULLIF(SUM(listed), 0)",
            "share of the lists that was contacted within five working days", SHARE,
        ),
    ),
    "cash_after_contact": (
        total("total_cash", "Cash of 30 days", "cash", "receipts of the 30 days"),
        Metric(
            "share_of_cash", "Share of the collectible", "1.0 * SUM(cash) / NULLIF(SUM(collectible_amount), 0)",
            "cash / collectible amount", SHARE,
        ),
    ),
    "calibration_by_month": (
        Metric(
            "mean_expected", "Expected", "SUM(scores * expected) / NULLIF(SUM(scores), 0)",
            "mean of the published chances", SHARE,
        ),
        Metric(
            "mean_actual", "Happened", "SUM(scores * actual) / NULLIF(SUM(scores), 0)", "share that happened", SHARE,
        ),
    ),
    "reasons": (Metric("reasons_told", "Reasons", "COUNT(*)", "rows, one per score and feature", COUNT),),
}  # fmt: skip
