"""What happened, beside what was expected: cash, contacts, promises, outcomes, and what they are about."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0010", "0009"

TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "text": sa.Text(),
    "date": sa.Date(),
    "money": sa.Numeric(18, 2).with_variant(sa.Numeric(), "postgresql"),
    "double": sa.Double(),
    "whole": sa.BigInteger(),
}
# Of each table: its key, what its rows are about, and its columns by kind, `?` where they may be empty.
TABLES: dict[str, tuple[str, str, str]] = {
    "receipts": (
        "as_of payment_id",
        "payment_id",
        "run_id:text as_of:date payment_id:text customer_id:text invoice_id:text? paid_on:date known_on:date "
        "amount:money amount_in_currency:money currency:text? method:text?",
    ),
    "contacts_made": (
        "as_of contact_id",
        "contact_id",
        "run_id:text as_of:date contact_id:text customer_id:text invoice_id:text? contacted_on:date "
        "channel:text outcome:text? collector_id:text? minutes:double? spoke_with:text? note:text? "
        "next_contact_on:date? list_of:date? recommended:whole? held_out:whole?",
    ),
    "promises_tracked": (
        "as_of promise_id",
        "promise_id",
        "run_id:text as_of:date promise_id:text customer_id:text invoice_id:text? made_on:date "
        "promised_on:date amount:money paid:money state:text collector_id:text?",
    ),
    "outcomes": (
        "as_of scored_on measure entity",
        "scored_on measure entity",
        "run_id:text as_of:date scored_on:date measure:text entity:text customer_id:text expected:double "
        "actual:double amount:money",
    ),
    "customers_dim": (
        "as_of customer_id",
        "customer_id",
        "run_id:text as_of:date customer_id:text customer_name:text? country:text? industry:text? "
        "head_id:text credit_limit:money? currency:text? onboarded_on:date? preferred_channel:text? "
        "do_not_contact:whole content_hash:whole",
    ),
    "invoices_dim": (
        "as_of invoice_id",
        "invoice_id",
        "run_id:text as_of:date invoice_id:text document_id:text customer_id:text kind:text issued_on:date "
        "due_on:date changed_on:date amount:money amount_in_currency:money currency:text? settled_on:date?",
    ),
}
CALENDAR = (
    "day:date day_number:whole week:date month:text quarter:text year:whole weekday:whole working_day:whole "
    "working_day_number:whole month_end:whole"
)


def upgrade() -> None:
    """Make the tables, and their views of the latest night and of the latest row of each."""
    for name, (key, about, columns) in TABLES.items():
        op.create_table(name, *_columns(columns), sa.PrimaryKeyConstraint(*key.split()))
        chosen = ", ".join(f"{name}.{column.name}" for column in _columns(columns))
        latest = "(SELECT max(runs.as_of) FROM runs)"
        op.execute(f"CREATE VIEW {name}_latest AS SELECT {chosen} FROM {name} WHERE {name}.as_of = {latest}")
        keys = ", ".join(about.split())
        same = " AND ".join(f"latest.{one} = {name}.{one}" for one in (*about.split(), "as_of"))
        of_each = f"(SELECT {keys}, MAX(as_of) AS as_of FROM {name} GROUP BY {keys}) AS latest"
        op.execute(f"CREATE VIEW {name}_current AS SELECT {chosen} FROM {name} JOIN {of_each} ON {same}")
    op.create_table("calendar", *_columns(CALENDAR), sa.PrimaryKeyConstraint("day"))


def _columns(described: str) -> list[sa.Column[Any]]:
    parts = (column.rstrip("?").split(":") for column in described.split())
    optional = (column.endswith("?") for column in described.split())
    return [sa.Column(name, TYPES[kind], nullable=empty) for (name, kind), empty in zip(parts, optional, strict=True)]
