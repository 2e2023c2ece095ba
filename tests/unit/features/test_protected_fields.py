"""Protected fields: no feature reads a person's name or address, and features made of a listed field enter no model."""

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from features.catalogue import CATALOGUE, names
from features.engine import features_at
from features.protected_fields import fields_read, made_of, unprotected
from ledger.as_of.view import view_as_of
from ledger.portfolio import number
from ledger.simulator import simulate
from models.risk import default, late_payment
from tests.support import small_models

SETTINGS = small_models.SETTINGS
PROTECTED = load_settings().fairness.protected_fields


def test_no_declared_feature_reads_a_field_that_is_protected_by_default():
    assert {"name", "email", "phone", "gender", "nationality"} <= set(PROTECTED)
    assert [feature.name for feature in CATALOGUE if fields_read(feature) & set(PROTECTED)] == []
    assert made_of(PROTECTED) == set()


def test_what_features_are_said_to_read_of_customers_is_all_that_they_read():
    """Scramble each column of `customers`: only the features that say so may change."""
    tables = simulate(60, 200, 3).tables
    tables["customers"] = tables["customers"].assign(credit_limit=100_000 + 1_000 * np.arange(60))

    def computed(customers: pd.DataFrame) -> pd.DataFrame:
        view = view_as_of(number({**tables, "customers": customers}), pd.Timestamp("2023-07-01"), "EUR")
        return features_at(view, SETTINGS.labels).customers

    before = computed(tables["customers"])
    for column in sorted(set(tables["customers"]) - {"customer_id", "currency", "parent_id"}):
        shuffled = tables["customers"][column].sample(frac=1, random_state=1).set_axis(tables["customers"].index)
        after = computed(tables["customers"].assign(**{column: shuffled}))
        changed = {name for name in before if not before[name].equals(after[name])}
        assert changed == {feature.name for feature in CATALOGUE if column in fields_read(feature)}, column


def test_features_made_of_a_listed_field_are_left_out():
    assert made_of(("country",)) == {"country_late_share"}
    assert made_of(("industry", "credit_limit")) == {"industry_late_share", "credit_use"}
    left = unprotected(names("customer"), ("country",))
    assert left == [name for name in names("customer") if name != "country_late_share"]


@pytest.mark.parametrize("least", [2, 10**6], ids=["trees", "rule"])
def test_models_know_nothing_of_a_protected_field(least):
    training = SETTINGS.training.model_copy(update={"min_events": least, "trees": 3})
    spine = small_models.past()
    for module, rows in ((late_payment, spine.invoices), (default, spine.customers)):
        without = rows.drop(columns=["country_late_share", "industry_late_share"])
        model = module.train(
            without, small_models.known(), SETTINGS.labels, training, small_models.CARD, ("country", "industry")
        )
        assert not {"country_late_share", "industry_late_share"} & set(model.scorer.features)
        parts = model.scorer.contributions(without.head(5).assign(horizon_days=7.0, horizon_past_due=3.0))
        assert parts.shape == (5, len(model.scorer.features) + 1)
