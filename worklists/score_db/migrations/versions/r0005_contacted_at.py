"""Who is contacted for a customer that is left out, on the suppressions: erasure looks for it there."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0005", "0004"

ORDER = "run_id as_of customer_id invoice_id reason amount text contacted_at"


def upgrade() -> None:
    """Add the column to the table and to its view; rows of earlier nights have none."""
    op.add_column("suppressions", sa.Column("contacted_at", sa.Text()))
    chosen = ", ".join(f"suppressions.{column}" for column in ORDER.split())
    latest = "(SELECT max(runs.as_of) FROM runs)"
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP VIEW suppressions_latest")
        made = "CREATE VIEW"
    else:
        made = "CREATE OR REPLACE VIEW"  # keeps what readers were granted
    op.execute(f"{made} suppressions_latest AS SELECT {chosen} FROM suppressions WHERE suppressions.as_of = {latest}")
