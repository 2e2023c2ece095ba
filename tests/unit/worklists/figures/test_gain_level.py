"""What contacts brought over what was expected of them, found on the random draw and weighted to tonight."""

import numpy as np
import pandas as pd
import pytest

from worklists.figures.gain_level import LEVEL_FIGURES, gain_level

SHARE = 0.1


def draw(
    size: int, level_young: float, level_old: float, seed: int = 1, old_share: float = 0.5, noise: float = 20_000.0
) -> pd.DataFrame:
    """Customers let through or held out, whose contacts bring so much of the expected gain, by age of the debt."""
    chance = np.random.default_rng(seed)
    held_out = chance.uniform(size=size) < SHARE
    old = chance.uniform(size=size) < old_share
    gain = np.rint(5_000 * np.exp(chance.normal(0, 0.5, size)))
    contacted = ~held_out & (chance.uniform(size=size) < 0.7)
    brought = np.where(old, level_old, level_young) * gain * contacted
    return pd.DataFrame(
        {
            "customer_id": np.arange(size).astype("str"), "held_out": held_out.astype(np.int64),
            "propensity": np.where(held_out, SHARE, 1 - SHARE), "collectible_amount": 50_000, "p_unpaid_30d": 0.5,
            "expected_gain": pd.array(gain.astype(np.int64), dtype="Int64"),
            "days_past_due": pd.array(np.where(old, 70, 5), dtype="Int64"),
            "cash": chance.normal(20_000, noise, size) + brought, "contacts": 1.0 * contacted,
        }
    )  # fmt: skip


def values(rows: pd.DataFrame, tonight: pd.DataFrame) -> list[float]:
    found = gain_level(rows, tonight)
    assert found.rows["name"].tolist() == [figure.name for figure in LEVEL_FIGURES]
    return found.rows["value"].tolist()


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0, 2.0])
def test_the_level_is_what_contacts_brought_of_what_was_expected(level: float) -> None:
    found = np.array([values(rows, rows) for rows in (draw(4_000, level, level, seed) for seed in range(40))])
    assert abs(found[:, 0].mean() - level) < 4 * found[:, 0].std() / np.sqrt(len(found))
    assert ((found[:, 1] <= level) & (level <= found[:, 2])).mean() >= 0.95


@pytest.mark.parametrize("old_share", [0.1, 0.9])
def test_the_level_is_that_of_the_ages_of_tonight(old_share: float) -> None:
    rows = draw(20_000, 2.0, 0.5, noise=100.0)
    assert values(rows, draw(20_000, 0, 0, 2, old_share))[0] == pytest.approx(2 - 1.5 * old_share, abs=0.05)


def test_customers_contacted_again_and_again_may_have_brought_one_contact_or_as_many() -> None:
    once = draw(20_000, 1.0, 1.0, noise=100.0)
    thrice = once.assign(contacts=3 * once["contacts"])
    value, low, high = values(thrice, thrice)
    assert value == pytest.approx(1 / 3, abs=0.01)
    assert low == pytest.approx(1 / 3, abs=0.03) and high == pytest.approx(1, abs=0.03)


def test_nothing_of_tonight_is_known_leaves_the_draw_as_it_was() -> None:
    rows = draw(4_000, 1.0, 1.0)
    assert values(rows, rows[:0]) == values(rows, rows)


def test_customers_of_whom_nothing_was_expected_are_left_out_and_too_few_are_said() -> None:
    rows = draw(4_000, 1.0, 1.0)
    unknown = rows.assign(expected_gain=rows["expected_gain"].mask(rows.index >= 100))
    found = gain_level(unknown, rows)
    assert found.rows["value"].isna().all()
    held = int(rows["held_out"][:100].sum())
    assert f"known of {held} customers held out and of {100 - held} let through; at least 50" in found.note


def test_where_no_contact_was_made_nothing_is_compared() -> None:
    rows = draw(4_000, 1.0, 1.0).assign(contacts=0.0)
    assert "cannot be compared with what was expected" in gain_level(rows, rows).note
