"""A fitted model: trees or a naive rule, a calibrator, and what they were learned from."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, Protocol

import lightgbm
import numpy as np
import pandas as pd

from features.catalogue import catalogue_hash, changed_features
from features.window_kernels import Floats
from models.risk.calibration import Calibrator
from models.risk.init_score import Start
from models.risk.pay_date_levels import Levels
from models.shap.tree_shap import FastTrees

# How much of what the trees say may count compared with what they start from; the simplest first.
TREE_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)


class Scorer(Protocol):
    """What gives raw scores (log-odds) and their contributions."""

    @property
    def features(self) -> list[str]: ...

    def raw(self, rows: pd.DataFrame) -> Floats:
        """Log-odds, shape (rows,)."""
        ...

    def contributions(self, rows: pd.DataFrame) -> Floats:
        """Shape (rows, features + 1): what each feature adds, and last the base value; rows add up to `raw`."""
        ...


@dataclass(frozen=True)
class Trees:
    """A LightGBM model, with what it starts from where that is not nothing.

    The trees count `tree_weight` times (one of `TREE_WEIGHTS`). Contributions are exact: TreeSHAP values (Lundberg et
    al. 2020) of the trees, times their weight, and the terms of the start.
    """

    booster: lightgbm.Booster
    start: Start | None = None
    tree_weight: float = 1.0

    def __post_init__(self) -> None:
        if isinstance(self.tree_weight, bool) or self.tree_weight not in TREE_WEIGHTS:
            raise ValueError(f"the trees' weight is {self.tree_weight!r}; expected one of {TREE_WEIGHTS}")

    @property
    def features(self) -> list[str]:
        return list(self.booster.feature_name())

    def weighted(self, tree_weight: float) -> "Trees":
        """The same trees, followed so far."""
        return self if tree_weight == self.tree_weight else replace(self, tree_weight=tree_weight)

    def raw(self, rows: pd.DataFrame) -> Floats:
        if len(rows) == 0:
            return np.zeros(0)
        trees = self.tree_weight * self._fast.scores(rows[self.features].to_numpy())
        return trees if self.start is None else trees + self.start.raw(rows)

    def contributions(self, rows: pd.DataFrame) -> Floats:
        if len(rows) == 0:
            return np.zeros((0, len(self.features) + 1))
        parts = self.tree_weight * self._fast.contributions(rows[self.features].to_numpy())
        if self.start is not None:
            self.start.add_to(parts, self.features, rows)
        return parts

    @cached_property
    def _fast(self) -> FastTrees:
        return FastTrees(self.booster)


@dataclass(frozen=True)
class Card:
    """What a model is and was learned from; written next to it. `cash` is of `CashCorrection`, for late payment,
    `usual` the mean of each feature in what it was learned from, and `feature_hashes` say how each was computed then
    (none in models of an earlier duerank)."""

    name: str
    kind: Literal["lightgbm", "estimator", "rule"]
    why: str
    trained_on: str
    catalogue_hash: str
    data_hash: str
    settings: dict[str, Any]
    rows: int
    events: int
    metrics: dict[str, float] = field(default_factory=dict)
    calibration_losses: dict[str, float] = field(default_factory=dict)
    tree_weight_losses: dict[str, float] = field(default_factory=dict)
    cash: dict[str, list[float]] = field(default_factory=dict)
    usual: dict[str, float] = field(default_factory=dict)
    feature_hashes: dict[str, str] = field(default_factory=dict)

    def changed(self, used: Sequence[str]) -> list[str]:
        """The features of those used that are computed otherwise now than when the model was trained."""
        return [] if self.catalogue_hash == catalogue_hash() else changed_features(used, self.feature_hashes)


@dataclass(frozen=True)
class RiskModel:
    """A scorer with its calibrator and card; `version` is the registry's, or what it was made for.

    `pay_dates` are the levels of the curve at which a late-payment model reads p10 and p90.
    """

    scorer: Scorer
    calibrator: Calibrator
    card: Card
    version: str = "unregistered"
    pay_dates: Levels = field(default_factory=Levels)

    def probability(self, rows: pd.DataFrame) -> Floats:
        """Calibrated probabilities, shape (rows,)."""
        return self.calibrator.probability(self.scorer.raw(rows))

    @property
    def label(self) -> str:
        """How the model is named on a worklist: name, version, and that it is a rule where it is one."""
        return f"{self.card.name}={self.version}" + (" (naive rule)" if self.card.kind == "rule" else "")
