"""Learners of the effect of a contact: LightGBM, in the ways that the literature knows, behind one interface.

Single model (S), two models (T) and residuals of the contacted against those who were not (the treated half of the
X-learner): Kunzel, Sekhon, Bickel, Yu 2019, "Metalearners for estimating heterogeneous treatment effects". The single
model comes in two sizes: where effects are small, smaller trees find them better. `stack` takes all together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import lightgbm
import numpy as np
import numpy.typing as npt
import pandas as pd

from features.window_kernels import Floats, Positions
from models.risk.boosting import reproducible

NO_ARM = -1
LEARNERS: tuple["Kind", ...] = ("residual", "single", "small single", "two models")
Kind = Literal["residual", "single", "small single", "two models"]
FOLDS = 3

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Cases:
    """What an effect is learned from, one entry per row.

    `features` (float32 columns), `arm` (`NO_ARM` or the number of the treatment), `outcome`, `group` (rows of one
    group, a customer, are never parted by a fold), `weight` (how many rows a row stands for).
    """

    features: pd.DataFrame
    arm: Positions
    outcome: Floats
    group: Positions
    weight: Floats

    def some(self, rows: Bools) -> "Cases":
        """The cases where `rows`."""
        return Cases(self.features[rows], self.arm[rows], self.outcome[rows], self.group[rows], self.weight[rows])

    @property
    def treated(self) -> Bools:
        return np.asarray(self.arm != NO_ARM)


@dataclass(frozen=True)
class EffectTrees:
    """A fitted learner. `control` is there for two models only."""

    kind: Kind
    treated: lightgbm.Booster
    control: lightgbm.Booster | None = None

    def effect(self, features: pd.DataFrame, arm: Positions) -> Floats:
        """The outcome with an arm less the one without, shape (rows,)."""
        if not len(features):
            return np.zeros(0)
        with_arm = _predict(self.treated, features, arm)
        if self.kind == "residual":
            return with_arm
        if self.control is not None:
            return with_arm - _predict(self.control, features, None)
        return with_arm - _predict(self.treated, features, np.full(len(features), NO_ARM))


def folds_of(group: Positions, folds: int = FOLDS) -> Positions:
    """The fold of every row: by its group's rank among these, scattered (Knuth's multiplicative hash)."""
    return np.asarray((ranks(group) * 2_654_435_761 % 2**32) * folds // 2**32, dtype=np.int64)


def ranks(group: Positions) -> Positions:
    """Groups numbered among themselves: positions change with whom the ledger comes to know later."""
    return np.unique(group, return_inverse=True)[1].astype(np.int64)


def fit_learner(kind: Kind, cases: Cases, without: Floats, seed: int) -> EffectTrees:
    """Fit one learner; `without` is the expected outcome of every row without an arm, from other groups' rows."""
    treated = cases.treated
    if kind in ("single", "small single"):
        shape = OUTCOME_SHAPE if kind == "single" else SMALL_SHAPE
        trees = regress(cases.features, cases.outcome, seed, weight=cases.weight, arm=cases.arm, shape=shape)
        return EffectTrees(kind, trees)
    contacted = cases.some(treated)
    if kind == "residual":
        residual = contacted.outcome - without[treated]
        return EffectTrees(
            kind,
            regress(contacted.features, residual, seed, arm=contacted.arm, objective="regression", shape=EFFECT_SHAPE),
        )
    alone = cases.some(~treated)
    return EffectTrees(
        kind,
        regress(contacted.features, contacted.outcome, seed, arm=contacted.arm),
        regress(alone.features, alone.outcome, seed, weight=alone.weight),
    )


def fit_apart(cases: Cases, seed: int) -> Iterator[tuple[Bools, dict[Kind, EffectTrees]]]:
    """For every fold: its rows, and all learners fitted without them.

    The outcome without an arm is learned without them too. Else the residuals of the other folds hold these rows'
    noise with its sign turned, and a learner that fits them ranks these rows too well.
    """
    fold = folds_of(cases.group)
    for one in np.unique(fold):
        others = cases.some(fold != one)
        without = predict_across(others, ~others.treated, seed)
        yield fold == one, {kind: fit_learner(kind, others, without, seed) for kind in LEARNERS}


# Effects are small for the spread of single outcomes: a leaf averages a fiftieth of the rows, within these bounds.
LEAF_SHARE = 50
LEAST_LEAF, LARGEST_LEAF = 20, 400

# Outcomes without a contact are plenty and vary much; effects are few and small: more, and more careful, trees.
OUTCOME_SHAPE = {"learning_rate": 0.1, "num_leaves": 15, "rounds": 100}
EFFECT_SHAPE = {"learning_rate": 0.05, "num_leaves": 15, "rounds": 150}
SMALL_SHAPE = {"learning_rate": 0.05, "num_leaves": 8, "rounds": 100}


def regress(
    features: pd.DataFrame,
    target: Floats,
    seed: int,
    *,
    weight: Floats | None = None,
    arm: Positions | None = None,
    objective: str = "cross_entropy",
    shape: dict[str, float] = OUTCOME_SHAPE,
) -> lightgbm.Booster:
    """Trees for a target of shape (rows,), a share unless the objective says else; an arm, if given, is a feature."""
    parameters = {
        "objective": objective,
        "learning_rate": shape["learning_rate"],
        "num_leaves": int(shape["num_leaves"]),
        "min_data_in_leaf": max(LEAST_LEAF, min(LARGEST_LEAF, len(features) // LEAF_SHARE)),
        "feature_fraction": 0.6,
        "bagging_fraction": 0.6,
        "bagging_freq": int(len(features) > 1),  # of a single row LightGBM would draw none, and fail
        # With a rare outcome the usual 10 equals a leaf of 1,000 rows: never and seldom would be predicted the same.
        "lambda_l2": 10.0 if objective == "regression" else 1.0,
        "seed": seed,
        **reproducible(len(features)),
        "verbose": -1,
    }
    data = lightgbm.Dataset(
        _matrix(features, arm),
        target,
        weight=weight,
        feature_name=[*features.columns, *(["arm"] if arm is not None else [])],
    )
    return lightgbm.train(parameters, data, num_boost_round=int(shape["rounds"]))


def predict_across(cases: Cases, rows: Bools, seed: int, **options: str) -> Floats:
    """Predictions for all cases by models fitted on `rows` of the other folds; shape (cases,)."""
    fold = folds_of(cases.group)
    result = np.full(len(cases.outcome), cases.outcome[rows].mean() if rows.any() else 0.0)
    for one in range(FOLDS):
        here, others = fold == one, rows & (fold != one)
        if here.any() and others.any():
            learn = cases.some(others)
            trees = regress(learn.features, learn.outcome, seed, weight=learn.weight, **options)  # type: ignore[arg-type]
            result[here] = _predict(trees, cases.features[here], None)
    return result


def _predict(trees: lightgbm.Booster, features: pd.DataFrame, arm: Positions | None) -> Floats:
    return np.asarray(trees.predict(_matrix(features, arm)), dtype=np.float64)


def _matrix(features: pd.DataFrame, arm: Positions | None) -> npt.NDArray[np.float32]:
    values = features.to_numpy(dtype=np.float32)
    return values if arm is None else np.column_stack([values, arm.astype(np.float32)])
