"""A ledger judged as a whole: clean tables, refused rows, warnings, and a count of every row and cent."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from configs.settings import LedgerSettings
from ledger.conditions import Evidence
from ledger.currencies import currencies_without_rate
from ledger.errors import LedgerError
from ledger.expectations import Judge
from ledger.frames import Tables, complete
from ledger.quarantine import write_quarantine
from ledger.refusals import REFUSED_COLUMNS, Problem, refused_rows, stacked
from ledger.rules import STAGES, Rule, rules_of
from ledger.tables import TABLES, Table


class TooManyRefused(LedgerError):
    """More rows were refused than the settings allow; `refused` holds them all."""

    def __init__(self, message: str, refused: pd.DataFrame) -> None:
        super().__init__(message)
        self.refused = refused


@dataclass(frozen=True)
class Validation:
    """A judged ledger.

    `tables` hold the accepted rows in the order in which they came. `refused` has `REFUSED_COLUMNS`, one row for each
    refused row with the first rule that it breaks, those of reading included. `warnings` are sentences. `counts` has a
    row per table: `came`, `refused_at_reading`, `refused`, `used` (rows; came = refused_at_reading + refused + used)
    and `came_cents`, `refused_cents`, `used_cents` (the sum of the amounts that could be read).
    """

    tables: Tables
    refused: pd.DataFrame
    warnings: list[str]
    counts: pd.DataFrame


def validate(
    tables: Tables,
    settings: LedgerSettings,
    already_refused: pd.DataFrame,
    docs: Path | None = None,
    quarantine: Path | None = None,
) -> Validation:
    """Judge a ledger that is known as of the night; `already_refused` are the rows refused at reading.

    Writes the Data Docs into `docs` and the refused rows into `quarantine`, where given, also when it raises:
    TooManyRefused where a table loses more than `max_quarantined_share` of its rows.
    """
    came = {name: frame.reset_index(drop=True) for name, frame in complete(tables).items()}
    unreadable = {name: already_refused.loc[already_refused["table"] == name, "record"] for name in TABLES}
    judge = Judge()
    accepted: Tables = {}
    refused = [already_refused]
    bad: dict[str, np.ndarray] = {}
    for stage in STAGES:
        evidence = _evidence(came, accepted, unreadable, settings)
        for name in stage:
            rules = rules_of(name, "refuse")
            problems = judge.declared(TABLES[name], came[name], rules, [rule.fine(evidence) for rule in rules])
            bad[name] = np.logical_or.reduce([np.zeros(len(came[name]), dtype=bool), *(p.bad for p in problems)])
            refused.append(_refusals(TABLES[name], came[name], problems, bad[name]))
        accepted |= {name: came[name][~bad[name]].reset_index(drop=True) for name in stage}
    warnings = _warnings(judge, accepted, unreadable)
    if docs is not None:
        judge.write_docs(docs)
    every = stacked(refused).sort_values(list(REFUSED_COLUMNS), ignore_index=True)
    if quarantine is not None:
        write_quarantine(every, quarantine)
    counts = _counts(came, accepted, bad, unreadable)
    reconcile(counts)
    _stop_above(settings.max_quarantined_share, counts, every, quarantine)
    return Validation(complete(accepted), every, warnings, counts)


def reconcile(counts: pd.DataFrame) -> None:
    """LedgerError where the rows or the cents that came are not the refused and the used ones together."""
    for table, count in counts.iterrows():
        rows = count["came"] - count["refused_at_reading"] - count["refused"] - count["used"]
        cents = count["came_cents"] - count["refused_cents"] - count["used_cents"]
        if rows or cents:
            raise LedgerError(
                f"{table}: validation lost {rows} rows and {_units(cents)} currency units between what came and what "
                f"was refused or used. This is a fault of the program: please report it with this sentence."
            )


def _evidence(came: Tables, accepted: Tables, unreadable: dict[str, pd.Series], settings: LedgerSettings) -> Evidence:
    if "customers" not in accepted:
        return Evidence(came, accepted, unreadable)
    billed = {**accepted, "invoices": came["invoices"]}
    return Evidence(came, accepted, unreadable, currencies_without_rate(billed, settings))


def _refusals(table: Table, came: pd.DataFrame, problems: list[Problem], bad: np.ndarray) -> pd.DataFrame:
    rows = as_written(table, came[bad])
    return refused_rows(table, rows, [Problem(p.column, p.rule, p.advice, p.bad[bad]) for p in problems], rows)


def as_written(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    """Rows as a ledger's file would hold them: money in currency units, dates as YYYY-MM-DD; for a few rows."""
    written = frame.astype(object).where(frame.notna(), None)
    for column in table.columns:
        if column.kind == "money":
            written[column.name] = [None if pd.isna(cents) else _units(cents) for cents in frame[column.name]]
        elif column.kind == "date":
            written[column.name] = frame[column.name].dt.strftime("%Y-%m-%d")
    return written[list(table.names)]


