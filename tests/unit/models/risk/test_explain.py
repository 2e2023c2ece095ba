"""Reasons: exact contributions that add up, and words whose direction and figures are those of the row."""

import numpy as np
import pandas as pd
import pytest

from features.catalogue import BY_NAME, CATALOGUE
from features.declarations import BASE, OTHERS, figure
from models.curves.pay_curve import question
from models.risk import explain
from models.risk.default import START_FEATURES
from models.risk.reason_words import reason_text
from models.risk.scoring import amount_at_risk
from tests.support import small_models

CASES = ["late trees", "late rule", "default trees", "default rule"]


def case(name: str):
    """A model and all rows of the past to explain with it."""
    about, kind = name.split()
    if about == "default":
        return small_models.default_models()[kind], small_models.past().customers
    rows = small_models.past().invoices
    horizon = np.random.default_rng(1).integers(1, 90, len(rows))
    return small_models.late_models()[kind], question(rows, horizon)


def told(name: str, most: int = 3):
    model, rows = case(name)
    parts = explain.contributions(model, rows)
    entity = pd.Series([f"E{at:05}" for at in range(len(rows))], dtype="str")
    return explain.reasons(model, "model", parts, rows, entity, most), model, rows.reset_index(drop=True)


@pytest.mark.parametrize("name", CASES)
def test_contributions_and_the_base_equal_the_raw_score_on_every_row(name):
    model, rows = case(name)
    parts = explain.contributions(model, rows)
    assert parts.shape == (len(rows), len(model.scorer.features) + 1)
    raw = model.scorer.raw(rows)
    assert (np.abs(parts.sum(axis=1) - raw) <= 1e-6 * np.abs(raw)).all()


@pytest.mark.parametrize("name", CASES)
def test_the_contributions_of_a_table_of_reasons_add_up_to_the_raw_score(name):
    table, model, rows = told(name)
    raw = model.scorer.raw(rows)
    added = table.groupby("entity")["contribution"].sum().to_numpy()
    assert (np.abs(added - raw) <= 1e-6 * np.abs(raw)).all()


@pytest.mark.parametrize("name", CASES)
def test_the_words_say_the_direction_of_the_contribution(name):
    table, *_ = told(name)
    spoken = table[table["text"] != ""]
    raises = spoken["text"].str.endswith("(raises the risk)")
    lowers = spoken["text"].str.endswith("(lowers the risk)")
    np.testing.assert_array_equal(raises, spoken["contribution"] > 0)
    np.testing.assert_array_equal(lowers, spoken["contribution"] < 0)


@pytest.mark.parametrize("name", CASES)
def test_every_entity_has_its_reasons_then_the_rest_then_the_base(name):
    table, *_ = told(name)
    assert not table.duplicated(["entity", "position"]).any()
    last = table.groupby("entity")["feature"].agg(lambda names: tuple(names)[-2:])
    assert set(last) == {(OTHERS, BASE)}
    assert table.groupby("entity")["feature"].agg(lambda names: names.is_unique).all()


def test_what_raises_the_risk_comes_first_and_the_weightier_before_the_lighter():
    table, *_ = told("late trees")
    spoken = table[table["text"] != ""]
    for _, reasons in spoken.head(600).groupby("entity"):
        value = reasons["contribution"].to_numpy()
        expected = sorted(value, key=lambda one: (one <= 0, -abs(one)))
        assert list(value) == expected


def test_one_statistic_is_told_over_one_window_only():
    table, *_ = told("late trees")
    spoken = table[table["text"] != ""]
    stems = spoken["feature"].map(explain.stem)
    assert not pd.DataFrame({"entity": spoken["entity"], "stem": stems}).duplicated().any()


def test_the_figure_in_the_table_is_the_rows_own():
    table, _, rows = told("late trees")
    spoken = table[table["text"] != ""].iloc[::97]
    for reason in spoken.itertuples():
        value = rows.loc[int(reason.entity[1:]), reason.feature]
        assert reason.value == value or (np.isnan(reason.value) and np.isnan(value))
        feature = BY_NAME[reason.feature]
        if not np.isnan(value) and feature.minus is None:
            assert (figure(value, feature.unit) in reason.text) or (value == 1 and feature.of_one in reason.text)


