"""An interval that is looked at every night leaves the truth as seldom as it says, and one for one night more often."""

import numpy as np
import pandas as pd
import pytest

from worklists.figures.random_draw import RandomDraw, always_valid_quantile

LOOKS = np.arange(60, 2_000, 60)  # draws held out that are known at each look


def looked_at(seed: int, effect: float = 0.0) -> tuple[bool, bool]:
    """Whether the interval for one night, and the one for all nights, ever leave the effect in a world without one."""
    chance = np.random.default_rng(seed)
    size = LOOKS[-1] * 2
    rows = pd.DataFrame(
        {
            "customer_id": np.arange(size), "held_out": np.arange(size) % 2, "propensity": 0.5,
            "collectible_amount": 1 + chance.integers(0, 2, size), "p_unpaid_30d": np.nan,
        }
    )  # fmt: skip
    cash = chance.exponential(100, size)
    contacts = 1.0 - rows["held_out"].to_numpy()
    left = np.zeros(2, dtype=bool)
    for held in LOOKS:
        found = RandomDraw(rows[: 2 * held]).ratio(cash[: 2 * held], contacts[: 2 * held])
        assert found is not None
        left |= [not ends.low <= effect <= ends.high for ends in (found.one_night, found.always)]
    return bool(left[0]), bool(left[1])


def test_many_looks_leave_the_truth_in_5_of_100_worlds_at_most_where_the_interval_is_for_all_nights() -> None:
    left = np.array([looked_at(seed) for seed in range(120)])
    one_night, always = left.mean(axis=0)
    assert always <= 0.05
    assert one_night > 0.15


def test_the_interval_for_all_nights_grows_shorter_and_is_an_honest_multiple_of_that_for_one() -> None:
    assert always_valid_quantile(500) == pytest.approx(3.03, abs=0.01)
    errors = np.array([always_valid_quantile(draws) / np.sqrt(draws) for draws in (50, 200, 1_000, 100_000)])
    assert (np.diff(errors) < 0).all()
    assert all(always_valid_quantile(draws) > 1.96 for draws in (50, 500, 5_000, 500_000))


def by_hand(draws: int, sigma: float, rho: float, alpha: float) -> float:
    """The radius as it is printed in the paper."""
    growth = draws * rho**2 + 1
    return sigma * np.sqrt(2 * growth / (draws**2 * rho**2) * np.log(np.sqrt(growth) / alpha))


@pytest.mark.parametrize("draws", [60, 700, 20_000])
def test_it_is_the_radius_of_the_paper(draws: int) -> None:
    rho = np.sqrt((-2 * np.log(0.05) + np.log(1 - 2 * np.log(0.05))) / 500)
    assert always_valid_quantile(draws) * 3 / np.sqrt(draws) == pytest.approx(by_hand(draws, 3, rho, 0.05))
