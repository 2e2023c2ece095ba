"""Which columns of score tables and views name a row of another, declared once by their names."""

from ledger.declarations import Column
from worklists.score_db.tables.dimensions import CALENDAR, CUSTOMERS_DIM, INVOICES_DIM
from worklists.score_db.tables.runs import RUNS

CUSTOMER = f"{CUSTOMERS_DIM.name}_current.customer_id"
INVOICE, DOCUMENT = (f"{INVOICES_DIM.name}_current.{column}" for column in ("invoice_id", "document_id"))
BY_NAME = {
    "run_id": f"{RUNS.name}.run_id",
    **dict.fromkeys(("as_of", "scored_on", "list_of"), f"{RUNS.name}.as_of"),
    **dict.fromkeys(("customer_id", "head_id"), CUSTOMER),
    "invoice_id": INVOICE,
}
# What the ledger says of an invoice is of the whole one; scores and holds are of its instalments.
OF_WHOLE_INVOICES = ("receipts", "contacts_made", "promises_tracked")
DAYS = f"{CALENDAR.name}.day"


def joins(table: str, columns: tuple[Column, ...]) -> dict[str, str]:
    """What columns of a table or view name, as `table.column`, by column; every other date is a `DAYS`."""
    found = {column.name: BY_NAME[column.name] for column in columns if column.name in BY_NAME}
    if table in OF_WHOLE_INVOICES and "invoice_id" in found:
        found["invoice_id"] = DOCUMENT
    return {name: target for name, target in found.items() if target != _itself(table, name)}


def _itself(table: str, column: str) -> str:
    own = f"{table}_current" if table in (CUSTOMERS_DIM.name, INVOICES_DIM.name) else table
    return f"{own}.{column}"
