"""The rows that trees are fitted on: whole customers, the same for every seed."""

import numpy as np
import pandas as pd

from models.boosting import sample_customers
from tests import trained

TRAINING = trained.SETTINGS.training.model_copy(update={"max_rows": 1_000})


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
