"""The classifier that `training.estimator` names, ready to be fitted."""

from importlib import import_module
from inspect import isclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier

from configs.settings import SettingsError, TrainingSettings
from ledger.errors import first_line
from models.estimators.stored import classifier_from_text, classifier_to_text

EXAMPLE = "sklearn.ensemble.RandomForestClassifier"


def new_classifier(settings: TrainingSettings) -> Any:
    """A classifier with its parameters; whatever is random in it goes by `training.seed`. SettingsError where the
    setting names none, or one that does not fit.

    The name is that of a class of scikit-learn, or of a classifier that is there already, such as a pipeline.
    """
    named = f"training.estimator {settings.estimator}"
    found = _imported(str(settings.estimator), named)
    try:
        made: Any = found() if isclass(found) else clone(found)
        made.set_params(**settings.estimator_parameters)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{named}: {first_line(error)}") from None
    if not is_classifier(made) or not hasattr(made, "predict_proba"):
        raise SettingsError(
            f"{named} gives no probabilities: choose a classifier with predict_proba, such as {EXAMPLE}."
        )
    unseeded = [name for name, value in made.get_params().items() if name.endswith("random_state") and value is None]
    return made.set_params(**dict.fromkeys(unseeded, settings.seed))


def _imported(path: str, named: str) -> Any:
    module, _, name = path.rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except Exception as error:  # a module of the user's own may fail in any way
        raise SettingsError(
            f"{named} cannot be imported: {first_line(error)}. Write a class of scikit-learn, such as {EXAMPLE}, or a "
            f"classifier in a module of yours that Python finds (PYTHONPATH)."
        ) from None
    if not (isclass(found) and issubclass(found, BaseEstimator)) and not isinstance(found, BaseEstimator):
        raise SettingsError(f"{named} is no classifier of scikit-learn: choose one, such as {EXAMPLE}.")
    return found


def require_classifier(settings: TrainingSettings) -> None:
    """SettingsError where `training.estimator` names something that cannot be trained, stored and loaded again."""
    if settings.estimator is None:
        return
    named, made = f"training.estimator {settings.estimator}", new_classifier(settings)
    rows = np.random.default_rng(0).normal(size=(200, 3))
    try:
        made.fit(rows, rows[:, 0] + rows[:, 1] > 0)
        classifier_from_text(classifier_to_text(made))
    except (TypeError, ValueError) as error:
        raise SettingsError(
            f"{named} cannot be used: {first_line(error)}. It must be one that is stored without code, such as "
            f"{EXAMPLE}. Parameters of LightGBM go into training.lightgbm."
        ) from None
