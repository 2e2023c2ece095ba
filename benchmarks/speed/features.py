"""Features by customer, window and night, by several engines: ours, pandas, polars, DuckDB, featuretools.

    python -m benchmarks.speed.features [--invoices 5000000] [--nights 24]

Every run is a process of its own with `THREADS` threads, as many as the machine should have cores: ours takes one for
its sort, and every core for the rest. The time begins with the events in memory in the engine's own form, and ends with
all figures in memory; our sort is inside, compiling is not.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.speed import feature_engines as engines
from benchmarks.speed.feature_engines import FIGURES, THREADS, Figures, draw_events, monthly_nights

ENGINES = {
    "ours": engines.ours,
    "pandas": engines.pandas_groupby,
    "polars": engines.polars_group_by,
    "DuckDB": engines.duckdb_group_by,
    "featuretools": engines.featuretools_dfs,
}
SLOW = ("pandas", "featuretools")  # run once, the others `RUNS` times
RUNS = 3
EXACT = ("count", "sum", "largest")
FEATURETOOLS_INVOICES, FEATURETOOLS_NIGHTS = 100_000, 6
FIRST_INVOICES = 1_000


def measure(invoices: int = 5_000_000, nights: int = 24) -> pd.DataFrame:
    """What, engine, rows, seconds (the median), ratio to ours, peak MiB, equality with ours, seconds of compiling."""
    at_scale = _side_by_side(invoices, nights, ("ours", "pandas", "polars", "DuckDB"))
    small = min(invoices, FEATURETOOLS_INVOICES), min(nights, FEATURETOOLS_NIGHTS)
    return pd.concat([at_scale, _side_by_side(*small, ("ours", "featuretools"))], ignore_index=True)


def _side_by_side(invoices: int, nights: int, names: tuple[str, ...]) -> pd.DataFrame:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            runs = [_in_a_process(name, invoices, nights, folder) for _ in range(1 if name in SLOW else RUNS)]
            seconds = median(run["seconds"] for run in runs)
            rows.append({"engine": name, "rows": invoices, "seconds": seconds, **_rest(runs)})
    table = pd.DataFrame(rows)
    table.insert(0, "what", f"{len(FIGURES)} figures, {len(engines.WINDOWS)} windows, {nights} nights")
    table.insert(4, "ratio", table["seconds"] / table.loc[0, "seconds"])
    return table


def _rest(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "peak_mib": max(run["peak_mib"] for run in runs),
        "equal": all(run["equal"] for run in runs),
        "compile_seconds": max(run["compile_seconds"] for run in runs),
    }


def _in_a_process(name: str, invoices: int, nights: int, folder: str) -> dict[str, Any]:
    asked = [sys.executable, "-W", "ignore", "-m", "benchmarks.speed.features", "--engine", name, "--folder", folder]
    asked += ["--invoices", str(invoices), "--nights", str(nights)]
    limits = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), str(THREADS))
    # Compiled anew in every process: what it costs is reported, and not hidden in a cache.
    environment = {**os.environ, **limits, "NUMBA_CACHE_DIR": tempfile.mkdtemp(dir=folder)}
    done = subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _one(name: str, invoices: int, nights: int, folder: Path) -> dict[str, Any]:
    """One engine in this process; peak_mib is the process's up to the end of what is timed, with the libraries."""
    days = monthly_nights(nights)
    compile_seconds = 0.0
    if name == "ours":
        start = time.perf_counter()
        engines.ours(draw_events(FIRST_INVOICES), days)[0]()
        compile_seconds = time.perf_counter() - start
    run, figures = ENGINES[name](draw_events(invoices), days)
    start = time.perf_counter()
    found = run()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    equal = _as_ours(figures(found), folder / "ours.npy")
    return {"seconds": seconds, "peak_mib": peak, "equal": equal, "compile_seconds": compile_seconds}


def _as_ours(found: Figures, kept: Path) -> bool:
    """Whether counts, sums and largest are the same and the rest within 1e-9; ours, which comes first, is kept."""
    if not kept.exists():
        np.save(kept, found)
    expected = np.load(kept, mmap_mode="r")
    return all(
        np.allclose(found[:, :, place], expected[:, :, place], *((0, 0) if figure in EXACT else (1e-9, 1e-9)), True)
        for place, figure in enumerate(FIGURES)
    )


def main() -> None:
    """Print the table; with --engine, be one of its processes."""
    parser = argparse.ArgumentParser(description="Side by side: features by customer, window and night")
    parser.add_argument("--invoices", type=int, default=5_000_000)
    parser.add_argument("--nights", type=int, default=24)
    parser.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.engine:
        print(json.dumps(_one(asked.engine, asked.invoices, asked.nights, asked.folder)))
    else:
        print(measure(asked.invoices, asked.nights).to_string(index=False, float_format=lambda value: f"{value:.3g}"))


if __name__ == "__main__":
    main()
