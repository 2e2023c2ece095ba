"""The deployments of configs/deployments/prefect.yaml, put on a Prefect server with the work pool that they run in.

What a user says of ledger, nights and settings goes over that file: of an installed duerank no one edits it.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from configs.settings import SettingsError, home
from configs.settings_form import by_section
from ledger.errors import LedgerError, first_line, without_login
from ledger.sources.connections import without_password
from pipelines.runtime.prefect_server import SERVER, leave_out_a_silent_server

DEPLOYMENTS = "configs/deployments/prefect.yaml"
POOL = "duerank"


@dataclass(frozen=True)
class Places:
    """Where the deployed flows read and write, and by which settings; what is None stays as the file says.

    `file` is a file of deployments in the place of ours. Paths are those of the folder where the command runs.
    """

    ledger: str | None = None
    out: Path | None = None
    database: str | None = None
    file: Path | None = None
    overrides: Sequence[str] = ()

    def parameters(self, deployment: str) -> dict[str, Any]:
        """The parameters of a deployment that are said here."""
        said = by_section(deployment, self.overrides) if self.overrides else {}
        if self.ledger is not None:
            said["ledger"] = self.ledger if "://" in self.ledger else str(Path(self.ledger).resolve())
        if self.out is not None and deployment != "train":
            nights = self.out.resolve()
            said["out"] = str(nights / "backtest" if deployment == "backtest" else nights)
        if self.database is not None and deployment in ("nightly", "monitor"):
            said["database"] = self.database
        return said


def deploy(places: Places) -> str:
    """Make, or bring up to date, the work pool and every deployment; what the server has then.

    SettingsError where no server is named or it refuses, or where a parameter has a password.
    """
    source = _root() / DEPLOYMENTS if places.file is None else places.file
    deployments = _placed(_read(source), places)
    _require_no_password(source, deployments)
    leave_out_a_silent_server()
    if SERVER not in os.environ:
        raise SettingsError(
            f"deployments go to a Prefect server, and none answers at {SERVER}: start one with `prefect server start`, "
            f"and set {SERVER}, such as http://127.0.0.1:4200/api."
        )
    _prefect("work-pool", "create", "--type", "process", "--overwrite", POOL)
    with tempfile.TemporaryDirectory() as folder:
        placed = Path(folder) / "prefect.yaml"
        placed.write_text(yaml.safe_dump(deployments, sort_keys=False), "utf-8")
        _prefect("deploy", "--all", "--prefect-file", str(placed))
    return (
        f"The flows of {source} are deployed to {without_login(os.environ[SERVER])}. Start a worker: "
        f"`prefect worker start --pool {POOL}`"
    )


def _read(path: Path) -> dict[str, Any]:
    """A file of deployments; SettingsError where it is none."""
    try:
        read = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: the file cannot be read: {error.strerror or error}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: this is not YAML: {' '.join(str(error).split())}") from None
    found = read.get("deployments") if isinstance(read, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) and "name" in one for one in found):
        raise SettingsError(f"{path} has no list of deployments with a name each; begin with a copy of {DEPLOYMENTS}.")
    return dict(read)


def _placed(read: dict[str, Any], places: Places) -> dict[str, Any]:
    """The deployments as they go to the server: runs find the rooms and the models of who deployed them."""
    found = {"PYTHONPATH": str(_root()), "DUERANK_HOME": str(home())}
    placed = []
    for one in read["deployments"]:
        pool = dict(one.get("work_pool") or {"name": POOL})
        variables = dict(pool.get("job_variables") or {})
        pool["job_variables"] = variables | {"env": found | (variables.get("env") or {})}
        parameters = (one.get("parameters") or {}) | places.parameters(str(one["name"]))
        placed.append(one | {"parameters": parameters, "work_pool": pool})
    return {"name": read.get("name", POOL), "deployments": placed}


def _root() -> Path:
    """The folder that the entry points of the deployments are relative to."""
    return Path(str(files("configs"))).parent


def _require_no_password(path: Path, deployments: dict[str, Any]) -> None:
    """SettingsError where an address among the parameters has one: Prefect would keep it, and show it to all."""
    for deployment in deployments["deployments"]:
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
