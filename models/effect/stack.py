"""The learners of an effect taken together: a weighted mean, with weights by what they are worth on held-back rows.

A choice of one learner goes by noise where effects are small. Here the residuals of held-back rows are regressed on
the effect that the learners expect (the loss of the R-learner, Nie and Wager 2021, "Quasi-oracle estimation of
heterogeneous treatment effects"), with weights that are not negative and sum to one. Half of the loss is that of the
weighted mean, half the weighted mean of the learners' own losses: so a learner gets its weight by being right itself,
and not by cancelling another's noise (Lan and Syrgkanis 2024, "Causal Q-aggregation for CATE model selection").
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from features.window_kernels import Floats, Positions
from models.effect.learners import (
    LEARNERS,
    NO_ARM,
    Bools,
    Cases,
    EffectTrees,
    Kind,
    fit_apart,
    fit_learner,
    predict_across,
)

OWN_LOSS = 0.5  # of the loss, the part of the learners' own; one half is that of the literature


@dataclass(frozen=True)
class EffectStack:
    """Fitted learners, and the weight of each, shape (learners,)."""

    learners: tuple[EffectTrees, ...]
    weights: Floats

    def effect(self, features: pd.DataFrame, arm: Positions) -> Floats:
        """The weighted mean of what the learners expect, shape (rows,)."""
        return np.column_stack([learner.effect(features, arm) for learner in self.learners]) @ self.weights

    @property
    def by_learner(self) -> dict[Kind, float]:
        """The weight of each learner."""
        return {learner.kind: float(weight) for learner, weight in zip(self.learners, self.weights, strict=True)}

    def require_sound(self) -> None:
        """ValueError where the weights are none."""
        fits = self.weights.shape == (len(self.learners),) and len(self.learners) > 0
        if not (fits and (self.weights >= 0).all() and abs(self.weights.sum() - 1) < 1e-9):
            raise ValueError("the weights of the learners are not shares that sum to one")


@dataclass(frozen=True)
class HeldBack:
    """Scores of rows by models that have not seen their groups: of each learner, and of the stack; shape (rows,)."""

    by_learner: dict[Kind, Floats]
    stacked: Floats


def fit_stack(cases: Cases, weight: Floats, seed: int) -> tuple[EffectStack, HeldBack]:
    """The stack, its learners fitted on all cases, and its held-back scores.

    `weight` is what a row counts in a comparison (`comparison_weight`). The held-back score of a fold is made with the
    weights that the other folds ask for. A fold that cannot be compared asks for equal weights.
    """
    without = predict_across(cases, ~cases.treated, seed)
    scores = np.zeros((len(cases.arm), len(LEARNERS)))
    folds = []
    for here, learners in fit_apart(cases, seed):
        scores[here] = np.column_stack([own_arm(learners[kind], cases, here) for kind in LEARNERS])
        folds.append(here)
    residual = cases.outcome - without
    by_fold = [stack_weights(scores[here], residual[here], cases.treated[here], weight[here]) for here in folds]
    stacked = np.zeros(len(cases.arm))
    for place, here in enumerate(folds):
        others = by_fold[:place] + by_fold[place + 1 :]
        stacked[here] = scores[here] @ _mean(others or by_fold)
    learners_on_all = tuple(fit_learner(kind, cases, without, seed) for kind in LEARNERS)
    held_back = HeldBack(dict(zip(LEARNERS, scores.T, strict=True)), stacked)
    return EffectStack(learners_on_all, _mean(by_fold)), held_back


def stack_weights(scores: Floats, residual: Floats, treated: Bools, weight: Floats) -> Floats:
    """The weights that held-back rows ask for, shape (learners,); equal ones where the rows cannot say.

    `scores` has shape (rows, learners), `residual` is the outcome less what was expected without an arm. As in
    `effect_line`, the mean effect is left free, and so is what the residuals of both sides have in common along the
    scores: where the outcome without an arm was expected wrongly, that is no effect.
    """
    equal: Floats = np.full(scores.shape[1], 1 / scores.shape[1])
    if not treated.any() or treated.all():
        return equal
    root = np.sqrt(weight)
    side = (treated - np.average(treated, weights=weight)) * root
    free = np.column_stack([root, side, scores * root[:, None]])
    both = np.column_stack([scores * side[:, None], residual * root])
    both -= free @ np.linalg.lstsq(free, both, rcond=None)[0]
    moved, target = both[:, :-1], both[:, -1]
    gram, pull = moved.T @ moved, moved.T @ target
    if np.trace(gram) <= 0:
        return equal
    return _least_on_simplex((1 - OWN_LOSS) * gram, pull - OWN_LOSS * np.diag(gram) / 2)


def own_arm(learner: EffectTrees, cases: Cases, here: Bools) -> Floats:
    """The score for the arm that was used; elsewhere the mean over the arms as they are used."""
    features, arm = cases.features[here], cases.arm[here]
    used, counts = np.unique(cases.arm[cases.treated], return_counts=True)
    by_arm = np.column_stack([learner.effect(features, np.full(len(features), one)) for one in used])
    place = np.searchsorted(used, np.maximum(arm, used[0]))
    mixed = by_arm @ (counts / counts.sum())
    return np.asarray(np.where(arm == NO_ARM, mixed, by_arm[np.arange(len(arm)), place]))


def _least_on_simplex(gram: Floats, pull: Floats) -> Floats:
    """The w with w >= 0 and sum 1 that makes w'Gw - 2 pull'w least.

    Exact: the best of all sets of learners that may have a weight, few as they are.
    """
    count = len(pull)
    ridge = 1e-9 * np.trace(gram) * np.eye(count)  # two learners that say the same share their weight
    best, least = np.full(count, 1 / count), float("inf")
    for size in range(1, count + 1):
        for some in map(list, combinations(range(count), size)):
            system = np.ones((size + 1, size + 1))
            system[:size, :size] = (gram + ridge)[np.ix_(some, some)]
            system[size, size] = 0.0
            found = np.linalg.solve(system, np.append(pull[some], 1.0))[:size]
            weights = np.zeros(count)
            weights[some] = found
            loss = float(weights @ gram @ weights - 2 * pull @ weights)
            if (found >= 0).all() and loss < least:
                best, least = weights, loss
    return np.asarray(best / best.sum())


def _mean(weights: list[Floats]) -> Floats:
    return np.asarray(np.mean(weights, axis=0))
