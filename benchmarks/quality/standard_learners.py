"""The learners of uplift that everyone uses, by scikit-uplift and causalml: to compare with, where they are installed.

Neither is needed by anything else here. Small LightGBM models, the same for all of them.
"""

import warnings
from collections.abc import Callable
from importlib.util import find_spec

import lightgbm
import numpy as np
import pandas as pd

from benchmarks.quality.qini import Bools, Floats

Learner = Callable[[pd.DataFrame, Bools, Floats, pd.DataFrame], Floats]  # features, treated, outcome, whom to rank

SMALL = {
    "n_estimators": 100, "num_leaves": 8, "learning_rate": 0.05, "min_child_samples": 200,
    "random_state": 1, "n_jobs": 1, "verbose": -1,
}  # fmt: skip


def missing() -> list[str]:
    """What is not installed, by the name that pip knows."""
    return [
        name for name, module in (("scikit-uplift", "sklift"), ("causalml", "causalml")) if find_spec(module) is None
    ]


def standard_learners() -> dict[str, Learner]:
    """The learners of the libraries that are installed, by the name for a table."""
    absent = missing()
    learners: dict[str, Learner] = {}
    if "scikit-uplift" not in absent:
        learners |= {
            "scikit-uplift S (one model)": _single,
            "scikit-uplift T (two models)": _two_models,
            "scikit-uplift class transformation": _class_transformation,
        }
    if "causalml" not in absent:
        learners |= {"causalml X": _x_learner, "causalml doubly robust": _doubly_robust}
    return learners


def _single(features: pd.DataFrame, treated: Bools, outcome: Floats, others: pd.DataFrame) -> Floats:
    from sklift.models import SoloModel

    return _scikit_uplift(SoloModel(_classifier()), features, treated, outcome, others)


def _two_models(features: pd.DataFrame, treated: Bools, outcome: Floats, others: pd.DataFrame) -> Floats:
    from sklift.models import TwoModels

    return _scikit_uplift(TwoModels(_classifier(), _classifier()), features, treated, outcome, others)


def _class_transformation(features: pd.DataFrame, treated: Bools, outcome: Floats, others: pd.DataFrame) -> Floats:
    from sklift.models import ClassTransformation

    return _scikit_uplift(ClassTransformation(_classifier()), features, treated, outcome, others)


def _scikit_uplift(model, features, treated, outcome, others) -> Floats:  # type: ignore[no-untyped-def]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the arms are not of one size, and about names of columns
        model.fit(features, pd.Series(outcome.astype(int)), pd.Series(treated.astype(int)))
        return np.asarray(model.predict(others), dtype=np.float64)


def _x_learner(features: pd.DataFrame, treated: Bools, outcome: Floats, others: pd.DataFrame) -> Floats:
    from causalml.inference.meta import BaseXRegressor

    return _causalml(BaseXRegressor(lightgbm.LGBMRegressor(**SMALL)), features, treated, outcome, others)


def _doubly_robust(features: pd.DataFrame, treated: Bools, outcome: Floats, others: pd.DataFrame) -> Floats:
    from causalml.inference.meta import BaseDRRegressor

    return _causalml(BaseDRRegressor(lightgbm.LGBMRegressor(**SMALL)), features, treated, outcome, others)


def _causalml(model, features, treated, outcome, others) -> Floats:  # type: ignore[no-untyped-def]
    """The propensity is the share of the treated: a coin decided."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sides, share = treated.astype(int), treated.mean()
        model.fit(features.to_numpy(), sides, outcome, p=np.full(len(features), share))
        return np.asarray(model.predict(others.to_numpy(), p=np.full(len(others), share)), dtype=np.float64).ravel()


def _classifier() -> lightgbm.LGBMClassifier:
    return lightgbm.LGBMClassifier(**SMALL)
