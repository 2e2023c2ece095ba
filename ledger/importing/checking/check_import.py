"""What an import would bring, in sums that an accountant can hold against the ERP's own lists."""

from pathlib import Path

import duckdb
import pandas as pd

from ledger.frames import empty
from ledger.importing.querying.parquet_views import parquet_view, quoted
from ledger.minor_units import decimals
from ledger.tables import TABLES
from ledger.written_rows import as_arrow

# An invoice that went to a collection agency is still in the ERP's list of open items.
STILL_OPEN = "collection_handover"
MONTHS_SHOWN, CUSTOMERS_SHOWN = 6, 20
AMOUNTS = {"invoices": "amount", "payments": "amount", "adjustments": "amount", "promises": "amount"}


OPEN = f"""
WITH usual AS (
    SELECT customer_id, min(currency) AS currency
    FROM invoices
    GROUP BY customer_id
    HAVING min(currency) = max(currency)
), movements AS (
    SELECT customer_id, coalesce(currency, '') AS currency, amount AS billed, 0 AS received, 0 AS adjusted
    FROM invoices
    UNION ALL
    SELECT coalesce(invoices.customer_id, payments.customer_id),
           coalesce(payments.currency, invoices.currency, usual.currency, ''), 0, payments.amount, 0
    FROM payments
    LEFT JOIN invoices USING (invoice_id)
    LEFT JOIN usual ON usual.customer_id = payments.customer_id
    UNION ALL
    SELECT invoices.customer_id, coalesce(invoices.currency, ''), 0, 0, adjustments.amount
    FROM adjustments JOIN invoices USING (invoice_id)
    WHERE adjustments.kind <> '{STILL_OPEN}'
), totals AS (
    SELECT customer_id, currency, sum(billed) AS billed, sum(received) AS received,
           sum(adjusted) AS adjusted, sum(billed) - sum(received) - sum(adjusted) AS open_amount
    FROM movements
    GROUP BY ALL
)
SELECT totals.customer_id, customers.name, totals.* EXCLUDE (customer_id)
FROM totals LEFT JOIN customers USING (customer_id)
ORDER BY open_amount DESC, customer_id, currency
"""


def sums_by_month(files: dict[str, tuple[Path, ...]]) -> pd.DataFrame:
    """Rows and amounts by table, month of the record's own date (YYYY-MM), and currency where the table states one.

    Columns: table, month, currency, rows, amount (currency units; missing where the table has no money).
    """
    parts = []
    with _opened(files) as connection:
        for name, table in TABLES.items():
            if not table.dated_by or not files.get(name):
                continue
            month = f"coalesce(strftime({quoted(table.dated_by)}, '%Y-%m'), '')"
            amount = f"sum({AMOUNTS[name]})" if name in AMOUNTS else "NULL"
            currency = "coalesce(currency, '')" if "currency" in table.names else "''"
            query = f"""
                SELECT '{name}' AS "table", {month} AS month, {currency} AS currency, count(*) AS rows,
                       {amount}::DECIMAL(28, {decimals()}) AS amount
                FROM {name} GROUP BY ALL ORDER BY month, currency
            """
            parts.append(_frame(connection, query))
    columns = ["table", "month", "currency", "rows", "amount"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def open_by_customer(files: dict[str, tuple[Path, ...]]) -> pd.DataFrame:
    """What each customer owes in each currency, the largest first, over all that the export knows.

    Columns, in currency units: customer_id, name, currency, billed, received, adjusted, open_amount = billed - received
    - adjusted. A payment counts for the customer of its invoice, else for who paid, in its own currency, the invoice's,
    or the one of all of the customer's invoices; a hand-over to collection lowers nothing, since the ERP goes on to
    list the invoice.
    """
    with _opened(files) as connection:
        return _frame(connection, OPEN)


def check_summary(months: pd.DataFrame, owing: pd.DataFrame) -> str:
    """The last months of each table, the customers that owe most, and the open total by currency, as text."""
    last = months.groupby(["table", "currency"], sort=False).tail(MONTHS_SHOWN)
    totals = owing.groupby("currency", as_index=False)[["billed", "received", "adjusted", "open_amount"]].sum()
    last, owing = (frame.astype(object).fillna("") for frame in (last, owing))
    return "\n".join(
        [
            f"\nRows and amounts by month, the last {MONTHS_SHOWN} of each table:\n{last.to_string(index=False)}",
            f"\nThe {min(CUSTOMERS_SHOWN, len(owing))} largest of {len(owing):,} open totals, to hold against the "
            f"ERP's own list:\n{owing.head(CUSTOMERS_SHOWN).to_string(index=False)}",
            f"\nAll customers together:\n{totals.to_string(index=False)}\n",
        ]
    )


def _frame(connection: duckdb.DuckDBPyConnection, query: str) -> pd.DataFrame:
    """The result of a query, its amounts exact."""
    result: pd.DataFrame = connection.query(query).to_arrow_table().to_pandas()
    return result


def _opened(files: dict[str, tuple[Path, ...]]) -> duckdb.DuckDBPyConnection:
    """A connection in which each table of the ledger is a view."""
    connection = duckdb.connect()
    for name, table in TABLES.items():
        parquet_view(connection, name, files.get(name, ()), as_arrow(table, empty(table)))
    return connection
