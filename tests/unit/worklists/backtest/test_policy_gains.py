"""What the policies' contacts would have brought: estimated where enough were made, and true where it is known."""

import numpy as np
import pandas as pd
import pytest

from ledger.clock import day_number
from models.effect.off_policy import LEAST_CONTACTS, ContactResiduals
from worklists.backtest.policies import CAPACITIES, members
from worklists.backtest.policy_gains import ESTIMATED, estimated, true_gains
from worklists.backtest.policy_plot import policy_plot

NIGHT = pd.Timestamp("2024-03-01")
EVERY = 14


def residuals(seed: int, extra: float, *, first: int = 0, days: int = EVERY, size: int = 4_000) -> ContactResiduals:
    """Days of customers 0 to 199, a third contacted; a contact brings `extra` cents to the first hundred customers."""
    draw = np.random.default_rng(seed)
    customer = draw.integers(0, 200, size)
    contacted = draw.random(size) < 1 / 3
    day = day_number(NIGHT) + first + draw.integers(0, days, size)
    cash = draw.normal(0, 1_000, size) + extra * contacted * (customer < 100)
    return ContactResiduals(customer, day, contacted, np.where(contacted, 1.0, 0.5), cash)


def listing(**customers: range) -> pd.DataFrame:
    """Members of one night by policy, at one capacity."""
    rows = [
        pd.DataFrame({"as_of": NIGHT, "policy": name, "capacity": 0.5, "row": range(len(some)), "customer": some})
        for name, some in customers.items()
    ]
    return pd.concat(rows, ignore_index=True)


BOTH = listing(good=range(100), bad=range(100, 200))


def of(table: pd.DataFrame, policy: str) -> pd.Series:
    return table.set_index("policy").loc[policy]


def test_a_known_extra_cash_is_found_with_those_whom_it_comes_from():
    table = estimated(BOTH, residuals(1, 5_000), EVERY)
    assert list(table) == ["policy", "capacity", *ESTIMATED]
    good, bad = of(table, "good"), of(table, "bad")
    assert good["extra_cash_per_contact"] == pytest.approx(50, abs=2)
    assert good["extra_cash_low"] < 50 < good["extra_cash_high"]
    assert bad["extra_cash_low"] < 0 < bad["extra_cash_high"]
    assert good["contacts_like_these"] + bad["contacts_like_these"] == residuals(1, 0).contacted.sum()


def test_the_interval_covers_as_often_as_it_says():
    covered = [
        row["extra_cash_low"] <= 50 <= row["extra_cash_high"]
        for row in (of(estimated(BOTH, residuals(seed, 5_000, size=1_500), EVERY), "good") for seed in range(100))
    ]
    assert 80 <= sum(covered) <= 98  # 90 of 100, give or take 3 standard errors


def test_too_few_contacts_say_nothing():
    days = residuals(2, 5_000)
    of_good = np.flatnonzero(days.contacted & (days.customer < 100))
    for contacts, known in ((LEAST_CONTACTS - 1, False), (LEAST_CONTACTS, True)):
        keep = ~days.contacted
        keep[of_good[:contacts]] = True
        some = ContactResiduals(
            days.customer[keep], days.day[keep], days.contacted[keep], days.weight[keep], days.cash[keep]
        )
        row = of(estimated(BOTH, some, EVERY), "good")
        assert row["contacts_like_these"] == contacts
        assert row[ESTIMATED[:3]].notna().all() == known
        assert row[ESTIMATED[:3]].notna().any() == known


@pytest.mark.parametrize("first", [-EVERY, EVERY])
def test_contacts_before_the_night_or_long_after_it_tell_nothing_of_it(first: int):
    table = estimated(BOTH, residuals(3, 5_000, first=first), EVERY)
    assert table["contacts_like_these"].tolist() == [0, 0]
    assert table["extra_cash_per_contact"].isna().all()


def test_a_contact_tells_of_the_latest_night_before_it():
    later = NIGHT + pd.Timedelta(days=7)
    nights = pd.concat([listing(good=range(100)), listing(good=range(100, 200)).assign(as_of=later)])
    row = of(estimated(nights, residuals(4, 5_000, first=7, days=7), 7), "good")
    assert row["extra_cash_low"] < 0 < row["extra_cash_high"]
    row = of(estimated(nights, residuals(4, 5_000, first=0, days=7), 7), "good")
    assert row["extra_cash_per_contact"] == pytest.approx(50, abs=3)


def test_no_comparable_day_at_all_says_nothing():
    none = np.zeros(0, dtype=np.int64)
    table = estimated(BOTH, ContactResiduals(none, none, none.astype(bool), np.zeros(0), np.zeros(0)), EVERY)
    assert table["contacts_like_these"].tolist() == [0, 0]
    assert table["extra_cash_per_contact"].isna().all()


