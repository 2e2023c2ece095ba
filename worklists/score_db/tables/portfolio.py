"""Figures and receipts of the whole portfolio."""

from ledger.declarations import Table, day, number, text
from worklists.score_db.tables.columns import AS_OF, RUN_ID, SEGMENT, money

KEY_FIGURES = Table(
    "key_figures",
    "Figures of the whole portfolio: DSO, ageing, collection effectiveness, roll rates.",
    key=("as_of", "name"),
    columns=(
        RUN_ID,
        AS_OF,
        text("name", "the figure"),
        number("value", "empty where the ledger cannot say", "see unit", optional=True),
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
