"""How many rows of each table broke each of its checks: what a catalogue of data may know, with no row and no value."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ledger.partitioned.judge_partitions import JudgedPartition, WholeLedger, all_verdicts
from ledger.tables import TABLES
from ledger.validation.checks import WARNINGS, checks_of
from ledger.validation.verdicts import SuiteVerdict, added_up

READABLE = "readable"


@dataclass(frozen=True)
class CheckedRule:
    """What was asked of a column, or of whole rows where that is empty: `rule` names what is wrong where it is broken,
    `words` say what holds.

    `kind` is that of a `Check`, or `READABLE` where rows could not be read. A rule that `warns` keeps its rows.
    """

    kind: str
    column: str
    rule: str
    words: str
    warns: bool
    broken: int


@dataclass(frozen=True)
class CheckedTable:
    """The rows of a table that came, and what was asked of them. A row that cannot be read counts for the first rule
    that it breaks, any other for each."""

    rows: int
    rules: tuple[CheckedRule, ...]


def checked_tables(
    ledger: WholeLedger, parts: Sequence[JudgedPartition], came: "pd.Series[int]"
) -> dict[str, CheckedTable]:
    """Each table that has rows, by name; `came` says how many."""
    verdicts = {verdict.suite: verdict for verdict in added_up(all_verdicts(ledger, parts))}
    unread = ledger.refused.groupby(["table", "column", "rule"]).size().reset_index(name="rows")
    found = {}
    for table in TABLES:
        of_table = unread[unread["table"] == table]
        asked_of = zip(of_table["column"], of_table["rule"], strict=True)
        at_reading = dict(zip(asked_of, of_table["rows"].tolist(), strict=True))
        rules = [*_asked(verdicts.get(table), at_reading), *_asked(verdicts.get(table + WARNINGS), {})]
        asked = {(one.column, one.rule) for one in rules}
        rules += [
            CheckedRule(READABLE, column, rule, "", False, rows)
            for (column, rule), rows in at_reading.items()
            if (column, rule) not in asked
        ]
        if came[table]:
            found[table] = CheckedTable(int(came[table]), tuple(rules))
    return found


def _asked(verdict: SuiteVerdict | None, at_reading: dict[tuple[str, str], int]) -> list[CheckedRule]:
    """The checks of a suite, with the rows that broke them and those that did so at reading already."""
    if verdict is None:
        return []
    broken = {place: found.unexpected for place, found in verdict.findings.items()}
    return [
        CheckedRule(
            check.kind,
            check.column,
            check.rule,
            check.words,
            verdict.suite.endswith(WARNINGS),
            broken.get(place, 0) + at_reading.get((check.column, check.rule), 0),
        )
        for place, check in enumerate(checks_of(verdict.suite))
    ]
