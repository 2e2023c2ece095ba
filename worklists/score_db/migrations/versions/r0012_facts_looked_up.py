"""Facts are looked up by an index, so that ten years of nights answer as soon as one: what a row is about, and whose
it is and when."""

from alembic import op

revision, down_revision = "0012", "0011"

# Of each table: what its rows are about, by what else they are looked up, and its columns.
TABLES: dict[str, tuple[str, str, str]] = {
    "receipts": (
        "payment_id",
        "customer_id paid_on",
        "run_id as_of payment_id customer_id invoice_id paid_on known_on amount amount_in_currency currency method",
    ),
    "contacts_made": (
        "contact_id",
        "customer_id contacted_on",
        "run_id as_of contact_id customer_id invoice_id contacted_on channel outcome collector_id minutes spoke_with "
        "note next_contact_on list_of recommended held_out",
    ),
    "promises_tracked": (
        "promise_id",
        "",
        "run_id as_of promise_id customer_id invoice_id made_on promised_on amount paid state collector_id",
    ),
    "outcomes": (
        "scored_on measure entity",
        "",
        "run_id as_of scored_on measure entity customer_id expected actual amount",
    ),
    "customers_dim": (
        "customer_id",
        "",
        "run_id as_of customer_id customer_name country industry head_id credit_limit currency onboarded_on "
        "preferred_channel do_not_contact content_hash",
    ),
    "invoices_dim": (
        "invoice_id",
        "",
        "run_id as_of invoice_id document_id customer_id kind issued_on due_on changed_on amount amount_in_currency "
        "currency settled_on",
    ),
}


def upgrade() -> None:
    """Make the indexes, and the views of the latest rows anew, which find by them what is later; no row is touched."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, (about, looked_up_by, columns) in TABLES.items():
        for indexed in filter(None, (f"{about} as_of", looked_up_by)):
            op.create_index(f"{name}_{'_'.join(indexed.split())}", name, indexed.split())
        chosen = ", ".join(f"{name}.{column}" for column in columns.split())
        same = " AND ".join(f"later.{key} = {name}.{key}" for key in about.split())
        if sqlite:
            op.execute(f"DROP VIEW {name}_current")
        made = "CREATE VIEW" if sqlite else "CREATE OR REPLACE VIEW"  # keeps what readers were granted
        op.execute(
            f"{made} {name}_current AS SELECT {chosen} FROM {name} WHERE NOT EXISTS "
            f"(SELECT 1 FROM {name} AS later WHERE {same} AND later.as_of > {name}.as_of)"
        )
