"""Exit codes and words: what went wrong, where, and what to do; never a traceback for bad input."""

import os
import pkgutil
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from pipelines.runtime.exit_codes import EXPECTED
from tests.support.nights.flow_runs import TrainedHome, duerank
from tests.support.nights.published_nights import digests
from tests.support.repository import ROOT

AS_OF = ("--as-of", "2024-01-08")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("nightly", "ledger", *AS_OF, "--out", "out", "--set", "labels.grace=3"),
            "The closest is 'labels.grace_days'",
        ),
        (("nightly", "ledger", *AS_OF, "--out", "out", "--set", "labels.grace_days"), "grace_days"),
        (("train", "ledger", *AS_OF, "--set", "labels.grace_days={"), "not a value; write a number"),
        (("train", "ledger", *AS_OF, "--set", "labels.grace_days=-1"), "greater than or equal to 0"),
        (("train", "ledger", "--as-of", "8.1.2024"), "write it as YYYY-MM-DD"),
        (("train", "ledger", "--as-of", "2024-02-30"), "'2024-02-30' is not a date"),
        (("train", "ledger", "--as-of", "0001-01-01"), "outside of the years"),
        (("nightly", "ledger", "--as-of", "9999-12-31", "--out", "out"), "outside of the years"),
        (("nightly", "ledger", *AS_OF), "Missing option '--out'"),
        (("backtest", "ledger", "--from", "2024-02-01", "--to", "2024-01-01", "--out", "out"), "lies before"),
        (("backtest", "ledger", "--from", "2024-01-01", "--to", "2024-02-01", "--every", "0D", "--out", "out"), "7D"),
        (("simulate", "--customers", "0", "--days", "5", "--seed", "1", "--out", "out"), "customers"),
        (("nigthly",), "No such command"),
        (("nightly", "", *AS_OF, "--out", "out"), "an argument is empty"),
        (("nightly", "ledger", *AS_OF, "--out", ""), "an argument is empty"),
        (("train", "ledger", *AS_OF, "--set", "worklist.month_target=.inf"), "finite"),
        (("train", "ledger", *AS_OF, "--set", "ledger.reporting_currency=euro"), "reporting_currency"),
        (("database", "upgrade", "nonsense"), "the database URL cannot be read"),
        (("database", "upgrade", "sqlite:///nowhere.db"), "there is no such SQLite file"),
        (("database", "prune", "mysql+nodriver://host/db", "--older-than", "999"), "no driver"),
    ],
)
def test_wrong_usage_is_2_and_says_what_would_do(home: Path, arguments: tuple[str, ...], told: str):
    result = duerank(*arguments)
    assert result.exit_code == 2, result.output
    assert told in result.output


@pytest.mark.parametrize("name", EXPECTED)
def test_each_error_that_has_a_code_is_there_by_that_name(name: str):
    error = pkgutil.resolve_name(name)
    assert f"{error.__module__}.{error.__qualname__}" == name


LOOK = """
import sys
from pipelines.cli import main
try:
    main(sys.argv[1:])
finally:
    print({"prefect", "mlflow", "great_expectations"} & set(sys.modules))
"""


@pytest.mark.parametrize(
    "look", [("draft-mapping", ".", "--out", "m.yaml"), ("import", "ibm", "--input", ".", "--out", "ledger", "--check")]
)
def test_a_look_at_an_export_waits_for_no_server_and_no_registry(look: tuple[str, ...], tmp_path: Path):
    """They take most of the seconds of a command, and what a newcomer runs ten times in an hour needs none of them."""
    head = "countryCode,customerID,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,SettledDate"
    (tmp_path / "bills.csv").write_text(f"{head}\n391,C1,1,1/2/2013,2/1/2013,55.94,1/15/2013\n")
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *look],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "DUERANK_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "set()"


