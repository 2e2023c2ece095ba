"""The tables and views as they were before there were revisions. Frozen: later changes are revisions of their own."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0001", None

TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "text": sa.Text(),
    "date": sa.Date(),
    "money": sa.Numeric(18, 2),
    "probability": sa.Double(),
    "number": sa.Double(),
    "whole": sa.BigInteger(),
}
# Of each table: its key, and its columns by kind, `?` where they may be empty.
TABLES: dict[str, tuple[str, str]] = {
    "runs": (
        "as_of",
        "run_id:text as_of:date created_by_version:text data_hash:text catalogue_hash:text settings_hash:text "
        "model_versions:text reporting_currency:text invoices_scored:whole customers_scored:whole "
        "worklist_rows:whole quarantined_rows:whole ranking:text notes:text?",
    ),
    "invoice_scores": (
        "as_of invoice_id",
        "run_id:text as_of:date invoice_id:text customer_id:text due_on:date open_amount:money "
        "days_past_due:whole p_late:probability p_paid_7d:probability p_paid_14d:probability "
        "p_paid_30d:probability p_paid_60d:probability p_paid_90d:probability expected_paid_on:date "
        "paid_on_p10:date paid_on_p90:date",
    ),
    "customer_scores": (
        "as_of customer_id",
        "run_id:text as_of:date customer_id:text open_amount:money overdue_amount:money "
        "collectible_amount:money p_unpaid_30d:probability? p_default:probability score_points:number "
        "risk_band:text segment:text expected_gain:money best_channel:text?",
    ),
    "segments": (
        "as_of customer_id",
        "run_id:text as_of:date customer_id:text segment:text reason:text",
    ),
    "worklist": (
        "as_of rank",
        "as_of:date rank:whole collector_id:text? customer_id:text customer_name:text? segment:text "
        "risk_band:text action:text channel:text? currency:text open_amount:money overdue_amount:money "
        "collectible_amount:money days_past_due:whole average_days_late:number? p_unpaid_30d:probability? "
        "p_default:probability expected_gain:money reason_1:text? reason_2:text? reason_3:text? "
        "last_contact_on:date? promise_status:text run_id:text model_versions:text tone:text? offer:text? "
        "minutes:whole gain_basis:text what_changed:text?",
    ),
    "why_ranked": (
        "as_of rank",
        "run_id:text as_of:date customer_id:text rank:whole collectible_amount:money "
        "p_unpaid_30d:probability? channel:text? effect:number? effect_low:number? effect_high:number? "
        "gain_basis:text expected_gain:money recovered_share:number? weight:number minutes:whole "
        "gain_per_minute:number caps:text? text:text",
    ),
    "reasons": (
        "as_of model entity position",
        "run_id:text as_of:date entity:text model:text feature:text value:number? contribution:number "
        "text:text? position:whole",
    ),
    "suppressions": (
        "as_of customer_id invoice_id reason",
        "run_id:text as_of:date customer_id:text invoice_id:text? reason:text amount:money text:text",
    ),
    "key_figures": (
        "as_of name",
        "run_id:text as_of:date name:text value:number? unit:text formula:text",
    ),
    "cash_forecast": (
        "as_of day",
        "run_id:text as_of:date day:date expected:money p10:money p90:money",
    ),
    "early_warnings": (
        "as_of customer_id trigger",
        "run_id:text as_of:date customer_id:text trigger:text text:text credit_limit:money? open_amount:money "
        "suggestion:text",
    ),
    "contact_log": (
        "as_of customer_id",
        "run_id:text as_of:date customer_id:text recommended:whole held_out:whole propensity:probability "
        "channel:text? period:date collectible_amount:money",
    ),
}


def upgrade() -> None:
    """Make the tables, and after them their views."""
    for name, (key, columns) in TABLES.items():
        made = [_column(column) for column in columns.split()]
        if any(column.nullable for column in made if column.name in key.split()):  # a primary key takes no nulls
            op.create_table(name, *made)
            op.create_index(f"{name}_key", name, key.split())
        else:
            op.create_table(name, *made, sa.PrimaryKeyConstraint(*key.split()))
    for name, (_, columns) in TABLES.items():
        chosen = ", ".join(f"{name}.{column.split(':')[0]}" for column in columns.split())
        latest = "(SELECT max(runs.as_of) FROM runs)"
        op.execute(f"CREATE VIEW {name}_latest AS SELECT {chosen} FROM {name} WHERE {name}.as_of = {latest}")


def _column(described: str) -> sa.Column[Any]:
    name, kind = described.rstrip("?").split(":")
    return sa.Column(name, TYPES[kind], nullable=described.endswith("?"))
