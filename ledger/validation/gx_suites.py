"""The judge of record: Great Expectations, run on suites made from the declarations. Only this module imports it."""

import html
import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import great_expectations as gx
import numpy as np
import numpy.typing as npt
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.row_conditions import Column as RowColumn

from ledger.declarations import Column, Table
from ledger.tables import TABLES, longest
from ledger.validation.prefilter import any_key_repeated, bounds_in_words, bounds_of, suspect_columns
from ledger.validation.rules import REPEATED, ValidationRule, rules_of
from ledger.validation.verdicts import KEY_NOT_UNIQUE, WARNINGS, Finding, SuiteVerdict, key_problem

gxe: Any = gx.expectations  # its classes are re-exported implicitly, which strict typing does not follow

FINE = "fine"
COLUMN_ABSENT = "column absent"
# The nanosecond dates that Great Expectations compares fast end in 2262; a date beyond these is as wrong as these are.
EARLIEST_NANOSECOND = pd.Timestamp("1700-01-01")
LATEST_NANOSECOND = pd.Timestamp("2200-01-01")
EXHIBIT_DAY = pd.Timestamp("2000-01-01")
RESULT_FORMAT = {"result_format": "COMPLETE", "return_unexpected_index_query": False}

for chatty in ("great_expectations", "great_expectations.data_context.types.base"):  # the second sets its own level
    logging.getLogger(chatty).setLevel(logging.ERROR)


@dataclass(frozen=True)
class BrokenCheck:
    """A check that some rows break: its place in the suite, what it is about, the places of the rows, their values."""

    position: int
    column: str
    rule: str
    advice: str
    rows: npt.NDArray[np.intp]
    values: tuple[str, ...]


def broken_checks(
    name: str, table: Table, frame: pd.DataFrame, rules: Sequence[ValidationRule], fine: Sequence[pd.Series]
) -> list[BrokenCheck]:
    """The checks of a suite that some of these rows break, in the suite's order.

    Only those are run that they may break: each takes a fiftieth of a second, however few the rows are.
    """
    doubted = _doubted(table, frame, rules, fine)
    checks = [check for check in _checks(name, table, rules) if _subject(check) in doubted]
    outcome = _outcome(_context(), name, table, frame, rules, fine, checks)
    return [_broken(table, result) for result in sorted(outcome.results, key=_position) if not result.success]


def write_pages(verdicts: Sequence[SuiteVerdict], folder: Path) -> None:
    """Great Expectations' pages of suites that rows broke, one verdict each, below `folder`."""
    context = _context()
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


def _context() -> Any:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return context


def _store(context: Any, verdict: SuiteVerdict) -> None:
    """The suite's results in the context's store: run on one made-up row, then given what was found in all rows."""
    name, table = verdict.suite, TABLES[verdict.table]
    rules = rules_of(table.name, "warn" if name.endswith(WARNINGS) else "refuse")
    exhibit = pd.DataFrame({column.name: _exhibit(column) for column in table.columns})
    fine = [pd.Series(True, index=exhibit.index) for _ in rules]
    outcome = _outcome(context, name, table, exhibit, rules, fine, _checks(name, table, rules))
    for result in outcome.results:
        found = verdict.findings.get(_position(result), Finding(0, ()))
        result.success = found.unexpected == 0
        if "element_count" in result.result:
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
    key = next(key for key in store.list_keys() if key.expectation_suite_identifier.name == name)
    store.set(key, outcome)


def _exhibit(column: Column) -> pd.Series:
    values = {"text": "-", "choice": (column.choices or ("-",))[0], "date": EXHIBIT_DAY, "flag": False}
    return pd.Series([values.get(column.kind, 1)], dtype=column.dtype)


def _doubted(table: Table, frame: pd.DataFrame, rules: Sequence[ValidationRule], fine: Sequence[pd.Series]) -> set[str]:
    """What some of the rows may break: columns, rules, the key."""
    broken = {rule.name for rule, verdict in zip(rules, fine, strict=True) if not verdict.all()}
    return broken | suspect_columns(table, frame) | ({KEY_NOT_UNIQUE} if any_key_repeated(table, frame) else set())


def _subject(check: Any) -> str:
    """What a check is about, as `_doubted` calls it; columns do exist."""
    rule: str = check.meta["rule"]
    return rule if rule in (KEY_NOT_UNIQUE, COLUMN_ABSENT) else str(check.column)


