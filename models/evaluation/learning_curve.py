"""How much each further tree helps on nights that the trees have not seen."""

import numpy as np

from features.window_kernels import Floats
from models.evaluation.rolling_origin import Judgement
from models.risk.risk_model import Trees

POINTS = 20  # of a curve


def learning_curve(judgement: Judgement) -> dict[int, float]:
    """Log loss on the judged rows by the number of trees followed, in full and uncalibrated; 0 is what they start from.

    Empty where no trees were judged. `judgement` is of one origin: of its `model` alone.
    """
    scorer, rows = judgement.model.scorer, judgement.rows
    if not isinstance(scorer, Trees) or not len(rows):
        return {}
    raw = np.zeros(len(rows)) if scorer.start is None else scorer.start.raw(rows)
    features = rows[scorer.features].to_numpy()
    trees = scorer.booster.num_trees()
    curve, at = {0: _log_loss(judgement.label, raw)}, 0
    for until in sorted({-(-trees * point // POINTS) for point in range(1, POINTS + 1)}):
        raw = raw + scorer.booster.predict(features, start_iteration=at, num_iteration=until - at, raw_score=True)
        curve[until], at = _log_loss(judgement.label, raw), until
    return curve


def _log_loss(label: Floats, raw: Floats) -> float:
    return float(np.mean(np.logaddexp(0.0, np.where(label > 0, -raw, raw))))
