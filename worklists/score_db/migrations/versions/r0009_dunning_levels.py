"""The dunning level on the worklist, and the queue of the hand-overs."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0009", "0008"

ORDER = (
    "as_of rank collector_id customer_id customer_name segment risk_band action channel currency open_amount "
    "overdue_amount collectible_amount days_past_due average_days_late p_unpaid_30d p_default expected_gain reason_1 "
    "reason_2 reason_3 last_contact_on promise_status run_id model_versions tone offer minutes gain_basis "
    "what_changed contact_history value_per_minute weight due_today dunning_level"
)
AMOUNT = sa.Numeric(18, 2).with_variant(sa.Numeric(), "postgresql")
NAME, KEY = "handovers", ("as_of", "customer_id")
QUEUE: dict[str, sa.types.TypeEngine[Any]] = {
    "run_id": sa.Text(),
    "as_of": sa.Date(),
    "customer_id": sa.Text(),
    "customer_name": sa.Text(),
    "action": sa.Text(),
    "collectible_amount": AMOUNT,
    "days_past_due": sa.BigInteger(),
    "dunning_level": sa.BigInteger(),
    "last_step": sa.Text(),
    "last_step_on": sa.Date(),
    "since_on": sa.Date(),
    "minutes": sa.BigInteger(),
    "text": sa.Text(),
}
MAY_BE_EMPTY = ("customer_name", "last_step", "last_step_on")


def upgrade() -> None:
    """Add the column to the table and to its view, and make the table with its view; earlier nights have neither."""
    latest = "(SELECT max(runs.as_of) FROM runs)"
    op.add_column("worklist", sa.Column("dunning_level", sa.BigInteger()))
    chosen = ", ".join(f"worklist.{column}" for column in ORDER.split())
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP VIEW worklist_latest")
        made = "CREATE VIEW"
    else:
        made = "CREATE OR REPLACE VIEW"  # keeps what readers were granted
    op.execute(f"{made} worklist_latest AS SELECT {chosen} FROM worklist WHERE worklist.as_of = {latest}")

    columns = [sa.Column(name, kind, nullable=name in MAY_BE_EMPTY) for name, kind in QUEUE.items()]
    op.create_table(NAME, *columns, sa.PrimaryKeyConstraint(*KEY))
    chosen = ", ".join(f"{NAME}.{column}" for column in QUEUE)
    op.execute(f"CREATE VIEW {NAME}_latest AS SELECT {chosen} FROM {NAME} WHERE {NAME}.as_of = {latest}")
