"""Calibrators: increasing maps from a raw score (log-odds) to a probability, chosen on a later window."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from features.statistics import Floats, Positions

CANDIDATES = ("none", "platt", "isotonic")
LEAST_ROWS = 200  # below it a calibrator learns noise
EDGE = 1e-4  # no probability is ever certain


@dataclass(frozen=True)
class Calibrator:
    """An increasing piecewise map; JSON in, JSON out.

    none: the logistic function; platt: the logistic function of slope * raw + intercept (Platt 1999, slope kept
    positive); isotonic: linear between knots (raw, probability) (Zadrozny and Elkan 2002).
    """

    kind: str = "none"
    slope: float = 1.0
    intercept: float = 0.0
    knots: tuple[tuple[float, float], ...] = ()

    def probability(self, raw: Floats) -> Floats:
        """Probabilities of raw scores, same shape, within [EDGE, 1 - EDGE]."""
        if self.kind == "isotonic":
            scores, shares = np.array(self.knots).T
            probability = np.interp(raw, scores, shares)
        else:
            probability = expit(self.slope * raw + self.intercept)
        return np.asarray(np.clip(probability, EDGE, 1 - EDGE), dtype=np.float64)

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "slope": self.slope,
            "intercept": self.intercept,
            "knots": [list(k) for k in self.knots],
        }

    @staticmethod
    def from_json(stored: dict[str, Any]) -> "Calibrator":
        knots = tuple((float(score), float(share)) for score, share in stored["knots"])
        return Calibrator(stored["kind"], float(stored["slope"]), float(stored["intercept"]), knots)


def choose(
    raw: Floats, label: Floats, weight: Floats, night: Positions, customer: Positions
) -> tuple[Calibrator, dict[str, float]]:
    """The candidate with the lowest log loss on the later half of a window, refitted on all of it.

    Candidates are fitted on the nights of the earlier half. Another one than "none" must win by more than a standard
    error of its gain (by customer, since a customer's rows go together): a small window flatters whoever bends most.
    Returns the choice and every candidate's log loss; "none" where the window is too small to choose.
    """
    same = np.lexsort((customer, night, weight, label, raw))  # a float sum hangs on the order of its rows
    raw, label, weight = raw[same], label[same], weight[same]
    night, customer = night[same], customer[same]
    earlier = night <= np.median(night)
    if min(earlier.sum(), (~earlier).sum()) < LEAST_ROWS or len(set(label[earlier])) < 2:
        return Calibrator(), {}
    losses = {}
    for kind in CANDIDATES:
        fitted = _fit(kind, raw[earlier], label[earlier], weight[earlier])
        losses[kind] = log_losses(fitted.probability(raw[~earlier]), label[~earlier])
    means = {kind: float(np.average(loss, weights=weight[~earlier])) for kind, loss in losses.items()}
    best = min(CANDIDATES, key=lambda kind: means[kind])
    gain = losses["none"] - losses[best]
    if means["none"] - means[best] <= standard_error(gain, weight[~earlier], customer[~earlier]):
        best = "none"
    return _fit(best, raw, label, weight), means


def _fit(kind: str, raw: Floats, label: Floats, weight: Floats) -> Calibrator:
    if kind == "platt":
        model = LogisticRegression(C=1e6).fit(raw[:, None], label, sample_weight=weight)
        slope = float(model.coef_[0, 0])
        return Calibrator("platt", slope, float(model.intercept_[0])) if slope > 0 else Calibrator()
    if kind == "isotonic":
        model = IsotonicRegression(out_of_bounds="clip").fit(raw, label, sample_weight=weight)
        knots = zip(model.X_thresholds_.tolist(), model.y_thresholds_.tolist(), strict=True)
        return Calibrator("isotonic", knots=tuple(knots))
    return Calibrator()


def log_losses(probability: Floats, label: Floats) -> Floats:
    """Log loss of every row; no probability is 0 or 1."""
    return -np.where(label == 1, np.log(probability), np.log(1 - probability))


def standard_error(values: Floats, weight: Floats, customer: Positions) -> float:
    """Of the weighted mean of values that are independent between customers only (Liang and Zeger 1986)."""
    distance = weight * (values - np.average(values, weights=weight))
    by_customer = np.bincount(np.unique(customer, return_inverse=True)[1], weights=distance)
    return float(np.sqrt((by_customer**2).sum()) / weight.sum())
