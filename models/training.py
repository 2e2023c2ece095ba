"""Train a model and judge its like on later nights: the same fit, on what was known before them."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from configs.settings import Settings
from features.labels import Outcomes
from features.spine import Spine
from features.statistics import Floats
from models import default, late_payment
from models.evaluate import metrics, rank_metrics
from models.pay_curve import question
from models.risk_model import RiskModel

# Days of nights that a model is judged on; for default the horizon comes on top, since labels need it to mature.
JUDGED_DAYS = 90


@dataclass(frozen=True)
class Judgement:
    """A model's like, fitted on what was known `judged_from` days ago, on the nights since.

    `metrics` has the model's figures, and each baseline's with its name in front; `model` is that earlier fit.
    `groups` is of `calibration_groups.calibration_by_group`.
    """

    model: RiskModel
    metrics: dict[str, float]
    rows: pd.DataFrame = field(repr=False)
    label: Floats = field(repr=False)
    probability: Floats = field(repr=False)
    groups: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)


def judge_late_payment(
    spine: Spine, known_then: Outcomes, known_now: Outcomes, split: int, settings: Settings, card: dict[str, str]
) -> Judgement:
    """Fit on nights and outcomes before `split` (day number), judge p_late on the nights since, where known now."""
    rows = spine.invoices
    earlier, protected = rows[rows["night"] < split], settings.fairness.protected_fields
    model = late_payment.train(earlier, known_then, settings.labels, settings.training, card, protected)
    until = late_payment.days_until_late(rows, settings.labels)
    later = rows[(rows["night"] >= split) & (until > 0)]
    asked = question(later, late_payment.days_until_late(later, settings.labels))
    label = late_payment.late_label(later, known_now, settings.labels)
    asked, label = asked[~np.isnan(label)], label[~np.isnan(label)]
    return _judgement(
        model, asked, label, {"own_late_share": "late_share_all", "ageing": "oldest_days_past_due"}, settings
    )


def judge_default(
    spine: Spine, known_then: Outcomes, known_now: Outcomes, split: int, settings: Settings, card: dict[str, str]
) -> Judgement:
    """The same for p_default."""
    rows = spine.customers
    earlier, protected = rows[rows["night"] < split], settings.fairness.protected_fields
    model = default.train(earlier, known_then, settings.labels, settings.training, card, protected)
    later = rows[rows["night"] >= split]
    label = default.label_rows(later, known_now, settings.labels)
    later, label = later[~np.isnan(label)], label[~np.isnan(label)]
    return _judgement(
        model, later, label, {"own_late_share": "late_share_all", "ageing": "oldest_days_past_due"}, settings
    )


def _judgement(
    model: RiskModel, rows: pd.DataFrame, label: Floats, baselines: dict[str, str], settings: Settings
) -> Judgement:
    share = settings.evaluation.capacity_share
    probability = model.probability(rows) if len(rows) else np.zeros(0)
    figures = metrics(label, probability, share)
    for name, feature in baselines.items():
        rank = rows[feature].fillna(rows[feature].mean()).fillna(0.0).to_numpy(dtype=np.float64)
        figures |= {f"{name}_{figure}": value for figure, value in rank_metrics(label, rank, share).items()}
    return Judgement(model, figures, rows, label, probability)
