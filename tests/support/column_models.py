"""Models whose score is what a column says, for tests of what is done with scores."""

from dataclasses import replace

import numpy as np
import pandas as pd

from features.catalogue import catalogue_hash
from models.risk.calibration import Calibrator
from models.risk.risk_model import Card, RiskModel

CARD = Card("default", "lightgbm", "", "2024-01-01", catalogue_hash(), "data", {}, 0, 0)
BEFORE_ALL = "1970-01-02"


class ColumnScore:
    """Gives each row the score that the column says."""

    def __init__(self, column: str) -> None:
        self.column = column
        self.features = [column]

    def raw(self, rows: pd.DataFrame) -> np.ndarray:
        return rows[self.column].to_numpy(dtype=np.float64)

    def contributions(self, rows: pd.DataFrame) -> np.ndarray:
        raise NotImplementedError


def model(column: str, trained_on: str = BEFORE_ALL) -> RiskModel:
    return RiskModel(ColumnScore(column), Calibrator(), replace(CARD, trained_on=trained_on))
