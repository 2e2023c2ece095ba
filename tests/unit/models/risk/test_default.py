"""Default: labels over whole customers, score points, bands, and the rule where too little is known."""

import numpy as np
import pandas as pd
import pytest

from features.labels import defaults_within
from models.risk import default
from tests.support import small_models

LABELS = small_models.SETTINGS.labels


def at_odds(good_to_bad: float) -> np.ndarray:
    return np.array([1 / (1 + good_to_bad)])


@pytest.mark.parametrize(
    ("good_to_bad", "points"), [(50, 600), (100, 620), (200, 640), (25, 580), (12.5, 560), (50 / 16, 520), (1, 487)]
)
def test_points_are_600_at_50_to_1_and_20_more_where_the_odds_double(good_to_bad, points):
    assert default.score_points(at_odds(good_to_bad)) == [points]


@pytest.mark.parametrize(
    ("points", "band"), [(700, "A"), (640, "A"), (639, "B"), (600, "B"), (599, "C"), (560, "C"), (520, "D"), (519, "E")]
)
def test_a_band_begins_at_its_lowest_points(points, band):
    assert default.risk_band(np.array([float(points)])).tolist() == [band]


def test_a_higher_probability_never_has_a_better_band_or_more_points():
    points = default.score_points(np.linspace(1e-4, 1 - 1e-4, 2_000))
    assert (np.diff(points) <= 0).all()
    assert (np.diff([ord(band) for band in default.risk_band(points)]) >= 0).all()


def test_labels_are_asked_night_by_night():
    rows, known = small_models.past().customers, small_models.known()
    label = default.label_rows(rows, known, LABELS)
    for night, of_night in rows.groupby("night"):
        expected = defaults_within(known, of_night["customer"].to_numpy(), int(night), LABELS)
        np.testing.assert_array_equal(label[of_night.index], expected)


def test_nights_whose_horizon_has_not_passed_have_no_label():
    rows, known = small_models.past().customers, small_models.known()
    label = default.label_rows(rows, known, LABELS)
    open_still = rows["night"].to_numpy() + LABELS.default_horizon_days > known.observed_until
    assert open_still.any()
    np.testing.assert_array_equal(np.isnan(label), open_still)


def test_too_few_defaulted_customers_give_the_ageing_rule_which_says_why():
    model = small_models.default_rule()
    assert model.card.kind == "rule"
    assert "customers of the rarer outcome are known, and 1000000 are needed" in model.card.why
    assert "ageing" in model.card.why


def test_events_are_customers_and_not_rows():
    rows = small_models.past().customers
    label = default.label_rows(rows, small_models.known(), LABELS)
    assert small_models.default_trees().card.events == rows.loc[label == 1, "customer"].nunique()
    assert small_models.default_trees().card.rows == (~np.isnan(label)).sum()


def test_the_same_rows_in_another_order_give_the_same_model():
    shuffled = small_models.past().customers.sample(frac=1, random_state=3)
    again = default.train(shuffled, small_models.known(), LABELS, small_models.SETTINGS.training, small_models.CARD)
    assert again.scorer.booster.model_to_string() == small_models.default_trees().scorer.booster.model_to_string()


def test_every_customer_gets_a_probability_that_is_not_certain():
    for model in small_models.default_models().values():
        probability = pd.Series(model.probability(small_models.tonight().customers))
        assert probability.between(1e-4, 1 - 1e-4).all()
        assert probability.nunique() > 1
