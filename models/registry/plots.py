"""Pictures of a model for its MLflow run: is it calibrated, and what moves it?"""

import os

import matplotlib

if "MPLBACKEND" not in os.environ:  # a notebook has its own, that shows pictures
    matplotlib.use("Agg")

import matplotlib.pyplot as pyplot
import numpy as np
import shap
from matplotlib.figure import Figure

from features.window_kernels import Floats
from models.evaluation.metrics import calibration_table
from models.evaluation.rolling_origin import Judgement
from models.risk.explain import contributions

SHAP_ROWS = 1_000  # a picture needs no more


def calibration_plot(label: Floats, probability: Floats, title: str) -> Figure:
    """Observed against predicted share in ten bins of equal size, with the diagonal."""
    table = calibration_table(label, probability)
    figure, axes = pyplot.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey", label="perfect")
    axes.plot(table["predicted"], table["observed"], marker="o", label="model")
    axes.set(xlabel="predicted share", ylabel="observed share", title=title)
    axes.legend()
    pyplot.close(figure)
    return figure


def shap_plot(judgement: Judgement, seed: int) -> Figure:
    """SHAP values of the weightiest features over a sample of the judged rows, but for features without any value
    there: nothing moves with them, and shap cannot find their colours."""
    rows = judgement.rows
    chosen = np.random.default_rng(seed).permutation(len(rows))[:SHAP_ROWS]
    rows = rows.iloc[np.sort(chosen)]
    values = rows[list(judgement.model.scorer.features)]
    known = values.notna().any().to_numpy()
    parts, values = contributions(judgement.model, rows)[:, :-1][:, known], values.loc[:, known]
    figure = pyplot.figure()
    jitter = np.random.default_rng(seed)  # its own: else the picture depends on whoever seeded the global one
    if known.any():
        shap.summary_plot(parts, values, feature_names=list(values), show=False, max_display=15, rng=jitter)
    pyplot.close(figure)
    return figure
