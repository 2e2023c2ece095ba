"""The trees are the same on any number of cores; the rows are of all customers, the same for every seed."""

import lightgbm
import numpy as np
import pandas as pd
import pytest

from models.risk import boosting
from models.risk.boosting import MANY_ROWS, reproducible, sample_rows
from tests.support import small_models

TRAINING = small_models.SETTINGS.training.model_copy(update={"max_rows": 1_000})


def drawn_rows(size: int) -> pd.DataFrame:
    """Rows of 50 customers on a hundred nights, with an amount that no other has."""
    draw = np.random.default_rng(1)
    rows = {"customer": draw.integers(0, 50, size), "night": draw.integers(0, 100, size), "amount": draw.random(size)}
    return pd.DataFrame({**rows, "place": np.arange(size)})


def test_some_rows_of_every_customer_are_kept_whatever_the_seed():
    rows = drawn_rows(4_000)
    kept, label = sample_rows(rows, rows["place"].to_numpy(dtype=np.float64), TRAINING)
    assert len(kept) == 1_000 and kept["customer"].nunique() == 50
    np.testing.assert_array_equal(label, kept["place"])
    other, _ = sample_rows(rows, np.zeros(4_000), TRAINING.model_copy(update={"seed": 99}))
    pd.testing.assert_frame_equal(kept, other)


def test_which_rows_are_kept_does_not_depend_on_who_comes_later():
    rows = drawn_rows(4_000)
    moved = rows.assign(customer=rows["customer"] + 7, invoice=np.arange(4_000))  # as where others come before them
    kept, also = (sample_rows(some, np.zeros(4_000), TRAINING)[0] for some in (rows, moved))
    np.testing.assert_array_equal(kept["place"], also["place"])


def test_few_rows_are_all_kept():
    assert len(sample_rows(drawn_rows(1_000), np.zeros(1_000), TRAINING)[0]) == 1_000


@pytest.mark.parametrize("threads", [2, 3])
def test_many_rows_give_the_same_trees_on_any_number_of_cores(monkeypatch, threads):
    drawn = np.random.default_rng(4)
    values = drawn.normal(size=(MANY_ROWS, 12)).astype(np.float32)
    values[drawn.random(values.shape) < 0.1] = np.nan
    weight = drawn.random(MANY_ROWS)
    told = np.nan_to_num(values[:, 0] + values[:, 1] * values[:, 2])
    label = (told > drawn.normal(size=MANY_ROWS)).astype(np.float64)

    def trees(cores: int) -> str:
        monkeypatch.setattr(boosting, "EVERY_CORE", cores)
        asked = {**reproducible(MANY_ROWS), "objective": "binary", "num_leaves": 8, "feature_fraction": 0.5, "seed": 1,
                 "verbose": -1}  # fmt: skip
        assert asked["num_threads"] == cores
        data = lightgbm.Dataset(values, label, weight=weight, init_score=values[:, 3] * 0.1)
        return lightgbm.train(asked, data, num_boost_round=20).model_to_string().split("\nparameters:")[0]

    assert trees(threads) == trees(1)
