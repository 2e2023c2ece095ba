"""The rules that people rank by, and what of the money at risk each would have put first."""

import numpy as np
import pandas as pd
import pytest

from worklists.backtest.policies import CAPACITIES, captured, compare, policy_ranks

AS_OF = pd.Timestamp("2024-03-01")
POLICIES = ["duerank", "random", "oldest debt", "largest balance", "balance x days", "points", "risk only"]


def customers(size: int = 50, seed: int = 1) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer_id": [f"C{at:03}" for at in range(size)],
            "collectible_amount": draw.integers(1, 10**7, size),
            "days_past_due": draw.integers(0, 200, size),
            "p_default": draw.random(size),
            "expected_gain": draw.integers(0, 10**6, size),
        }
    )


def of(night: pd.DataFrame, policy: str, capacity: float) -> pd.Series:
    return night[(night["policy"] == policy) & (night["capacity"] == capacity)].iloc[0]


def test_every_policy_ranks_by_what_its_name_says():
    listed = customers()
    ranks = policy_ranks(listed, AS_OF)
    assert list(ranks) == POLICIES
    np.testing.assert_array_equal(ranks["oldest debt"], listed["days_past_due"])
    np.testing.assert_array_equal(ranks["largest balance"], listed["collectible_amount"])
    np.testing.assert_array_equal(ranks["balance x days"], listed["collectible_amount"] * listed["days_past_due"])
    np.testing.assert_array_equal(ranks["risk only"], listed["p_default"])
    np.testing.assert_array_equal(ranks["duerank"], listed["expected_gain"])


def test_points_are_those_of_the_bands_of_age_and_amount():
    listed = customers(4).assign(days_past_due=[0, 1, 45, 91], collectible_amount=[0.01, 999.99, 1_000, 100_000])
    assert policy_ranks(listed, AS_OF)["points"].tolist() == [0 + 1, 1 + 1, 2 + 2, 4 + 4]


def test_chance_is_another_every_night_and_the_same_again():
    one, same, other = (
        policy_ranks(customers(), night)["random"] for night in (AS_OF, AS_OF, AS_OF + pd.Timedelta(days=1))
    )
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_capacity_takes_the_highest_and_counts_their_unpaid_money():
    listed = customers(50)
    unpaid = np.arange(50) * 1_000.0
    night = captured(listed, unpaid, AS_OF)
    for policy, value in (("largest balance", "collectible_amount"), ("oldest debt", "days_past_due")):
        first = listed.assign(unpaid=unpaid).sort_values([value, "customer_id"], ascending=[False, True])
        for capacity, contacted in zip(CAPACITIES, (1, 2, 5, 10), strict=True):
            row = of(night, policy, capacity)
            assert row["contacted"] == contacted
            assert row["unpaid_captured"] == first["unpaid"].head(contacted).sum()
            assert row["unpaid_total"] == unpaid.sum()


def test_one_customer_is_contacted_however_small_the_capacity():
    night = captured(customers(3), np.array([1.0, 2.0, 3.0]), AS_OF)
    assert night["contacted"].min() == 1


def test_the_order_of_the_customers_changes_nothing_but_chance():
    listed, unpaid = customers(50).assign(days_past_due=7), np.arange(50) * 1_000.0
    shuffled = np.random.default_rng(2).permutation(50)
    one = captured(listed, unpaid, AS_OF)
    other = captured(listed.iloc[shuffled], unpaid[shuffled], AS_OF)
    known = one["policy"] != "random"
    pd.testing.assert_frame_equal(one[known], other[known])


@pytest.mark.parametrize("unpaid", [np.full(50, np.nan), np.r_[np.zeros(49), np.nan]])
def test_a_night_whose_outcome_is_not_known_is_left_out(unpaid):
    assert len(captured(customers(50), unpaid, AS_OF)) == 0


def test_a_night_without_customers_is_left_out():
    assert len(captured(customers(0), np.zeros(0), AS_OF)) == 0


def test_nights_are_compared_by_all_their_money():
    nights = pd.concat(
        [
            captured(customers(50, seed), np.full(50, 100.0 * seed), AS_OF + pd.Timedelta(days=seed))
            for seed in (1, 2, 3)
        ]
    )
    table = compare(nights)
    assert len(table) == len(POLICIES) * len(CAPACITIES)
    row = of(table, "duerank", 0.1)
    assert (row["nights"], row["contacted"]) == (3, 15)
    assert row["share_captured"] == pytest.approx((5 * 100 + 5 * 200 + 5 * 300) / (50 * 600))


def test_no_night_at_all_compares_to_nothing():
    assert len(compare(captured(customers(0), np.zeros(0), AS_OF))) == 0


def test_nights_without_unpaid_money_have_no_share():
    table = compare(captured(customers(50), np.zeros(50), AS_OF))
    assert table["share_captured"].isna().all()
