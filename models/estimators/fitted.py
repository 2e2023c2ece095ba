"""A fitted classifier as a scorer: its log-odds, and what each feature adds to them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logit
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from configs.settings import SettingsError, TrainingSettings
from features.window_kernels import Floats
from ledger.errors import first_line
from models.estimators.from_setting import new_classifier

EDGE = 1e-4  # a forest may be certain; no probability is
BLOCK_ROWS = 4_096
SmallFloats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class FittedClassifier:
    """A classifier of scikit-learn, fitted to 0 and 1.

    `usual` is what each feature usually is (the median of what was learned from), which contributions are compared
    with. `empty` are the columns of which nothing was known then: they count as zero, as many classifiers refuse them.
    """

    classifier: Any
    features: list[str]
    usual: list[float]
    empty: list[int]

    def raw(self, rows: pd.DataFrame) -> Floats:
        """Log-odds, shape (rows,)."""
        return self._raw(rows[self.features].to_numpy(dtype=np.float32))

    def contributions(self, rows: pd.DataFrame) -> Floats:
        """Shape (rows, features + 1): what each feature adds to the log-odds of the usual row, which come last.

        Each feature in turn is changed from what is usual to what the row has, once in the order of the features and
        once in the opposite one; what the log-odds change by is the mean of both. Rows add up to `raw`. These are the
        Shapley values as long as no more than two features work together, and an approximation beyond that.
        """
        values = rows[self.features].to_numpy(dtype=np.float32)
        blocks = [self._explained(values[at : at + BLOCK_ROWS]) for at in range(0, len(values), BLOCK_ROWS)]
        return np.concatenate([np.zeros((0, len(self.features) + 1)), *blocks])

    def _explained(self, values: SmallFloats) -> Floats:
        usual = np.asarray(self.usual, dtype=np.float32)
        parts = np.zeros((len(values), len(usual) + 1))
        parts[:, -1] = self._raw(usual[None])
        differing = np.flatnonzero((values != usual).any(axis=0))
        for order in (differing, differing[::-1]):
            changed, before = np.tile(usual, (len(values), 1)), parts[:, -1]
            for column in order:
                changed[:, column] = values[:, column]
                after = self._raw(changed)
                parts[:, column] += (after - before) / 2
                before = after
        return parts

    def _raw(self, values: SmallFloats) -> Floats:
        if len(values) == 0:
            return np.zeros(0)
        chance = self.classifier.predict_proba(_filled(values, self.empty))[:, 1]
        return np.asarray(logit(np.clip(chance.astype(np.float64), EDGE, 1 - EDGE)))


def fit_classifier(
    rows: pd.DataFrame, label: Floats, features: list[str], settings: TrainingSettings
) -> FittedClassifier:
    """The classifier of `training.estimator`, fitted; SettingsError where it refuses the rows.

    Where it cannot do with missing values these are the median, and all features are scaled.
    """
    values = rows[features].to_numpy(dtype=np.float32)
    empty = np.flatnonzero(np.isnan(values).all(axis=0)).tolist()
    values = _filled(values, empty)
    classifier = new_classifier(settings)
    if not classifier.__sklearn_tags__().input_tags.allow_nan:
        classifier = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), classifier)
    try:
        classifier.fit(values, label.astype(np.int64))
    except (TypeError, ValueError) as error:
        raise SettingsError(f"training.estimator {settings.estimator}: {first_line(error)}") from None
    # A forest adds its trees up in the order in which threads end: on one thread it always says the same.
    threaded = [name for name in classifier.get_params() if name.endswith("n_jobs")]
    classifier.set_params(**dict.fromkeys(threaded, 1))
    return FittedClassifier(classifier, features, np.nanmedian(values, axis=0).tolist(), empty)


def _filled(values: SmallFloats, empty: list[int]) -> SmallFloats:
    if empty:
        values = values.copy()
        values[:, empty] = 0.0
    return values
