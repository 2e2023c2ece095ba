"""What was known of each customer when the hold-out was drawn, and where the collectors' minutes ended, on the log."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0007", "0006"

ORDER = (
    "run_id as_of customer_id recommended held_out propensity channel period collectible_amount p_unpaid_30d "
    "expected_gain days_past_due line_ratio"
)
AMOUNT = sa.Numeric(18, 2).with_variant(sa.Numeric(), "postgresql")


def upgrade() -> None:
    """Add the columns to the table and to its view; rows of earlier nights have none."""
    op.add_column("contact_log", sa.Column("p_unpaid_30d", sa.Double()))
    op.add_column("contact_log", sa.Column("expected_gain", AMOUNT))
    op.add_column("contact_log", sa.Column("days_past_due", sa.BigInteger()))
    op.add_column("contact_log", sa.Column("line_ratio", sa.Double()))
    chosen = ", ".join(f"contact_log.{column}" for column in ORDER.split())
    latest = "(SELECT max(runs.as_of) FROM runs)"
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP VIEW contact_log_latest")
        made = "CREATE VIEW"
    else:
        made = "CREATE OR REPLACE VIEW"  # keeps what readers were granted
    op.execute(f"{made} contact_log_latest AS SELECT {chosen} FROM contact_log WHERE contact_log.as_of = {latest}")
