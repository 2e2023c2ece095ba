"""All measurements, one after the other, into one folder: `make bench`. Takes 90 minutes on two cores.

Writes `results.md` (the machine, versions, and every table) and `night.png` (time and memory against size), and keeps
ledgers and nights of `benchmarks.speed.night` for the next time. Run a part alone by its own module: see README.md
and pages/ here.
"""

import argparse
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pandas as pd

from benchmarks.processes import machine
from benchmarks.robustness import killed_workers
from benchmarks.speed import explanations, features, night, publishing, training
from benchmarks.speed.night_plot import night_plot

LIBRARIES = (
    "numpy", "pandas", "pyarrow", "numba", "lightgbm", "shap", "woodelf-explainer", "polars", "duckdb", "featuretools",
    "great-expectations", "prefect", "dask", "psycopg",
)  # fmt: skip


def main() -> None:
    """Measure everything, and write it down after each part, so that a part that fails costs no other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("bench"))
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    tables: dict[str, pd.DataFrame] = {}
    parts: dict[str, Callable[[], dict[str, pd.DataFrame]]] = {
        "Explanations": lambda: {"": explanations.measure()},
        "Features": lambda: {"": features.measure()},
        "A night": lambda: night.measure(folder),
        "Publishing": lambda: {"": publishing.measure(folder)},
        "Workers killed": lambda: {
            "": killed_workers.measure(folder / f"ledger-{night.TRAINED_ON}", folder, nights=10)
        },
        "Training": lambda: {"": training.measure(folder)},
    }
    for name, measure in parts.items():
        print(f"{name} ...", flush=True)
        try:
            results = measure()
        except Exception as error:
            results = {"failed": pd.DataFrame({"error": [f"{type(error).__name__}: {error}"]})}
        tables |= {f"{name} {what}".strip(): table for what, table in results.items()}
        if "sizes" in results:
            night_plot(results["sizes"], folder / "night.png")
        (folder / "results.md").write_text(_page(tables), "utf-8")
        print((folder / "results.md").read_text("utf-8"), flush=True)


def _page(tables: dict[str, pd.DataFrame]) -> str:
    versions = ", ".join(f"{name} {found}" for name in LIBRARIES if (found := _version(name)))
    head = f"# Measured on {machine()}\n\n{versions}\n"
    return "\n".join([head, *(f"## {name}\n\n{_shown(table)}\n" for name, table in tables.items())])


def _shown(table: pd.DataFrame) -> str:
    text = table.map(lambda cell: f"{cell:,.3g}" if isinstance(cell, float) else str(cell))
    rows = [list(text.columns), ["---"] * len(text.columns), *text.to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


if __name__ == "__main__":
    main()
