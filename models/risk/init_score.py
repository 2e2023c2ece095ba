"""What the trees start from: the portfolio's curve, moved by a regularised line through a few habits.

A few thousand invoices are too few for trees alone: they find the slope of "late before, late again", and the curve
over the days, in steps. They start from both instead, and only learn what these miss. How far they are followed is
chosen on later nights (`models.risk.tree_weight`).
"""

from dataclasses import MISSING, dataclass, fields
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit

from features.catalogue import BY_NAME
from features.window_kernels import Floats
from models.curves.ageing_curve import AgeingCurve
from models.curves.ageing_slope import AgeingSlope
from models.curves.late_share_curve import LateShareCurve
from models.curves.portfolio_curve import UnpaidCurve

STRENGTH = 0.1  # variance of a slope's prior, as scikit-learn's C: small, since it is for small portfolios
WIDEST = 3.0  # standard deviations: a freak amount must not decide a score


@dataclass(frozen=True)
class LogOddsLine:
    """Log-odds, linear in standardised features: amounts and counts by their logarithm, missing ones as the mean."""

    features: tuple[str, ...]
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    coefficient: tuple[float, ...]

    def parts(self, rows: pd.DataFrame) -> Floats:
        """What each of `features` adds, shape (rows, features)."""
        distance = _standardised(rows, self.features, self.mean, self.deviation)
        return np.asarray(distance * np.array(self.coefficient), dtype=np.float64)


CURVES = (UnpaidCurve, AgeingCurve, AgeingSlope, LateShareCurve)
Curve = UnpaidCurve | AgeingCurve | AgeingSlope | LateShareCurve


@dataclass(frozen=True)
class Start:
    """The curve, and the line where one could be fitted."""

    curve: Curve
    line: LogOddsLine | None

    def raw(self, rows: pd.DataFrame) -> Floats:
        """Log-odds, shape (rows,)."""
        curve = self.curve.raw(rows)
        return curve if self.line is None else curve + self.line.parts(rows).sum(axis=1)

    def add_to(self, contributions: Floats, features: list[str], rows: pd.DataFrame) -> None:
        """Add what curve and line contribute; the curve is the work of its own features, but for its base value."""
        for name, part in self.curve.parts(rows).items():
            contributions[:, features.index(name)] += part
        contributions[:, -1] += self.curve.base
        if self.line is not None:
            contributions[:, [features.index(name) for name in self.line.features]] += self.line.parts(rows)


def fit_start(curve: Curve, rows: pd.DataFrame, label: Floats, weight: Floats, features: tuple[str, ...]) -> Start:
    """The curve with the line that moves it best for a 0/1 label; without one where only one outcome occurred.

    The slopes are shrunk towards none, which leaves the curve as it is, and none goes against what is declared.
    """
    if len(set(label)) < 2:
        return Start(curve, None)
    values = _scaled(rows, features)
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0) / count
    deviation = np.sqrt(np.where(known, (values - mean) ** 2, 0.0).sum(axis=0) / count)
    deviation = np.where(deviation > 0, deviation, 1.0)
    centre, width = tuple(mean.tolist()), tuple(deviation.tolist())
    distance = _standardised(rows, features, centre, width)
    slopes = _slopes(distance, label, weight, curve.raw(rows), [BY_NAME[name].monotone for name in features])
    return Start(curve, LogOddsLine(features, centre, width, tuple(slopes.tolist())))


def _slopes(distance: Floats, label: Floats, weight: Floats, beside: Floats, direction: list[int]) -> Floats:
    """Slopes of a ridge logistic regression without an intercept, added to log-odds that are given."""

    def loss(slopes: Floats) -> tuple[float, Floats]:
        raw = beside + distance @ slopes
        value = (weight * (np.logaddexp(0.0, raw) - label * raw)).sum() + (slopes**2).sum() / (2 * STRENGTH)
        return float(value), distance.T @ (weight * (expit(raw) - label)) + slopes / STRENGTH

    bounds = [(0.0 if way > 0 else None, 0.0 if way < 0 else None) for way in direction]
    solution = minimize(loss, np.zeros(distance.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(solution.x, dtype=np.float64)


def start_from_json(stored: dict[str, Any]) -> Start:
    """The start again; KeyError, TypeError or ValueError where the JSON is not one's."""
    stated = stored["curve"].items()
    curve: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in stated}
    (kind,) = (one for one in CURVES if _required(one) <= set(curve) <= {field.name for field in fields(one)})
    line = stored["line"]
    return Start(kind(**curve), None if line is None else line_from_json(line))


def _required(curve: type[Curve]) -> set[str]:
    return {field.name for field in fields(curve) if field.default is MISSING}


def line_from_json(stored: dict[str, Any]) -> LogOddsLine:
    """The line again; errors as above."""
    return LogOddsLine(**{name: tuple(values) for name, values in stored.items()})


def _scaled(rows: pd.DataFrame, features: tuple[str, ...]) -> Floats:
    values = rows[list(features)].to_numpy(dtype=np.float64)
    logarithmic = np.array([BY_NAME[name].unit in ("currency", "count") for name in features])
    return np.where(logarithmic, np.log1p(np.maximum(values, 0.0)), values)


def _standardised(
    rows: pd.DataFrame, features: tuple[str, ...], mean: tuple[float, ...], deviation: tuple[float, ...]
) -> Floats:
    distance = (_scaled(rows, features) - np.array(mean)) / np.array(deviation)
    return np.asarray(np.clip(np.nan_to_num(distance, nan=0.0), -WIDEST, WIDEST), dtype=np.float64)
