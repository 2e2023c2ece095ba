"""Default: will this customer reach 90 days past due, or be written off, within 180 days?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from configs.settings import LabelSettings, TrainingSettings
from features.catalogue import names
from features.labels import InvoiceOutcomes, defaults_within
from features.protected_fields import unprotected
from features.window_kernels import Floats
from models.curves.ageing_curve import account_shares
from models.curves.ageing_slope import AgeingSlope, ageing_slope
from models.risk.boosting import fit_trees, sample_rows
from models.risk.calibration import Calibrator
from models.risk.init_score import LogOddsLine, Start, fit_start
from models.risk.naive_rules import AgeingSlopeRule
from models.risk.risk_model import Card, RiskModel, Trees
from models.risk.tree_weight import fit_as_set

NAME = "default"

# What a credit manager looks at first: the line that moves the ageing curve.
START_FEATURES = (
    "oldest_days_past_due", "overdue_share", "overdue_amount", "open_amount", "credit_use", "delay_mean_all",
    "delay_last_3", "late_share_all", "late_streak", "days_since_payment", "broken_promises_all",
)  # fmt: skip

# Score points as in credit scoring (Siddiqi 2006): 600 points at odds of 50 good to 1 bad, 20 points double the odds.
POINTS_AT_ODDS, ODDS, POINTS_TO_DOUBLE = 600.0, 50.0, 20.0

# Lowest points of each band, best first.
BANDS = (("A", 640), ("B", 600), ("C", 560), ("D", 520), ("E", None))


def features() -> list[str]:
    """What the model sees: the catalogue of this process."""
    return names("customer")


def label_rows(rows: pd.DataFrame, known: InvoiceOutcomes, labels: LabelSettings) -> Floats:
    """1 for default, 0 for none, NaN where the horizon had not passed; `rows` is `Spine.customers`."""
    label = np.full(len(rows), np.nan)
    night = rows["night"].to_numpy()
    for one in np.unique(night):
        here = night == one
        label[here] = defaults_within(known, rows["customer"].to_numpy()[here], int(one), labels)
    return label


def training_rows(rows: pd.DataFrame, known: InvoiceOutcomes, labels: LabelSettings) -> tuple[pd.DataFrame, Floats]:
    """Every row whose outcome is known, with its label, by night and customer."""
    label = label_rows(rows, known, labels)
    order = np.lexsort((rows["customer"], rows["night"]))  # a float sum depends on the order of its rows
    order = order[~np.isnan(label[order])]
    return rows.iloc[order], label[order]


def train(
    rows: pd.DataFrame,
    known: InvoiceOutcomes,
    labels: LabelSettings,
    settings: TrainingSettings,
    card: dict[str, str],
    protected_fields: Sequence[str] = (),
) -> RiskModel:
    """Fit, calibrate on later nights, refit on all; the ageing rule, saying why, where there is too little.

    `rows` is `Spine.customers`; the rest as for late payment.
    """
    used, start_features = (unprotected(some, protected_fields) for some in (features(), START_FEATURES))
    rows, label = training_rows(rows, known, labels)
    events = int(min(rows.loc[label == value, "customer"].nunique() for value in (0, 1)))
    described = {**card, "settings": settings.model_dump(), "rows": len(rows), "events": events}
    rows, label = sample_rows(rows, label, settings)

    if events < settings.min_events:
        why = (
            f"{events} customers of the rarer outcome are known, and {settings.min_events} are needed: "
            f"the share of defaults by ageing, moved by a line through a few habits, is used instead"
        )
        slope, line = ageing_start(rows, label, tuple(start_features))
        rule = AgeingSlopeRule(slope.levels, used, line, slope.nothing_open)
        return RiskModel(rule, Calibrator(), Card(NAME, "rule", why, **described))  # type: ignore[arg-type]
    weight = np.ones(len(rows))
    known_from = rows["night"].to_numpy() + labels.default_horizon_days

    def fit(some: pd.DataFrame, its_label: Floats, its_weight: Floats, settings: TrainingSettings = settings) -> Trees:
        start = Start(*ageing_start(some, its_label, tuple(start_features)))
        return fit_trees(some, its_label, its_weight, used, settings, start)

    scorer, chosen = fit_as_set(rows, label, weight, known_from, used, settings, fit)
    losses = {"calibration_losses": chosen.calibration_losses, "tree_weight_losses": chosen.tree_weight_losses}
    return RiskModel(scorer, chosen.calibrator, Card(NAME, settings.model_kind, "", **described, **losses))  # type: ignore[arg-type]


def ageing_start(
    rows: pd.DataFrame, label: Floats, features: tuple[str, ...]
) -> tuple[AgeingSlope, LogOddsLine | None]:
    """What the trees start from: the portfolio's ageing, with those who owe nothing apart, and a line that moves it.

    The line spreads the customers of a bucket, which changes their mean chance; so the slope is set again beside it.
    """
    # a customer counts once, over however many nights, so that few customers say little
    once = 1.0 / rows.groupby("customer")["night"].transform("size").to_numpy(dtype=np.float64)
    shares = account_shares(rows, label)
    line = fit_start(ageing_slope(shares, rows), rows, label, once, features).line
    beside = 0.0 if line is None else line.parts(rows).sum(axis=1)
    return ageing_slope(shares, rows, beside), line


def score_points(probability: Floats) -> Floats:
    """Score points, rounded to whole points: 600 at odds of 50:1, 20 more where the odds double."""
    odds = (1 - probability) / probability
    return np.rint(POINTS_AT_ODDS + POINTS_TO_DOUBLE * np.log2(odds / ODDS))


def risk_band(points: Floats) -> "pd.Series[str]":
    """The band of each score, A (best) to E."""
    edges = [low for _, low in BANDS if low is not None]
    where = np.searchsorted(-np.array(edges, dtype=np.float64), -points, side="left")
    return pd.Series(np.array([name for name, _ in BANDS])[where], dtype="str")
