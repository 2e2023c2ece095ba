"""The trees are the same on any number of cores; the rows are whole customers, the same for every seed."""

import lightgbm
import numpy as np
import pandas as pd
import pytest

from models.risk import boosting
from models.risk.boosting import MANY_ROWS, reproducible, sample_customers
from tests.support import small_models

TRAINING = small_models.SETTINGS.training.model_copy(update={"max_rows": 1_000})


def test_whole_customers_are_kept_up_to_the_limit_and_whatever_the_seed():
    customer = np.random.default_rng(1).integers(0, 300, 4_000)
    rows = pd.DataFrame({"customer": customer, "place": np.arange(4_000)})
    kept, label = sample_customers(rows, rows["place"].to_numpy(dtype=np.float64), TRAINING)
    assert 900 < len(kept) <= 1_000
    assert len(kept) == np.isin(customer, kept["customer"].unique()).sum()
    np.testing.assert_array_equal(label, kept["place"])
    other, _ = sample_customers(rows, np.zeros(4_000), TRAINING.model_copy(update={"seed": 99}))
    pd.testing.assert_frame_equal(kept, other)


def test_few_rows_are_all_kept_and_one_large_customer_is_kept_whole():
    rows = pd.DataFrame({"customer": np.zeros(1_500, dtype=np.int64)})
    assert len(sample_customers(rows, np.zeros(1_500), TRAINING)[0]) == 1_500
    assert len(sample_customers(rows.head(1_000), np.zeros(1_000), TRAINING)[0]) == 1_000


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
