"""A regularised logistic regression on a few habits, which the trees start from.

A few thousand invoices are too few for trees alone: they find the slope of "late before, late again" in steps. They
start from this line instead, and only learn what it misses.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from features.catalogue import BY_NAME
from features.statistics import Floats

STRENGTH = 0.1  # scikit-learn's C: small, since it is for small portfolios
WIDEST = 3.0  # standard deviations: a freak amount must not decide a score


@dataclass(frozen=True)
class LinearStart:
    """Log-odds, linear in standardised features: amounts and counts by their logarithm, missing ones as the mean."""

    features: tuple[str, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    coefficient: tuple[float, ...]
    intercept: float

    def parts(self, rows: pd.DataFrame) -> Floats:
        """What each of `features` adds, shape (rows, features)."""
        distance = _standardised(rows, self.features, self.mean, self.deviation)
        return np.asarray(distance * np.array(self.coefficient), dtype=np.float64)

    def raw(self, rows: pd.DataFrame) -> Floats:
        """Log-odds, shape (rows,)."""
        return np.asarray(self.parts(rows).sum(axis=1) + self.intercept, dtype=np.float64)


def fit_start(rows: pd.DataFrame, label: Floats, weight: Floats, features: tuple[str, ...]) -> LinearStart | None:
    """The line for a 0/1 label; None where only one outcome occurred."""
    if len(set(label)) < 2:
        return None
    values = _scaled(rows, features)
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0) / count
    deviation = np.sqrt(np.where(known, (values - mean) ** 2, 0.0).sum(axis=0) / count)
    deviation = np.where(deviation > 0, deviation, 1.0)
    centre, width = tuple(mean.tolist()), tuple(deviation.tolist())
    model = LogisticRegression(C=STRENGTH, max_iter=3_000)
    model.fit(_standardised(rows, features, centre, width), label, sample_weight=weight)
    return LinearStart(features, centre, width, tuple(model.coef_[0].tolist()), float(model.intercept_[0]))


def start_from_json(stored: dict[str, Any]) -> LinearStart:
    """The line again; TypeError where the JSON is not a line's."""
    numbers: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
    }
    return LinearStart(**numbers)


def _scaled(rows: pd.DataFrame, features: tuple[str, ...]) -> Floats:
    values = rows[list(features)].to_numpy(dtype=np.float64)
    logarithmic = np.array([BY_NAME[name].unit in ("currency", "count") for name in features])
    return np.where(logarithmic, np.log1p(np.maximum(values, 0.0)), values)


def _standardised(
    rows: pd.DataFrame, features: tuple[str, ...], mean: tuple[float, ...], deviation: tuple[float, ...]
) -> Floats:
    distance = (_scaled(rows, features) - np.array(mean)) / np.array(deviation)
    return np.asarray(np.clip(np.nan_to_num(distance, nan=0.0), -WIDEST, WIDEST), dtype=np.float64)
