"""A forest in the place of the trees is calibrated on later nights and asked as they are; the trees take parameters."""

import numpy as np
import pytest

from configs.settings import SettingsError, load_settings
from models.curves.pay_curve import GRID, unpaid_curve
from models.evaluation.metrics import metrics
from models.registry.model_card import card_text
from models.risk import default, late_payment
from models.risk.explain import contributions, explained
from tests.support import small_models


def test_a_forest_is_a_model_of_its_own_kind_and_says_what_it_is():
    for model in (small_models.late_forest(), small_models.default_forest()):
        assert model.card.kind == "estimator"
        assert not model.label.endswith("(naive rule)")
        text = card_text(model, {})
        assert "- kind: sklearn.ensemble.RandomForestClassifier with {'n_estimators': 5, 'max_depth': 5}" in text


def test_it_is_calibrated_on_nights_that_its_trial_has_not_seen():
    model = small_models.late_forest()
    assert set(model.card.calibration_losses) == {"none", "platt"}
    assert model.card.tree_weight_losses == {}
    assert 0 < model.pay_dates.low < model.pay_dates.high < 1


def test_its_curve_never_rises_and_it_distinguishes_payers():
    model, rows = small_models.late_forest(), small_models.tonight().invoices
    unpaid = unpaid_curve(model.probability, rows, GRID[-1])
    assert (np.diff(unpaid, axis=1) <= 1e-12).all()
    asked, label = late_payment.training_rows(
        small_models.past().invoices, small_models.known(), small_models.SETTINGS.labels, 10**6
    )
    assert metrics(label, model.probability(asked), 0.1)["auc"] > 0.75


@pytest.mark.parametrize("name", [late_payment.NAME, default.NAME])
def test_its_reasons_add_up_to_the_score_and_are_in_words(name: str):
    late = name == late_payment.NAME
    model = small_models.late_forest() if late else small_models.default_forest()
    rows = small_models.tonight().invoices if late else small_models.tonight().customers
    if late:
        rows = late_payment.question(rows, np.full(len(rows), 30))
    parts = contributions(model, rows)
    np.testing.assert_allclose(parts.sum(axis=1), model.scorer.raw(rows), atol=1e-9)
    table = explained(model, parts, rows, rows["customer"].astype("str"), 3).table(name)
    told = table[table["position"] <= 3]
    assert len(told) > len(rows) and (told["text"] != "").all()


def test_other_parameters_reach_the_trees_and_go_over_ours():
    settings = load_settings(("training.lightgbm={num_leaves: 3, lambda_l1: 2.5}", "training.trees=5")).training
    past, known, labels = small_models.past(), small_models.known(), small_models.SETTINGS.labels
    model = late_payment.train(past.invoices, known, labels, settings, small_models.CARD)
    parameters = model.scorer.booster.params
    assert (parameters["num_leaves"], parameters["lambda_l1"], parameters["objective"]) == (3, 2.5, "binary")
    assert model.scorer.booster.dump_model()["tree_info"][0]["num_leaves"] <= 3


@pytest.mark.parametrize("given", ["{objective: regression}", "{seed: 3}", "{num_leave: 3}", "{num_leaves: many}"])
def test_parameters_that_would_make_something_else_of_the_trees_are_refused(given: str):
    with pytest.raises(SettingsError, match=r"training\.lightgbm"):
        load_settings((f"training.lightgbm={given}",))
