"""The benchmark of the simulated worlds: intervals of groups, and the level of the effect, by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from benchmarks.quality.worlds.__main__ import shares_of_oracle
from benchmarks.quality.worlds.coverage import AGES, EVERYONE, FIFTHS, coverage, groups, levels
from benchmarks.quality.worlds.night import CHANNELS, JudgedNight

CUSTOMERS = 25


def night(true_share: float, effect: float, away: float) -> JudgedNight:
    """Customers who owe 1.00, 2.00, ... and on whom every channel has the same effect."""
    amount = 100 * np.arange(1, CUSTOMERS + 1)
    wide = np.ones((CUSTOMERS, len(CHANNELS)))
    return JudgedNight(
        facts=pd.DataFrame({"collectible_amount": amount, "collectible_days_past_due": [3] * 10 + [50] * 15}),
        learned=True,
        true=true_share * amount[:, None] * wide,
        owed=amount.astype("float64"),
        unpaid=amount * 0.5,
        effect=effect * wide,
        low=(effect - away) * wide,
        high=(effect + away) * wide,
        own=np.zeros(CUSTOMERS, dtype=np.int64),
        usual=np.full(CUSTOMERS, -1),
        ranks={"duerank": amount.astype("float64"), "smallest": -amount.astype("float64")},
        reach=None,
    )


def rows_of(one: JudgedNight) -> pd.DataFrame:
    return pd.DataFrame(groups(one)).assign(world="here", night="tonight")


def test_groups_are_fifths_of_the_gain_and_ages_by_channel() -> None:
    rows = rows_of(night(0.1, 0.1, 0.01))
    sizes = rows[rows["channel"] == CHANNELS[0]].groupby("grouping")["customers"].agg(list)
    assert sizes[FIFTHS] == [5] * 5
    assert sizes[AGES] == [10, 15]
    assert sizes[EVERYONE] == [CUSTOMERS]
    assert set(rows["channel"]) == set(CHANNELS)


@pytest.mark.parametrize(("true", "holds"), [(0.1, 1.0), (0.119, 1.0), (0.121, 0.0), (0.079, 0.0)])
def test_an_interval_holds_the_truth_up_to_its_ends(true: float, holds: float) -> None:
    found = coverage(rows_of(night(true, 0.1, 0.02)))
    assert (found["holds"] == holds).all()
    np.testing.assert_allclose(found["wide"], 0.04)


@pytest.mark.parametrize(("effect", "beside"), [(0.1, 1.0), (-0.1, 1.0), (0.01, 0.0)])
def test_an_interval_that_is_all_on_one_side_excludes_zero(effect: float, beside: float) -> None:
    assert (coverage(rows_of(night(0.0, effect, 0.02)))["beside_zero"] == beside).all()


def test_a_group_is_weighted_by_what_is_collectible() -> None:
    one = night(0.1, 0.1, 0.02)
    one.true[-1] = 0.9 * 2_500  # one of 25 customers, with 2,500 of 32,500 cents
    everyone = rows_of(one).query("grouping == @EVERYONE")
    np.testing.assert_allclose(everyone["true"], 0.1 + 0.8 * 2_500 / 32_500)


def test_who_owes_nothing_in_truth_cannot_be_moved_by_a_contact() -> None:
    one = night(0.1, 0.1, 0.02)
    one.true[:], one.owed[:] = 0, 0
    assert (rows_of(one)["true"] == 0).all()


def test_a_level_is_predicted_over_true() -> None:
    found = levels(rows_of(night(0.1, 0.05, 0.02)))
    np.testing.assert_allclose(found["of_true"], 0.5)
    assert levels(rows_of(night(0.0, 0.05, 0.02)))["of_true"].isna().all()


def test_where_nothing_is_predicted_there_are_no_groups() -> None:
    assert groups(night(0.1, np.nan, 0.02)) == []


def test_shares_of_the_oracle_are_of_the_best_customers_by_the_chosen_channel() -> None:
    found = pd.DataFrame(shares_of_oracle(night(0.1, 0.1, 0.02))).set_index(["policy", "share"])["of_oracle"]
    assert found["duerank", 0.2] == pytest.approx(1)
    assert found["smallest", 0.2] == 0  # the strategy's channel, which is none
    assert found["smallest, best channel", 0.2] == pytest.approx((1 + 2 + 3 + 4 + 5) / (21 + 22 + 23 + 24 + 25))
    assert shares_of_oracle(night(0.0, 0.1, 0.02)) == []


def test_the_ceiling_is_judged_by_the_channels_that_it_chooses() -> None:
    one = night(0.1, 0.1, 0.02)
    one.true[:, 1:] = 0
    first, second = (np.outer(one.facts["collectible_amount"], row) for row in np.eye(len(CHANNELS))[:2])
    for reach, share in ((first, 1), (second, 0)):
        found = pd.DataFrame(shares_of_oracle(replace(one, reach=reach))).query("policy == 'reachable'")
        assert found["of_oracle"].to_numpy() == pytest.approx(share)
