"""A stored classifier answers as it did, and one that was changed is refused before it is asked anything."""

import os

import numpy as np
import pytest
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from models.estimators.stored import classifier_from_text, classifier_to_text

ROWS = np.random.default_rng(1).normal(size=(300, 4))
LABEL = (ROWS[:, 0] + ROWS[:, 1] * ROWS[:, 2] > 0).astype(int)


@pytest.mark.parametrize(
    "classifier",
    [
        RandomForestClassifier(5, max_leaf_nodes=7),
        ExtraTreesClassifier(5),
        DecisionTreeClassifier(),
        GradientBoostingClassifier(n_estimators=5),
        HistGradientBoostingClassifier(max_iter=5),
        make_pipeline(StandardScaler(), LogisticRegression()),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_classifier_answers_as_before_it_was_stored(classifier):
    classifier.fit(ROWS, LABEL)
    again = classifier_from_text(classifier_to_text(classifier))
    np.testing.assert_array_equal(again.predict_proba(ROWS), classifier.predict_proba(ROWS))


def changed_forest(field: str, value: int) -> RandomForestClassifier:
    """A forest with another value in the first node of its last tree."""
    forest = RandomForestClassifier(3, random_state=1).fit(ROWS, LABEL)
    tree = forest.estimators_[-1].tree_
    state = tree.__getstate__()
    state["nodes"][field][0] = value
    tree.__setstate__(state)
    return forest


@pytest.mark.parametrize(
    ("field", "value"), [("left_child", 10**6), ("right_child", 0), ("left_child", -5), ("feature", 4), ("feature", -1)]
)
def test_a_tree_that_leads_out_of_itself_is_refused(field: str, value: int):
    with pytest.raises(ValueError, match="do not fit each other or the features"):
        classifier_from_text(classifier_to_text(changed_forest(field, value)))


@pytest.mark.parametrize(
    ("field", "value"), [("left", 10**6), ("right", 0), ("feature_idx", 99), ("is_categorical", 1)]
)
def test_so_is_a_tree_of_histograms(field: str, value: int):
    boosted = HistGradientBoostingClassifier(max_iter=3).fit(ROWS, LABEL)
    boosted._predictors[-1][0].nodes[field][0] = value
    with pytest.raises(ValueError, match="it has a tree"):
        classifier_from_text(classifier_to_text(boosted))


def test_a_tree_cannot_ask_for_more_columns_than_the_forest_is_given():
    forest = RandomForestClassifier(3, random_state=1).fit(ROWS, LABEL)
    forest.n_features_in_ = 1
    with pytest.raises(ValueError, match="do not fit each other or the features"):
        classifier_from_text(classifier_to_text(forest))


def test_what_could_run_code_is_not_loaded():
    armed = make_pipeline(FunctionTransformer(os.system), LogisticRegression())
    with pytest.raises(ValueError, match="loading that could run code"):
        classifier_from_text(classifier_to_text(armed))


@pytest.mark.parametrize("text", ["", "bm90IGEgemlw", "not base64!"])
def test_what_is_no_classifier_is_refused(text: str):
    with pytest.raises(ValueError, match="it is no stored classifier"):
        classifier_from_text(text)
