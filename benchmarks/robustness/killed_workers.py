"""A worker killed at a random moment of a night, many times: the night completes, and its tables are the same.

Run it by `python -m benchmarks.robustness.killed_workers --ledger LEDGER --folder FOLDER [--nights 10]`, after models
were trained with DUERANK_HOME=FOLDER/home. The first night has one process and is not disturbed; the others have two
workers, of which one is killed (SIGKILL) at a moment drawn within the time that the shortest night with workers took.
"""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import psutil

from benchmarks.speed.scale_ledger import AS_OF
from worklists.score_db.tables import SCORE_TABLES

DUERANK = str(Path(sys.executable).with_name("duerank"))
ROWS_PER_PARTITION = 60_000
SEED = 11


def measure(ledger: Path, folder: Path, nights: int) -> pd.DataFrame:
    """A row for each night: workers, killed_after (seconds, of a worker that was alive), seconds, identical.

    Nights go on until so many had a worker killed: on a machine that is shared, a night may end before its moment.
    """
    draw = random.Random(SEED)
    alone, _ = _night(ledger, folder, 1, None)
    expected = _tables(folder / "night-1")
    together, _ = _night(ledger, folder, 2, None)
    rows = [
        {"workers": 1, "killed_after": None, "seconds": alone, "identical": True},
        {"workers": 2, "killed_after": None, "seconds": together, "identical": _same(folder / "night-2", expected)},
    ]
    shortest, kills = together, 0
    while kills < nights:
        seconds, killed = _night(ledger, folder, 2, draw.uniform(0, shortest))
        shortest, kills = min(shortest, seconds), kills + (killed is not None)
        same = _same(folder / "night-2", expected)
        rows.append({"workers": 2, "killed_after": killed, "seconds": seconds, "identical": same})
        print(pd.DataFrame(rows).to_string(index=False), flush=True)
    return pd.DataFrame(rows)


def _night(ledger: Path, folder: Path, workers: int, kill_after: float | None) -> tuple[float, float | None]:
    """Seconds of a night, and after how many a worker was killed: the first that lives at `kill_after` or later."""
    out = folder / f"night-{workers}"
    settings = [f"scale.workers={workers}", f"scale.rows_per_partition={ROWS_PER_PARTITION}"]
    command = [DUERANK, "nightly", str(ledger), "--as-of", str(AS_OF.date()), "--out", str(out)]
    command += [part for setting in settings for part in ("--set", setting)]
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=os.environ | {"DUERANK_HOME": str(folder / "home")}, stdout=subprocess.DEVNULL
    )
    killed = None
    while process.poll() is None:
        time.sleep(0.05)
        if kill_after is not None and killed is None and time.perf_counter() - started >= kill_after:
            workers_alive = [child for child in psutil.Process(process.pid).children() if _is_worker(child)]
            if workers_alive:
                workers_alive[-1].send_signal(signal.SIGKILL)
                killed = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"the night ended with {process.returncode}")
    return time.perf_counter() - started, killed


def _is_worker(process: psutil.Process) -> bool:
    try:
        return any("spawn_main" in part for part in process.cmdline())
    except psutil.Error:
        return False


def _tables(out: Path) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(out / "duerank.db") as connection:
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in SCORE_TABLES}


def _same(out: Path, expected: dict[str, list[tuple[object, ...]]]) -> bool:
    """Whether all rows of all tables are the same, in the same order."""
    return _tables(out) == expected


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ledger", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--nights", type=int, default=10)
    chosen = parser.parse_args()
    print(measure(chosen.ledger, chosen.folder, chosen.nights).to_string(index=False))