def _warnings(judge: Judge, accepted: Tables, unreadable: dict[str, pd.Series]) -> list[str]:
    evidence = Evidence(accepted, accepted, unreadable)
    sentences = []
    for name, table in TABLES.items():
        rules = rules_of(name, "warn")
        if rules and len(accepted[name]):
            problems = judge.warned(table, accepted[name], rules, [rule.fine(evidence) for rule in rules])
            sentences += [_sentence(table, accepted[name], rules, problem) for problem in problems]
    return sentences


def _sentence(table: Table, frame: pd.DataFrame, rules: tuple[Rule, ...], problem: Problem) -> str:
    meaning = next(rule.meaning for rule in rules if rule.name == problem.rule)
    keys = frame.loc[problem.bad, table.key[0]].sort_values()
    return (
        f"{table.name}: {problem.rule} in {len(keys)} of {len(frame)} rows, for example {keys.iloc[0]!r} "
        f"({problem.column}; expected: {meaning}). The rows are used; {problem.advice}."
    )


def _counts(
    came: Tables, accepted: Tables, bad: dict[str, np.ndarray], unreadable: dict[str, pd.Series]
) -> pd.DataFrame:
    rows = {
        name: {
            "came": len(came[name]) + len(unreadable[name]),
            "refused_at_reading": len(unreadable[name]),
            "refused": int(bad[name].sum()),
            "used": len(accepted[name]),
            "came_cents": _cents(came[name]),
            "refused_cents": _cents(came[name][bad[name]]),
            "used_cents": _cents(accepted[name]),
        }
        for name in TABLES
    }
    return pd.DataFrame.from_dict(rows, orient="index", dtype="int64").rename_axis("table")


def _cents(frame: pd.DataFrame) -> int:
    return int(frame["amount"].sum()) if "amount" in frame else 0


def _units(cents: int) -> str:
    return str(Decimal(int(cents)).scaleb(-2))


def _stop_above(allowed: float, counts: pd.DataFrame, refused: pd.DataFrame, quarantine: Path | None) -> None:
    lost = counts["came"] - counts["used"]
    share = (lost / counts["came"].clip(lower=1)).sort_values(ascending=False, kind="stable")
    if share.iloc[0] <= allowed:
        return
    table = share.index[0]
    rows = refused[refused["table"] == table]
    often = rows["rule"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    example = rows[rows["rule"] == often.index[0]].iloc[0]
    where = f"All refused rows are in {quarantine}." if quarantine else "Nothing was written."
    raise TooManyRefused(
        f"{table}: {lost[table]} of {counts.loc[table, 'came']} rows ({share.iloc[0]:.1%}) were refused, and "
        f"ledger.max_quarantined_share allows {allowed:.1%}, so the night stops. The most frequent rule is "
        f"{example['rule']!r} ({often.iloc[0]} rows), for example record {example['record']!r} with "
        f"{example['column']} = {example['value']!r}: {example['advice']}. {where}",
        refused,
    )
