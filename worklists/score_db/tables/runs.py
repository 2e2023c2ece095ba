"""What a night was made from, and who changed the tables."""

from ledger.declarations import Table, day, text, whole
from worklists.score_db.tables.columns import AS_OF, MODEL_VERSIONS, RUN_ID

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
        text("notes", "what a reader should know about this night, one remark per line", optional=True),
    ),
)

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
        text("ledger", "the ledger's folder, or its database without user and password", optional=True),
        day("as_of", "the night that was published", optional=True),
        text("run_id", "its run", optional=True),
        text("data_hash", "hash of the ledger as it was known", optional=True),
        text("model_versions", "the models and rules that scored", optional=True),
        text("customer", "who was forgotten, as salt:hash, which only those can read who know the id", optional=True),
    ),
)
