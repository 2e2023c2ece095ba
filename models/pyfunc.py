"""MLflow's door to a registered model: rows of features in, calibrated probabilities out."""

from pathlib import Path

import pandas as pd

from features.statistics import Floats
from models import storage
from models.risk_model import RiskModel


class Predictor:
    """What MLflow's pyfunc calls; made anew from the stored text, never stored itself."""

    def __init__(self, model: RiskModel) -> None:
        self._model = model

    def predict(self, rows: pd.DataFrame) -> Floats:
        """Probabilities, shape (rows,)."""
        return self._model.probability(rows)


def _load_pyfunc(path: str) -> Predictor:
    return Predictor(storage.load(Path(path), "pyfunc"))
