"""How late the portfolio was at the same time of the year before."""

import numpy as np
import pandas as pd
import pytest

from features.base_rates import WEEK, LateCounts, added_up

FIRST, LAST = 2_000, 2_103  # weeks
SLOW = 2_051


def counts(late_of_slow: int = 800) -> LateCounts:
    """Two years of 1,000 invoices a week, 200 of them late; of three weeks `late_of_slow`."""
    weekly = pd.DataFrame({"late": 200.0, "count": 1_000}, index=range(FIRST, LAST + 1))
    weekly.loc[SLOW - 1 : SLOW + 1, "late"] = late_of_slow
    nothing = pd.DataFrame({"late": [], "count": []})
    return LateCounts({"country": nothing, "industry": nothing, "terms_days": nothing, WEEK: weekly})


def test_a_slow_time_of_year_is_told_of_the_next_year():
    slow, usual = counts().season(np.array([SLOW + 52, SLOW + 42]))

    share = (50 * 0.2 + 3 * 0.8) / 53  # of the year around them
    assert slow == pytest.approx(0.8 / share)
    assert usual == pytest.approx(0.2 / share)


def test_every_week_is_like_the_year_where_none_is_slow():
    assert np.allclose(counts(200).season(np.arange(FIRST + 53, LAST)), 1.0)


def test_nothing_is_told_where_the_ledger_does_not_reach_back_a_year():
    found = counts().season(np.array([FIRST + 52, FIRST + 53, FIRST]))

    assert np.isnan(found).tolist() == [True, False, True]


def test_nothing_is_told_where_nobody_was_late_or_nothing_is_known():
    nobody = counts()
    nobody.by[WEEK]["late"] = 0.0
    nothing = LateCounts({**nobody.by, WEEK: nobody.by[WEEK].iloc[:0]})

    assert np.isnan(nobody.season(np.array([SLOW]))).all()
    assert np.isnan(nothing.season(np.array([SLOW]))).all()


@pytest.mark.parametrize(("late_of_slow", "told"), [(230, False), (232, True)])
def test_what_may_be_chance_is_no_season(late_of_slow: int, told: bool):
    assert bool(counts(late_of_slow).season(np.array([SLOW + 52]))[0] > 1.0) == told


def test_a_portfolio_counted_in_parts_has_the_season_of_the_whole():
    asked = np.arange(FIRST, LAST)
    whole = counts()
    both = LateCounts({name: frame * 2 for name, frame in whole.by.items()})

    assert np.array_equal(added_up([whole, whole]).season(asked), both.season(asked), equal_nan=True)


@pytest.mark.parametrize(("weekly", "told"), [(16, False), (17, True)])
def test_a_handful_of_invoices_is_no_season(weekly: int, told: bool):
    few = counts()
    few.by[WEEK] = few.by[WEEK].assign(late=1.0, count=weekly)
    few.by[WEEK].loc[SLOW - 1 : SLOW + 1, "late"] = weekly

    assert bool(few.season(np.array([SLOW + 52]))[0] > 1.0) == told
