"""MLflow hears of data what it would find out itself."""

import numpy as np
import pandas as pd
import pytest
from mlflow.data.pandas_dataset import from_pandas

from models.registry.logged_runs import described


@pytest.mark.parametrize("rows", [1, 40])
def test_data_are_described_as_mlflow_would_describe_them_cell_by_cell(rows: int):
    values = np.random.default_rng(1).normal(size=(rows, 4))
    values[-1, 2] = np.nan
    data = pd.DataFrame(values, columns=["first", "second", "with a gap", "last"])
    data = data.astype({"first": "float32", "with a gap": "float32"})
    assert described(data, "some", "a digest").to_dict() == from_pandas(data, name="some", digest="a digest").to_dict()
