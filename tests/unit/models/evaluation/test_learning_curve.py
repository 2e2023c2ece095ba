"""A learning curve begins with what the trees start from, and ends with all of them."""

import numpy as np
import pandas as pd

from configs.settings import load_settings
from models.evaluation.learning_curve import learning_curve
from models.evaluation.rolling_origin import Judgement
from models.risk.boosting import fit_trees
from models.risk.calibration import Calibrator
from models.risk.risk_model import RiskModel
from tests.support.column_models import CARD, model

FEATURES = ["delay_mean_30d", "delay_mean_90d"]


def judged() -> tuple[Judgement, np.ndarray, pd.DataFrame]:
    draw = np.random.default_rng(3)
    rows = pd.DataFrame(draw.normal(size=(400, 2)), columns=FEATURES, dtype="float32")
    label = (draw.random(400) < 1 / (1 + np.exp(-2 * rows["delay_mean_30d"]))).to_numpy(dtype=float)
    trees = fit_trees(rows, label, np.ones(400), FEATURES, load_settings(("training.trees=30",)).training)
    fitted = RiskModel(trees, Calibrator(), CARD)
    return Judgement(fitted, {}, rows, label, fitted.probability(rows), label), label, rows


def test_its_last_point_is_the_log_loss_of_all_trees_and_its_first_that_of_their_start() -> None:
    judgement, label, rows = judged()
    curve = learning_curve(judgement)
    probability = 1 / (1 + np.exp(-judgement.model.scorer.raw(rows)))
    expected = -np.mean(np.log(np.where(label > 0, probability, 1 - probability)))
    assert list(curve) == [0, *sorted({-(-30 * part // 20) for part in range(1, 21)})]
    np.testing.assert_allclose(curve[30], expected, rtol=1e-6)
    np.testing.assert_allclose(curve[0], np.log(2))
    assert curve[30] < curve[15] < curve[0]


def test_what_has_no_trees_or_no_rows_has_no_curve() -> None:
    judgement, _, rows = judged()
    assert learning_curve(Judgement(model("sharp"), {}, rows, *[np.zeros(400)] * 3)) == {}
    assert learning_curve(Judgement(judgement.model, {}, rows.head(0), *[np.zeros(0)] * 3)) == {}