#                 email    sms    call
EFFECTS = {"a": (10_000, 0, 30_000), "b": (20_000, 5_000, 5_000), "c": (0, 0, 0), "d": (1_000, 0, 4_000)}
TRUTH = pd.DataFrame(
    [
        (name, channel, cents)
        for name, effects in EFFECTS.items()
        for channel, cents in zip(("email", "sms", "call"), effects, strict=True)
    ],
    columns=["customer_id", "channel", "extra_cash_30d"],
)
LISTED = pd.DataFrame(
    {
        "customer_id": ["d", "c", "b", "a"],
        "best_channel": ["call", "email", "email", "call"],
        "strategy_channel": ["email", "email", "sms", None],
    }
)


def chosen(policy: str, capacity: float, *rows: int) -> pd.DataFrame:
    return pd.DataFrame({"as_of": NIGHT, "policy": policy, "capacity": capacity, "row": rows})


def test_ours_is_valued_by_the_best_channel_and_the_others_by_the_strategys():
    tops = pd.concat([chosen("duerank", 0.5, 3, 2), chosen("random", 0.5, 3, 2), chosen("points", 0.5, 0, 1)])
    table = true_gains(LISTED, tops, TRUTH, ("email", "sms", "call"))
    assert of(table, "duerank")["true_extra_cash"] == 300 + 200
    assert of(table, "random")["true_extra_cash"] == 0 + 50  # no channel reaches a
    assert of(table, "points")["true_extra_cash"] == 10
    assert table.set_index("policy")["oracle_share"].to_dict() == {"duerank": 1.0, "random": 0.1, "points": 0.02}


def test_the_oracle_has_the_permitted_channels_only():
    tops = chosen("random", 0.25, 2)
    table = true_gains(LISTED, tops, TRUTH, ("email", "sms"))
    assert of(table, "random").tolist() == [0.25, 50, 50 / 200]


def test_a_ranking_by_the_truth_is_the_oracle_at_every_capacity():
    draw = np.random.default_rng(5)
    names = [f"c{place:03}" for place in range(100)]
    cents = draw.integers(0, 10**6, (100, 3))
    truth = pd.DataFrame(
        [(name, channel, cents[place, at]) for place, name in enumerate(names)
         for at, channel in enumerate(("email", "sms", "call"))],
        columns=["customer_id", "channel", "extra_cash_30d"],
    )  # fmt: skip
    listed = pd.DataFrame(
        {
            "customer_id": names, "best_channel": np.array(["email", "sms", "call"])[cents.argmax(axis=1)],
            "strategy_channel": "email", "expected_gain": cents.max(axis=1) / 100, "collectible_amount": 1.0,
            "days_past_due": 1, "p_default": 0.1,
        }
    )  # fmt: skip
    table = true_gains(listed, members(listed, NIGHT), truth, ("email", "sms", "call"))
    ours = table[table["policy"] == "duerank"]
    assert sorted(ours["capacity"]) == list(CAPACITIES)
    np.testing.assert_allclose(ours["oracle_share"], 1.0)
    assert (table["oracle_share"] <= 1 + 1e-9).all() and (table["oracle_share"] >= 0).all()
    assert table.loc[table["policy"] != "duerank", "oracle_share"].max() < 0.9


def test_where_nothing_could_be_gained_there_is_no_share():
    nothing = TRUTH.assign(extra_cash_30d=0)
    table = true_gains(LISTED, chosen("random", 0.25, 0), nothing, ("email", "sms", "call"))
    assert of(table, "random")["true_extra_cash"] == 0
    assert np.isnan(of(table, "random")["oracle_share"])


def test_the_plot_shows_every_policy_and_only_the_estimates_that_there_are():
    table = pd.DataFrame(
        {
            "policy": ["duerank", "duerank", "random", "random"], "capacity": [0.02, 0.1] * 2,
            "share_captured": [0.2, 0.5, 0.02, 0.1], "extra_cash_per_contact": [50.0, 30.0, np.nan, np.nan],
            "extra_cash_low": [40.0, 25.0, np.nan, np.nan], "extra_cash_high": [60.0, 35.0, np.nan, np.nan],
        }
    )  # fmt: skip
    risk, extra = policy_plot(table).axes
    assert [line.get_label() for line in risk.lines] == ["duerank", "random"]
    assert [len(bars.lines[0].get_xdata()) for bars in extra.containers] == [2, 0]


def test_a_backtest_in_which_nobody_owed_anything_has_an_empty_plot():
    assert len(policy_plot(pd.DataFrame(columns=["policy", "capacity", "share_captured"])).axes) == 2
