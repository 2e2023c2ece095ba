"""A list that favours a country at equal debt and gain is found, a fair one is not, whatever the country owes."""

import numpy as np
import pandas as pd
import pytest

from worklists.figures.contact_fairness import LEAST_CUSTOMERS, fairness, in_words, like_customers

DEVIATIONS = 4.0
CAPACITY = 0.17


def made_up(
    seed: int, favour: float = 0.0, debts: float = 1.0, customers: int = 800, nights: int = 8
) -> tuple[pd.DataFrame, np.ndarray, pd.DataFrame]:
    """Rows, who was listed, and the country: a quarter of the customers are Swiss, with debts `debts` times as large.

    A list takes those of the largest gain, as it sees it: that of the Swiss is overstated by a factor of e ** favour.
    """
    draw = np.random.default_rng(seed)
    swiss = draw.random(customers) < 0.25
    level = draw.normal(6, 1.1, customers) + np.log(debts) * swiss
    parts = []
    for night in range(nights):
        customer = np.flatnonzero(draw.random(customers) < 0.4)
        amount = level[customer] + draw.normal(0, 0.5, len(customer))
        gain = amount - 2 + draw.normal(0, 0.8, len(customer))
        seen = gain + draw.normal(0, 0.3, len(customer)) + favour * swiss[customer]
        listed = np.zeros(len(customer))
        listed[np.argsort(-seen)[: int(CAPACITY * len(customer))]] = 1
        parts.append(
            pd.DataFrame(
                {
                    "customer": customer, "night": night, "amount": np.rint(100 * np.exp(amount)),
                    "gain": np.rint(100 * np.exp(gain)), "listed": listed,
                }
            )
        )  # fmt: skip
    rows = pd.concat(parts, ignore_index=True)
    country = np.where(swiss, "CH", "DE")[rows["customer"]]
    return rows, rows["listed"].to_numpy(), pd.DataFrame({"country": country}, index=rows.index)


def test_a_list_that_favours_a_country_is_found_and_the_difference_is_about_what_was_given() -> None:
    swiss, german = fairness(*made_up(1, favour=0.6), DEVIATIONS).to_dict("records")
    assert (swiss["group"], german["group"]) == ("CH", "DE")
    assert swiss["unequal"] and swiss["low"] > 0.05
    assert german["difference"] == pytest.approx(-swiss["difference"])


@pytest.mark.parametrize("debts", [1.0, 4.0])
def test_a_fair_list_is_not_found_unequal_and_its_interval_holds_nothing_nineteen_times_in_twenty(debts: float) -> None:
    found = [fairness(*made_up(seed, debts=debts), DEVIATIONS).iloc[0] for seed in range(100, 140)]
    assert not any(row["unequal"] for row in found)
    wrong = sum(not row["low"] <= 0 <= row["high"] for row in found)
    assert wrong <= 6, "2 of 40 are expected, and 7 come once in two hundred times"


def test_the_difference_is_that_of_cells_written_out_by_hand() -> None:
    rows, listed, groups = made_up(2, favour=0.3)
    own, cell = (groups["country"] == "CH").to_numpy(), like_customers(rows)
    shares, weights = [], []
    for one in np.unique(cell):
        here, there = listed[(cell == one) & own], listed[(cell == one) & ~own]
        if len(here) and len(there):
            shares.append(here.mean() - there.mean())
            weights.append(len(here) * len(there) / (len(here) + len(there)))
    assert fairness(rows, listed, groups, DEVIATIONS).iloc[0]["difference"] == pytest.approx(
        np.average(shares, weights=weights)
    )


def test_the_interval_is_as_wide_as_lists_of_other_customers_differ() -> None:
    found = pd.DataFrame([fairness(*made_up(seed), DEVIATIONS).iloc[0] for seed in range(60)])
    width = (found["high"] - found["low"]).mean()
    assert width == pytest.approx(2 * 1.96 * found["difference"].astype(float).std(), rel=0.25)


def test_customers_are_only_like_those_of_their_own_band_of_the_night() -> None:
    rows = pd.DataFrame({"night": [1] * 40 + [2] * 40, "amount": [*range(40), *range(1000, 1040)], "gain": 7.0})
    cell = like_customers(rows)
    assert cell[:40].tolist() == cell[40:].tolist(), "bands are cut night by night"
    assert len(set(cell[:40])) == 20


def test_a_group_of_few_customers_is_not_judged_and_the_report_says_so() -> None:
    rows, listed, groups = made_up(3)
    few = rows["customer"].isin(rows.loc[groups["country"] == "CH", "customer"].unique()[: LEAST_CUSTOMERS - 1])
    groups.loc[few, "country"] = "LI"
    table = fairness(rows, np.where(few, 1.0, listed), groups, DEVIATIONS)
    (small,) = table[table["group"] == "LI"].to_dict("records")
    assert np.isnan(small["difference"]) and not small["unequal"]
    assert in_words(table, "listed")[-1].endswith("customers or as few like them: country LI.")


def test_what_is_not_known_yet_is_left_out() -> None:
    rows, listed, groups = made_up(4)
    late = rows["night"] >= 6
    of_known = fairness(rows[~late], listed[~late], groups[~late], DEVIATIONS)
    pd.testing.assert_frame_equal(fairness(rows, np.where(late, np.nan, listed), groups, DEVIATIONS), of_known)


def test_nothing_known_is_a_sentence() -> None:
    rows, _, groups = made_up(5)
    table = fairness(rows, np.full(len(rows), np.nan), groups, DEVIATIONS)
    assert table.empty
    assert in_words(table, "contacted") == [
        "Contacted at equal debt and equal expected gain: not judged, no country or industry has 50 customers and as "
        "many like them."
    ]


def test_a_list_of_all_prefers_no_one() -> None:
    rows, listed, groups = made_up(6)
    table = fairness(rows, np.ones_like(listed), groups, DEVIATIONS)
    assert in_words(table, "listed") == ["Everyone who could be listed was listed, so that no one was preferred."]


def test_the_report_says_in_words_who_is_favoured_or_what_the_largest_difference_is() -> None:
    (first, second) = in_words(fairness(*made_up(1, favour=0.6), DEVIATIONS), "listed")
    assert first.startswith("Listed at equal debt and equal expected gain, unequal by more than chance: country CH ")
    assert "country DE" in second
    (said,) = in_words(fairness(*made_up(100), DEVIATIONS), "listed")
    assert "no group of 2 is treated unequally; the largest difference is country " in said
