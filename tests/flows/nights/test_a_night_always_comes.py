"""A night without champions that fit, without its registry, without its Prefect server: it stops clearly, or comes."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from click.testing import Result

from tests.support.nights.flow_runs import NIGHT, TrainedHome, duerank, nightly, overrides
from tests.support.nights.published_nights import frame

RULES = ("--set", "night.without_champion=rules")
NOBODY = "http://127.0.0.1:1"
MUCH_LATER = date(2025, 6, 1)


def tried(trained: TrainedHome, out: Path, *more: object, as_of: date = NIGHT) -> Result:
    return duerank("nightly", trained.ledger, "--as-of", as_of, "--out", out, *overrides(), *more)


def labels(out: Path) -> set[str]:
    return set(pd.read_csv(out / f"as_of={NIGHT}" / "worklist.csv")["model_versions"])


def notes(out: Path) -> str:
    return str(frame(out, "runs")["notes"].iloc[0])


@pytest.fixture
def lost_registry(trained: TrainedHome, night: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry was there in the night before, and is not any more."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", NOBODY)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")


def test_without_a_champion_the_naive_rules_rank_if_so_configured_and_every_row_says_so(
    trained: TrainedHome, other_home: Path, tmp_path: Path
):
    assert tried(trained, tmp_path).exit_code == 4
    nightly(trained.ledger, tmp_path, NIGHT, *RULES)
    (label,) = labels(tmp_path)
    assert label.startswith("late_payment=none (naive rule); default=none (naive rule)")
    assert "late_payment: naive rule, since there is no champion of late_payment" in notes(tmp_path)
    scores = frame(tmp_path, "customer_scores")
    assert scores["p_default"].nunique() > 2 and scores["p_unpaid_30d"].nunique() > 20


def test_a_stale_champion_stops_the_night_or_makes_room_for_the_rules(trained: TrainedHome, tmp_path: Path):
    stopped = tried(trained, tmp_path, as_of=MUCH_LATER)
    assert stopped.exit_code == 4
    assert "516 days before this night, and night.oldest_champion_days allows 365" in stopped.output
    assert not (tmp_path / "duerank.db").exists()
    nightly(trained.ledger, tmp_path, NIGHT, *RULES, "--set", "night.oldest_champion_days=1")
    assert {label.split(";")[0] for label in labels(tmp_path)} == {"late_payment=none (naive rule)"}


def test_without_its_registry_a_night_goes_on_with_the_champions_of_the_night_before_and_says_so(
    trained: TrainedHome, night: Path, lost_registry: None, tmp_path: Path
):
    nightly(trained.ledger, tmp_path)
    assert labels(tmp_path) == labels(night)
    assert "127.0.0.1:1 cannot be read" in notes(tmp_path) and "were used" in notes(tmp_path)
    apart = ["run_id"]
    for name in ("invoice_scores", "customer_scores", "worklist"):
        pd.testing.assert_frame_equal(frame(tmp_path, name).drop(columns=apart), frame(night, name).drop(columns=apart))


def test_without_its_registry_and_nothing_kept_a_night_stops_and_says_so(
    trained: TrainedHome, other_home: Path, lost_registry: None, tmp_path: Path
):
    stopped = tried(trained, tmp_path)
    assert stopped.exit_code == 4
    assert "cannot be read" in stopped.output and "None was kept" in stopped.output


@pytest.mark.slow
def test_lost_files_of_a_model_are_replaced_by_those_that_were_kept(
    trained: TrainedHome, night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from models.registry import mlflow_registry

    monkeypatch.setattr(mlflow_registry.mlflow.artifacts, "download_artifacts", _lost)
    nightly(trained.ledger, tmp_path)
    assert labels(tmp_path) == labels(night)
    assert "cannot be read (the disk is gone)" in notes(tmp_path)


def _lost(**_: object) -> str:
    raise OSError("the disk is gone")


@pytest.mark.slow
def test_a_prefect_server_that_does_not_answer_is_told_and_done_without(trained: TrainedHome, tmp_path: Path):
    command = [str(Path(sys.executable).with_name("duerank")), "nightly", str(trained.ledger), "--as-of", str(NIGHT)]
    environment = {**os.environ, "PREFECT_API_URL": f"{NOBODY}/api"}
    done = subprocess.run(
        [*command, "--out", str(tmp_path), *overrides()], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "no Prefect server answers at PREFECT_API_URL" in done.stderr
    assert (tmp_path / f"as_of={NIGHT}" / "worklist.csv").exists()


def test_a_night_that_is_being_written_is_left_to_the_run_that_writes_it(trained: TrainedHome, night: Path):
    from worklists.pages.night_folder import sole_run

    before = (night / f"as_of={NIGHT}" / "worklist.csv").stat().st_mtime_ns
    with sole_run(night, pd.Timestamp(NIGHT)):
        second = tried(trained, night)
    assert second.exit_code == 2
    assert f"the night of {NIGHT} is being written to" in second.output
    assert (night / f"as_of={NIGHT}" / "worklist.csv").stat().st_mtime_ns == before
