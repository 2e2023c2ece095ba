"""How good a model is on nights that it has not seen, compared with the naive baselines that it must beat."""

import numpy as np
import pandas as pd
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from features.window_kernels import Floats

BINS = 10


def metrics(label: Floats, probability: Floats, capacity_share: float) -> dict[str, float]:
    """auc, brier, log_loss, calibration_error and lift_at_capacity; empty where only one outcome occurred."""
    if len(np.unique(label)) < 2:
        return {}
    return {
        "auc": float(roc_auc_score(label, probability)),
        "brier": float(brier_score_loss(label, probability)),
        "log_loss": float(log_loss(label, probability)),
        "calibration_error": calibration_error(label, probability),
        "lift_at_capacity": lift(label, probability, capacity_share),
    }


def rank_metrics(label: Floats, rank: Floats, capacity_share: float) -> dict[str, float]:
    """auc and lift of a baseline that gives no probability."""
    if len(np.unique(label)) < 2:
        return {}
    return {"auc": float(roc_auc_score(label, rank)), "lift_at_capacity": lift(label, rank, capacity_share)}


def calibration_error(label: Floats, probability: Floats) -> float:
    """Mean distance of predicted and observed share over ten bins of equal size (expected calibration error)."""
    table = calibration_table(label, probability)
    return float(np.average((table["observed"] - table["predicted"]).abs(), weights=table["rows"]))


def calibration_table(label: Floats, probability: Floats) -> pd.DataFrame:
    """Rows by bin of predicted probability: predicted and observed share, and number of rows."""
    bins = np.minimum(np.argsort(np.argsort(probability, kind="stable")) * BINS // len(probability), BINS - 1)
    grouped = pd.DataFrame({"predicted": probability, "observed": label}).groupby(bins)
    return grouped.mean().assign(rows=grouped.size())


def lift(label: Floats, score: Floats, capacity_share: float) -> float:
    """Share of positives among the highest scores that fit the capacity, over the share among all."""
    top = max(round(capacity_share * len(label)), 1)
    chosen = np.argsort(-score, kind="stable")[:top]
    return float(label[chosen].mean() / label.mean())


def first_score_metrics(predictions: pd.DataFrame, capacity_share: float) -> dict[str, float]:
    """How good p_late was at each invoice's first score, where it was not late yet and the outcome is known.

    `predictions` has as_of, invoice_id, p_late, late, expected_paid_on and paid_on. Besides `metrics`: invoices, and
    pay_date_error, the mean absolute error in days of the expected pay date of those that were paid.
    """
    first = predictions.sort_values("as_of", kind="stable").drop_duplicates("invoice_id")
    judged = first[(first["p_late"] < 1) & first["late"].notna()]
    if not len(judged):
        return {}
    figures = {"invoices": float(len(judged))}
    figures |= metrics(judged["late"].to_numpy(), judged["p_late"].to_numpy(), capacity_share)
    paid = judged[judged["paid_on"].notna()]
    if len(paid):
        figures["pay_date_error"] = float((paid["expected_paid_on"] - paid["paid_on"]).dt.days.abs().mean())
    return figures
