"""What the trees start from: the portfolio's curve, moved by a regularised line through a few habits.

A few thousand invoices are too few for trees alone: they find the slope of "late before, late again", and the curve
over the days, in steps. They start from both instead, and only learn what these miss.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from features.catalogue import BY_NAME
from features.statistics import Floats
from models.unpaid_curve import UnpaidCurve

STRENGTH = 0.1  # scikit-learn's C: small, since it is for small portfolios
WIDEST = 3.0  # standard deviations: a freak amount must not decide a score


@dataclass(frozen=True)
class Line:
    """Log-odds, linear in standardised features: amounts and counts by their logarithm, missing ones as the mean."""

    features: tuple[str, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    coefficient: tuple[float, ...]

    def parts(self, rows: pd.DataFrame) -> Floats:
        """What each of `features` adds, shape (rows, features)."""
        distance = _standardised(rows, self.features, self.mean, self.deviation)
        return np.asarray(distance * np.array(self.coefficient), dtype=np.float64)


@dataclass(frozen=True)
class Start:
    """The curve, and the line where one could be fitted."""

    curve: UnpaidCurve
    line: Line | None

    def raw(self, rows: pd.DataFrame) -> Floats:
        """Log-odds, shape (rows,)."""
        curve = self.curve.raw(rows)
        return curve if self.line is None else curve + self.line.parts(rows).sum(axis=1)

    def add_to(self, contributions: Floats, features: list[str], rows: pd.DataFrame) -> None:
        """Add what curve and line contribute; the curve is the work of the day asked about."""
        contributions[:, features.index("horizon_past_due")] += self.curve.raw(rows)
        if self.line is not None:
            contributions[:, [features.index(name) for name in self.line.features]] += self.line.parts(rows)


def fit_line(rows: pd.DataFrame, label: Floats, weight: Floats, features: tuple[str, ...]) -> Line | None:
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
    direction = np.array([BY_NAME[name].monotone for name in features])
    coefficient = np.where(direction * model.coef_[0] < 0, 0.0, model.coef_[0])  # no slope against what is declared
    return Line(features, centre, width, tuple(coefficient.tolist()))


def start_from_json(stored: dict[str, Any]) -> Start:
    """The start again; KeyError or TypeError where the JSON is not one's."""
    line = stored["line"]
    return Start(
        UnpaidCurve(tuple(stored["curve"]["unpaid_share"])),
        None if line is None else Line(**{name: tuple(values) for name, values in line.items()}),
    )


def _scaled(rows: pd.DataFrame, features: tuple[str, ...]) -> Floats:
    values = rows[list(features)].to_numpy(dtype=np.float64)
    logarithmic = np.array([BY_NAME[name].unit in ("currency", "count") for name in features])
    return np.where(logarithmic, np.log1p(np.maximum(values, 0.0)), values)


def _standardised(
    rows: pd.DataFrame, features: tuple[str, ...], mean: tuple[float, ...], deviation: tuple[float, ...]
) -> Floats:
    distance = (_scaled(rows, features) - np.array(mean)) / np.array(deviation)
    return np.asarray(np.clip(np.nan_to_num(distance, nan=0.0), -WIDEST, WIDEST), dtype=np.float64)
