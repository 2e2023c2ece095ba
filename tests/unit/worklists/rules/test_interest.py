"""Interest equals the plain sum by days, and is nothing before its first day."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from ledger.minor_units import held_with
from worklists.rules.interest import Interest


def plainly(amount: int, rate: str, from_day: int, days_past_due: int) -> int:
    """Day by day, exactly; rounded half to even in the end."""
    total = Fraction(0)
    for day in range(1, days_past_due + 1):
        if day >= from_day:
            total += Fraction(amount) * Fraction(rate) / 100 / 365
    return round(total)


@pytest.mark.parametrize(("rate", "from_day"), [("10.27", 1), ("9", 30), ("100", 400)])
def test_interest_is_the_sum_of_its_days(rate: str, from_day: int) -> None:
    draw = np.random.default_rng(1)
    amounts, days = draw.integers(0, 10**8, 200), draw.integers(-30, 700, 200)
    found = Interest(rate_a_year=float(rate), from_day=from_day).on(pd.Series(amounts), pd.Series(days))
    expected = [plainly(int(amount), rate, from_day, int(day)) for amount, day in zip(amounts, days, strict=True)]
    assert np.abs(found - expected).max() <= 0


def test_a_year_of_ten_percent_is_a_tenth_and_a_credit_earns_none() -> None:
    found = Interest(rate_a_year=10).on(pd.Series([100_000, -100_000, 100_000]), pd.Series([365, 365, 0]))
    assert found.tolist() == [10_000, 0, 0]


def test_a_fee_is_held_with_the_decimals_of_the_ledger() -> None:
    with held_with(3):
        assert Interest(rate_a_year=9, fee_once=40).fee == 40_000
