"""What contracts by the Open Data Contract Standard (ODCS 3.1) share: their head, and a column as a property."""

from typing import Any

from ledger.declarations import Column, Kind

VERSION = "v3.1.0"
LOGICAL: dict[Kind, str] = {
    "text": "string", "choice": "string", "date": "date", "money": "number", "number": "number",
    "probability": "number", "whole": "integer", "flag": "boolean",
}  # fmt: skip


def head(identity: str, name: str, version: str, description: dict[str, str]) -> dict[str, Any]:
    """What a contract begins with."""
    return {
        "apiVersion": VERSION,
        "kind": "DataContract",
        "id": identity,
        "name": name,
        "version": version,
        "status": "active",
        "domain": "accounts receivable",
        "description": description,
    }


def column_property(column: Column, key: tuple[str, ...], joined: str | None) -> dict[str, Any]:
    """A column; `joined` is the TABLE.COLUMN that it names, if any."""
    in_key = {"primaryKey": True, "primaryKeyPosition": key.index(column.name) + 1} if column.name in key else {}
    unit = {"customProperties": [{"property": "unit", "value": column.unit}]} if column.unit else {}
    return {
        "name": column.name,
        "logicalType": LOGICAL[column.kind],
        "physicalType": str(column.types.sql),
        "description": column.meaning,
        "required": not column.optional,
        **in_key,
        **({"relationships": [{"to": joined}]} if joined else {}),
        **unit,
    }
