"""The cash forecast by segment, and of the invoices that are not issued yet."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0003", "0002"

NAME, KEY = "cash_forecast_parts", ("as_of", "part", "segment", "day")
TEXTS, DAYS, AMOUNTS = ("run_id", "part", "segment"), ("as_of", "day"), ("expected", "p10", "p90")
ORDER = ("run_id", "as_of", "part", "segment", "day", *AMOUNTS)


def upgrade() -> None:
    """Make the table, and after it its view."""
    types = dict.fromkeys(TEXTS, sa.Text()) | dict.fromkeys(DAYS, sa.Date()) | dict.fromkeys(AMOUNTS, sa.Numeric(18, 2))
    columns = [sa.Column(column, types[column], nullable=False) for column in ORDER]
    op.create_table(NAME, *columns, sa.PrimaryKeyConstraint(*KEY))
    chosen = ", ".join(f"{NAME}.{column}" for column in ORDER)
    latest = "(SELECT max(runs.as_of) FROM runs)"
    op.execute(f"CREATE VIEW {NAME}_latest AS SELECT {chosen} FROM {NAME} WHERE {NAME}.as_of = {latest}")
