"""The key figures of any past night are what adding up says, and what that night published."""

import pandas as pd
import pytest

from ledger.simulator import simulate
from tests.oracle.book import plain_rows
from tests.support.at_random.random_ledger import NIGHTS, random_ledger
from tests.support.at_random.seeds import seeds
from tests.support.nights.in_this_process import loaded
from tests.support.plain_ledger.key_figures_compared import assert_key_figures_are_added_up
from tests.support.small_nights import small_nights
from worklists.figures.key_figures import KEY_FIGURES, key_figures_as_of


@pytest.mark.parametrize("seed", seeds(range(12), range(12, 25)))
def test_the_figures_of_past_nights_are_what_adding_up_says(seed: int) -> None:
    tables = random_ledger(seed)
    assert_key_figures_are_added_up(tables, plain_rows(tables), NIGHTS)


def test_they_are_what_each_night_published() -> None:
    published = pd.concat([tables["key_figures"] for tables in small_nights()], ignore_index=True)
    nights = [tables["runs"]["as_of"].iloc[0] for tables in small_nights()]
    found = key_figures_as_of(loaded(simulate(80, 540, 1).tables), nights)
    both = found.merge(published, on=["as_of", "name"], suffixes=("", "_published"))
    assert len(both) == len(KEY_FIGURES) * len(nights)
    pd.testing.assert_series_equal(both["value"], both["value_published"], check_names=False, check_exact=True)
