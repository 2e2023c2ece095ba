"""The cash forecast: the cents of all days and segments add up, and the interval is what past forecasts met."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.cash.cash_correction import WEEKS, CashCorrection
from models.cash.cash_spread import NORMAL
from models.cash.pay_days import pay_days
from worklists.figures.cash_forecast import OPEN, added_up, forecast_by_segment, forecast_of, receipts

NIGHT = pd.Timestamp("2024-03-01")  # a Friday
PLAIN = CashCorrection()


def cash_forecast(
    unpaid: np.ndarray, amount: np.ndarray, days: int, correction: CashCorrection = PLAIN
) -> pd.DataFrame:
    return forecast_of(receipts(unpaid, amount, ["A"] * len(amount), days), NIGHT, correction)


def test_the_first_day_is_the_night_itself_and_each_day_expects_its_fall_of_the_unpaid_share() -> None:
    unpaid = np.array([[1.0, 0.5, 0.25], [1.0, 1.0, 0.5]])
    table = cash_forecast(unpaid, np.array([10_000, 4_000]), 2)
    assert table["day"].tolist() == [NIGHT, pd.Timestamp("2024-03-02")]
    assert table["day"].dtype == "datetime64[s]"
    assert table["expected"].tolist() == [5_000, 2_500 + 2_000]


def test_where_nothing_was_learned_the_interval_is_the_normal_one_of_independent_invoices() -> None:
    unpaid = np.tile([1.0, 0.8], (100, 1))
    row = cash_forecast(unpaid, np.full(100, 10_000), 1).iloc[0]
    spread = NORMAL * np.sqrt(100 * 10_000**2 * 0.2 * 0.8)
    assert row["expected"] == 200_000
    assert row["p10"] == round(200_000 - spread)
    assert row["p90"] == round(200_000 + spread)


def test_the_interval_stays_between_zero_and_all_that_is_open() -> None:
    row = cash_forecast(np.array([[1.0, 0.5]]), np.array([1_000]), 1).iloc[0]
    assert (row["p10"], row["expected"], row["p90"]) == (0, 500, 1_000)


def test_about_eight_days_of_ten_fall_into_the_interval() -> None:
    draw = np.random.default_rng(7)
    amount = draw.integers(1_000, 50_000, 400)
    share = draw.uniform(0.05, 0.4, 400)
    row = cash_forecast(np.column_stack([np.ones(400), 1 - share]), amount, 1).iloc[0]
    received = (draw.random((4_000, 400)) < share) @ amount
    assert np.mean((received >= row["p10"]) & (received <= row["p90"])) == pytest.approx(0.8, abs=0.02)


def test_a_weeks_receipts_come_on_the_weekdays_on_which_people_pay() -> None:
    shares = pay_days(np.repeat(np.arange(4, 9), 10_000), 4, 11).weekday  # 1970-01-05 was a Monday
    unpaid = np.linspace(1.0, 0.3, 8)[None, :]
    table = cash_forecast(unpaid, np.array([7_000_000]), 7, CashCorrection(weekday=shares))
    paid = table.set_index(table["day"].dt.day_name())["expected"]
    assert table["expected"].sum() == 4_900_000
    assert (paid[["Saturday", "Sunday"]] < 1_000).all()
    np.testing.assert_allclose(paid.drop(["Saturday", "Sunday"]), 980_000, rtol=0.001)


def test_what_hits_all_invoices_at_once_widens_a_large_portfolio_as_much_as_a_small_one() -> None:
    unpaid = np.array([[1.0, 0.9]])
    learned = CashCorrection(shock=(0.5, 0.2))
    for invoices, independent in ((10, 0.95), (100_000, 0.01)):
        row = cash_forecast(np.repeat(unpaid, invoices, axis=0), np.full(invoices, 10_000), 1, learned).iloc[0]
        width = (row["p90"] - row["expected"]) / row["expected"]
        assert width == pytest.approx(NORMAL * np.hypot(independent, 0.5), rel=0.01)


def test_level_and_width_are_those_of_past_forecasts_of_as_many_weeks_ahead() -> None:
    level = tuple(1.0 if week == 0 else 0.5 for week in range(WEEKS))
    learned = CashCorrection(level=level, day_low=(-1.0,) * WEEKS, day_high=(3.0,) * WEEKS)
    unpaid = np.tile(np.linspace(1.0, 0.86, 15), (1_000, 1))
    plain, table = (cash_forecast(unpaid, np.full(1_000, 10_000), 14, one) for one in (PLAIN, learned))
    np.testing.assert_allclose(table["expected"][:7], plain["expected"][:7], atol=1)
    np.testing.assert_allclose(table["expected"][7:], plain["expected"][7:] / 2, atol=1)
    for name, score in (("p10", -1.0), ("p90", 3.0)):
        width = (plain["p90"] - plain["expected"]) / NORMAL
        np.testing.assert_allclose(table[name] - table["expected"], score * width, atol=4)


@given(
    chances=arrays(np.float64, st.tuples(st.integers(0, 6), st.integers(1, 20)), elements=st.floats(0, 1)),
    seed=st.integers(0, 1_000),
)
def test_days_add_up_to_the_rounded_total_and_segments_and_partitions_to_the_days(
    chances: np.ndarray, seed: int
) -> None:
    invoices, days = chances.shape
    draw = np.random.default_rng(seed)
    unpaid = np.column_stack([np.ones(invoices), np.cumprod(1 - chances, axis=1)])
    amount, segment = draw.integers(1, 10**9, invoices), draw.choice(["A", "B", "C"], invoices)
    correction = CashCorrection(weekday=tuple(draw.uniform(0.1, 2, 7)), shock=(0.3, 0.1))
    whole = added_up([receipts(unpaid, amount, segment, days)])
    table = forecast_of(whole, NIGHT, correction)
    total = float(amount @ (1 - unpaid[:, -1]))
    assert abs(int(table["expected"].sum()) - total) <= 0.51 + 1e-9 * total
    assert (table["p10"] <= table["expected"]).all() and (table["expected"] <= table["p90"]).all()
    assert (table["p10"] >= 0).all()

    by_segment = forecast_by_segment(OPEN, whole, NIGHT, correction)
    assert len(by_segment) == days * len(set(segment))
    assert (by_segment["p10"] >= 0).all() and (by_segment["p10"] <= by_segment["expected"]).all()
    assert (by_segment["expected"] <= by_segment["p90"]).all()
    by_day = by_segment.groupby("day")["expected"].sum().reindex(table["day"], fill_value=0)
    assert by_day.tolist() == table["expected"].tolist()

    place = draw.integers(0, 3, invoices)
    parts = [receipts(unpaid[place == k], amount[place == k], segment[place == k], days) for k in range(3)]
    pd.testing.assert_frame_equal(forecast_of(added_up(parts), NIGHT, correction), table, check_exact=True)


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
        cash_forecast(unpaid, np.array([100]), 2)
