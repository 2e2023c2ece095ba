"""The checks as suites of Great Expectations, and its pages of what rows broke. Only this module imports it."""

import html
import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.row_conditions import Column as RowColumn

from ledger.declarations import Column, Table
from ledger.tables import TABLES, longest
from ledger.validation.checks import WARNINGS, Check, Fine, bounds_of, checks_of
from ledger.validation.rules import REPEATED
from ledger.validation.verdicts import Finding, SuiteVerdict

gxe: Any = gx.expectations  # its classes are re-exported implicitly, which strict typing does not follow

FINE, BROKEN = "fine", "broken"
# The nanosecond dates that Great Expectations compares fast end in 2262; a date beyond these is as wrong as these are.
EARLIEST_NANOSECOND = pd.Timestamp("1700-01-01")
LATEST_NANOSECOND = pd.Timestamp("2200-01-01")
EXHIBIT_DAY = pd.Timestamp("2000-01-01")
RESULT_FORMAT = {"result_format": "COMPLETE", "return_unexpected_index_query": False}

for chatty in ("great_expectations", "great_expectations.data_context.types.base"):  # the second sets its own level
    logging.getLogger(chatty).setLevel(logging.ERROR)


def write_pages(verdicts: Sequence[SuiteVerdict], folder: Path) -> None:
    """Great Expectations' pages of suites that rows broke, one verdict each, below `folder`."""
    context = new_context()
    for verdict in verdicts:
        _store(context, verdict)
    context.add_data_docs_site(
        "ledger",
        {
            "class_name": "SiteBuilder",
            "show_how_to_buttons": False,
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(folder.resolve()),
            },
        },
    )
    context.build_data_docs(site_names=["ledger"])


def new_context() -> Any:
    """A context without a folder."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return context


def outcome_of(context: Any, suite: str, frame: pd.DataFrame, fine: Fine) -> Any:
    """What Great Expectations says of the rows; its results bear the place of their check (`position`)."""
    table = TABLES[suite.removesuffix(WARNINGS)]
    severity = FailureSeverity.WARNING if suite.endswith(WARNINGS) else FailureSeverity.CRITICAL
    expectations = [_expectation(table, check, place, severity) for place, check in enumerate(checks_of(suite))]
    stated = context.suites.add(gx.ExpectationSuite(name=suite, expectations=expectations))
    source = context.data_sources.add_pandas(suite)
    batch = source.add_dataframe_asset(suite).add_batch_definition_whole_dataframe("all rows")
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=suite, data=batch, suite=stated))
    rules = {name: keeps.map({True: FINE, False: BROKEN}).astype("str") for name, keeps in fine.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shown = _as_shown(table, frame).assign(**rules)
        return definition.run(batch_parameters={"dataframe": shown}, result_format=RESULT_FORMAT)


def position(result: Any) -> int:
    """The place of the check of a result: they come in another order."""
    return int(result.expectation_config.meta["position"])


def _store(context: Any, verdict: SuiteVerdict) -> None:
    """The suite's results in the context's store: run on one made-up row, then given what was found in all rows."""
    table = TABLES[verdict.table]
    exhibit = pd.DataFrame({column.name: _exhibit(column) for column in table.columns})
    rules = [check.rule for check in checks_of(verdict.suite) if check.kind == "rule"]
    outcome = outcome_of(context, verdict.suite, exhibit, {rule: pd.Series([True]) for rule in rules})
    for result in outcome.results:
        found = verdict.findings.get(position(result), Finding(0, ()))
        result.success = found.unexpected == 0
        result.result = {
            "element_count": verdict.rows,
            "unexpected_count": found.unexpected,
            "unexpected_percent": 100 * found.unexpected / max(verdict.rows, 1),
            # Great Expectations writes these as they are, as HTML.
            "partial_unexpected_list": [html.escape(example) for example in found.examples],
        }
    passed = sum(result.success for result in outcome.results)
    outcome.success = passed == len(outcome.results)
    outcome.statistics |= {
        "successful_expectations": passed,
        "unsuccessful_expectations": len(outcome.results) - passed,
        "success_percent": 100 * passed / len(outcome.results),
    }
    store = context.validation_results_store
    key = next(key for key in store.list_keys() if key.expectation_suite_identifier.name == verdict.suite)
    store.set(key, outcome)


def _exhibit(column: Column) -> pd.Series:
    values = {"text": "-", "choice": (column.choices or ("-",))[0], "date": EXHIBIT_DAY, "flag": False}
    return pd.Series([values.get(column.kind, 1)], dtype=column.dtype)


def _expectation(table: Table, check: Check, place: int, severity: FailureSeverity) -> Any:
    meta = {"position": place, "rule": check.rule, "column": check.column, "advice": check.advice}
    if check.kind == "there":
        return gxe.ExpectColumnValuesToNotBeNull(column=check.column, meta=meta)
    if check.kind == "short":
        most = longest(table.column(check.column))
        return gxe.ExpectColumnValueLengthsToBeBetween(column=check.column, max_value=most, meta=meta)
    if check.kind == "choice":
        choices = list(table.column(check.column).choices)
        return gxe.ExpectColumnValuesToBeInSet(column=check.column, value_set=choices, meta=meta)
    if check.kind == "bounds":
        low, high = bounds_of(table.column(check.column))
        return gxe.ExpectColumnValuesToBeBetween(
            column=check.column, min_value=low, max_value=high, description=f"{check.words}.", meta=meta
        )
    if check.kind == "key":
        once = RowColumn(REPEATED) == FINE
        if len(table.key) == 1:
            return gxe.ExpectColumnValuesToBeUnique(column=table.key[0], row_condition=once, meta=meta)
        return gxe.ExpectCompoundColumnsToBeUnique(column_list=list(table.key), row_condition=once, meta=meta)
    return gxe.ExpectColumnValuesToBeInSet(
        column=check.rule,
        value_set=[FINE],
        description=f"{check.words} (rows where not are named below). Otherwise {check.advice}.",
        severity=severity,
        meta=meta,
    )


def _as_shown(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The declared columns in types that Great Expectations compares as whole columns, not value by value."""
    columns: dict[str, pd.Series] = {}
    for column in table.columns:
        values = frame[column.name]
        if column.kind == "date":
            values = values.where(~(values < EARLIEST_NANOSECOND), EARLIEST_NANOSECOND)
            values = values.where(~(values > LATEST_NANOSECOND), LATEST_NANOSECOND).astype("datetime64[ns]")
        elif column.kind == "money" and column.optional:
            values = values.astype("float64")
        columns[column.name] = values
    return pd.DataFrame(columns, index=frame.index)
