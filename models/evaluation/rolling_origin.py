"""Judge a model's like on later nights: the same fit, on what was known before them, from several origins."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from configs.settings import Settings
from features.labels import InvoiceOutcomes, unpaid_through
from features.spine import Spine
from features.window_kernels import Floats
from models.curves.pay_curve import question
from models.evaluation.metrics import metrics, rank_metrics
from models.risk import default, late_payment
from models.risk.calibration import Calibrator
from models.risk.naive_rules import ageing_rule, late_share_rule
from models.risk.risk_model import RiskModel

# Days of nights that a model is judged on; for default the horizon comes on top, since labels need it to mature.
JUDGED_DAYS = 90
PAID_WITHIN = 30  # of `Judgement.of_open`: the month that collectors' lists look ahead

OF_OPEN = ("auc", "brier", "calibration_error")
BASELINES = {"own_late_share": "late_share_all", "ageing": "oldest_days_past_due"}


@dataclass(frozen=True)
class Judgement:
    """A model's like on later nights whose outcome is known, each scored by a fit on what was known before its origin.

    `rows` has a row for each `label` (1 or 0), `probability` and `naive` (of the naive rule as it was known then).
    `metrics` has the model's figures, and each baseline's with its name in front; `model` is the latest of the fits.
    `groups` is of `calibration_groups.calibration_by_group`, `learning_curve` of `learning_curve.learning_curve`.
    `of_open` judges the same fits of late payment by every open invoice, overdue or not: is it unpaid after
    `PAID_WITHIN` days? Its figures are in `metrics`, with paid_30d in front.
    """

    model: RiskModel
    metrics: dict[str, float]
    rows: pd.DataFrame = field(repr=False)
    label: Floats = field(repr=False)
    probability: Floats = field(repr=False)
    naive: Floats = field(repr=False)
    groups: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    learning_curve: dict[int, float] = field(default_factory=dict, repr=False)
    of_open: "Judgement | None" = field(default=None, repr=False)

    def since(self, night: int) -> "Judgement":
        """The rows of the nights from `night` (day number) on; the figures stay those of all."""
        here = self.rows["night"].to_numpy() >= night
        return replace(
            self,
            rows=self.rows[here],
            label=self.label[here],
            probability=self.probability[here],
            naive=self.naive[here],
            of_open=None if self.of_open is None else self.of_open.since(night),
        )

    @property
    def of_rule(self) -> "Judgement":
        """The same with the naive rule in the place of the model."""
        return replace(self, probability=self.naive, of_open=None if self.of_open is None else self.of_open.of_rule)


def judge_late_payment(
    spine: Spine, known_then: InvoiceOutcomes, known_now: InvoiceOutcomes, nights: tuple[int, int], settings: Settings,
    card: dict[str, str],
) -> Judgement:  # fmt: skip
    """Fit on the nights before `nights` (day numbers, first and end) and outcomes of then, judge p_late on `nights`."""
    rows, (first, end) = spine.invoices, nights
    earlier, protected = rows[rows["night"] < first], settings.fairness.protected_fields
    model = late_payment.train(earlier, known_then, settings.labels, settings.training, card, protected)
    rule = RiskModel(late_share_rule(known_then, settings.labels, late_payment.features()), Calibrator(), model.card)
    opened = rows[rows["night"].between(first, end, inclusive="left")]
    later = opened[late_payment.days_until_late(opened, settings.labels) > 0]
    asked = question(later, late_payment.days_until_late(later, settings.labels))
    judgement = _judgement(model, rule, asked, late_payment.late_label(later, known_now, settings.labels), settings)
    month = question(opened, np.full(len(opened), PAID_WITHIN))
    last_day = np.asarray(opened["night"] + PAID_WITHIN - 1, dtype=np.int64)
    unpaid = unpaid_through(known_now, opened["invoice"].to_numpy(), last_day)
    return replace(judgement, of_open=_judgement(model, rule, month, unpaid, settings))


def judge_default(
    spine: Spine, known_then: InvoiceOutcomes, known_now: InvoiceOutcomes, nights: tuple[int, int], settings: Settings,
    card: dict[str, str],
) -> Judgement:  # fmt: skip
    """The same for p_default."""
    rows, (first, end) = spine.customers, nights
    earlier, protected = rows[rows["night"] < first], settings.fairness.protected_fields
    model = default.train(earlier, known_then, settings.labels, settings.training, card, protected)
    rule = ageing_rule(earlier, default.label_rows(earlier, known_then, settings.labels), default.features())
    later = rows[rows["night"].between(first, end, inclusive="left")]
    label = default.label_rows(later, known_now, settings.labels)
    return _judgement(model, RiskModel(rule, Calibrator(), model.card), later, label, settings)


def joined_judgements(parts: Sequence[Judgement], settings: Settings) -> Judgement:
    """The judgements from several origins, in their order, as one."""
    rows = pd.concat([part.rows for part in parts], ignore_index=True)
    label, probability, naive = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("label", "probability", "naive")
    )
    figures = _figures(rows, label, probability, settings.evaluation.capacity_share)
    opened = [part.of_open for part in parts if part.of_open is not None]
    of_open = joined_judgements(opened, settings) if opened else None
    if of_open is not None:
        figures |= {f"paid_30d_{name}": of_open.metrics[name] for name in OF_OPEN if name in of_open.metrics}
    return Judgement(parts[-1].model, figures, rows, label, probability, naive, of_open=of_open)


def _judgement(model: RiskModel, rule: RiskModel, rows: pd.DataFrame, label: Floats, settings: Settings) -> Judgement:
    rows, label = rows[~np.isnan(label)], label[~np.isnan(label)]
    probability, naive = (one.probability(rows) if len(rows) else np.zeros(0) for one in (model, rule))
    figures = _figures(rows, label, probability, settings.evaluation.capacity_share)
    return Judgement(model, figures, rows, label, probability, naive)


def _figures(rows: pd.DataFrame, label: Floats, probability: Floats, share: float) -> dict[str, float]:
    figures = metrics(label, probability, share)
    for name, feature in BASELINES.items():
        rank = rows[feature].fillna(rows[feature].mean()).fillna(0.0).to_numpy(dtype=np.float64)
        figures |= {f"{name}_{figure}": value for figure, value in rank_metrics(label, rank, share).items()}
    return figures
