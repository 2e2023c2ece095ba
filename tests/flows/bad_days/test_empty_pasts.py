"""A past in which nothing happened yet is said in a sentence: nothing is learned of it, and no night is made of it."""

from pathlib import Path

import pandas as pd
import pytest

from ledger.importing.write_ledger import write_ledger
from pipelines.backtest import Backtested, summary
from tests.support.nights.flow_runs import TrainedHome, duerank, overrides

BEFORE_ALL = "2019-01-01"


@pytest.mark.parametrize("command", ["train", "nightly", "monitor", "backtest"])
def test_before_the_first_invoice_there_is_nothing_to_learn_from_and_no_one_to_contact(
    trained: TrainedHome, tmp_path: Path, command: str
) -> None:
    nights = ("--from", BEFORE_ALL, "--to", BEFORE_ALL) if command == "backtest" else ("--as-of", BEFORE_ALL)
    out = () if command == "train" else ("--out", tmp_path)
    result = duerank(command, trained.ledger, *nights, *out, *overrides())
    assert result.exit_code == 3, result.output
    assert "no invoice is known before the night of 2019-01-01" in result.output
    assert not list(tmp_path.glob("as_of=*"))


def test_training_before_anything_was_paid_makes_rules_that_say_why(
    trained: TrainedHome, other_home: Path, tmp_path: Path
) -> None:
    unpaid = {
        name: rows.head(0) if name in ("payments", "adjustments") else rows for name, rows in trained.tables.items()
    }
    write_ledger(unpaid, tmp_path / "ledger")
    result = duerank("train", tmp_path / "ledger", "--as-of", "2024-01-02", *overrides())
    assert result.exit_code == 0, result.output
    assert "late_payment version 1 is the champion (rule)" in result.output


def test_a_backtest_without_outcomes_prints_no_figure_that_is_none(tmp_path: Path) -> None:
    nothing = {"part": "all", "method": "duerank", "error_share": None, "inside": None, "days_inside": None}
    policy = {"policy": "duerank", "capacity": 0.1, "share_captured": 0.4, "extra_cash_per_contact": None}
    done = Backtested(
        tmp_path, 0, {}, pd.DataFrame([nothing]), pd.DataFrame([policy | {"contacts_like_these": 3}]),
        pd.DataFrame({"rows": [], "field": [], "error": [], "model": []}), (),
    )  # fmt: skip
    said = summary(done)
    assert "nan" not in said.lower()
    assert "no week that was forecast has passed yet" in said
    assert "duerank: 40.0%, what a contact brings is not known from 3 contacts with such customers" in said
