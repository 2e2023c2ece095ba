"""Score tables and ledger for other tools, in dashboards/: dbt sources and exposures, Open Data Contracts (ODCS 3.1).

`python -m worklists.reference.data_contracts` writes them from the declarations; a test compares.
"""

from pathlib import Path
from typing import Any

import yaml

from ledger.declarations import Column
from worklists.reference import odcs
from worklists.reference.described_tables import Described, described
from worklists.reference.ledger_contract import ledger_contract
from worklists.reference.superset_export import FOLDER as SUPERSET
from worklists.reference.superset_export import ROOT, as_yaml
from worklists.score_db.migrate import head

GENERATED = (
    "# Made by `python -m worklists.reference.data_contracts` from the declarations; a test compares. Edit those.\n"
)
SOURCES, EXPOSURES = Path("dashboards/dbt/sources.yml"), Path("dashboards/dbt/exposures.yml")
CONTRACT = Path("dashboards/contract/duerank.odcs.yaml")
LEDGER_CONTRACT = Path("dashboards/contract/ledger.odcs.yaml")
SOURCE = "duerank"
PURPOSE = (
    "What a night of duerank expects and advises for the receivables of a company, and what happened. A night is "
    "published in one transaction: a query sees all of it or none."
)
LIMITATIONS = (
    "Amounts are units of the reporting currency (runs.reporting_currency) unless a column says otherwise. Tables may "
    "be about persons: who is forgotten by `duerank forget` is in no row any more, of past nights neither."
)


def documents() -> dict[Path, str]:
    """The text of every file, by its path from the project's root."""
    content = {SOURCES: sources(), EXPOSURES: exposures(), CONTRACT: contract(), LEDGER_CONTRACT: ledger_contract()}
    return {path: GENERATED + as_yaml(one) for path, one in content.items()}


def write(root: Path) -> None:
    """Write every file below `root`."""
    for path, text in documents().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def sources() -> dict[str, Any]:
    """The sources of a dbt project; schema and database are the project's to add."""
    tables = [_source(one) for one in described()]
    return {"version": 2, "sources": [{"name": SOURCE, "description": PURPOSE, "tables": tables}]}


def _source(one: Described) -> dict[str, Any]:
    return {
        "name": one.name,
        "description": f"{one.meaning} {_grain(one)}",
        # the views of a table have its columns, which are described there
        "columns": [_column(one, column) for column in one.columns] if _has_own_columns(one) else [],
    }


def _column(one: Described, column: Column) -> dict[str, Any]:
    tests = [] if column.optional else ["not_null"]
    tests += ["unique"] if one.key == (column.name,) else []
    joined = f"; joins {one.joins[column.name]}" if column.name in one.joins else ""
    found: dict[str, Any] = {"name": column.name, "description": _meaning(column) + joined}
    return found | ({"data_tests": tests} if tests else {})


def exposures() -> dict[str, Any]:
    """The dashboard of Superset as an exposure of what its charts show."""
    charts = [yaml.safe_load(path.read_text("utf-8")) for path in sorted((ROOT / SUPERSET / "charts").glob("*.yaml"))]
    files = (ROOT / SUPERSET / "datasets").rglob("*.yaml")
    names = {one["uuid"]: one["table_name"] for one in (yaml.safe_load(path.read_text("utf-8")) for path in files)}
    (page,) = (ROOT / SUPERSET / "dashboards").glob("*.yaml")
    shown = yaml.safe_load(page.read_text("utf-8"))
    used = sorted({names[chart["dataset_uuid"]] for chart in charts})
    exposure = {
        "name": "duerank_receivables",
        "label": shown["dashboard_title"],
        "type": "dashboard",
        "maturity": "high",
        "description": shown["description"],
        "owner": {"name": "Accounts receivable"},
        "depends_on": [f"source('{SOURCE}', '{name}')" for name in used],
    }
    return {"version": 2, "exposures": [exposure]}


def contract() -> dict[str, Any]:
    """The Open Data Contract of the score tables; its version is the revision of the tables."""
    description = {
        "purpose": PURPOSE,
        "usage": "docs/analyst.md has queries; docs/data-dictionary.md describes every column.",
        "limitations": LIMITATIONS,
    }
    return {
        **odcs.head("duerank-score-tables", "duerank score tables", head(), description),
        "schema": [_object(one) for one in described()],
        "slaProperties": [{"property": "frequency", "value": 1, "unit": "d", "element": "runs.as_of"}],
    }


def _object(one: Described) -> dict[str, Any]:
    return {
        "name": one.name,
        "physicalName": one.name,
        "physicalType": one.kind,
        "logicalType": "object",
        "description": one.meaning,
        "dataGranularityDescription": _grain(one),
        **({"properties": [_property(one, column) for column in one.columns]} if _has_own_columns(one) else {}),
    }


def _property(one: Described, column: Column) -> dict[str, Any]:
    return odcs.column_property(column, one.key, one.joins.get(column.name))


def _has_own_columns(one: Described) -> bool:
    return not one.name.endswith(("_latest", "_current"))


def _grain(one: Described) -> str:
    return f"One row per {', '.join(one.key)}."


def _meaning(column: Column) -> str:
    return f"{column.meaning} ({column.unit})" if column.unit and column.kind != "date" else column.meaning


if __name__ == "__main__":
    write(ROOT)