@pytest.mark.parametrize("name", CASES)
def test_every_text_is_made_of_the_figures_of_its_own_row(name):
    table, _, rows = told(name)
    spoken = table[table["text"] != ""].iloc[::7]
    for reason in spoken.itertuples():
        row = rows.loc[int(reason.entity[1:])]
        value = float(row[reason.feature])
        assert reason.text == reason_text(reason.feature, value, row, reason.contribution)


def test_the_table_is_ordered_by_entity_whatever_the_order_of_the_rows():
    model, rows = case("late trees")
    rows = rows.head(500)
    parts = explain.contributions(model, rows)
    entity = pd.Series([f"E{at:05}" for at in range(len(rows))], dtype="str")
    mixed = np.random.default_rng(2).permutation(len(rows))
    expected = explain.reasons(model, "model", parts, rows, entity, 3)
    table = explain.reasons(model, "model", parts[mixed], rows.iloc[mixed], entity.iloc[mixed], 3)
    pd.testing.assert_frame_equal(table, expected)


def test_the_rule_tells_only_the_features_that_it_uses():
    table, *_ = told("late rule")
    assert set(table.loc[table["text"] != "", "feature"]) <= {"late_share_all"}
    table, *_ = told("default rule")
    assert set(table.loc[table["text"] != "", "feature"]) <= {*START_FEATURES, "open_count"}


def test_a_missing_figure_is_told_as_no_record():
    text = reason_text("delay_mean_90d", np.nan, {}, 0.3)
    assert text == f"No record yet of {BY_NAME['delay_mean_90d'].meaning} (raises the risk)"


@pytest.mark.parametrize("feature", [one for one in CATALOGUE if one.minus is not None], ids=lambda one: one.name)
def test_a_difference_is_told_with_the_figures_of_both_sides(feature):
    recent, earlier = feature.minus
    text = reason_text(feature.name, 18.0, {recent: 21.0, earlier: 3.0}, -0.1)
    assert figure(21.0, feature.unit) in text
    assert figure(3.0, feature.unit) in text
    assert text.endswith("(lowers the risk)")
    missing = reason_text(feature.name, np.nan, {recent: 21.0, earlier: np.nan}, 0.1)
    assert missing.startswith("No record yet of")


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda one: one.name)
def test_every_feature_can_be_told(feature):
    sides = dict.fromkeys(feature.minus or (), 1.0)
    text = reason_text(feature.name, 1.0, sides, 0.2)
    assert "{" not in text and "}" not in text
    assert text[0].isupper() or text[0].isdigit()
    assert text.endswith(" (raises the risk)")


def test_a_customers_contributions_are_the_weighted_mean_of_its_invoices():
    model, rows = case("late trees")
    rows = rows[rows["night"] == rows["night"].max()]
    draw = np.random.default_rng(4)
    invoices = rows[["customer", "invoice"]].assign(
        open_amount=draw.integers(1, 10_000, len(rows)), collectible=draw.integers(0, 2, len(rows)) * 500
    )
    parts = explain.contributions(model, rows)
    customers, mixed, figures = explain.by_customer(parts, rows, invoices)
    weight, raw = amount_at_risk(invoices), model.scorer.raw(rows)
    assert customers.tolist() == sorted(set(rows["customer"]))
    for at, customer in enumerate(customers):
        own = (rows["customer"] == customer).to_numpy()
        assert mixed[at].sum() == pytest.approx(np.average(raw[own], weights=weight[own]), rel=1e-6)
        heaviest = rows[own].iloc[int(np.argmax(weight[own]))]
        assert weight[own].max() == weight[(rows["invoice"] == figures.iloc[at]["invoice"]).to_numpy()][0]
        assert heaviest["customer"] == figures.iloc[at]["customer"]


def test_no_rows_give_no_reasons():
    model, rows = case("late trees")
    parts = explain.contributions(model, rows.head(0))
    table = explain.reasons(model, "model", parts, rows.head(0), pd.Series([], dtype="str"), 3)
    assert len(table) == 0
    assert list(table) == list(explain.COLUMNS)
