"""MLflow's door to a registered model: rows of features in, calibrated probabilities out."""

from pathlib import Path

import pandas as pd

from features.window_kernels import Floats
from models.effect.cases import FEATURES
from models.effect.effect_model import EffectModel
from models.registry import risk_files
from models.registry.effect_files import EVIDENCE_FILE, load_effect
from models.risk.risk_model import RiskModel


class Predictor:
    """What MLflow's pyfunc calls; made anew from the stored text, never stored itself."""

    def __init__(self, model: RiskModel) -> None:
        self._model = model

    def predict(self, rows: pd.DataFrame) -> Floats:
        """Probabilities, shape (rows,); of numbers of any width, as of the small ones of a night."""
        return self._model.probability(rows[self._model.scorer.features].astype("float32"))


class EffectPredictor:
    """The same for an effect model: rows of its features in, effects by customer (row) and channel out."""

    def __init__(self, model: EffectModel) -> None:
        self._model = model

    def predict(self, rows: pd.DataFrame) -> pd.DataFrame:
        """See `EffectModel.effects`."""
        return self._model.effects(rows[FEATURES].astype("float32"))


def _load_pyfunc(path: str) -> Predictor | EffectPredictor:
    folder = Path(path)
    if (folder / EVIDENCE_FILE).exists():
        return EffectPredictor(load_effect(folder, "pyfunc"))
    return Predictor(risk_files.load(folder, "pyfunc"))
