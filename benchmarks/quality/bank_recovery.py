"""What more effort brings: a bank's collection effort rises where the expected recovery passes a threshold.

Debts just above a threshold are like those just below, but for the effort; the jump of what was recovered is what the
effort brought. Local linear regression with a triangular kernel, and the interval of Calonico, Cattaneo, Titiunik 2014,
"Robust nonparametric confidence intervals for regression-discontinuity designs": with one bandwidth for the estimate
and for its bias, the corrected estimate is the local quadratic one.

    python -m benchmarks.quality.bank_recovery
"""

from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pandas as pd

from benchmarks.quality.data import BANK_RECOVERY, run, table
from features.window_kernels import Floats
from models.effect.estimators import weighted_least_squares

THRESHOLDS = (1000.0, 2000.0, 3000.0, 5000.0)
EFFORT_COST = 50.0  # what a level of effort costs more than the one below, per debt
CONFIDENCE = 0.95
WIDER_AND_NARROWER = (0.5, 0.75, 1.0, 1.5, 2.0)


@dataclass(frozen=True)
class Jump:
    """What was recovered more at a threshold, per debt; `robust` is the estimate with its bias taken off."""

    threshold: float
    bandwidth: float
    debts: int
    linear: float
    linear_error: float
    robust: float
    robust_error: float

    @property
    def interval(self) -> tuple[float, float]:
        return _interval(self.linear, self.linear_error)

    @property
    def robust_interval(self) -> tuple[float, float]:
        return _interval(self.robust, self.robust_error)


def load(data: Path) -> tuple[Floats, Floats]:
    """Expected and actual recovery of every debt."""
    debts = pd.read_csv(data)
    return debts["expected_recovery_amount"].to_numpy(float), debts["actual_recovery_amount"].to_numpy(float)


def bandwidth(threshold: float) -> float:
    """Half the way to the next threshold: no debt is used for two of them.

    The rule was written down after estimates on a grid of bandwidths had been inspected; `measure` shows a grid again.
    """
    return min(abs(threshold - other) for other in THRESHOLDS if other != threshold) / 2


def jump(expected: Floats, recovered: Floats, threshold: float, width: float) -> Jump:
    """The jump at a threshold, from the debts less than `width` away."""
    near = np.abs(expected - threshold) < width
    linear, robust = (_polynomial(expected[near] - threshold, recovered[near], width, degree) for degree in (1, 2))
    return Jump(threshold, width, int(near.sum()), *linear, *robust)


def _polynomial(away: Floats, recovered: Floats, width: float, degree: int) -> tuple[float, float]:
    """The jump where `away` is zero and its error, robust to unequal spreads; a debt at the threshold lies below it."""
    above = (away > 0).astype(np.float64)
    powers = [(away / width) ** power for power in range(degree + 1)]
    design = np.column_stack([*powers, *(above * power for power in powers)])
    estimate, covariance = weighted_least_squares(
        design, recovered, 1 - np.abs(away) / width, np.arange(len(away), dtype=np.int64)
    )
    return float(estimate[degree + 1]), float(np.sqrt(covariance[degree + 1, degree + 1]))


def _interval(estimate: float, error: float) -> tuple[float, float]:
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * error
    return estimate - reach, estimate + reach


def measure(data: Path) -> str:
    """The tables: every threshold at its bandwidth, then narrower and wider ones."""
    expected, recovered = load(data)
    jumps = [jump(expected, recovered, threshold, bandwidth(threshold)) for threshold in THRESHOLDS]
    around = [
        jump(expected, recovered, threshold, bandwidth(threshold) * times)
        for threshold in THRESHOLDS
        for times in WIDER_AND_NARROWER
    ]
    return (
        f"Recovered more per debt at each threshold, for ${EFFORT_COST:.0f} more effort "
        f"({CONFIDENCE:.0%} intervals)\n\n"
        f"{_table(jumps)}\n\nThe same at other bandwidths\n\n{_table(around)}"
    )


def _table(jumps: list[Jump]) -> str:
    header = ["threshold", "bandwidth", "debts", "local linear", "interval", "bias-corrected", "robust interval"]
    rows = [
        [
            f"${one.threshold:,.0f}", f"{one.bandwidth:.0f}", str(one.debts),
            f"{one.linear:.0f}", "{:.0f} to {:.0f}".format(*one.interval),
            f"{one.robust:.0f}", "{:.0f} to {:.0f}".format(*one.robust_interval),
        ]
        for one in jumps
    ]  # fmt: skip
    return table(header, rows)


if __name__ == "__main__":
    run(measure, BANK_RECOVERY)
