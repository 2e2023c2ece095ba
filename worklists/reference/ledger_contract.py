"""What whoever delivers the ledger promises, as an Open Data Contract: tables, bounds, choices, how fresh they are."""

from importlib.metadata import version
from typing import Any

from configs.settings import default_values
from ledger.declarations import Column, Table
from ledger.minor_units import HUNDREDTHS
from ledger.tables import EARLIEST_DATE, LATEST_DATE, TABLES, longest
from worklists.reference.odcs import column_property, head

NAMED = {"customer_id": "customers.customer_id", "invoice_id": "invoices.invoice_id"}
WATCHED = ("payments", "invoices", "contacts")


def ledger_contract() -> dict[str, Any]:
    """The contract of the ledger; `duerank validate` is what checks it."""
    description = {
        "purpose": "The receivables of a company: what was billed, what was paid, and what was done about the rest.",
        "usage": "One Parquet or CSV file for each table, or a database: docs/ledger.md. `duerank validate LEDGER` "
        "checks the whole contract.",
        "limitations": "Only invoices and payments must be there; a column that is not required may be absent, too. "
        "Tables name persons.",
    }
    fresh = default_values()["freshness"]
    return {
        **head("duerank-ledger", "duerank ledger", version("duerank"), description),
        "schema": [_object(table) for table in TABLES.values()],
        "slaProperties": [
            {"property": "latency", "value": fresh[f"{name}_warn_days"], "unit": "d", "element": f"{name}.known_on"}
            for name in WATCHED
        ],
    }


def _object(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "physicalName": table.name,
        "physicalType": "table",
        "logicalType": "object",
        "description": f"{table.meaning} The record's own date is {table.dated_by}.",
        "dataGranularityDescription": f"One row per {', '.join(table.key)}.",
        "properties": [_property(table, column) for column in table.columns],
        "customProperties": [{"property": "mustBeThere", "value": table.required}],
    }


def _property(table: Table, column: Column) -> dict[str, Any]:
    joined = NAMED.get(column.name)
    joined = None if joined == f"{table.name}.{column.name}" else joined
    return column_property(column, table.key, joined) | _bounds(column) | _choices(column)


def _bounds(column: Column) -> dict[str, Any]:
    """What a single value may be."""
    if column.kind == "text":
        return {"logicalTypeOptions": {"maxLength": longest(column)}}
    if column.kind == "date":
        return {"logicalTypeOptions": {"minimum": str(EARLIEST_DATE), "maximum": str(LATEST_DATE)}}
    units = HUNDREDTHS if column.kind == "money" else 1
    ends = {"minimum": column.low, "maximum": column.high}
    known = {name: bound / units for name, bound in ends.items() if bound is not None}
    return {"logicalTypeOptions": known} if known else {}


def _choices(column: Column) -> dict[str, Any]:
    if not column.choices:
        return {}
    valid = {"metric": "invalidValues", "arguments": {"validValues": list(column.choices)}, "mustBe": 0}
    return {"quality": [valid]}
