"""Calibration by group: counted by hand, and the worst large group named."""

import numpy as np
import pandas as pd
import pytest

from models.evaluation.calibration_by_group import (
    AGEING_NAMES,
    LEAST_ROWS,
    calibration_by_group,
    customer_groups,
    worst_group_error,
)
from models.evaluation.metrics import calibration_error
from tests.support import small_models


def test_every_group_has_its_shares_its_error_and_its_standard_error():
    label = np.array([1.0, 0.0, 1.0, 1.0])
    probability = np.array([0.5, 0.1, 0.9, 0.4])
    groups = pd.DataFrame({"country": ["DE", "FR", "DE", "DE"]})
    table = calibration_by_group(label, probability, pd.Series([7, 8, 7, 9]), groups)
    assert table[["field", "group", "rows", "customers"]].to_numpy().tolist() == [
        ["all", "all", 4, 3], ["country", "DE", 3, 2], ["country", "FR", 1, 1],
    ]  # fmt: skip
    german = table.iloc[1]
    assert (german["observed"], german["predicted"]) == (1.0, pytest.approx(0.6))
    assert german["error"] == pytest.approx(0.4)
    # differences -.5 and -.1 of one customer, -.6 of another, around their mean of -.4: sums .2 and -.2
    assert german["standard_error"] == pytest.approx(np.sqrt(0.2**2 + 0.2**2) / 3)
    assert np.isnan(german["ece"])


def test_large_groups_have_an_expected_calibration_error():
    draw = np.random.default_rng(1)
    probability = draw.random(2_000)
    label = (draw.random(2_000) < probability).astype(float)
    groups = pd.DataFrame({"ageing": np.where(np.arange(2_000) < 1_500, "not overdue", "1-30")})
    table = calibration_by_group(label, probability, pd.Series(np.arange(2_000)), groups).set_index("group")
    assert table.loc["not overdue", "ece"] == calibration_error(label[:1_500], probability[:1_500])
    assert table.loc["all", "ece"] == calibration_error(label, probability)


def test_the_worst_group_is_the_worst_of_the_large_ones():
    table = pd.DataFrame(
        {
            "field": ["all", "country", "country", "ageing"],
            "rows": [9_000, LEAST_ROWS - 1, LEAST_ROWS, LEAST_ROWS],
            "error": [0.5, 0.3, 0.02, 0.01],
        }
    )
    assert worst_group_error(table) == {"worst_group_error": 0.02}
    assert worst_group_error(table.head(2)) == {}


def test_nothing_to_judge_gives_an_empty_table():
    nothing = pd.DataFrame({"country": []})
    table = calibration_by_group(np.zeros(0), np.zeros(0), pd.Series([], dtype=int), nothing)
    assert len(table) == 0
    assert worst_group_error(table) == {}


def test_rows_are_grouped_by_ageing_and_by_what_the_ledger_states():
    rows = small_models.tonight().customers.head(40)
    portfolio = small_models.portfolio()
    groups = customer_groups(rows, portfolio)
    assert list(groups) == ["ageing", "country", "industry"]
    stated = portfolio.tables["customers"].set_index("customer")
    for at, customer in enumerate(rows["customer"]):
        assert groups["country"].iloc[at] == stated.loc[customer, "country"]
        days = rows["oldest_days_past_due"].iloc[at]
        assert groups["ageing"].iloc[at] == AGEING_NAMES[int(np.sum(days >= np.array([1, 31, 61, 91])))]
