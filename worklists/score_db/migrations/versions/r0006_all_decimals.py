"""Amounts with all their decimals: a ledger in dinars has three. What is published already stays as it is."""

import sqlalchemy as sa
from alembic import op

revision, down_revision = "0006", "0005"

AMOUNTS = {
    "invoice_scores": ("open_amount",),
    "customer_scores": ("open_amount", "overdue_amount", "collectible_amount", "expected_gain"),
    "worklist": ("open_amount", "overdue_amount", "collectible_amount", "expected_gain"),
    "why_ranked": ("collectible_amount", "expected_gain"),
    "suppressions": ("amount",),
    "cash_forecast": ("expected", "p10", "p90"),
    "cash_forecast_parts": ("expected", "p10", "p90"),
    "early_warnings": ("credit_limit", "open_amount"),
    "contact_log": ("collectible_amount",),
}
OWNER = sa.text("SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = to_regclass(:view)")
DEFINITION = sa.text("SELECT pg_get_viewdef(to_regclass(:view))")
GRANTS = sa.text(
    "SELECT privilege_type, CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE CAST(CAST(grantee AS regrole) AS text) END "
    "FROM pg_class, aclexplode(relacl) WHERE oid = to_regclass(:view) AND grantee <> relowner"
)


def upgrade() -> None:
    """Widen the columns of PostgreSQL, which rounds to their scale; SQLite keeps what it is given.

    A view holds its columns' types fast: each is made again as it was, with its owner and what others were granted.
    """
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    quoted = connection.dialect.identifier_preparer.quote
    for name, columns in AMOUNTS.items():
        view = f"{name}_latest"
        owner, definition = (connection.execute(query, {"view": view}).scalar_one() for query in (OWNER, DEFINITION))
        grants = connection.execute(GRANTS, {"view": view}).all()
        connection.exec_driver_sql(f"DROP VIEW {view}")
        wider = ", ".join(f"ALTER COLUMN {column} TYPE numeric" for column in columns)
        connection.exec_driver_sql(f"ALTER TABLE {name} {wider}")
        connection.exec_driver_sql(f"CREATE VIEW {view} AS {definition}")
        connection.exec_driver_sql(f"ALTER VIEW {view} OWNER TO {quoted(owner)}")
        for privilege, grantee in grants:
            connection.exec_driver_sql(f"GRANT {privilege} ON {view} TO {grantee}")
