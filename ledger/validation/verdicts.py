"""What the checks say of the rows of a ledger: the problems of a table, and the verdicts that the Data Docs show.

Great Expectations judges only what may break a check. Most tables have no such row, and then it is not imported: that
alone takes seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd

from ledger.declarations import Table
from ledger.errors import LedgerError
from ledger.reading.parsing import Mask
from ledger.reading.refusals import Problem
from ledger.validation.prefilter import any_not_fine, suspects
from ledger.validation.rules import ValidationRule

KEY_NOT_UNIQUE = "key not unique"
WARNINGS = "_warnings"  # a suite of the rules that only warn is called after its table and this
EXAMPLES = 20


@dataclass(frozen=True)
class Finding:
    """How many rows broke a check, and a few of their values."""

    unexpected: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class SuiteVerdict:
    """What a suite's checks said of the rows of one table, or of a part of it: findings by place of the check."""

    suite: str
    table: str
    rows: int
    findings: dict[int, Finding]


class Judge:
    """Runs the suites on whatever may break a check, and remembers the verdicts.

    Most rows are beyond suspicion, which `suspects` finds a hundred times faster than Great Expectations can. Of the
    rest, only the checks are run that they may break: each takes a fiftieth of a second, however few the rows are.
    """

    def __init__(self) -> None:
        self.verdicts: list[SuiteVerdict] = []

    def declared(
        self, table: Table, frame: pd.DataFrame, rules: Sequence[ValidationRule], fine: list[pd.Series]
    ) -> list[Problem]:
        """The problems of a table with its declared columns and key, and with the rules whose verdicts `fine` holds.

        `frame` has the declared columns and a plain index 0, 1, 2 …; so does each of `fine`, one for each rule.
        LedgerError where a declared column is absent.
        """
        absent = [column.name for column in table.columns if column.name not in frame]
        if absent:
            raise LedgerError(f"table {table.name} has no column {absent[0]!r}; read it with the ledger's reader")
        return self._run(table.name, table, frame, suspects(table, frame, fine), rules, fine)

    def warned(
        self, table: Table, frame: pd.DataFrame, rules: Sequence[ValidationRule], fine: list[pd.Series]
    ) -> list[Problem]:
        """The problems with rules that only warn."""
        return self._run(table.name + WARNINGS, table, frame, any_not_fine(frame, fine), rules, fine)

    def _run(
        self,
        name: str,
        table: Table,
        frame: pd.DataFrame,
        suspicious: Mask,
        rules: Sequence[ValidationRule],
        fine: list[pd.Series],
    ) -> list[Problem]:
        where = np.flatnonzero(suspicious)
        problems, findings = [], {}
        if len(where):
            from ledger.validation.gx_suites import broken_checks

            doubted = frame.iloc[where].reset_index(drop=True)
            verdicts = [verdict.iloc[where].reset_index(drop=True) for verdict in fine]
            for check in broken_checks(name, table, doubted, rules, verdicts):
                bad = np.zeros(len(frame), dtype=bool)
                bad[where[check.rows]] = True
                problems.append(Problem(check.column, check.rule, check.advice, bad))
                findings[check.position] = Finding(len(check.rows), check.values[:EXAMPLES])
        self.verdicts.append(SuiteVerdict(name, table.name, len(frame), findings))
        return problems


def key_problem(table: Table, bad: Mask) -> Problem:
    """The problem of rows that have their key in common with others, and differ from them."""
    advice = f"rows of the same {'/'.join(table.key)} differ, and none of them is used: keep the right one"
    return Problem(table.key[0], KEY_NOT_UNIQUE, advice, bad)


def added_up(verdicts: Sequence[SuiteVerdict]) -> list[SuiteVerdict]:
    """One verdict for each suite, of all parts of its table; by name."""
    by_suite = groupby(sorted(verdicts, key=lambda verdict: verdict.suite), key=lambda verdict: verdict.suite)
    return [_whole(list(parts)) for _, parts in by_suite]


def _whole(parts: list[SuiteVerdict]) -> SuiteVerdict:
    findings: dict[int, Finding] = {}
    for part in parts:
        for position, found in part.findings.items():
            before = findings.get(position, Finding(0, ()))
            examples = (*before.examples, *found.examples)[:EXAMPLES]
            findings[position] = Finding(before.unexpected + found.unexpected, examples)
    return SuiteVerdict(parts[0].suite, parts[0].table, sum(part.rows for part in parts), findings)
