"""Where no Prefect server is named, commands share one of their own, which stays a while and lets no one else in."""

import fcntl
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.repository import ROOT

DUERANK = str(Path(sys.executable).with_name("duerank"))
FLOWS = "select count(*) from flow_run where state_type = 'COMPLETED' and parent_task_run_id is null"
TASKS = "select count(*) from task_run where state_type = 'COMPLETED' and name like 'simulate a ledger%'"


def simulated(home: Path, stays: int) -> dict[str, str]:
    """What is known of the server after a command that ran a flow."""
    named = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "DUERANK_"))}
    environment = {**named, "DUERANK_HOME": str(home), "DUERANK_PREFECT_STAYS_SECONDS": str(stays)}
    command = [DUERANK, "simulate", "--customers", "5", "--days", "30", "--seed", "1", "--out", str(home / "ledger")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads((home / "prefect" / "own-server.json").read_text())


def counted(home: Path, query: str) -> int:
    with sqlite3.connect(home / "prefect" / "prefect.db") as connection:
        return int(connection.execute(query).fetchone()[0])


def runs(home: Path) -> bool:
    with (home / "prefect" / "own-server.json").open() as about:
        try:
            fcntl.flock(about, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def soon(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 60
    while not holds() and time.monotonic() < until:
        time.sleep(0.2)
    return holds()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def first(home: Path) -> dict[str, str]:
    """The server that the first command left running."""
    return simulated(home, stays=60)


def test_the_server_answers_nobody_without_the_secret_that_only_the_owner_can_read(
    home: Path, first: dict[str, str]
) -> None:
    assert (home / "prefect" / "own-server.json").stat().st_mode & 0o777 == 0o600
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"http://127.0.0.1:{first['port']}/api/flows/count", data=b"{}", timeout=60)


def test_commands_share_a_server_which_is_started_anew_where_it_was_killed_and_ends_when_it_is_not_used(
    home: Path, first: dict[str, str]
) -> None:
    assert runs(home)
    assert simulated(home, stays=60) == first
    assert soon(lambda: (counted(home, FLOWS), counted(home, TASKS)) == (2, 2))
    os.kill(process_of(home), signal.SIGKILL)
    assert soon(lambda: not runs(home))
    assert simulated(home, stays=0) != first
    assert soon(lambda: not runs(home))
    assert counted(home, FLOWS) == 3


def process_of(home: Path) -> int:
    listed = subprocess.run(["pgrep", "-f", f"serve_prefect {home}"], capture_output=True, text=True, check=True)
    return int(listed.stdout.split()[0])


def test_the_server_that_prefect_starts_for_a_flow_called_from_python_answers_no_one_else(tmp_path: Path) -> None:
    program = """
import urllib.error, urllib.request
from prefect.server.api.server import SubprocessASGIServer
from pipelines.ledger_flows import simulate
simulate(5, 30, 1, "b2b", "ledger")
try:
    urllib.request.urlopen(f"{SubprocessASGIServer().api_url}/flows/count", data=b"{}", timeout=60)
except urllib.error.HTTPError as error:
    print(error.code)
"""
    named = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "DUERANK_"))}
    environment = named | {"DUERANK_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "401", done.stderr


@pytest.mark.parametrize(("ours", "seconds"), [(True, None), (False, 180)])
def test_only_a_server_that_someone_watches_is_sent_heartbeats(ours: bool, seconds: int | None) -> None:
    program = (
        "from pipelines.runtime import prefect_runtime; from prefect.settings import get_current_settings; "
        "print(get_current_settings().flows.heartbeat_frequency)"
    )
    address = "http://127.0.0.1:4200/api"
    named = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "DUERANK_"))}
    environment = named | {"PREFECT_API_URL": address} | ({"DUERANK_OWN_PREFECT_SERVER": address} if ours else {})
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == str(seconds)
