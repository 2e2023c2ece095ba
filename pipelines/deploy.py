"""The deployments of configs/deployments/prefect.yaml, put on a Prefect server with the work pool that they run in."""

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import yaml

from configs.settings import SettingsError
from ledger.errors import LedgerError, first_line, without_login
from ledger.sources.connections import without_password
from pipelines.runtime.prefect_server import SERVER, leave_out_a_silent_server

DEPLOYMENTS = "configs/deployments/prefect.yaml"
POOL = "duerank"


def deploy() -> str:
    """Make, or bring up to date, the work pool and every deployment; what the server has then.

    SettingsError where no server is named or it refuses, or where a parameter has a password.
    """
    _require_no_password(_root() / DEPLOYMENTS)
    leave_out_a_silent_server()
    if SERVER not in os.environ:
        raise SettingsError(
            f"deployments go to a Prefect server, and none answers at {SERVER}: start one with `prefect server start`, "
            f"and set {SERVER}, such as http://127.0.0.1:4200/api."
        )
    _prefect("work-pool", "create", "--type", "process", "--overwrite", POOL)
    _prefect("deploy", "--all", "--prefect-file", DEPLOYMENTS)
    return (
        f"The flows of {DEPLOYMENTS} are deployed to {without_login(os.environ[SERVER])}. Start a worker in {_root()}: "
        f"`prefect worker start --pool {POOL}`"
    )


def _root() -> Path:
    """The folder that the entry points of the deployments are relative to."""
    return Path(str(files("configs"))).parent


def _require_no_password(path: Path) -> None:
    """SettingsError where an address among the parameters has one: Prefect would keep it, and show it to all."""
    for deployment in yaml.safe_load(path.read_text("utf-8"))["deployments"]:
        for name, value in deployment["parameters"].items():
            try:
                clean = not isinstance(value, str) or without_password(value) == value
            except LedgerError:
                clean = False
            if not clean:
                raise SettingsError(
                    f"{path}: {name} of the deployment {deployment['name']} has a password, which Prefect would show. "
                    f"Take it out, and give it to the worker as PGPASSWORD, or in ~/.pgpass."
                )


def _prefect(*arguments: str) -> None:
    command = [sys.executable, "-m", "prefect", "--no-prompt", *arguments]
    done = subprocess.run(command, cwd=_root(), capture_output=True, text=True, check=False)
    if done.returncode:
        said = first_line(RuntimeError((done.stderr or done.stdout).strip()))
        raise SettingsError(f"`prefect {' '.join(arguments)}` failed: {without_login(said)}")
