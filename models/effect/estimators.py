"""What the data can say about an effect: doubly robust means and slopes, their errors, and the value of a ranking.

All of it is about residuals: outcomes less what was expected without a contact. The contacted are compared with those
who were not, weighted to look like the contacted by e / (1 - e) (the doubly robust effect on the treated, Robins,
Rotnitzky, Zhao 1994); a slope on a score is the best linear predictor of Chernozhukov, Demirer, Duflo, Fernandez-Val
2018. Errors are robust and clustered by customer.
"""

from dataclasses import dataclass

import numpy as np

from features.window_kernels import Floats, Positions
from models.effect.learners import Bools

SHOWN = 1.645  # one-sided 5%: below it an effect or a difference is not taken as shown
TOP_SHARES = (0.05, 0.1, 0.2, 0.4)
LARGEST_COUNTED = 0.95  # quantile of the amounts above which a ranking is not judged by single customers


@dataclass(frozen=True)
class EffectLine:
    """Effect = mean + slope x (score - centre), with the covariance of (mean, slope)."""

    mean: float
    slope: float
    centre: float
    covariance: tuple[float, float, float]  # of mean, of both, of slope

    def at(self, score: Floats) -> tuple[Floats, Floats]:
        """Effects and their standard errors, shape of `score`."""
        away = score - self.centre
        of_mean, of_both, of_slope = self.covariance
        variance = of_mean + 2 * away * of_both + away**2 * of_slope
        return self.mean + self.slope * away, np.sqrt(np.maximum(variance, 0.0))


def comparison_weight(treated: Bools, chance: Floats, weight: Floats) -> Floats:
    """What each row counts: the contacted 1, the others e / (1 - e) times the rows that they stand for."""
    return np.where(treated, 1.0, weight * chance / (1 - chance))


def mean_effect(residual: Floats, treated: Bools, weight: Floats, group: Positions) -> tuple[float, float]:
    """The mean effect on the treated and its standard error; NaN where one side is empty."""
    if not treated.any() or treated.all():
        return float("nan"), float("nan")
    design = np.column_stack([np.ones(len(residual)), treated.astype(np.float64)])
    estimate, covariance = weighted_least_squares(design, residual, weight, group)
    return float(estimate[1]), float(np.sqrt(covariance[1, 1]))


def effect_line(residual: Floats, score: Floats, treated: Bools, weight: Floats, group: Positions) -> EffectLine:
    """The effect along a score that was learned without the row's own group."""
    centre = float(score[treated].mean())
    away = score - centre
    sides = treated.astype(np.float64)
    design = np.column_stack([np.ones(len(residual)), away, sides, sides * away])
    estimate, covariance = weighted_least_squares(design, residual, weight, group)
    part = (float(covariance[2, 2]), float(covariance[2, 3]), float(covariance[3, 3]))
    return EffectLine(float(estimate[2]), float(estimate[3]), centre, part)


def ranking_value(score: Floats, amount: Floats, residual: Floats, treated: Bools, weight: Floats) -> float:
    """Mean extra amount per contact at the top of a ranking by score x amount, over `TOP_SHARES`.

    Amounts above a quantile count as that quantile: else two or three customers would decide.
    """
    counted = np.minimum(amount, np.quantile(amount, LARGEST_COUNTED))
    order = np.argsort(-(score * counted), kind="stable")
    values = []
    for share in TOP_SHARES:
        top = order[: max(int(share * len(order)), 1)]
        sides = treated[top]
        if not sides.any() or sides.all():
            continue
        extra = residual[top] * counted[top]
        with_contact, without = weight[top] * sides, weight[top] * ~sides
        values.append(np.average(extra, weights=with_contact) - np.average(extra, weights=without))
    return float(np.mean(values)) if values else float("nan")


def weighted_least_squares(design: Floats, target: Floats, weight: Floats, group: Positions) -> tuple[Floats, Floats]:
    """Estimates, and their covariance robust to whatever the rows of a group share (a tiny ridge keeps it solvable)."""
    gram = design.T @ (design * weight[:, None])
    bread = np.linalg.inv(gram + 1e-9 * np.trace(gram) * np.eye(design.shape[1]))
    estimate = bread @ (design.T @ (weight * target))
    pull = design * (weight * (target - design @ estimate))[:, None]
    _, where = np.unique(group, return_inverse=True)
    groups = int(where.max()) + 1
    by_group = np.column_stack([np.bincount(where, column, minlength=groups) for column in pull.T])
    correction = groups / max(groups - 1, 1)
    return estimate, correction * bread @ (by_group.T @ by_group) @ bread


def variance_between(values: Floats, variance: Floats) -> float:
    """The variance of what values estimate: what they vary by beyond their own variances, not below zero (DerSimonian
    and Laird 1986)."""
    if len(values) < 2:
        return 0.0
    precision = 1 / variance
    mean = np.average(values, weights=precision)
    beyond = float(precision @ (values - mean) ** 2) - (len(values) - 1)
    return max(beyond / float(precision.sum() - (precision**2).sum() / precision.sum()), 0.0)
