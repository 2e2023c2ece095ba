"""The key figures of past nights, asked of the product and compared with those of the plain ledger."""

import math
from collections.abc import Iterable
from datetime import date

import pandas as pd
import pytest

from ledger.frames import Tables
from tests.support.nights.in_this_process import loaded
from tests.support.plain_ledger.book import Rows
from tests.support.plain_ledger.key_figures import key_figures
from worklists.figures.key_figures import KEY_FIGURES, key_figures_as_of


def assert_key_figures_are_added_up(tables: Tables, rows: Rows, nights: Iterable[date]) -> None:
    """`tables` and `rows` are the same ledger; ageing is compared to the cent."""
    nights = list(nights)
    found = key_figures_as_of(loaded(tables), map(pd.Timestamp, nights))
    assert found["name"].tolist() == [figure.name for figure in KEY_FIGURES] * len(nights)
    for night, of_night in found.groupby("as_of"):
        wanted = key_figures(rows, night.date())
        for name, value in zip(of_night["name"], of_night["value"], strict=True):
            expected = wanted[name]
            if expected is None:
                assert math.isnan(value), (night, name, value)
            elif name.startswith("ageing_"):
                assert value == expected / 100, (night, name)
            else:
                assert value == pytest.approx(expected, rel=1e-12, abs=1e-12), (night, name)
