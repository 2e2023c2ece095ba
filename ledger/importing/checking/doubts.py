"""What of an import cannot be right as it is, said before a night refuses it: repeated ids, and names of nothing."""

from pathlib import Path

import duckdb

from ledger.declarations import Table
from ledger.frames import empty
from ledger.importing.querying.parquet_views import parquet_view, quoted
from ledger.tables import TABLES
from ledger.written_rows import as_arrow

NAMED_BY = ("invoices", "payments")
MOSTLY = 0.5


def doubts(files: dict[str, tuple[Path, ...]]) -> list[str]:
    """Sentences for people about the rows of an import, whose tables are in `files`."""
    with duckdb.connect() as connection:
        for name, table in TABLES.items():
            parquet_view(connection, name, files.get(name, ()), as_arrow(table, empty(table)))
        said = [
            sentence for name, table in TABLES.items() if files.get(name) for sentence in _repeated(connection, table)
        ]
        if files.get("customers"):
            said += [sentence for name in NAMED_BY for sentence in _unknown_customers(connection, name)]
        return [*said, *_payments(connection)]


def _repeated(connection: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    key = ", ".join(map(quoted, table.key))
    rows, example = _one(
        connection,
        f"SELECT sum(times - 1), min({quoted(table.key[0])}) FROM "
        f"(SELECT {key}, count(*) AS times FROM {table.name} GROUP BY {key} HAVING times > 1)",
    )
    if not rows:
        return []
    return [
        f"{table.name}: {rows:,} rows repeat the {'/'.join(table.key)} of another row, such as {example!r}. The sums "
        f"here count them; a night refuses them, and of rows that differ the first one, too."
    ]


def _unknown_customers(connection: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    count, example, known = _one(
        connection,
        f"SELECT count(DISTINCT customer_id), min(customer_id), (SELECT min(customer_id) FROM customers) FROM {name} "
        f"WHERE customer_id NOT IN (SELECT customer_id FROM customers WHERE customer_id IS NOT NULL)",
    )
    if not count or known is None:
        return []
    return [
        f"{name}: {count:,} customers are not in customers, such as {example!r}; there is {known!r}. Are their ids "
        f"written alike (leading zeros: strip_zeros, pad_zeros)?"
    ]


def _payments(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows, unnamed, strangers, example, negative = _one(
        connection,
        "SELECT count(*), count(*) FILTER (invoice_id IS NULL), "
        "count(*) FILTER (NOT known), min(invoice_id) FILTER (NOT known), count(*) FILTER (amount < 0) FROM "
        "(SELECT *, invoice_id IS NULL OR invoice_id IN (SELECT invoice_id FROM invoices) AS known FROM payments)",
    )
    said = []
    if strangers:
        said.append(
            f"payments: {strangers:,} of {rows:,} name an invoice that is not there, such as {example!r}: they are "
            f"taken as unapplied cash."
        )
    if unnamed > MOSTLY * rows:
        said.append(
            f"payments: {unnamed:,} of {rows:,} name no invoice: they are unapplied cash, and say nothing of how late "
            f"a customer pays."
        )
    if negative > MOSTLY * rows:
        said.append(
            f"payments: {negative:,} of {rows:,} are negative, as reversals are: is `negate` missing, or one too many?"
        )
    return said


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:  # type: ignore[type-arg]
    row = connection.execute(query).fetchone()
    assert row is not None
    return row
