"""The picture of what moves a model is drawn whatever the ledger knows."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from models.evaluation.rolling_origin import Judgement
from models.registry.plots import shap_plot
from tests.support.column_models import model

DRAW = np.random.default_rng(1)
KNOWN = {"sharp": DRAW.normal(size=50), "dull": DRAW.normal(size=50)}
NOWHERE = {"days_since_contact": np.full(50, np.nan)}


class Parts:
    """Gives each row the values of its features as their contributions."""

    def __init__(self, features: list[str]) -> None:
        self.features = features

    def contributions(self, rows: pd.DataFrame) -> np.ndarray:
        return np.column_stack([rows[self.features].fillna(0), np.ones(len(rows))])


def drawn(columns: dict[str, np.ndarray]) -> Figure:
    rows, none = pd.DataFrame(columns), np.zeros(0)
    moved = replace(model("sharp"), scorer=Parts(list(columns)))
    return shap_plot(Judgement(moved, {}, rows, none, none, none), seed=1)


def names(figure: Figure) -> list[str]:
    return sorted(label.get_text() for label in figure.axes[0].get_yticklabels())


def test_features_that_no_row_knows_are_left_out_without_a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        assert names(drawn(KNOWN | NOWHERE)) == ["dull", "sharp"]


@pytest.mark.parametrize("columns", [NOWHERE, {"sharp": np.zeros(0)}], ids=["nothing known", "no rows"])
def test_a_picture_of_nothing_is_empty(columns: dict[str, np.ndarray]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        assert not drawn(columns).axes
