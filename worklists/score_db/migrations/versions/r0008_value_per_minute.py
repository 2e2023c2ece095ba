"""What the list is sorted by, and what is due today, on the worklist; the open items of the listed; one name for the
value of a minute."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0008", "0007"

WORKLIST = (
    "as_of rank collector_id customer_id customer_name segment risk_band action channel currency open_amount "
    "overdue_amount collectible_amount days_past_due average_days_late p_unpaid_30d p_default expected_gain reason_1 "
    "reason_2 reason_3 last_contact_on promise_status run_id model_versions tone offer minutes gain_basis "
    "what_changed contact_history value_per_minute weight due_today"
)
WHY_RANKED = (
    "run_id as_of customer_id rank collectible_amount p_unpaid_30d channel effect effect_low effect_high gain_basis "
    "expected_gain recovered_share weight minutes value_per_minute caps text"
)
OPEN_ITEMS = (
    "run_id as_of customer_id invoice_id owed_by kind issued_on due_on currency amount open_amount days_past_due "
    "dunning_level disputed_amount held_amount promised_amount coming_amount"
)
AMOUNT = sa.Numeric(18, 2).with_variant(sa.Numeric(), "postgresql")


def upgrade() -> None:
    """Add and rename the columns of the tables and of their views; rows of earlier nights have none of what is new."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name in ("worklist", "why_ranked"):
        if sqlite:
            op.execute(f"DROP VIEW {name}_latest")
    op.add_column("worklist", sa.Column("value_per_minute", sa.Double()))
    op.add_column("worklist", sa.Column("weight", sa.Double()))
    op.add_column("worklist", sa.Column("due_today", sa.Text()))
    op.alter_column("why_ranked", "gain_per_minute", new_column_name="value_per_minute")
    latest = "(SELECT max(runs.as_of) FROM runs)"
    for name, order in (("worklist", WORKLIST), ("why_ranked", WHY_RANKED)):
        if not sqlite and name == "why_ranked":
            op.execute("ALTER VIEW why_ranked_latest RENAME COLUMN gain_per_minute TO value_per_minute")
        chosen = ", ".join(f"{name}.{column}" for column in order.split())
        made = "CREATE VIEW" if sqlite else "CREATE OR REPLACE VIEW"  # keeps what readers were granted
        op.execute(f"{made} {name}_latest AS SELECT {chosen} FROM {name} WHERE {name}.as_of = {latest}")
    _make_open_items(latest)


def _make_open_items(latest: str) -> None:
    """The table, and after it its view."""
    kinds: dict[str, sa.types.TypeEngine[Any]] = {
        "on": sa.Date(),
        "of": sa.Date(),
        "amount": AMOUNT,
        "due": sa.BigInteger(),
        "level": sa.BigInteger(),
    }
    columns = [
        sa.Column(name, kinds.get(name.rpartition("_")[2], sa.Text()), nullable=False) for name in OPEN_ITEMS.split()
    ]
    op.create_table("open_items", *columns, sa.PrimaryKeyConstraint("as_of", "customer_id", "invoice_id"))
    chosen = ", ".join(f"open_items.{column}" for column in OPEN_ITEMS.split())
    op.execute(f"CREATE VIEW open_items_latest AS SELECT {chosen} FROM open_items WHERE open_items.as_of = {latest}")
