"""Great Expectations on every row and every check finds what it finds on the suspects and what they may break."""

import random

import numpy as np
import pandas as pd
import pytest

from ledger.declarations import Column, Table
from ledger.frames import with_known_on
from ledger.reading.refusals import Problem
from ledger.tables import LARGEST_AMOUNT, LONGEST_TEXT, TABLES
from ledger.validation.gx_suites import _broken, _checks, _context, _outcome, _position
from ledger.validation.prefilter import suspects
from ledger.validation.rules import rules_of
from ledger.validation.verdicts import Judge

ROWS = 60
TEXTS = ("a", "b", "", "ü" * LONGEST_TEXT, "x" * LONGEST_TEXT, "x" * (LONGEST_TEXT + 1), "ü" * (LONGEST_TEXT + 1))
DAYS = ("1989-12-31", "1990-01-01", "2100-01-01", "2100-01-02", "0900-01-01", "9000-01-01")


def cell(column: Column, draw: random.Random) -> object:
    """Mostly a good value, else one at an edge, beyond it, or none."""
    good = draw.random() < 0.9
    if not good and draw.random() < 0.4 and column.dtype not in ("int64", "bool"):
        return None
    match column.kind:
        case "text":
            return f"{draw.randint(0, 40)}" if good else draw.choice(TEXTS)
        case "choice":
            return draw.choice(column.choices) if good else draw.choice(("", "fax", "CALL"))
        case "date":
            return pd.Timestamp("2024-01-01") if good else pd.Timestamp(draw.choice(DAYS)).as_unit("s")
        case "money":
            return draw.choice((0, 5, -5)) if good else draw.choice((-1, 1)) * (LARGEST_AMOUNT + draw.choice((0, 1)))
        case "number":
            edges = [bound for bound in (column.low, column.high) if bound is not None]
            return 0.5 if good else draw.choice((*edges, -1e-12, 1 + 1e-12, 1e-10, 1e10, float("inf")))
    return draw.random() < 0.5


def bad_table(table: Table, draw: random.Random) -> pd.DataFrame:
    """Rows of which some break what is declared, and some have their key in common."""
    columns = {
        column.name: pd.Series([cell(column, draw) for _ in range(ROWS)], dtype=column.dtype)
        for column in table.columns
    }
    frame = pd.DataFrame(columns)
    return with_known_on(table, frame) if "known_on" not in frame else frame


def found_in_all_rows(table: Table, frame: pd.DataFrame, fine: list[pd.Series]) -> list[Problem]:
    rules = rules_of(table.name, "refuse")
    checks = _checks(table.name, table, rules)
    outcome = _outcome(_context(), table.name, table, frame, rules, fine, checks)
    failed = [_broken(table, one) for one in sorted(outcome.results, key=_position) if not one.success]
    return [Problem(one.column, one.rule, one.advice, np.isin(np.arange(len(frame)), one.rows)) for one in failed]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", TABLES)
def test_no_row_that_breaks_a_check_is_left_out_and_no_check_that_a_row_breaks(name: str, seed: int) -> None:
    draw = random.Random(seed)
    table = TABLES[name]
    frame = bad_table(table, draw)
    rules = rules_of(name, "refuse")
    fine = [pd.Series([draw.random() < 0.95 for _ in range(ROWS)]) for _ in rules]
    everything = found_in_all_rows(table, frame, fine)
    assert len(everything) > 3
    broken = np.logical_or.reduce([problem.bad for problem in everything])
    assert not (broken & ~suspects(table, frame, fine)).any()
    judged = Judge().declared(table, frame, rules, fine)
    assert [(problem.column, problem.rule) for problem in judged] == [(one.column, one.rule) for one in everything]
    for problem, one in zip(judged, everything, strict=True):
        np.testing.assert_array_equal(problem.bad, one.bad)
