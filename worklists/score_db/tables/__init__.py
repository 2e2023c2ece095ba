"""What a night writes: every score table and column declared once, in the files beside this one, by subject.

The SQL tables and views, the checks before publishing, worklist.csv and the data dictionary are rendered from
`SCORE_TABLES`. Two are separate: `AUDIT` has clock times and no view, and `CALENDAR` is written by no night. Whoever
declares a table adds it here, too.
"""

from ledger.declarations import Table
from worklists.score_db.tables.dimensions import CALENDAR, CUSTOMERS_DIM, INVOICES_DIM
from worklists.score_db.tables.facts import CONTACTS_MADE, OUTCOMES, PROMISES_TRACKED, RECEIPTS
from worklists.score_db.tables.portfolio import CASH_FORECAST, CASH_FORECAST_PARTS, KEY_FIGURES
from worklists.score_db.tables.reasons import EXPLANATIONS, REASON_SENTENCES
from worklists.score_db.tables.runs import AUDIT, RUNS
from worklists.score_db.tables.scores import CUSTOMER_SCORES, INVOICE_SCORES, SEGMENTS
from worklists.score_db.tables.work import (
    CONTACT_LOG,
    EARLY_WARNINGS,
    HANDOVERS,
    OPEN_ITEMS,
    SUPPRESSIONS,
    WHY_RANKED,
    WORKLIST,
)

__all__ = [
    "AUDIT", "CALENDAR", "CASH_FORECAST", "CASH_FORECAST_PARTS", "CONTACTS_MADE", "CONTACT_LOG", "CUSTOMERS_DIM",
    "CUSTOMER_SCORES", "EARLY_WARNINGS", "EXPLANATIONS", "HANDOVERS", "INVOICES_DIM", "INVOICE_SCORES", "KEY_FIGURES",
    "OPEN_ITEMS", "OUTCOMES", "PROMISES_TRACKED", "REASON_SENTENCES", "RECEIPTS", "RUNS", "SCORE_TABLES", "SEGMENTS",
    "SUPPRESSIONS", "WHY_RANKED", "WORKLIST",
]  # fmt: skip

SCORE_TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        RUNS,
        INVOICE_SCORES,
        CUSTOMER_SCORES,
        SEGMENTS,
        WORKLIST,
        WHY_RANKED,
        OPEN_ITEMS,
        EXPLANATIONS,
        REASON_SENTENCES,
        SUPPRESSIONS,
        HANDOVERS,
        KEY_FIGURES,
        CASH_FORECAST,
        CASH_FORECAST_PARTS,
        EARLY_WARNINGS,
        CONTACT_LOG,
        RECEIPTS,
        CONTACTS_MADE,
        PROMISES_TRACKED,
        OUTCOMES,
        CUSTOMERS_DIM,
        INVOICES_DIM,
    )
}
