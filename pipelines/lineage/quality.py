"""What a validation found in a table of the ledger, as the input facets that catalogues show of data quality."""

from typing import Any

from ledger.partitioned.checked_tables import CheckedRule, CheckedTable
from pipelines.lineage.facets import facet

# What OpenLineage's own words, or those of its integrations, call a check of a kind.
ASSERTIONS = {"there": "not_null", "key": "unique", "choice": "accepted_values", "bounds": "accepted_range"}


def quality_of(table: CheckedTable) -> dict[str, Any]:
    """Rows, empty cells of columns that may have none, and each check with whether all rows kept it."""
    empty = {one.column: {"nullCount": one.broken} for one in table.rules if one.kind == "there"}
    assertions = [_assertion(one) for one in table.rules]
    return {
        "dataQualityMetrics": facet("DataQualityMetricsInputDatasetFacet", rowCount=table.rows, columnMetrics=empty),
        "dataQualityAssertions": facet("DataQualityAssertionsDatasetFacet", assertions=assertions),
    }


def _assertion(rule: CheckedRule) -> dict[str, Any]:
    stated = {"column": rule.column, "description": rule.words}
    return {
        "assertion": ASSERTIONS.get(rule.kind, rule.kind),
        "name": rule.rule,
        "success": rule.broken == 0,
        "severity": "warn" if rule.warns else "error",
        "actual": f"{rule.broken} rows",
        **{name: said for name, said in stated.items() if said},
    }
