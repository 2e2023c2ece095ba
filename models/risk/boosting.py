"""LightGBM for small and large portfolios alike: shallow trees, strong shrinkage, declared directions."""

import lightgbm
import numpy as np
import pandas as pd

from configs.settings import TrainingSettings
from features.catalogue import BY_NAME
from features.window_kernels import Floats
from models.risk.init_score import Start
from models.risk.risk_model import Trees

LEAST_LEAF_ROWS = 20
# What distinguishes the rows of a training set, but for whose they are.
SAID = ("night", "horizon_days", "due_on", "amount", "open_amount", "issued_count_all", "paid_amount_all")

# Fewer rows are not worth a second thread. 0 stands for every core, so that a model's text names no machine.
MANY_ROWS = 50_000
ONE_THREAD, EVERY_CORE = 1, 0


def fit_trees(
    rows: pd.DataFrame,
    label: Floats,
    weight: Floats,
    features: list[str],
    settings: TrainingSettings,
    start: Start | None = None,
) -> Trees:
    """Trees for a 0/1 label; the same rows, in any order, and seed give the same trees.

    `weight` has mean one; leaves hold at least `min_leaf_share` of the rows. The trees learn what `start` misses.
    `settings.lightgbm` goes over all of it.
    """
    parameters = {
        "objective": "binary",
        "learning_rate": settings.learning_rate,
        "num_leaves": settings.leaves,
        "min_data_in_leaf": max(LEAST_LEAF_ROWS, int(settings.min_leaf_share * len(rows))),
        "feature_fraction": 0.5,
        "lambda_l2": 10.0,
        "path_smooth": 10.0,
        "monotone_constraints": [BY_NAME[name].monotone for name in features],
        **settings.lightgbm,
        "seed": settings.seed,
        **reproducible(len(rows)),
        "verbose": -1,
    }
    data = lightgbm.Dataset(
        rows[features].to_numpy(dtype=np.float32),
        label,
        weight=weight,
        feature_name=features,
        init_score=None if start is None else start.raw(rows),
    )
    return Trees(lightgbm.train(parameters, data, num_boost_round=settings.trees), start)


def reproducible(rows: int) -> dict[str, int | bool]:
    """Settings with which the same rows give the same trees on any number of cores.

    Column by column: a feature's sums are made by one thread, in the order of the rows.
    """
    threads = EVERY_CORE if rows >= MANY_ROWS else ONE_THREAD
    return {"deterministic": True, "force_col_wise": True, "num_threads": threads}


def sample_rows(rows: pd.DataFrame, label: Floats, settings: TrainingSettings) -> tuple[pd.DataFrame, Floats]:
    """About `max_rows` of all customers.

    Nights and questions are left out, and no customer: another night of the same says little that is new. A hash of
    what a row says chooses, and neither the seed nor its place: a training that differs in its seed alone, or in what
    the ledger has come to hold since, learns from the same rows.
    """
    if len(rows) <= settings.max_rows:
        return rows, label
    said = [name for name in SAID if name in rows]
    hashed = pd.util.hash_pandas_object(rows[said], index=False).to_numpy()
    keep = hashed <= np.partition(hashed, settings.max_rows - 1)[settings.max_rows - 1]
    return rows[keep], label[keep]
