"""What a command that was killed leaves: rows of customers until the next run and no longer, and no server for long."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.sources.run_folders import run_folder

HOLD = """
from ledger.sources.run_folders import run_folder
with run_folder({place!r}) as folder:
    print(folder, flush=True)
    input()
"""


def soon(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 60
    while not holds() and time.monotonic() < until:
        time.sleep(0.1)
    return holds()


def test_the_folder_of_a_dead_run_is_deleted_by_the_next_and_that_of_a_living_one_is_not(tmp_path: Path) -> None:
    program = HOLD.format(place=str(tmp_path))
    runs = [
        subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    dead, living = (Path(run.stdout.readline().strip()) for run in runs)
    assert {folder.stat().st_mode & 0o777 for folder in (dead, living)} == {0o700}
    runs[0].kill()
    runs[0].wait()
    assert dead.is_dir()
    with run_folder(tmp_path):
        assert not dead.exists() and living.is_dir()
    runs[1].communicate("\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("plant", ["a folder without a lock", "a link", "a pipe as lock", "another machine's"])
def test_what_is_no_folder_of_a_dead_run_stays(tmp_path: Path, plant: str) -> None:
    place, precious = tmp_path / "place", tmp_path / "precious"
    place.mkdir()
    precious.mkdir()
    (precious / ".lock").write_text(os.uname().nodename)
    planted = place / "duerank-planted"
    if plant == "a link":
        planted.symlink_to(precious)
    else:
        planted.mkdir()
    if plant == "a pipe as lock":
        os.mkfifo(planted / ".lock")
    if plant == "another machine's":
        (planted / ".lock").write_text("elsewhere")
    with run_folder(place):
        pass
    assert planted.exists() and (precious / ".lock").exists()


def test_a_server_of_our_own_ends_after_its_command_was_killed(tmp_path: Path) -> None:
    named = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "DUERANK_"))}
    environment = named | {"DUERANK_HOME": str(tmp_path), "DUERANK_PREFECT_STAYS_SECONDS": "1"}
    command = [Path(sys.executable).with_name("duerank"), "simulate", "--customers", "5000", "--days", "900"]
    process = subprocess.Popen(
        [*command, "--seed", "1", "--out", tmp_path / "ledger"], env=environment, start_new_session=True
    )
    about = tmp_path / "prefect" / "own-server.json"
    assert soon(lambda: about.is_file() and about.stat().st_size > 0)
    assert serving(about) and process.poll() is None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert soon(lambda: not serving(about))


def serving(about: Path) -> bool:
    with about.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
