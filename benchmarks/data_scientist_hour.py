"""A data scientist's hour, timed: add a feature, retrain by a deployment, see it in MLflow, promote, roll back.

Run it by `python -m benchmarks.data_scientist_hour --folder FOLDER [--customers 500]`. It works in a clone of the
project (of what is committed), with a Prefect server, a worker, a home and a simulated ledger of its own.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from benchmarks.processes import machine
from benchmarks.services import free_port, running, wait_for

ROOT = Path(__file__).parents[1]
PROGRAMS = Path(sys.executable).parent
FAMILY = Path("features/families/habits.py")
DECLARATION = re.compile(r"```text\n( *\*over_windows\(.*?)```", re.DOTALL)
FEATURE = "settled_largest_amount"
MODEL = "late_payment"
DAYS = 400
AS_OF = "2024-02-01"  # the ledger goes on for some days after it
LOOK = f"""
from models.registry import mlflow_registry
client = mlflow_registry.connect()
model = client.get_registered_model("{MODEL}")
for one in sorted(client.search_model_versions("name='{MODEL}'"), key=lambda one: int(one.version)):
    figures = client.get_run(one.run_id).data
    roles = ", ".join(sorted(alias for alias, version in model.aliases.items() if version == one.version))
    told = ", ".join(f"{{name}} {{figures.metrics[name]:.4f}}" for name in ("auc", "brier"))
    print(f"version {{one.version}} ({{roles}}): {{told}}. {{figures.tags.get('gate_why', '')}}")
"""


@dataclass
class Hour:
    """The clone, the environment of all commands, and what was done: step, seconds, outcome."""

    clone: Path
    environment: dict[str, str]
    steps: list[tuple[str, float, str]] = field(default_factory=list)

    def run(self, step: str, *command: str | Path, ends_with: int = 0) -> str:
        """One command in the clone as a step; what it prints. RuntimeError where it ends with another code."""
        started = time.perf_counter()
        done = subprocess.run(
            [str(part) for part in command], cwd=self.clone, env=self.environment, capture_output=True, text=True
        )
        if done.returncode != ends_with:
            raise RuntimeError(f"{step} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3_000:]}")
        self.done(step, started, (done.stdout if ends_with == 0 else done.stderr).strip())
        return done.stdout

    def done(self, step: str, started: float, outcome: str) -> None:
        """Note a step, and print it at once."""
        self.steps.append((step, time.perf_counter() - started, outcome))
        print(f"{self.steps[-1][1]:7.1f} s  {step}\n{outcome}\n", flush=True)


def add_guides_feature(root: Path) -> None:
    """Put the declaration of docs/data-scientist.md below `root` where that page says: into DELAY."""
    found = DECLARATION.search((root / "docs" / "data-scientist.md").read_text("utf-8"))
    if found is None:
        raise RuntimeError("docs/data-scientist.md shows no declaration any more")
    declaration = re.sub(r"^   ", "    ", found.group(1), flags=re.MULTILINE).rstrip()
    head, tail = (root / FAMILY).read_text("utf-8").split("\n)\n\n_DELAY_BY_NAME", 1)
    (root / FAMILY).write_text(f"{head}\n{declaration}\n)\n\n_DELAY_BY_NAME{tail}", "utf-8")


def measure(folder: Path, customers: int) -> pd.DataFrame:
    """The steps of the hour: step, seconds, outcome."""
    clone, ledger = folder / "clone", folder / "ledger"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    port = free_port()
    environment = os.environ | {
        "PYTHONPATH": str(clone),
        "DUERANK_HOME": str(folder / "home"),
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "true",
    }
    environment.pop("MLFLOW_TRACKING_URI", None)
    hour = Hour(clone, environment)
    duerank, prefect, python = PROGRAMS / "duerank", (PROGRAMS / "prefect", "--no-prompt"), sys.executable
    started = time.perf_counter()
    server = [*prefect, "server", "start", "--port", str(port)]
    worker = [*prefect, "worker", "start", "--pool", "duerank"]
    with running(server, clone, environment, folder / "server.log"):
        wait_for(f"{environment['PREFECT_API_URL']}/health")
        hour.done("start a Prefect server", started, environment["PREFECT_API_URL"])
        hour.run(
            "simulate a ledger", duerank, "simulate", "--customers", str(customers), "--days", str(DAYS), "--seed", "5",
            "--out", ledger,
        )  # fmt: skip
        hour.run("deploy the flows", duerank, "deploy")
        with running(worker, clone, environment, folder / "worker.log"):
            train = (*prefect, "deployment", "run", "train/train", "-p", f"as_of={AS_OF}", "-p", f"ledger={ledger}")
            hour.run("train by the deployment: the first champion", *train, "--watch")
            started = time.perf_counter()
            add_guides_feature(clone)
            subprocess.run([python, "-m", "worklists.reference.docs_pages"], cwd=clone, env=environment, check=True)
            changed = subprocess.run(
                ["git", "diff", "--numstat"], cwd=clone, capture_output=True, text=True, check=True
            )
            hour.done("add a feature, render the dictionary", started, changed.stdout)
            tests = ["tests/property/features/test_engine_equals_oracle.py", "tests/unit/project/test_documents.py"]
            hour.run(
                "its tests: oracle and pages", python, "-m", "pytest", "-q", *tests, "-k", f"{FEATURE} or documents"
            )
            hour.run("train by the deployment: with the feature", *train, "--watch")
            hour.run("look at both in MLflow", python, "-c", LOOK)
            night = (duerank, "nightly", ledger, "--as-of", AS_OF, "--out", folder / "nights")
            hour.run("a night by the champion, which does not know the feature", *night)
            hour.run("make the challenger the champion, whatever the gate said", duerank, "promote", MODEL)
            hour.run("look again", python, "-c", LOOK)
            hour.run("a night by the new champion", *night)
            subprocess.run(["git", "checkout", "--quiet", "."], cwd=clone, check=True)
            hour.run("without the feature a night by it is refused (exit code 4)", *night, ends_with=4)
            hour.run("roll back", duerank, "rollback", MODEL)
            hour.run("a night by the first champion", *night)
    return pd.DataFrame(hour.steps, columns=["step", "seconds", "outcome"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="An empty folder for all that it makes.")
    parser.add_argument("--customers", type=int, default=500)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    table = measure(arguments.folder.resolve(), arguments.customers)
    print(machine())
    print(table[["step", "seconds"]].round(1).to_string(index=False))
    print(f"in all {table['seconds'].sum() / 60:.1f} minutes")


if __name__ == "__main__":
    main()
