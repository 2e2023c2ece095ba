"""The audit trail: who published or forgot what, when, with which models."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    """Make the table; no night is touched."""
    needed = [sa.Column(name, sa.Text(), nullable=False) for name in ("at", "login", "host", "command")]
    op.create_table(
        "audit",
        *needed,
        sa.Column("ledger", sa.Text()),
        sa.Column("as_of", sa.Date()),
        *(sa.Column(name, sa.Text()) for name in ("run_id", "data_hash", "model_versions", "customer")),
    )
