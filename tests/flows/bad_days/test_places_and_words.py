"""Places that cannot be written, and what is said of a run: never a fault of ours, never the opposite of the truth."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.errors import LedgerError, NoAnswer
from pipelines.runtime import exit_codes
from pipelines.runtime.prefect_runtime import as_task, flow
from tests.support.nights.flow_runs import NIGHT, TrainedHome, duerank, overrides
from tests.support.nights.published_nights import folder
from tests.support.repository import ROOT


@pytest.mark.parametrize("command", ["nightly", "monitor", "backtest", "validate"])
def test_a_folder_that_cannot_be_made_is_wrong_usage_and_named(
    trained: TrainedHome, tmp_path: Path, command: str
) -> None:
    (tmp_path / "file").write_text("no folder")
    out = tmp_path / "file" / "nights"
    nights = ("--from", NIGHT, "--to", NIGHT) if command == "backtest" else ("--as-of", NIGHT)
    days = () if command == "validate" else nights
    result = duerank(command, trained.ledger, *days, "--out", out, *overrides())
    assert result.exit_code == 2, result.output
    assert f"{tmp_path / 'file'}" in result.output
    assert "Not a directory" in result.output and "fault" not in result.output


@pytest.mark.parametrize("command", ["nightly", "monitor", "forget"])
def test_a_folder_that_is_a_link_to_itself_is_wrong_usage(trained: TrainedHome, tmp_path: Path, command: str) -> None:
    out = tmp_path / "loop"
    out.symlink_to(out)
    asked = ("C1",) if command == "forget" else (trained.ledger, "--as-of", NIGHT, *overrides())
    result = duerank(command, *asked, "--out", out)
    assert result.exit_code == 2, result.output
    assert "loop" in result.output and "fault" not in result.output


@pytest.mark.parametrize(("where", "said"), [("file", "File exists"), ("file/home", "Not a directory")])
def test_a_home_that_cannot_be_made_is_wrong_usage(
    trained: TrainedHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, said: str
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("DUERANK_HOME", str(tmp_path / where))
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    result = duerank("nightly", trained.ledger, "--as-of", NIGHT, "--out", tmp_path / "nights", *overrides())
    assert result.exit_code == 2, result.output
    assert said in result.output


def test_a_folder_that_was_deleted_under_a_command_is_told(
    trained: TrainedHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    result = duerank("validate", trained.ledger, "--out", "here")
    assert result.exit_code == 2, result.output
    assert "the folder in which this command was called is gone" in result.output


def test_a_night_whose_summary_cannot_be_written_is_published_and_the_message_does_not_deny_it(
    trained: TrainedHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_text: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    echo = exit_codes.click.echo
    monkeypatch.setattr(exit_codes.click, "echo", lambda text, err=False: echo(text, err=True) if err else full(text))
    result = duerank("nightly", trained.ledger, "--as-of", NIGHT, "--out", tmp_path, *overrides())
    assert result.exit_code == 1
    assert "the command is done, but its summary cannot be written: No space left on device" in result.output
    assert (folder(tmp_path) / "worklist.csv").exists()


def test_words_in_brackets_and_controls_of_a_terminal_are_said_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    exit_codes.say("column [/b] of [red]customers[/red]\n\x1b[2Jgone\x07")
    assert capsys.readouterr().out == "column [/b] of [red]customers[/red]\n\ufffd[2Jgone\ufffd\n"


@pytest.mark.parametrize(("error", "tries"), [(NoAnswer("lost"), 3), (LedgerError("wrong"), 1), (OSError("cut"), 3)])
def test_a_lost_connection_is_tried_again_and_wrong_data_are_not(
    trained: TrainedHome, error: Exception, tries: int
) -> None:
    tried = []

    def read() -> None:
        tried.append(1)
        raise error

    task = as_task(read, "read", retries=2).with_options(retry_delay_seconds=0)

    @flow(name="reading")
    def reading() -> None:
        task()

    with pytest.raises(type(error)):
        reading()
    assert len(tried) == tries


@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_a_closed_standard_stream_is_no_fault_and_no_file_takes_its_place(tmp_path: Path, closed: str) -> None:
    (tmp_path / "own.yaml").write_text("labels: {grace_days: 3}\n")
    command = [sys.executable, "-m", "duerank", "config", "check", "--config", str(tmp_path / "own.yaml")]
    named = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "DUERANK_"))}
    environment = named | {"DUERANK_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *command], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "home" / "last-fault.txt").exists()
    assert b"grace_days: 3" in done.stdout or "1" in closed
    assert len((tmp_path / "home" / "audit.jsonl").read_text().splitlines()) == 1
