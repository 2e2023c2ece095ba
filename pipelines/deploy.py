"""The deployments of configs/deployments/prefect.yaml, put on a Prefect server with the work pool that they run in."""

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

from configs.settings import SettingsError
from ledger.errors import first_line
from pipelines.runtime.prefect_server import SERVER, leave_out_a_silent_server

DEPLOYMENTS = "configs/deployments/prefect.yaml"
POOL = "duerank"


def deploy() -> str:
    """Make, or bring up to date, the work pool and every deployment; what the server has then.

    SettingsError where no server is named or it refuses.
    """
    leave_out_a_silent_server()
    if SERVER not in os.environ:
        raise SettingsError(
            f"deployments go to a Prefect server, and none answers at {SERVER}: start one with `prefect server start`, "
            f"and set {SERVER}, such as http://127.0.0.1:4200/api."
        )
    _prefect("work-pool", "create", "--type", "process", "--overwrite", POOL)
    _prefect("deploy", "--all", "--prefect-file", DEPLOYMENTS)
    return (
        f"The flows of {DEPLOYMENTS} are deployed to {os.environ[SERVER]}. Start a worker in {_root()}: "
        f"`prefect worker start --pool {POOL}`"
    )


def _root() -> Path:
    """The folder that the entry points of the deployments are relative to."""
    return Path(str(files("configs"))).parent


def _prefect(*arguments: str) -> None:
    command = [sys.executable, "-m", "prefect", "--no-prompt", *arguments]
    done = subprocess.run(command, cwd=_root(), capture_output=True, text=True, check=False)
    if done.returncode:
        said = first_line(RuntimeError((done.stderr or done.stdout).strip()))
        raise SettingsError(f"`prefect {' '.join(arguments)}` failed: {said}")
