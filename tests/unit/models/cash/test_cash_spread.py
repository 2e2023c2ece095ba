"""How far cash lies from its forecast: what evens out among many invoices, and what hits all at once."""

import numpy as np
import pytest

from models.cash.cash_spread import ASSUMED_SHOCK, NORMAL, PRIOR_NIGHTS, deviation, ends_by_horizon, shock_of

NIGHTS, DAYS = 400, 14
HORIZON = np.repeat([1, 2], 7)


def past(customers: int, shock: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Days on which each of so many customers pays 100 with a chance of a tenth, all of them hit by a common shock."""
    draw = np.random.default_rng(seed)
    expected = np.full((NIGHTS, DAYS), 10.0 * customers)
    variance = np.full((NIGHTS, DAYS), customers * 100**2 * 0.1 * 0.9)
    common = draw.gamma(1 / shock**2, shock**2, (NIGHTS, DAYS)) if shock else np.ones((NIGHTS, DAYS))
    came = 100.0 * draw.binomial(customers, np.clip(0.1 * common, 0, 1))
    return came, expected, variance, np.ones((NIGHTS, DAYS), dtype=bool)


@pytest.mark.parametrize("customers", [50, 5_000])
@pytest.mark.parametrize("shock", [0.0, 0.3])
def test_the_shock_is_found_whatever_the_size_of_the_portfolio(customers: int, shock: float) -> None:
    assert shock_of(*past(customers, shock), assumed=0.0) == pytest.approx(shock, abs=0.06)


def test_what_a_small_part_of_a_portfolio_teaches_holds_for_all_of_it() -> None:
    part, whole = past(60, 0.4), past(6_000, 0.4, seed=2)
    shock = shock_of(*part, assumed=0.4)
    low, high = ends_by_horizon(*part, shock, HORIZON)
    came, expected, variance, _ = whole
    width = deviation(expected, variance, shock)
    held = (came >= expected + np.array(low)[HORIZON] * width) & (came <= expected + np.array(high)[HORIZON] * width)
    assert held.mean() == pytest.approx(0.83, abs=0.04)
    # by deviations of independent invoices alone half of the days would have been held
    of_part = (part[0] - part[1]) / np.sqrt(part[2])
    least, most = (expected + np.quantile(of_part, end) * np.sqrt(variance) for end in (0.1, 0.9))
    assert ((came >= least) & (came <= most)).mean() < 0.5


def test_few_nights_lean_on_the_assumed_shock_and_none_have_it() -> None:
    came, expected, variance, counted = past(5_000, 0.0)
    none = np.full_like(came, np.nan)
    assert shock_of(none, expected, variance, counted, ASSUMED_SHOCK[0]) == pytest.approx(ASSUMED_SHOCK[0])
    two = counted & (np.arange(NIGHTS)[:, None] < PRIOR_NIGHTS)
    found = shock_of(came, expected, variance, two, ASSUMED_SHOCK[0])
    assert found == pytest.approx(ASSUMED_SHOCK[0] / np.sqrt(2), rel=0.05)


def test_with_few_scores_the_ends_are_those_of_a_normal_distribution() -> None:
    came, expected, variance, counted = past(100, 0.3)
    low, high = ends_by_horizon(came[:1], expected[:1], variance[:1], counted[:1], 0.3, HORIZON)
    assert (low, high) == ((-NORMAL,) * 3, (NORMAL,) * 3)
