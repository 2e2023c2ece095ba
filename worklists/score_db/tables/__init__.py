"""What a night writes: every score table and column declared once, in the files beside this one, by subject.

The SQL tables and views, the checks before publishing, worklist.csv and the data dictionary are rendered from
`SCORE_TABLES`; `AUDIT` is separate: it has clock times, and no view. Whoever declares a table adds it here, too.
"""

from ledger.declarations import Table
from worklists.score_db.tables.portfolio import CASH_FORECAST, CASH_FORECAST_PARTS, KEY_FIGURES
from worklists.score_db.tables.runs import AUDIT, RUNS
from worklists.score_db.tables.scores import CUSTOMER_SCORES, INVOICE_SCORES, REASONS, SEGMENTS
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
    "AUDIT", "CASH_FORECAST", "CASH_FORECAST_PARTS", "CONTACT_LOG", "CUSTOMER_SCORES", "EARLY_WARNINGS", "HANDOVERS",
    "INVOICE_SCORES", "KEY_FIGURES", "OPEN_ITEMS", "REASONS", "RUNS", "SCORE_TABLES", "SEGMENTS",
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
        REASONS,
        SUPPRESSIONS,
        HANDOVERS,
        KEY_FIGURES,
        CASH_FORECAST,
        CASH_FORECAST_PARTS,
        EARLY_WARNINGS,
        CONTACT_LOG,
    )
}
