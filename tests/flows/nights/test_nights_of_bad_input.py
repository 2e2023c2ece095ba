"""A night comes of every kind of bad input that does not stop it: nothing crashes on what is odd, empty or extreme."""

from pathlib import Path

import pandas as pd
import pytest

from configs.settings import load_settings
from models.champions import champions
from tests.support.faults.bad_input_page import cases
from tests.support.faults.bad_inputs import BadInput, Stops, write
from tests.support.faults.odd_ledgers import MANY_INVOICES, odd_ledgers
from tests.support.nights.call_sheets import call_sheet_of
from tests.support.nights.flow_runs import FAST, NIGHT, TrainedHome
from tests.support.nights.in_this_process import night_of
from tests.support.small_nights import nothing_beside
from worklists.pages.report import render_report
from worklists.pages.worklist_csv import write_worklist

ODD = [case for case in odd_ledgers() if not isinstance(case.expected, Stops)]
NAMES_OF_ODD = {case.name for case in ODD}
OTHERS = [case for case in cases() if not isinstance(case.expected, Stops) and case.name not in NAMES_OF_ODD]


def a_night(case: BadInput, folder: Path) -> dict[str, pd.DataFrame]:
    """All that a night computes and writes of the case's ledger, without Prefect around it."""
    as_of, settings = pd.Timestamp(NIGHT), load_settings(FAST)
    night = night_of(write(case, folder / "ledger"), as_of, champions(as_of, settings), settings)
    write_worklist(night["worklist"], folder / "worklist.csv")
    render_report(night, nothing_beside(), call_sheet_of())
    owed = night["invoice_scores"]["open_amount"].sum()
    assert owed == night["customer_scores"]["open_amount"].sum()
    return night


@pytest.mark.parametrize("case", ODD, ids=lambda case: case.name)
def test_a_night_comes_of_an_odd_ledger(trained: TrainedHome, tmp_path: Path, case: BadInput) -> None:
    night = a_night(case, tmp_path)
    if case.name in ("nothing is overdue", "everything is in dispute"):
        assert night["worklist"].empty
    if case.name == "nothing is overdue, and reminders are due":
        assert set(night["worklist"]["action"]) == {"pre_due_reminder"}
    if case.name == "one customer alone":
        assert night["customer_scores"]["customer_id"].nunique() == 1


@pytest.mark.slow
@pytest.mark.parametrize("case", [*OTHERS, MANY_INVOICES], ids=lambda case: case.name)
def test_a_night_comes_of_bad_input_that_does_not_stop_it(trained: TrainedHome, tmp_path: Path, case: BadInput) -> None:
    assert len(a_night(case, tmp_path)["worklist"])
