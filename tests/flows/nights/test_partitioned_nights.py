"""A night in partitions is the night in one piece: whoever worked on them, and whoever died of it."""

import shutil
import signal
import sqlite3
import threading
import time
from datetime import date
from pathlib import Path

import pandas as pd
import psutil
import pytest

from tests.support.nights.flow_runs import (
    FOUR,
    NEXT_NIGHT,
    NIGHT,
    ONE_PROCESS,
    TWO_WORKERS,
    TrainedHome,
    duerank,
    nightly,
    overrides,
)
from tests.support.nights.published_nights import digests, everything, in_order


@pytest.fixture(scope="module")
def partitioned(trained: TrainedHome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The nights in four partitions, one after the other in this process."""
    out = tmp_path_factory.mktemp("partitioned")
    nightly(trained.ledger, out, NIGHT, *FOUR, *ONE_PROCESS)
    return out


def test_partitions_give_the_worklist_the_report_and_the_rows_of_the_night_in_one_piece(night: Path, partitioned: Path):
    assert digests(partitioned) == digests(night)
    assert everything(partitioned) == everything(night)


def test_workers_give_the_same_rows_in_the_same_order(trained: TrainedHome, partitioned: Path, tmp_path: Path):
    nightly(trained.ledger, tmp_path, NIGHT, *FOUR, *TWO_WORKERS)
    assert digests(tmp_path) == digests(partitioned)
    assert in_order(tmp_path) == in_order(partitioned)


@pytest.mark.slow
def test_a_night_after_another_sees_it_from_every_partition(
    trained: TrainedHome, night: Path, partitioned: Path, tmp_path: Path
):
    whole, parts = (Path(shutil.copytree(one, tmp_path / one.name)) for one in (night, partitioned))
    nightly(trained.ledger, whole, NEXT_NIGHT)
    nightly(trained.ledger, parts, NEXT_NIGHT, *FOUR, *ONE_PROCESS)
    assert everything(parts, NEXT_NIGHT) == everything(whole, NEXT_NIGHT)
    assert any(changed for (changed,) in _changes(parts))


def _changes(out: Path) -> list[tuple]:
    with sqlite3.connect(out / "duerank.db") as connection:
        return connection.execute("select what_changed from worklist where what_changed != ''").fetchall()


def test_a_night_without_a_champion_ends_the_workers_that_wait_for_it(trained: TrainedHome, tmp_path: Path):
    too_late = ("nightly", trained.ledger, "--as-of", date(2025, 6, 1), "--out", tmp_path)
    assert duerank(*too_late, *overrides(), *FOUR, *TWO_WORKERS).exit_code == 4
    _, alive = psutil.wait_procs(workers(), timeout=30)
    assert not alive


def workers() -> list[psutil.Process]:
    """The processes that this one has begun, for partitions or for other work."""
    return [one for one in psutil.Process().children() if any("spawn_main" in part for part in one.cmdline())]


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_costs_time_only(trained: TrainedHome, partitioned: Path, tmp_path: Path):
    killer = Killer(after_seconds=4)
    killer.start()
    nightly(trained.ledger, tmp_path, NIGHT, *FOUR, *TWO_WORKERS)
    killer.join()
    assert killer.killed, "no worker was there to be killed"
    assert in_order(tmp_path) == in_order(partitioned)


@pytest.mark.slow
def test_a_scheduler_that_is_not_there_is_told(trained: TrainedHome, tmp_path: Path):
    arguments = ("--set", "scale.scheduler=tcp://127.0.0.1:1", *FOUR)
    result = duerank("nightly", trained.ledger, "--as-of", NEXT_NIGHT, "--out", tmp_path, *arguments)
    assert result.exit_code == 2
    assert "tcp://127.0.0.1:1" in result.output
    assert not (tmp_path / f"as_of={NEXT_NIGHT}").exists()


@pytest.mark.slow
def test_a_ledger_that_a_worker_cannot_read_is_refused_with_the_sentence(trained: TrainedHome, tmp_path: Path):
    broken = tmp_path / "ledger"
    shutil.copytree(trained.ledger, broken)
    (broken / "invoices.parquet").unlink()
    pd.read_parquet(trained.ledger / "invoices.parquet").drop(columns="due_on").to_csv(
        broken / "invoices.csv", index=False
    )
    result = duerank("nightly", broken, "--as-of", NIGHT, "--out", tmp_path / "out", *FOUR, *TWO_WORKERS)
    assert result.exit_code == 3
    assert "the required column 'due_on'" in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "out" / f"as_of={NIGHT}").exists()


class Killer(threading.Thread):
    """Kills the first worker process that this process has, some seconds after it began."""

    def __init__(self, after_seconds: float) -> None:
        super().__init__(daemon=True)
        self.after_seconds = after_seconds
        self.killed = False

    def run(self) -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            for child in workers():
                if time.time() - child.create_time() >= self.after_seconds:
                    child.send_signal(signal.SIGKILL)
                    self.killed = True
                    return
            time.sleep(0.1)


def test_a_ledger_is_validated_in_partitions_as_in_one_piece(trained: TrainedHome, tmp_path: Path):
    whole, parts = (
        duerank("validate", trained.ledger, "--out", tmp_path / name, *more)
        for name, more in (("whole", ()), ("parts", (*FOUR, *ONE_PROCESS)))
    )
    assert whole.exit_code == parts.exit_code == 0
    assert whole.output.replace("whole", "parts") == parts.output
