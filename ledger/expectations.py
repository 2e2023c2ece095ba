"""The judge of record: Great Expectations, run on suites made from the declarations. Only this module imports it."""

import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import great_expectations as gx
import numpy as np
import pandas as pd
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.metadata_types import FailureSeverity
from great_expectations.expectations.row_conditions import Column as RowColumn

from ledger.errors import LedgerError
from ledger.refusals import Problem
from ledger.rules import REPEATED, Rule
from ledger.tables import EARLIEST_DATE, LATEST_DATE, LONGEST_TEXT, Column, Table

gxe: Any = gx.expectations  # its classes are re-exported implicitly, which strict typing does not follow

FINE = "fine"
BOUNDS = {"date": (pd.Timestamp(EARLIEST_DATE), pd.Timestamp(LATEST_DATE))}
# The nanosecond dates that Great Expectations compares fast end in 2262; a date beyond these is as wrong as these are.
EARLIEST_NANOSECOND = pd.Timestamp("1700-01-01")
LATEST_NANOSECOND = pd.Timestamp("2200-01-01")
RESULT_FORMAT = {"result_format": "COMPLETE", "return_unexpected_index_query": False}

for chatty in ("great_expectations", "great_expectations.data_context.types.base"):  # the second sets its own level
    logging.getLogger(chatty).setLevel(logging.ERROR)


class Judge:
    """Runs suites and remembers their results for the Data Docs."""

    def __init__(self) -> None:
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        self._source = self._context.data_sources.add_pandas("ledger")

    def declared(
        self, table: Table, frame: pd.DataFrame, rules: Sequence[Rule], fine: list[pd.Series]
    ) -> list[Problem]:
        """The problems of a table with its declared columns and key, and with the rules whose verdicts `fine` holds.

        `frame` has the declared columns and a plain index 0, 1, 2 …; so does each of `fine`, one for each rule.
        """
        checks = [
            gxe.ExpectColumnToExist(column=column.name, meta=_meta("column absent", column.name, ""))
            for column in table.columns
        ]
        if len(frame):  # without rows there is nothing else to judge
            checks += [check for column in table.columns for check in _column_checks(column)]
            checks += [*map(_rule_check, rules), _key_check(table)]
        return self._run(table.name, table, frame, checks, rules, fine)

    def warned(self, table: Table, frame: pd.DataFrame, rules: Sequence[Rule], fine: list[pd.Series]) -> list[Problem]:
        """The problems with rules that only warn."""
        return self._run(f"{table.name}_warnings", table, frame, list(map(_rule_check, rules)), rules, fine)

    def write_docs(self, folder: Path) -> Path:
        """The Data Docs of everything judged so far, as static HTML; returns the index page."""
        folder.mkdir(parents=True, exist_ok=True)
        self._context.add_data_docs_site(
            "ledger",
            {
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,  # type: ignore[typeddict-unknown-key]
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                "store_backend": {
                    "class_name": "TupleFilesystemStoreBackend",
                    "base_directory": str(folder.resolve()),
                },
            },
        )
        self._context.build_data_docs(site_names=["ledger"])
        return folder / "index.html"

    def _run(
        self,
        name: str,
        table: Table,
        frame: pd.DataFrame,
        checks: list[Any],
        rules: Sequence[Rule],
        fine: list[pd.Series],
    ) -> list[Problem]:
        for position, check in enumerate(checks):
            check.meta["position"] = position
        suite = self._context.suites.add(gx.ExpectationSuite(name=name, expectations=checks))
        batch = self._source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all rows")
        definition = self._context.validation_definitions.add(
            gx.ValidationDefinition(name=name, data=batch, suite=suite)
        )
        shown = _as_shown(table, frame).assign(
            **{rule.name: _verdict(table, frame, verdict) for rule, verdict in zip(rules, fine, strict=True)}
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outcome = definition.run(batch_parameters={"dataframe": shown}, result_format=RESULT_FORMAT)
        results: list[Any] = sorted(outcome.results, key=_position)
        return [_problem(table, len(frame), result) for result in results if not result.success]


def _column_checks(column: Column) -> list[Any]:
    checks = []
    if not column.optional:
        advice = f"fill in {column.name} ({column.meaning})"
        checks.append(gxe.ExpectColumnValuesToNotBeNull(column=column.name, meta=_meta("missing", column.name, advice)))
    if column.kind == "text":
        advice = f"shorten it to {LONGEST_TEXT} characters"
        meta = _meta("text too long", column.name, advice)
        checks.append(gxe.ExpectColumnValueLengthsToBeBetween(column=column.name, max_value=LONGEST_TEXT, meta=meta))
    if column.kind == "choice":
        meta = _meta("unknown choice", column.name, f"use one of {', '.join(column.choices)}")
        checks.append(gxe.ExpectColumnValuesToBeInSet(column=column.name, value_set=list(column.choices), meta=meta))
    low, high = BOUNDS.get(column.kind, (column.low, column.high))
    if low is not None or high is not None:
        bounds = _between(column)
        meta = _meta("out of bounds", column.name, f"correct it: {bounds}")
        checks.append(
            gxe.ExpectColumnValuesToBeBetween(
                column=column.name, min_value=low, max_value=high, description=f"{bounds}.", meta=meta
            )
        )
    return checks


def _between(column: Column) -> str:
    if column.kind == "date":
        return f"{column.name} lies between {EARLIEST_DATE} and {LATEST_DATE}"
    units = 100 if column.kind == "money" else 1
    low, high = ("any" if bound is None else f"{bound / units:.15g}" for bound in (column.low, column.high))
    return f"{column.name} lies between {low} and {high} {column.unit}"


def _key_check(table: Table) -> Any:
    key = "/".join(table.key)
    advice = f"rows of the same {key} differ, and none of them is used: keep the right one"
    once = RowColumn(REPEATED) == FINE
    meta = _meta("key not unique", table.key[0], advice)
    if len(table.key) == 1:
        return gxe.ExpectColumnValuesToBeUnique(column=table.key[0], row_condition=once, meta=meta)
    return gxe.ExpectCompoundColumnsToBeUnique(column_list=list(table.key), row_condition=once, meta=meta)


def _rule_check(rule: Rule) -> Any:
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


def _problem(table: Table, rows: int, result: Any) -> Problem:
    config = result.expectation_config
    if config.type == "expect_column_to_exist":
        raise LedgerError(
            f"table {table.name} has no column {config.kwargs['column']!r}; read it with the ledger's reader"
        )
    if "unexpected_index_list" not in result.result:
        raise RuntimeError(f"{table.name}: {config.type} on {config.kwargs} gave no verdict: {result.exception_info}")
    bad = np.zeros(rows, dtype=bool)
    bad[result.result["unexpected_index_list"]] = True
    return Problem(config.meta["column"], config.meta["rule"], config.meta["advice"], bad)
