"""Calibrators: increasing maps from a raw score (log-odds) to a probability, chosen on a later window."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from features.window_kernels import Floats, Positions

CANDIDATES = ("none", "platt")
LEAST_ROWS = 200  # below it a calibrator learns noise
EDGE = 1e-4  # no probability is ever certain
FARTHEST = 40.0  # log-odds: as good as certain


@dataclass(frozen=True)
class Calibrator:
    """The logistic function of slope * raw + intercept, the slope positive; JSON in, JSON out.

    none: of the raw score itself; platt: the slope that a later window shows (Platt 1999).
    """

    kind: str = "none"
    slope: float = 1.0
    intercept: float = 0.0

    def probability(self, raw: Floats) -> Floats:
        """Probabilities of raw scores, same shape, within [EDGE, 1 - EDGE]."""
        probability = expit(self.slope * raw + self.intercept)
        return np.asarray(np.clip(probability, EDGE, 1 - EDGE), dtype=np.float64)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(stored: dict[str, Any]) -> "Calibrator":
        return Calibrator(stored["kind"], float(stored["slope"]), float(stored["intercept"]))


def choose(raw: Floats, label: Floats, weight: Floats, night: Positions) -> tuple[Calibrator, dict[str, float]]:
    """The candidate with the lowest log loss on the later half of a window, refitted on all of it.

    Candidates are fitted on the nights of the earlier half. Returns the choice and every candidate's log loss; "none"
    where the window is too small to choose.
    """
    same = np.lexsort((night, weight, label, raw))  # a float sum depends on the order of its rows
    raw, label, weight, night = raw[same], label[same], weight[same], night[same]
    earlier = night <= np.median(night)
    if min(earlier.sum(), (~earlier).sum()) < LEAST_ROWS or len(set(label[earlier])) < 2:
        return Calibrator(), {}
    fitted = {"none": Calibrator(), "platt": _platt(raw[earlier], label[earlier], weight[earlier])}
    losses = {
        kind: float(np.average(log_losses(one.probability(raw[~earlier]), label[~earlier]), weights=weight[~earlier]))
        for kind, one in fitted.items()
    }
    best = min(CANDIDATES, key=lambda kind: losses[kind])
    return (_platt(raw, label, weight) if best == "platt" else Calibrator()), losses


def _platt(raw: Floats, label: Floats, weight: Floats) -> Calibrator:
    """The slope that the window shows, at the mean that the scores predict; none where it does not rise.

    A window is one season (December pays late). Its level would be applied to the next season too, and the model, which
    is fitted again on all nights, has learned it already.
    """
    line = LogisticRegression(C=1e6).fit(raw[:, None], label, sample_weight=weight)
    slope = float(line.coef_[0, 0])
    if slope <= 0:
        return Calibrator()
    predicted = np.average(expit(raw), weights=weight)
    least, most = -slope * raw.max() - FARTHEST, FARTHEST - slope * raw.min()
    intercept = brentq(lambda by: np.average(expit(slope * raw + by), weights=weight) - predicted, least, most)
    return Calibrator("platt", slope, intercept)


def log_losses(probability: Floats, label: Floats) -> Floats:
    """Log loss of every row; no probability is 0 or 1."""
    return -np.where(label == 1, np.log(probability), np.log(1 - probability))
