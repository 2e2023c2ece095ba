"""Levels of groups are their own where the draw shows it, and that of all where it does not."""

import numpy as np
import pandas as pd
import pytest

from worklists.figures.level_by_group import COLUMNS, level_by_group, level_tonight, shrunk, shrunk_to_one


def draw(size: int, level_young: float, level_old: float, noise: float, seed: int = 1) -> pd.DataFrame:
    """Customers let through or held out, whose contacts bring so much of the expected gain, by age of the debt."""
    chance = np.random.default_rng(seed)
    held_out = chance.uniform(size=size) < 0.2
    old = chance.uniform(size=size) < 0.5
    gain = np.rint(5_000 * np.exp(chance.normal(0, 0.5, size)))
    brought = np.where(old, level_old, level_young) * gain * ~held_out
    return pd.DataFrame(
        {
            "customer_id": np.arange(size).astype("str"), "held_out": held_out.astype(np.int64),
            "propensity": np.where(held_out, 0.2, 0.8), "collectible_amount": 50_000, "p_unpaid_30d": 0.5,
            "expected_gain": pd.array(gain.astype(np.int64), dtype="Int64"),
            "days_past_due": pd.array(np.where(old, 70, 5), dtype="Int64"),
            "cash": chance.normal(20_000, noise, size) + brought, "contacts": 1.0 * ~held_out,
        }
    )  # fmt: skip


def test_groups_that_the_draw_shows_clearly_have_their_own_level() -> None:
    rows = draw(20_000, 2.0, 0.5, 200.0)
    found = level_by_group(rows, rows)
    assert found.columns.tolist() == COLUMNS
    assert found["group"].tolist() == [
        f"ageing {age}, fifth {fifth} by gain" for age in ("1-30", "61-90") for fifth in range(1, 6)
    ]
    young = found["group"].str.contains("1-30")
    assert found.loc[young, "level"].to_numpy() == pytest.approx(2, abs=0.1)
    assert found.loc[~young, "level"].to_numpy() == pytest.approx(0.5, abs=0.1)
    assert level_tonight(found) == pytest.approx(1.25, abs=0.05)
    only_old = level_by_group(rows, rows[rows["days_past_due"] == 70])
    assert level_tonight(only_old) == pytest.approx(0.5, abs=0.05)
    assert only_old.loc[young, "expected"].eq(0).all()


def test_levels_lie_closer_to_the_truth_than_what_each_group_shows() -> None:
    off = []
    for seed in range(20):
        rows = draw(4_000, 1.3, 0.7, 10_000.0, seed)
        found = level_by_group(rows, rows)
        true = np.where(found["group"].str.contains("1-30"), 1.3, 0.7)
        off.append([np.mean((found[name] - true) ** 2) for name in ("observed", "level")])
    plain, own = np.mean(off, axis=0)
    assert own < 0.7 * plain


def test_groups_of_few_have_the_level_of_all() -> None:
    rows = draw(20_000, 2.0, 2.0, 200.0)
    rows.loc[rows.index[:30], "days_past_due"] = 100
    found = level_by_group(rows, rows)
    few = found["group"].str.contains("over 90")
    assert few.any() and found.loc[few, "observed"].isna().all()
    assert found.loc[few, "level"].to_numpy() == pytest.approx(2, abs=0.05)


def test_as_long_as_the_level_of_all_is_not_known_there_are_no_groups() -> None:
    rows = draw(100, 1.0, 1.0, 200.0)
    found = level_by_group(rows, rows)
    assert found.columns.tolist() == COLUMNS and len(found) == 0
    assert np.isnan(level_tonight(found))
    assert len(level_by_group(draw(4_000, 1.0, 1.0, 200.0).assign(contacts=0.0), rows)) == 0


@pytest.mark.parametrize(
    ("observed", "error", "level"), [(1.0, 0.1, 1.0), (1.2, 0.3, 1.0), (2.0, 0.5, 1.75), (0.0, 0.5, 0.25)]
)
def test_a_level_within_its_error_of_one_is_one(observed: float, error: float, level: float) -> None:
    assert shrunk_to_one(observed, error) == pytest.approx(level)


def test_groups_that_vary_no_more_than_by_chance_all_have_the_level_of_all() -> None:
    assert shrunk(np.array([0.9, 1.1, 1.0]), np.array([0.2, 0.2, 0.2]), 0.8).tolist() == [0.8] * 3


def test_groups_of_one_error_are_shrunk_by_what_they_vary_beyond_it() -> None:
    observed, error = np.array([0.0, 1.0, 2.0, np.nan]), np.array([0.5, 0.5, 0.5, np.nan])
    own = (1 - 0.25) / 1.0  # they vary by 1, of which 0.25 is chance
    assert shrunk(observed, error, 1.2) == pytest.approx([own * one + (1 - own) * 1.2 for one in (0, 1, 2)] + [1.2])
