"""What the checks say of the rows of a ledger: the problems of a table, and the verdicts that the Data Docs show."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd

from ledger.declarations import Table
from ledger.errors import LedgerError
from ledger.minor_units import as_units
from ledger.reading.parsing import Mask, spelled
from ledger.reading.refusals import Problem
from ledger.validation.checks import WARNINGS, Check, Fine, breaking, checks_of

EXAMPLES = 20


@dataclass(frozen=True)
class Finding:
    """How many rows broke a check, and a few of their values, or of their keys where a value says nothing."""

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
    """Asks the checks of whole columns, and remembers the verdicts."""

    def __init__(self) -> None:
        self.verdicts: list[SuiteVerdict] = []

    def declared(
        self, table: Table, frame: pd.DataFrame, fine: Fine, held_elsewhere: Mask | None = None
    ) -> list[Problem]:
        """The problems of a table with its declared columns and key, and with the rules whose verdicts `fine` holds.

        `frame` has the declared columns and a plain index 0, 1, 2 …; so does each of `fine`. `held_elsewhere` says
        whose key other parts of the ledger have, too. LedgerError where a declared column is absent.
        """
        absent = [column.name for column in table.columns if column.name not in frame]
        if absent:
            raise LedgerError(f"table {table.name} has no column {absent[0]!r}; read it with the ledger's reader")
        return self._judged(table.name, table, frame, fine, held_elsewhere)

    def warned(self, table: Table, frame: pd.DataFrame, fine: Fine) -> list[Problem]:
        """The problems with rules that only warn."""
        return self._judged(table.name + WARNINGS, table, frame, fine)

    def _judged(
        self, suite: str, table: Table, frame: pd.DataFrame, fine: Fine, held_elsewhere: Mask | None = None
    ) -> list[Problem]:
        problems, findings = [], {}
        for place, check in enumerate(checks_of(suite)):
            bad = breaking(check, table, frame, fine)
            if check.kind == "key" and held_elsewhere is not None:
                bad |= held_elsewhere
            if bad.any():
                problems.append(Problem(check.column, check.rule, check.advice, bad))
                examples = _examples(check, table, frame.iloc[np.flatnonzero(bad)[:EXAMPLES]])
                findings[place] = Finding(int(bad.sum()), examples)
        self.verdicts.append(SuiteVerdict(suite, table.name, len(frame), findings))
        return problems


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


def _examples(check: Check, table: Table, rows: pd.DataFrame) -> tuple[str, ...]:
    if check.kind in ("there", "rule", "key"):
        keys = rows[list(table.key)].astype("str").fillna("")
        return tuple("/".join(key) for key in keys.itertuples(index=False))
    kind, values = table.column(check.column).kind, rows[check.column].astype(object)
    if kind == "money":
        return tuple(as_units(int(cents)) for cents in values)
    return tuple(str(value.date()) if kind == "date" else str(spelled(value)) for value in values)
