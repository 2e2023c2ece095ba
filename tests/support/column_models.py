"""Models whose score is what a column says, and nights that they are judged on, for tests of what is done with both."""

from dataclasses import replace

import numpy as np
import pandas as pd

from configs.settings import Settings, load_settings
from features.catalogue import catalogue_hash
from models.evaluation.metrics import metrics
from models.evaluation.rolling_origin import Judgement
from models.risk.calibration import Calibrator
from models.risk.risk_model import Card, RiskModel

CARD = Card("default", "lightgbm", "", "2024-01-01", catalogue_hash(), "data", {}, 0, 0)
BEFORE_ALL = "1970-01-02"
NIGHTS = (100, 107)


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


def settings(*overrides: str) -> Settings:
    return load_settings(("training.min_events=5", "evaluation.capacity_share=0.1", *overrides))


def judged(customers: int = 200, seed: int = 1) -> Judgement:
    """Customers on two nights, whose truth the column `sharp` knows well, and `dull` hardly."""
    draw = np.random.default_rng(seed)
    truth = draw.normal(-1.5, 1.5, customers)
    rows = pd.DataFrame(
        {
            "customer": np.tile(np.arange(customers), 2),
            "night": np.repeat(NIGHTS, customers),
            "open_amount": np.tile(np.round(draw.lognormal(7, 1, customers), 2), 2),
            "oldest_days_past_due": np.tile(draw.integers(0, 90, customers), 2).astype(float),
            "sharp": np.tile(truth, 2),
            "dull": np.tile(-1.5 + draw.normal(0, 0.3, customers), 2),
        }
    )
    label = np.tile((draw.random(customers) < 1 / (1 + np.exp(-truth))).astype(float), 2)
    probability = 1 / (1 + np.exp(-rows["sharp"].to_numpy()))
    naive = np.full(len(rows), label.mean())
    return Judgement(model("sharp"), metrics(label, probability, 0.1), rows, label, probability, naive)


def naive_by(column: str, judgement: Judgement) -> Judgement:
    """The same nights, on which the naive rule goes by a column."""
    return replace(judgement, naive=1 / (1 + np.exp(-judgement.rows[column].to_numpy())))
