"""The late-payment and default models compared with FLAML, which has ten minutes on the same rows to try what it likes.

Run it by `python -m benchmarks.quality.automl [--customers 3000] [--seeds 1 2] [--seconds 600]`. Both learn from the
same training rows (features, labels, nights before the split) and are judged on the same nights after it. FLAML chooses
by log loss over folds of whole customers, since rows of a customer go together. `make bench` does not install it, since
it brings another library of trees: `.venv/bin/pip install "flaml[automl]"` first.
"""

import argparse
import time

import numpy as np
import pandas as pd
from flaml import AutoML

from benchmarks.quality.pasts import simulated
from configs.settings import load_settings
from features.window_kernels import Floats
from ledger.clock import day_number
from models import retraining
from models.evaluation.metrics import metrics
from models.evaluation.rolling_origin import JUDGED_DAYS, Judgement
from models.past import Past, gather
from models.risk import default, late_payment
from models.risk.boosting import sample_customers

DAYS, AS_OF = 720, pd.Timestamp("2024-12-20")
SETTINGS = load_settings(("gate.origins=1",))
LEARNERS = ["lgbm", "rf", "extra_tree", "lrl1"]


def measure(customers: int, seed: int, seconds: int) -> pd.DataFrame:
    """A row for each model and learner: seconds, rows, auc, brier, calibration_error, and what FLAML chose."""
    past = gather(simulated("b2b", customers, DAYS, seed), AS_OF, SETTINGS)
    results = []
    for name in (late_payment.NAME, default.NAME):
        started = time.perf_counter()
        judgement = retraining.judge(name, past, SETTINGS)
        ours = time.perf_counter() - started
        rows, label, features = training_rows(name, past)
        started = time.perf_counter()
        other, chosen = flaml(rows, label, features, judgement, seconds, seed)
        theirs = time.perf_counter() - started
        for learner, spent, probability in (("duerank", ours, judgement.probability), (chosen, theirs, other)):
            figures = metrics(judgement.label, probability, SETTINGS.evaluation.capacity_share)
            kept = {figure: figures[figure] for figure in ("auc", "brier", "calibration_error")}
            results.append(
                {"seed": seed, "model": name, "learner": learner, "seconds": spent, "rows": len(rows), **kept}
            )
    return pd.DataFrame(results)


def training_rows(name: str, past: Past) -> tuple[pd.DataFrame, Floats, list[str]]:
    """The rows, labels and features that the judged model was fitted on."""
    horizon = 0 if name == late_payment.NAME else SETTINGS.labels.default_horizon_days
    split = past.as_of - pd.Timedelta(days=JUDGED_DAYS + horizon)
    then = past.known_on(split)
    before = day_number(split)
    if name == late_payment.NAME:
        rows = past.spine.invoices
        most = SETTINGS.training.max_rows
        asked, label = late_payment.training_rows(rows[rows["night"] < before], then, SETTINGS.labels, most)
        return *sample_customers(asked, label, SETTINGS.training), late_payment.features()
    rows = past.spine.customers[past.spine.customers["night"] < before]
    label = default.label_rows(rows, then, SETTINGS.labels)
    known = ~np.isnan(label)
    return *sample_customers(rows[known], label[known], SETTINGS.training), default.features()


def flaml(
    rows: pd.DataFrame, label: Floats, features: list[str], judgement: Judgement, seconds: int, seed: int
) -> tuple[Floats, str]:
    """Its probabilities of the judged rows, and what it chose."""
    search = AutoML()
    search.fit(
        rows[features],
        label.astype(int),
        task="classification",
        metric="log_loss",
        time_budget=seconds,
        estimator_list=LEARNERS,
        eval_method="cv",
        n_splits=3,
        split_type="group",
        groups=rows["customer"].to_numpy(),
        n_jobs=-1,  # as ours, which uses every core where rows are many
        seed=seed,
        verbose=0,
    )
    probability = search.predict_proba(judgement.rows[features])[:, 1]
    return np.asarray(probability, dtype=np.float64), f"FLAML ({search.best_estimator})"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=3_000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--seconds", type=int, default=600)
    options = parser.parse_args()
    tables = [measure(options.customers, one, options.seconds) for one in options.seeds]
    print(pd.concat(tables, ignore_index=True).to_string(index=False))
