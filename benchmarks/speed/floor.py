"""How fast could a small night be? What it takes with everything around it switched off, and what each layer adds.

Run it by `python -m benchmarks.speed.floor --folder FOLDER` after `benchmarks.speed.commands` with the same folder, of
which it takes the ledger and the champions. Each figure is the median of three fresh processes, on the clock.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from benchmarks.processes import machine, run
from benchmarks.speed.commands import AS_OF, HERE
from benchmarks.speed.night import steps_since

RUNS = 3
WRITING = [
    "draft mails, letters and text messages", "write the worklist, report, quarantine and data docs",
    "publish the score tables",
]  # fmt: skip

LIBRARIES = "import lightgbm, numba, numpy, pandas, pyarrow.parquet, sqlalchemy"
# The night's own functions, one after the other in this process: no Prefect, no server, no pages, no files.
BARE = """
import sys, time
begun = time.perf_counter()
import pandas as pd
from configs.language import speaking
from configs.settings import load_settings
from ledger.partitioned.load import opened_ledger
from ledger.partitioned.runner import InThisProcess
from worklists.decide.decisions import load_policy
from worklists.night import NightPlan, NightScratch, run_night
imported = time.perf_counter()
from models.champions import champions
ledger, night, database = sys.argv[1], pd.Timestamp(sys.argv[2]), sys.argv[3]
settings = load_settings()
models = champions(night, settings)
loaded = time.perf_counter()
def night_itself():
    started = time.perf_counter()
    with opened_ledger(NightScratch, ledger, night, settings) as scratch:
        scratch.plan = NightPlan(load_policy(settings), models, database, None, None)
        with speaking("en"):
            run_night(scratch, InThisProcess())
    return time.perf_counter() - started
print(imported - begun, loaded - imported, night_itself(), night_itself())
"""


def measure(folder: Path) -> pd.DataFrame:
    """A row for each layer: what it is, and its seconds."""
    environment = {**os.environ, "DUERANK_HOME": str(folder / "home"), "PYTHONPATH": str(HERE)}
    return pd.DataFrame([_once(folder, environment) for _ in range(RUNS)]).median().rename("seconds").reset_index()


def _once(folder: Path, environment: dict[str, str]) -> dict[str, float]:
    ledger = str(folder / "ledger")
    with tempfile.TemporaryDirectory(dir=folder) as place:
        database = f"sqlite:///{place}/duerank.db"
        bare = subprocess.run(
            [sys.executable, "-c", BARE, ledger, AS_OF, database],
            env=environment, check=True, capture_output=True, text=True,
        ).stdout.split()  # fmt: skip
        imported, loaded, first, again = map(float, bare)
        night = ["nightly", ledger, "--as-of", AS_OF, "--out", place]
        started = pd.Timestamp.now("UTC").tz_localize(None)
        whole = run([sys.executable, "-P", "-m", "duerank", *night], environment, Path(place) / "log.txt").seconds
        steps = steps_since(folder / "home" / "prefect" / "prefect.db", started).set_index("step")["seconds"]
    python, libraries = _seconds("pass", environment), _seconds(LIBRARIES, environment)
    written = float(steps[WRITING].sum())
    floor = libraries + again + written
    return {
        "Python alone": python,
        "Python, and the libraries that hold and score the rows": libraries,
        "our modules for a night, libraries included": imported,
        "MLflow, and the champions": loaded,
        "the night itself, once more in the same process": again,
        "the night itself, for the first time": first,
        "drafts, files and score tables": written,
        "floor: libraries, the night once more, and what is written": floor,
        "`duerank nightly`, with its Prefect server there": whole,
        "distance": whole - floor,
    }


def _seconds(program: str, environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    print(machine())
    print(measure(parser.parse_args().folder / "now").to_string(index=False, float_format=lambda value: f"{value:.2f}"))
