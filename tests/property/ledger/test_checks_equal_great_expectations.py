"""Great Expectations on the same suites finds what the masks of the checks find, row by row."""

import random

import numpy as np
import pandas as pd
import pytest

from ledger.declarations import Column, Table
from ledger.frames import with_known_on
from ledger.tables import LARGEST_AMOUNT, LONGEST_TEXT, TABLES
from ledger.validation.checks import WARNINGS, breaking, checks_of
from ledger.validation.gx_suites import new_context, outcome_of, position
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


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("suite", [*TABLES, *(name + WARNINGS for name in TABLES if checks_of(name + WARNINGS))])
def test_the_masks_of_the_checks_are_what_great_expectations_finds(suite: str, seed: int) -> None:
    draw = random.Random(seed)
    table = TABLES[suite.removesuffix(WARNINGS)]
    frame, checks = bad_table(table, draw), checks_of(suite)
    rules = [check.rule for check in checks if check.kind == "rule"]
    fine = {rule: pd.Series([draw.random() < 0.95 for _ in range(ROWS)]) for rule in rules}
    outcome = outcome_of(new_context(), suite, frame, fine)
    assert len(outcome.results) == len(checks)
    for result in outcome.results:
        found = np.isin(np.arange(ROWS), result.result["unexpected_index_list"])
        check = checks[position(result)]
        np.testing.assert_array_equal(breaking(check, table, frame, fine), found, err_msg=str(check))
    judge = Judge()
    problems = (judge.warned if suite.endswith(WARNINGS) else judge.declared)(table, frame, fine)
    assert len(problems) == sum(not result.success for result in outcome.results)
    assert problems or suite.endswith(WARNINGS)
