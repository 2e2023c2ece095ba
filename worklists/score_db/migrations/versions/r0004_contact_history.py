"""The latest contacts in brief, on the worklist."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0004", "0003"

ORDER = (
    "as_of rank collector_id customer_id customer_name segment risk_band action channel currency open_amount "
    "overdue_amount collectible_amount days_past_due average_days_late p_unpaid_30d p_default expected_gain reason_1 "
    "reason_2 reason_3 last_contact_on promise_status run_id model_versions tone offer minutes gain_basis "
    "what_changed contact_history"
)


def upgrade() -> None:
    """Add the column to the table and to its view; rows of earlier nights have none."""
    op.add_column("worklist", sa.Column("contact_history", sa.Text()))
    chosen = ", ".join(f"worklist.{column}" for column in ORDER.split())
    latest = "(SELECT max(runs.as_of) FROM runs)"
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP VIEW worklist_latest")
        made = "CREATE VIEW"
    else:
        made = "CREATE OR REPLACE VIEW"  # keeps what readers were granted
    op.execute(f"{made} worklist_latest AS SELECT {chosen} FROM worklist WHERE worklist.as_of = {latest}")
