"""The whole night against the size of the ledger: time and memory, by step, and the lower bound of each.

Run it by `python -m benchmarks.speed.night [--customers 20000 200000 1040000] [--database URL] [--out FOLDER]`. A
ledger of `benchmarks.speed.scale_ledger` is made for each size (kept in the folder, if it is there already), models are
trained on the smallest one, and `duerank nightly` is run as a user would. Steps are taken from Prefect's own record of
its
tasks.
"""

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from benchmarks.processes import machine, run
from benchmarks.speed.scale_ledger import AS_OF, write_scale_ledger

DUERANK = str(Path(sys.executable).with_name("duerank"))
CUSTOMERS = (20_000, 200_000, 1_040_000)
TRAINED_ON = 4_000
ABOUT_ONE = r"-\w+$| \d+ of \d+$|: \w+, [\d,]+ rows$"  # what a run's name has beside that of its step
COLUMNS = ["customers", "invoices", "rows", "minutes", "peak_gib", "partitions"]


def measure(folder: Path, sizes: tuple[int, ...] = CUSTOMERS, database: str | None = None) -> dict[str, pd.DataFrame]:
    """`sizes`: a row for each size; `steps`: a row for each step and size, with its seconds and its floor."""
    home = folder / "home"
    environment = os.environ | {"DUERANK_HOME": str(home)}
    _train(folder, environment)
    nights, steps = [], []
    for customers in sizes:
        ledger = _ledger(folder, customers)
        counts = {table: _rows(ledger, table) for table in _tables(ledger)}
        started = pd.Timestamp.now("UTC").tz_localize(None)
        out = Path(tempfile.mkdtemp(dir=folder, prefix="night-"))
        command = [DUERANK, "nightly", str(ledger), "--as-of", str(AS_OF.date()), "--out", str(out)]
        cost = run([*command, *(["--database", database] if database else [])], environment, out / "log.txt")
        done = steps_since(home / "prefect" / "prefect.db", started)
        nights.append(
            {
                "customers": customers,
                "invoices": counts["invoices"],
                "rows": sum(counts.values()),
                "minutes": cost.seconds / 60,
                "peak_gib": cost.peak_mib / 1024,
                "partitions": int(done.loc[done["step"] == "score and decide partition", "tasks"].iloc[0]),
            }
        )
        steps.append(done.assign(customers=customers, reading_floor=_reading_floor(ledger)))
        print(pd.DataFrame(nights).to_string(index=False), flush=True)
        print(done.to_string(index=False), flush=True)
    return {"sizes": pd.DataFrame(nights)[COLUMNS], "steps": pd.concat(steps, ignore_index=True)}


def exponent(sizes: pd.DataFrame) -> float:
    """By which power of the invoices the time grows: the slope of a line through the logarithms."""
    return float(np.polyfit(np.log(sizes["invoices"]), np.log(sizes["minutes"]), 1)[0])


def _train(folder: Path, environment: dict[str, str]) -> None:
    if (folder / "home" / "mlflow.db").exists() or any((folder / "home").glob("mlflow*")):
        return
    night = str((AS_OF - pd.Timedelta(days=31)).date())
    run([DUERANK, "train", str(_ledger(folder, TRAINED_ON)), "--as-of", night], environment, folder / "train.txt")


def _ledger(folder: Path, customers: int) -> Path:
    ledger = folder / f"ledger-{customers}"
    if not ledger.exists():
        write_scale_ledger(ledger, customers)
    return ledger


def _tables(ledger: Path) -> list[str]:
    return sorted(path.name for path in ledger.iterdir())


def _rows(ledger: Path, table: str) -> int:
    return sum(pa.parquet.ParquetFile(path).metadata.num_rows for path in (ledger / table).glob("*.parquet"))


def _reading_floor(ledger: Path) -> float:
    """Seconds to read and decode the ledger's Parquet files by Arrow, without looking at a value."""
    started = time.perf_counter()
    for path in ledger.rglob("*.parquet"):
        pa.parquet.read_table(path)
    return time.perf_counter() - started


def steps_since(database: Path, since: pd.Timestamp) -> pd.DataFrame:
    """Steps of the night in their order: tasks, seconds from the first's begin to the last's end, seconds of work."""
    with sqlite3.connect(database) as connection:
        query = "SELECT name, start_time, end_time FROM task_run WHERE end_time IS NOT NULL"
        tasks = pd.read_sql(query, connection, parse_dates=["start_time", "end_time"])
    tasks = tasks[tasks["start_time"] >= since].copy()
    tasks["step"] = tasks["name"].str.replace(ABOUT_ONE, "", regex=True)
    tasks["work"] = (tasks["end_time"] - tasks["start_time"]).dt.total_seconds()
    by_step = tasks.groupby("step").agg(
        begin=("start_time", "min"), end=("end_time", "max"), tasks=("work", "size"), work=("work", "sum")
    )
    by_step["seconds"] = (by_step["end"] - by_step["begin"]).dt.total_seconds()
    return by_step.sort_values("begin").reset_index()[["step", "tasks", "seconds", "work"]]


def main() -> None:
    """Print both tables, and the exponent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, nargs="+", default=list(CUSTOMERS))
    parser.add_argument("--database")
    parser.add_argument("--folder", type=Path, required=True, help="Where ledgers and nights are kept.")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    found = measure(asked.folder, tuple(asked.customers), asked.database)
    print(machine())
    for table in found.values():
        print(table.to_string(index=False, float_format=lambda value: f"{value:.3g}"))
    if len(asked.customers) > 1:
        print(f"time grows with the invoices to the power of {exponent(found['sizes']):.3f}")


if __name__ == "__main__":
    main()