def test_a_ledger_without_a_required_table_is_3_and_yesterday_stands(trained: TrainedHome, night: Path, tmp_path: Path):
    before = digests(night)
    shutil.copy(trained.ledger / "invoices.parquet", tmp_path)
    result = duerank("nightly", tmp_path, *AS_OF, "--out", night)
    assert result.exit_code == 3, result.output
    assert "payments" in result.output
    assert digests(night) == before


def test_too_many_bad_rows_are_3_with_a_quarantine_and_yesterday_stands(
    trained: TrainedHome, night: Path, tmp_path: Path
):
    before = digests(night)
    folder = tmp_path / "ledger"
    shutil.copytree(trained.ledger, folder)
    payments = pd.read_parquet(folder / "payments.parquet")
    payments["customer_id"] = payments["customer_id"].where(payments.index % 5 > 0, "NOBODY")
    payments["amount"] = payments["amount"].astype(float).where(payments.index % 5 > 0, 1e15)
    payments.to_parquet(folder / "payments.parquet")
    result = duerank("nightly", folder, *AS_OF, "--out", night)
    assert result.exit_code == 3, result.output
    assert "payments" in result.output
    assert digests(night) == before
    quarantine = night / "refused" / "as_of=2024-01-08"
    assert "payments" in "".join(path.read_text("utf-8") for path in quarantine.glob("*.csv"))
    shutil.rmtree(night / "refused")


def test_a_place_that_is_not_there_is_3(trained: TrainedHome, tmp_path: Path):
    for source in (
        tmp_path / "nowhere",
        f"sqlite:///{tmp_path / 'nowhere.db'}",
        "postgresql://nobody@localhost:1/none",
    ):
        result = duerank("nightly", source, *AS_OF, "--out", tmp_path / "out")
        assert result.exit_code == 3, f"{source}: {result.output}"
        assert not list((tmp_path / "out").glob("as_of=*"))


def test_no_champion_is_4_and_says_what_to_run(trained: TrainedHome, tmp_path: Path, other_home: Path):
    result = duerank("nightly", trained.ledger, *AS_OF, "--out", tmp_path / "out")
    assert result.exit_code == 4, result.output
    assert "run `duerank train` first" in result.output
    assert not list((tmp_path / "out").glob("as_of=*"))


def test_a_fault_of_ours_is_1_and_leaves_its_traceback_in_a_file(
    trained: TrainedHome, tmp_path: Path, other_home: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pipelines.nightly.load_policy", lambda _settings: 1 / 0)
    result = duerank("nightly", trained.ledger, *AS_OF, "--out", tmp_path / "out")
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    assert str(other_home / "last-fault.txt") in result.output.replace("\n", "")
    assert "Traceback" in (other_home / "last-fault.txt").read_text("utf-8")


def test_a_database_that_takes_nothing_leaves_no_half_a_night(
    trained: TrainedHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from pipelines.runtime import runner

    task = runner._task
    monkeypatch.setattr(runner, "_task", lambda *of: task(*of).with_options(retry_delay_seconds=0))
    url = "postgresql://nobody:secret@localhost:1/none"
    result = duerank("nightly", trained.ledger, *AS_OF, "--out", tmp_path / "out", "--database", url)
    assert result.exit_code == 1
    assert "earlier nights cannot be read" in result.output
    assert "secret" not in result.output
    assert "Traceback" not in result.output
    assert not list((tmp_path / "out").glob("as_of=*"))


@pytest.mark.slow
def test_a_refused_ledger_shows_no_traceback_in_a_terminal(trained: TrainedHome, tmp_path: Path):
    """In a process of its own and without a server, where Prefect would log what a flow raised."""
    command = Path(sys.executable).with_name("duerank")
    done = subprocess.run(
        [command, "nightly", tmp_path / "nowhere", *AS_OF, "--out", tmp_path / "out"],
        capture_output=True,
        text=True,
        env={**os.environ, "DUERANK_HOME": str(trained.home), "PREFECT_HOME": str(tmp_path / "prefect")},
    )
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert done.stderr.startswith("duerank: ")
    assert len(done.stderr.splitlines()) <= 3
