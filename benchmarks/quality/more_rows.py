"""What more training rows bring: fits on more and more rows of one large ledger, judged on the same later nights.

Run it by `python -m benchmarks.quality.more_rows --ledger LEDGER [--rows 100000 500000 2000000]`, on a ledger such as
`benchmarks.speed.training` leaves in its folder. All fits know the same nights and outcomes, those of before the split;
they differ in how many customers they learn from (`training.max_rows`).
"""

import argparse
import time

import numpy as np
import pandas as pd

from benchmarks.quality.pasts import of_ledger
from benchmarks.speed.scale_ledger import AS_OF
from configs.settings import load_settings
from models import retraining
from models.clustered_error import standard_error
from models.evaluation.rolling_origin import Judgement
from models.risk import default, late_payment

SIZES = (100_000, 500_000, 2_000_000)


def measure(ledger: str, sizes: tuple[int, ...]) -> pd.DataFrame:
    """A row for each model and size; `brier_gain` is on the size before, with its standard error by customer."""
    settings = load_settings((f"training.max_rows={max(sizes)}", "gate.origins=1"))
    past = of_ledger(ledger, AS_OF, settings)
    results = []
    for name in (late_payment.NAME, default.NAME):
        before: Judgement | None = None
        for size in sizes:
            training = settings.training.model_copy(update={"max_rows": size})
            started = time.perf_counter()
            judged = retraining.judge(name, past, settings.model_copy(update={"training": training}))
            kept = {figure: judged.metrics[figure] for figure in ("auc", "brier", "calibration_error")}
            spent = {"model": name, "rows": size, "seconds": time.perf_counter() - started, "judged": len(judged.label)}
            results.append({**spent, **kept, **_gain(judged, before)})
            before = judged
            print(pd.DataFrame(results).round(4).to_string(index=False), flush=True)
        print(judged.groups.round(4).to_string(index=False), flush=True)
    return pd.DataFrame(results)


def _gain(judged: Judgement, before: Judgement | None) -> dict[str, float]:
    if before is None:
        return {}
    gain = (before.probability - before.label) ** 2 - (judged.probability - judged.label) ** 2
    error = standard_error(gain, np.ones(len(gain)), judged.rows["customer"].to_numpy())
    return {"brier_gain": float(gain.mean()), "standard_error": error}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ledger", required=True)
    parser.add_argument("--rows", type=int, nargs="+", default=list(SIZES))
    chosen = parser.parse_args()
    measure(chosen.ledger, tuple(chosen.rows))
