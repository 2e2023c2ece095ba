"""Training on more and more rows of one large ledger: time, memory, and AUC on later nights.

Run it by `python -m benchmarks.speed.training --folder FOLDER [--rows 100000 500000 2000000]`. The ledger is that of
`benchmarks.speed.night` with 200,000 customers; `duerank train` is run as a user would, and judged by its own figures.
"""

import argparse
import os
import re
import sys
from pathlib import Path

import pandas as pd

from benchmarks.processes import run
from benchmarks.speed.scale_ledger import AS_OF, write_scale_ledger

DUERANK = str(Path(sys.executable).with_name("duerank"))
CUSTOMERS = 200_000
ROWS = (100_000, 500_000, 2_000_000)


def measure(folder: Path, sizes: tuple[int, ...] = ROWS) -> pd.DataFrame:
    """A row for each size: rows (training.max_rows), minutes, peak_gib, and what `train` says of both models."""
    ledger = folder / f"ledger-{CUSTOMERS}"
    if not ledger.exists():
        write_scale_ledger(ledger, CUSTOMERS)
    results = []
    for rows in sizes:
        environment = os.environ | {"DUERANK_HOME": str(folder / f"home-{rows}")}
        log = folder / f"train-{rows}.txt"
        command = [DUERANK, "train", str(ledger), "--as-of", str(AS_OF.date()), "--set", f"training.max_rows={rows}"]
        cost = run(command, environment, log)
        results.append(
            {"rows": rows, "minutes": cost.seconds / 60, "peak_gib": cost.peak_mib / 1024, **_printed_figures(log)}
        )
        print(pd.DataFrame(results).to_string(index=False), flush=True)
    return pd.DataFrame(results)


def _printed_figures(log: Path) -> dict[str, float]:
    """AUC and Brier score of the two models, in the order in which `train` prints them."""
    lines = re.findall(r"AUC ([0-9.]+) .*?Brier ([0-9.]+)", log.read_text("utf-8"))
    names = ("late_payment", "default")
    return {
        f"{name}_{figure}": float(value)
        for name, told in zip(names, lines, strict=False)
        for figure, value in zip(("auc", "brier"), told, strict=True)
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--rows", type=int, nargs="+", default=list(ROWS))
    chosen = parser.parse_args()
    print(measure(chosen.folder, tuple(chosen.rows)).to_string(index=False))
