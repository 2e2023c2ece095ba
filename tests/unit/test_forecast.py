"""The cash forecast: the cents of all days add up, and the interval follows from independent invoices."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from worklists.forecast import P90_DEVIATIONS, cash_forecast

NIGHT = pd.Timestamp("2024-03-01")


def test_the_first_day_is_the_night_itself_and_each_day_expects_its_fall_of_the_unpaid_share() -> None:
    unpaid = np.array([[1.0, 0.5, 0.25], [1.0, 1.0, 0.5]])
    table = cash_forecast(unpaid, np.array([10_000, 4_000]), NIGHT, 2)
    assert table["day"].tolist() == [NIGHT, pd.Timestamp("2024-03-02")]
    assert table["day"].dtype == "datetime64[s]"
    assert table["expected"].tolist() == [5_000, 2_500 + 2_000]


def test_the_interval_is_the_normal_one_of_independent_invoices() -> None:
    unpaid = np.tile([1.0, 0.8], (100, 1))
    row = cash_forecast(unpaid, np.full(100, 10_000), NIGHT, 1).iloc[0]
    spread = P90_DEVIATIONS * np.sqrt(100 * 10_000**2 * 0.2 * 0.8)
    assert row["expected"] == 200_000
    assert row["p10"] == round(200_000 - spread)
    assert row["p90"] == round(200_000 + spread)


def test_the_interval_stays_between_zero_and_all_that_is_open() -> None:
    row = cash_forecast(np.array([[1.0, 0.5]]), np.array([1_000]), NIGHT, 1).iloc[0]
    assert (row["p10"], row["expected"], row["p90"]) == (0, 500, 1_000)


def test_about_eight_days_of_ten_fall_into_the_interval() -> None:
    draw = np.random.default_rng(7)
    amount = draw.integers(1_000, 50_000, 400)
    share = draw.uniform(0.05, 0.4, 400)
    row = cash_forecast(np.column_stack([np.ones(400), 1 - share]), amount, NIGHT, 1).iloc[0]
    received = (draw.random((4_000, 400)) < share) @ amount
    assert np.mean((received >= row["p10"]) & (received <= row["p90"])) == pytest.approx(0.8, abs=0.02)


@given(
    chances=arrays(np.float64, st.tuples(st.integers(0, 5), st.integers(1, 20)), elements=st.floats(0, 1)),
    seed=st.integers(0, 1_000),
)
def test_the_days_add_up_to_the_rounded_total_and_keep_their_order(chances: np.ndarray, seed: int) -> None:
    invoices, days = chances.shape
    unpaid = np.column_stack([np.ones(invoices), np.cumprod(1 - chances, axis=1)])
    amount = np.random.default_rng(seed).integers(1, 10**9, invoices)
    table = cash_forecast(unpaid, amount, NIGHT, days)
    total = float(amount @ (1 - unpaid[:, -1]))
    assert abs(int(table["expected"].sum()) - total) <= 0.5 + 1e-6 * (1 + total) * 1e-3
    assert (table["p10"] <= table["expected"]).all() and (table["expected"] <= table["p90"]).all()
    assert (table["p10"] >= 0).all()


@pytest.mark.parametrize(
    ("unpaid", "message"),
    [
        (np.array([[1.0, 0.5]]), "expected \\(1, at least 3\\)"),
        (np.array([[0.9, 0.5, 0.4]]), "must be 1 in its first column"),
        (np.array([[1.0, 0.5, 0.6]]), "must never rise"),
    ],
)
def test_a_curve_that_is_none_is_refused(unpaid: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cash_forecast(unpaid, np.array([100]), NIGHT, 2)
