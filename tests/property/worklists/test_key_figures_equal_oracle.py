"""The key figures of any past night are what adding up says, and what that night published."""

import math

import pandas as pd
import pytest

from ledger.simulator import simulate
from tests.oracle.book import plain_rows
from tests.support.nights.in_this_process import loaded
from tests.support.plain_ledger.key_figures import key_figures as added_up
from tests.support.random_ledger import NIGHTS, random_ledger
from tests.support.small_nights import small_nights
from worklists.figures.key_figures import KEY_FIGURES, key_figures_as_of

SEEDS = range(25)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_figures_of_past_nights_are_what_adding_up_says(seed: int) -> None:
    tables = random_ledger(seed)
    rows = plain_rows(tables)
    found = key_figures_as_of(loaded(tables), map(pd.Timestamp, NIGHTS))
    assert found["name"].tolist() == [figure.name for figure in KEY_FIGURES] * len(NIGHTS)
    for night, of_night in found.groupby("as_of"):
        wanted = added_up(rows, night.date())
        for name, value in zip(of_night["name"], of_night["value"], strict=True):
            expected = wanted[name]
            if expected is None:
                assert math.isnan(value), (night, name)
            elif name.startswith("ageing_"):
                assert value == expected / 100, (night, name)
            else:
                assert value == pytest.approx(expected, rel=1e-12, abs=1e-12), (night, name)


def test_they_are_what_each_night_published() -> None:
    published = pd.concat([tables["key_figures"] for tables in small_nights()], ignore_index=True)
    nights = [tables["runs"]["as_of"].iloc[0] for tables in small_nights()]
    found = key_figures_as_of(loaded(simulate(80, 540, 1).tables), nights)
    both = found.merge(published, on=["as_of", "name"], suffixes=("", "_published"))
    assert len(both) == len(KEY_FIGURES) * len(nights)
    pd.testing.assert_series_equal(both["value"], both["value_published"], check_names=False, check_exact=True)
