"""How long a user of a thousand customers waits for each command, from the shell, and how much of it is work.

Run it by `python -m benchmarks.speed.commands --folder FOLDER [--customers 1000] [--before CHECKOUT]`. With another
checkout of the project both are run in turn, in the same environment. Each has a home of its own.
"""

import argparse
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import pandas as pd
import psutil

from benchmarks.processes import run

HERE = Path(__file__).parents[2]
RUNS = 3
DAYS, AS_OF = 700, "2024-05-12"
WITH_A_SERVER = "nightly again"


@dataclass(frozen=True)
class Side:
    """A checkout, and the folder of its home, its ledger and its nights."""

    name: str
    checkout: Path
    folder: Path


def commands(side: Side, customers: int) -> dict[str, list[str]]:
    """What a newcomer types, in this order."""
    ledger, out = str(side.folder / "ledger"), str(side.folder / "nights")
    night = ["nightly", ledger, "--as-of", AS_OF, "--out", out]
    return {
        "--help": ["--help"],
        "simulate": ["simulate", "--customers", str(customers), "--days", str(DAYS), "--seed", "42", "--out", ledger],
        "validate": ["validate", ledger],
        "train": ["train", ledger, "--as-of", AS_OF],
        "nightly": night,
        WITH_A_SERVER: night,
    }


def measure(folder: Path, customers: int, before: Path | None) -> pd.DataFrame:
    """A row for each command and side: seconds on the clock (median, least, most), of CPU (median), and peak MiB."""
    sides = [Side("now", HERE, folder / "now")] + ([Side("before", before, folder / "before")] if before else [])
    found = []
    for name in commands(sides[0], customers):
        for _ in range(1 if name == "train" else RUNS):
            for side in sides:
                if name != WITH_A_SERVER:
                    _end_servers()
                found.append({"command": name, "side": side.name, **_cost(side, commands(side, customers)[name])})
                print(found[-1], flush=True)
    _end_servers()
    by = pd.DataFrame(found).groupby(["command", "side"], sort=False)
    return by.agg(
        seconds=("seconds", "median"), least=("seconds", "min"), most=("seconds", "max"), cpu=("cpu", "median"),
        mib=("mib", "max"),
    ).round(1).reset_index()  # fmt: skip


def _cost(side: Side, arguments: list[str]) -> dict[str, float]:
    side.folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DUERANK_HOME": str(side.folder / "home"), "PYTHONPATH": str(side.checkout)}
    before = getrusage(RUSAGE_CHILDREN)
    cost = run([sys.executable, "-P", "-m", "duerank", *arguments], environment, side.folder / "log.txt")
    after = getrusage(RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": cost.seconds, "cpu": cpu, "mib": cost.peak_mib}


def _end_servers() -> None:
    """Prefect servers that stayed after a command."""
    for process in psutil.process_iter(["cmdline"]):
        if "pipelines.runtime.serve_prefect" in (process.info["cmdline"] or ()):
            process.kill()
    time.sleep(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--customers", type=int, default=1_000)
    parser.add_argument("--before", type=Path)
    chosen = parser.parse_args()
    print(measure(chosen.folder, chosen.customers, chosen.before).to_string(index=False))
