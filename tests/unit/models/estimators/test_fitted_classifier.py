"""A classifier of scikit-learn as a scorer: seeded, its reasons add up, and values may be missing."""

import sys
import types
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures

from configs.settings import SettingsError, TrainingSettings, load_settings
from models.estimators.fitted import FittedClassifier, fit_classifier
from models.estimators.from_setting import new_classifier, require_classifier

NAMES = ["a", "b", "c", "d"]
FOREST = "sklearn.ensemble.RandomForestClassifier"

at_hand = make_pipeline(PolynomialFeatures(2, interaction_only=True), LogisticRegression(C=2.0))


def rows(count: int = 400, missing: float = 0.0) -> tuple[pd.DataFrame, np.ndarray]:
    draw = np.random.default_rng(3)
    values = draw.normal(size=(count, len(NAMES)))
    label = (values[:, 0] + values[:, 1] * values[:, 2] + draw.normal(size=count) > 0).astype(float)
    values[draw.random(values.shape) < missing] = np.nan
    return pd.DataFrame(values.astype(np.float32), columns=NAMES), label


def named(name: str, **parameters: object) -> TrainingSettings:
    return load_settings((f"training.estimator={name}", f"training.estimator_parameters={parameters}")).training


@pytest.mark.parametrize(
    "name",
    [FOREST, "sklearn.linear_model.LogisticRegression", "sklearn.ensemble.HistGradientBoostingClassifier"],
)
def test_what_features_add_adds_up_to_the_score_missing_values_or_not(name: str):
    known, label = rows(missing=0.2)
    known["d"] = np.nan  # never known, as the window of a year on an early night
    fitted = fit_classifier(known, label, NAMES, named(name))
    parts = fitted.contributions(known)
    np.testing.assert_allclose(parts.sum(axis=1), fitted.raw(known), atol=1e-9)
    assert np.isfinite(parts).all() and not parts[:, 3].any()
    assert np.corrcoef(fitted.raw(known), label)[0, 1] > 0.3
    np.testing.assert_array_equal(fitted.contributions(known[5:6]), parts[5:6])


def shapley(fitted: FittedClassifier, row: pd.DataFrame) -> np.ndarray:
    """Shapley values by their definition: over all sets of features, the others being what is usual."""
    usual = pd.DataFrame([fitted.usual], columns=NAMES, dtype="float32")

    def worth(some: tuple[str, ...]) -> float:
        return float(fitted.raw(usual.assign(**{name: row[name].to_numpy() for name in some}))[0])

    values = []
    for name in NAMES:
        others = [one for one in NAMES if one != name]
        gains = [
            (worth((*some, name)) - worth(some)) / comb(len(others), size) / len(NAMES)
            for size in range(len(NAMES))
            for some in combinations(others, size)
        ]
        values.append(sum(gains))
    return np.array(values)


def test_where_no_more_than_two_features_work_together_they_are_the_shapley_values():
    known, label = rows()
    classifier = make_pipeline(PolynomialFeatures(2, interaction_only=True), LogisticRegression(C=2.0))
    fitted = FittedClassifier(classifier.fit(known.to_numpy(), label), NAMES, known.median().tolist(), [])
    for place in (0, 7, 100):
        one = known.iloc[[place]]
        np.testing.assert_allclose(fitted.contributions(one)[0, :-1], shapley(fitted, one), atol=1e-6)


def test_the_seed_decides_and_threads_do_not():
    known, label = rows()
    once, again = (fit_classifier(known, label, NAMES, named(FOREST, n_jobs=jobs)) for jobs in (1, 2))
    np.testing.assert_array_equal(once.raw(known), again.raw(known))
    assert again.classifier.n_jobs == 1
    other = named(FOREST).model_copy(update={"seed": 8})
    assert (fit_classifier(known, label, NAMES, other).raw(known) != once.raw(known)).any()


def test_a_certain_forest_is_not_taken_at_its_word():
    known, label = rows()
    raw = fit_classifier(known, label, NAMES, named(FOREST, min_samples_leaf=1, bootstrap=False)).raw(known)
    assert np.abs(raw).max() <= logit(1 - 1e-4) + 1e-9


def test_a_classifier_that_is_there_already_is_used_as_it_is_but_not_changed(monkeypatch: pytest.MonkeyPatch):
    module = types.ModuleType("models_of_ours")
    module.pipeline = at_hand  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "models_of_ours", module)
    made = new_classifier(named("models_of_ours.pipeline", logisticregression__C=0.5))
    assert made.get_params()["logisticregression__C"] == 0.5
    assert at_hand.get_params()["logisticregression__C"] == 2.0
    require_classifier(named("models_of_ours.pipeline"))


@pytest.mark.parametrize(
    ("name", "parameters", "told"),
    [
        ("nowhere.Forest", {}, "cannot be imported: No module named 'nowhere'"),
        ("sklearn.ensemble.RandomForrest", {}, "cannot be imported"),
        ("os.system", {}, "is no classifier of scikit-learn"),
        ("sklearn.linear_model.LinearRegression", {}, "gives no probabilities"),
        ("sklearn.ensemble.VotingClassifier", {}, "missing 1 required positional argument"),
        (FOREST, {"min_sample_leaf": 3}, "Invalid parameter 'min_sample_leaf'"),
        (FOREST, {"n_estimators": -3}, "'n_estimators' parameter of RandomForestClassifier must be"),
        ("lightgbm.LGBMClassifier", {}, "Parameters of LightGBM go into training.lightgbm"),
        ("sklearn.neighbors.KNeighborsClassifier", {}, "loading that could run code"),
    ],
)
def test_what_cannot_be_used_is_said_before_anything_is_trained(name: str, parameters: dict[str, object], told: str):
    with pytest.raises(SettingsError, match=told) as refused:
        require_classifier(named(name, **parameters))
    assert f"training.estimator {name}" in str(refused.value)


def test_rows_that_a_classifier_refuses_are_a_matter_of_the_setting():
    known, label = rows()
    with pytest.raises(SettingsError, match="Negative values in data"):
        fit_classifier(known.assign(a=-1.0), label, NAMES, named("sklearn.naive_bayes.ComplementNB"))
