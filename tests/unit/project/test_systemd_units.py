"""The systemd units are sound, start what is installed, hold no password, and are as the guide says."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.project.systemd_units import GUIDE, PASSWORDS, PROGRAM, ROOT, STATE, UNITS, service

COMMANDS = ("server", "worker", "start")

by_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)


def test_there_is_a_server_a_worker_and_a_registry():
    assert [unit.stem for unit in UNITS] == ["duerank-mlflow", "duerank-prefect", "duerank-worker"]


@by_unit
def test_systemd_finds_nothing_wrong(unit: Path, tmp_path: Path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    programs = Path(sys.executable).parent
    for one in UNITS:  # each names the others; the program is where the tests run
        text = one.read_text("utf-8").replace(f"{PROGRAM}/.venv/bin", str(programs)).replace(PROGRAM, str(ROOT))
        (tmp_path / one.name).write_text(text, "utf-8")
    verify = ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@by_unit
def test_what_is_started_knows_its_options(unit: Path):
    program, *arguments = shlex.split(service(unit)["ExecStart"])
    name = Path(program).name
    assert program == f"{PROGRAM}/.venv/bin/{name}"
    command = [word for word in arguments[:3] if word in COMMANDS]
    done = subprocess.run([Path(sys.executable).with_name(name), *command, "--help"], capture_output=True, text=True)
    assert done.returncode == 0
    arguments = arguments[len(command) :]
    for option in (word for word in arguments if word.startswith("--")):
        assert option in done.stdout


@by_unit
def test_a_service_may_write_its_state_only_and_others_read_nothing(unit: Path):
    told = service(unit)
    assert told["User"] == "duerank"
    assert (told["ProtectSystem"], told["NoNewPrivileges"], told["UMask"]) == ("strict", "true", "0027")
    assert (told["StateDirectory"], told["StateDirectoryMode"]) == ("duerank", "0750")


@by_unit
def test_passwords_stand_in_files_of_which_the_guide_tells(unit: Path):
    text = unit.read_text("utf-8")
    assert not re.search(r"(?i)password=|://\w+:\w+@", text)
    files = service(unit).get("EnvironmentFile", "").split()
    assert files
    for file in files:  # none may be absent: a server without its secret lets everyone in
        assert file.startswith(f"{PASSWORDS}/")
        assert file.removeprefix(f"{PASSWORDS}/") in GUIDE
    assert "chmod 0600 /etc/duerank/*.env" in GUIDE


def test_servers_listen_on_this_machine_only():
    for unit in UNITS:
        words = shlex.split(service(unit)["ExecStart"])
        assert ("--host" in words) == (unit.stem in ("duerank-prefect", "duerank-mlflow"))
        assert "--host" not in words or words[words.index("--host") + 1] == "127.0.0.1"


def test_the_worker_finds_both_servers_where_they_listen():
    told = {unit.stem: service(unit) for unit in UNITS}
    port = {
        name: re.search(r"--port (\d+)", told[f"duerank-{name}"]["ExecStart"]).group(1)
        for name in ("prefect", "mlflow")
    }
    environment = told["duerank-worker"]["Environment"].split()
    assert f"PREFECT_API_URL=http://127.0.0.1:{port['prefect']}/api" in environment
    assert f"MLFLOW_TRACKING_URI=http://127.0.0.1:{port['mlflow']}" in environment
    assert f"DUERANK_HOME={STATE}" in environment
    for name in ("PREFECT_API_URL=http://127.0.0.1:4200/api", "MLFLOW_TRACKING_URI=http://127.0.0.1:5000"):
        assert name in environment and name in GUIDE
