"""SHAP values of many rows, by several engines: shap, LightGBM, woodelf-explainer and ours.

Run it by `python -m benchmarks.speed.explanations`. Each engine works in a process of its own with `THREADS` threads,
first on a few rows (compiling and making tables: `first_seconds`), then on the rows that are timed.
"""

import contextlib
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd

THREADS = 2
TREES = 300
WORLDS = {  # leaves, features, share of missing values
    "300 trees x 31 leaves x 60 features": (31, 60, 0.0),
    "300 trees x 8 leaves x 100 features, 10% missing": (8, 100, 0.1),
}
ROWS = {"ours": 100_000, "woodelf-explainer": 100_000, "LightGBM pred_contrib": 10_000, "shap.TreeExplainer": 10_000}
COMPARED_ROWS = 2_000
FIRST_ROWS = 100
TRAINING_ROWS = 20_000

Explain = Callable[[pd.DataFrame], Any]


def measure() -> pd.DataFrame:
    """What, engine, rows, seconds, first_seconds, ratio to ours (per row), largest difference, peak MiB."""
    frames = []
    for what, (leaves, features, missing) in WORLDS.items():
        with tempfile.TemporaryDirectory() as folder:
            model = Path(folder) / "model.txt"
            _train(leaves, features, missing).save_model(model)
            timings = pd.DataFrame([_in_a_process(engine, model, features, missing) for engine in ROWS])
        per_row = timings["seconds"] / timings["rows"]
        timings.insert(4, "ratio", per_row / per_row[timings["engine"] == "ours"].item())
        timings.insert(0, "what", what)
        frames.append(timings)
    return pd.concat(frames, ignore_index=True)


def _values(rows: int, features: int, missing: float, seed: int) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(rows, features))
    values[draw.random(values.shape) < missing] = np.nan
    return pd.DataFrame(values, columns=[f"feature_{at}" for at in range(features)])


def _train(leaves: int, features: int, missing: float) -> lightgbm.Booster:
    values = _values(TRAINING_ROWS, features, missing, seed=1)
    known = values.fillna(0.0).to_numpy()[:, :10]
    noise = np.random.default_rng(2).normal(size=len(values))
    label = known.sum(axis=1) + known[:, 0] * known[:, 1] + noise > 1
    parameters = {
        "objective": "binary", "num_leaves": leaves, "learning_rate": 0.05, "feature_fraction": 0.5, "seed": 1,
        "num_threads": THREADS, "verbose": -1,
    }  # fmt: skip
    return lightgbm.train(parameters, lightgbm.Dataset(values, label.astype(float)), TREES)


def _in_a_process(engine: str, model: Path, features: int, missing: float) -> dict[str, Any]:
    asked = [sys.executable, "-m", "benchmarks.speed.explanations", engine, str(model), str(features), str(missing)]
    threads = {name: str(THREADS) for name in ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    done = subprocess.run(asked, capture_output=True, text=True, check=True, env={**os.environ, **threads})
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _one(engine: str, model: Path, features: int, missing: float) -> dict[str, Any]:
    """The row of one engine; peak_mib is the process's, with the rows and all libraries."""
    booster = lightgbm.Booster(model_file=model)
    rows = _values(ROWS[engine], features, missing, seed=3)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):  # progress bars
        start = time.perf_counter()
        explain = ENGINES[engine](booster)
        explain(rows.head(FIRST_ROWS))
        first = time.perf_counter() - start
        start = time.perf_counter()
        parts = np.asarray(explain(rows))
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    exact = np.asarray(booster.predict(rows.head(COMPARED_ROWS), pred_contrib=True, num_threads=THREADS))[:, :-1]
    difference = np.abs(parts[:COMPARED_ROWS, :features] - exact).max()
    return {
        "engine": engine,
        "rows": len(rows),
        "seconds": seconds,
        "first_seconds": first,
        "largest_difference": float(difference),
        "peak_mib": peak,
    }


def _ours(booster: lightgbm.Booster) -> Explain:
    from models.shap.tree_shap import FastTrees

    fast = FastTrees(booster)
    return lambda rows: fast.contributions(rows.to_numpy(), threads=THREADS)


def _lightgbm(booster: lightgbm.Booster) -> Explain:
    return lambda rows: booster.predict(rows, pred_contrib=True, num_threads=THREADS)


def _shap(booster: lightgbm.Booster) -> Explain:
    import shap

    return lambda rows: shap.TreeExplainer(booster).shap_values(rows)


def _woodelf(booster: lightgbm.Booster) -> Explain:
    from woodelf import WoodelfExplainer

    explainer = WoodelfExplainer(booster)
    return lambda rows: explainer.shap_values(rows)


ENGINES = {
    "ours": _ours,
    "woodelf-explainer": _woodelf,
    "LightGBM pred_contrib": _lightgbm,
    "shap.TreeExplainer": _shap,
}


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asked_engine, its_model, its_features, its_missing = sys.argv[1:]
        print(json.dumps(_one(asked_engine, Path(its_model), int(its_features), float(its_missing))))
    else:
        print(measure().to_string(index=False, float_format=lambda value: f"{value:.3g}"))