def _outcome(
    context: Any,
    name: str,
    table: Table,
    frame: pd.DataFrame,
    rules: Sequence[ValidationRule],
    fine: Sequence[pd.Series],
    checks: Sequence[Any],
) -> Any:
    suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=list(checks)))
    source = context.data_sources.add_pandas(name)
    batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all rows")
    definition = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
    shown = _as_shown(table, frame).assign(
        **{rule.name: _verdict(table, frame, verdict) for rule, verdict in zip(rules, fine, strict=True)}
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return definition.run(batch_parameters={"dataframe": shown}, result_format=RESULT_FORMAT)


def _checks(name: str, table: Table, rules: Sequence[ValidationRule]) -> list[Any]:
    """The suite of a table, or that of its warnings, each check with its place."""
    of_rules = [_rule_check(rule) for rule in rules]
    checks = of_rules if name.endswith(WARNINGS) else [*_declared_checks(table), *of_rules, _key_check(table)]
    for position, check in enumerate(checks):
        check.meta["position"] = position
    return checks


def _declared_checks(table: Table) -> list[Any]:
    there = [
        gxe.ExpectColumnToExist(column=column.name, meta=_meta(COLUMN_ABSENT, column.name, ""))
        for column in table.columns
    ]
    return there + [check for column in table.columns for check in _column_checks(column)]


def _column_checks(column: Column) -> list[Any]:
    checks = []
    if not column.optional:
        advice = f"fill in {column.name} ({column.meaning})"
        checks.append(gxe.ExpectColumnValuesToNotBeNull(column=column.name, meta=_meta("missing", column.name, advice)))
    if column.kind == "text":
        advice = f"shorten it to {longest(column)} characters"
        meta = _meta("text too long", column.name, advice)
        checks.append(gxe.ExpectColumnValueLengthsToBeBetween(column=column.name, max_value=longest(column), meta=meta))
    if column.kind == "choice":
        meta = _meta("unknown choice", column.name, f"use one of {', '.join(column.choices)}")
        checks.append(gxe.ExpectColumnValuesToBeInSet(column=column.name, value_set=list(column.choices), meta=meta))
    low, high = bounds_of(column)
    if low is not None or high is not None:
        bounds = bounds_in_words(column)
        meta = _meta("out of bounds", column.name, f"correct it: {bounds}")
        checks.append(
            gxe.ExpectColumnValuesToBeBetween(
                column=column.name, min_value=low, max_value=high, description=f"{bounds}.", meta=meta
            )
        )
    return checks


def _key_check(table: Table) -> Any:
    problem = key_problem(table, np.zeros(0, dtype=np.bool_))
    once = RowColumn(REPEATED) == FINE
    meta = _meta(problem.rule, problem.column, problem.advice)
    if len(table.key) == 1:
        return gxe.ExpectColumnValuesToBeUnique(column=table.key[0], row_condition=once, meta=meta)
    return gxe.ExpectCompoundColumnsToBeUnique(column_list=list(table.key), row_condition=once, meta=meta)


def _rule_check(rule: ValidationRule) -> Any:
    return gxe.ExpectColumnValuesToBeInSet(
        column=rule.name,
        value_set=[FINE],
        description=f"{rule.column}: {rule.meaning} (rows where not are named below). Otherwise {rule.advice}.",
        severity=FailureSeverity.CRITICAL if rule.severity == "refuse" else FailureSeverity.WARNING,
        meta=_meta(rule.name, rule.column, rule.advice),
    )


def _meta(rule: str, column: str, advice: str) -> dict[str, Any]:
    return {"rule": rule, "column": column, "advice": advice}


def _verdict(table: Table, frame: pd.DataFrame, fine: pd.Series) -> pd.Series:
    """`fine`, or the key of the row that is not, which the Data Docs then list."""
    verdict = pd.Series(FINE, index=frame.index, dtype="str")
    bad = frame.loc[~fine, list(table.key)]
    if len(bad):
        verdict[~fine] = bad.astype("str").fillna("").agg("/".join, axis=1).to_numpy()
    return verdict


def _as_shown(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """The declared columns in types that Great Expectations compares as whole columns, not value by value."""
    columns: dict[str, pd.Series] = {}
    for column in table.columns:
        if column.name not in frame:
            continue
        values = frame[column.name]
        if column.kind == "date":
            values = values.where(~(values < EARLIEST_NANOSECOND), EARLIEST_NANOSECOND)
            values = values.where(~(values > LATEST_NANOSECOND), LATEST_NANOSECOND).astype("datetime64[ns]")
        elif column.kind == "money" and column.optional:
            values = values.astype("float64")
        columns[column.name] = values
    return pd.DataFrame(columns, index=frame.index)


def _position(result: Any) -> int:
    """The place of the check in the suite, whose results come in another order."""
    return int(result.expectation_config.meta["position"])


def _broken(table: Table, result: Any) -> BrokenCheck:
    config = result.expectation_config
    if "unexpected_index_list" not in result.result:
        raise RuntimeError(f"{table.name}: {config.type} on {config.kwargs} gave no verdict: {result.exception_info}")
    rows = np.unique(np.asarray(result.result["unexpected_index_list"], dtype=np.intp))
    values = tuple(str(value) for value in result.result.get("partial_unexpected_list", []))
    of = config.meta
    return BrokenCheck(_position(result), of["column"], of["rule"], of["advice"], rows, values)
