"""Calibrators: increasing maps from a raw score (log-odds) to a probability, chosen on a later window."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from features.statistics import Floats

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
            return np.clip(np.interp(raw, scores, shares), EDGE, 1 - EDGE)
        return np.clip(expit(self.slope * raw + self.intercept), EDGE, 1 - EDGE)

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "slope": self.slope, "intercept": self.intercept, "knots": [list(k) for k in self.knots]}

    @staticmethod
    def from_json(stored: dict[str, Any]) -> "Calibrator":
        knots = tuple((float(score), float(share)) for score, share in stored["knots"])
        return Calibrator(stored["kind"], float(stored["slope"]), float(stored["intercept"]), knots)


def choose(raw: Floats, label: Floats, weight: Floats, order: Floats) -> tuple[Calibrator, dict[str, float]]:
    """The candidate with the lowest log loss on the later half of a window, refitted on all of it.

    `order` is the night of each row: candidates are fitted on the earlier half. Returns the choice and every
    candidate's log loss; "none" where the window is too small to choose.
    """
    earlier = order <= np.median(order)
    if min(earlier.sum(), (~earlier).sum()) < LEAST_ROWS or len(set(label[earlier])) < 2:
        return Calibrator(), {}
    losses = {}
    for kind in CANDIDATES:
        fitted = _fit(kind, raw[earlier], label[earlier], weight[earlier])
        losses[kind] = _log_loss(fitted.probability(raw[~earlier]), label[~earlier], weight[~earlier])
    best = min(CANDIDATES, key=lambda kind: losses[kind])
    return _fit(best, raw, label, weight), losses


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


def _log_loss(probability: Floats, label: Floats, weight: Floats) -> float:
    loss = -np.where(label == 1, np.log(probability), np.log(1 - probability))
    return float(np.average(loss, weights=weight))
