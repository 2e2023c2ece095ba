"""Default: will this customer reach 90 days past due, or be written off, within 180 days?"""

import numpy as np
import pandas as pd

from configs.settings import LabelSettings, TrainingSettings
from features.catalogue import names
from features.labels import Outcomes, defaults_within
from features.statistics import Floats
from models.boosting import calibrate, fit_trees, sample_customers
from models.calibration import Calibrator
from models.risk_model import Card, RiskModel, Trees
from models.rules import ageing_rule

NAME = "default"

# Score points as in credit scoring (Siddiqi 2006): 600 points at odds of 50 good to 1 bad, 20 points double the odds.
POINTS_AT_ODDS, ODDS, POINTS_TO_DOUBLE = 600.0, 50.0, 20.0

# Lowest points of each band, best first.
BANDS = (("A", 640), ("B", 600), ("C", 560), ("D", 520), ("E", None))


def features() -> list[str]:
    """What the model sees: the catalogue of this process."""
    return names("customer")


def label_rows(rows: pd.DataFrame, known: Outcomes, labels: LabelSettings) -> Floats:
    """1 for default, 0 for none, NaN where the horizon had not passed; `rows` is `Spine.customers`."""
    label = np.full(len(rows), np.nan)
    night = rows["night"].to_numpy()
    for one in np.unique(night):
        here = night == one
        label[here] = defaults_within(known, rows["customer"].to_numpy()[here], int(one), labels)
    return label


def train(
    rows: pd.DataFrame, known: Outcomes, labels: LabelSettings, settings: TrainingSettings, card: dict[str, str]
) -> RiskModel:
    """Fit, calibrate on later nights, refit on all; the ageing rule, saying why, where there is too little."""
    label = label_rows(rows, known, labels)
    seen = ~np.isnan(label)
    events = int(min(rows.loc[label == value, "customer"].nunique() for value in (0, 1)))
    described = {**card, "settings": settings.model_dump(), "rows": int(seen.sum()), "events": events}
    if events < settings.min_events:
        why = (
            f"{events} customers of the rarer outcome are known, and {settings.min_events} are needed: "
            f"the share of defaults by ageing is used instead"
        )
        return RiskModel(ageing_rule(rows, label, features()), Calibrator(), Card(NAME, "rule", why, **described))  # type: ignore[arg-type]
    rows, label = sample_customers(rows[seen], label[seen], settings)
    weight = np.ones(len(rows))
    known_from = rows["night"].to_numpy() + labels.default_horizon_days

    def fit(some: pd.DataFrame, its_label: Floats, its_weight: Floats) -> Trees:
        return fit_trees(some, its_label, its_weight, features(), settings)

    calibrator, losses = calibrate(rows, label, weight, known_from, settings, fit)
    scorer = fit(rows, label, weight)
    return RiskModel(scorer, calibrator, Card(NAME, "lightgbm", "", **described, calibration_losses=losses))  # type: ignore[arg-type]


def score_points(probability: Floats) -> Floats:
    """Score points, rounded to whole points: 600 at odds of 50:1, 20 more where the odds double."""
    odds = (1 - probability) / probability
    return np.rint(POINTS_AT_ODDS + POINTS_TO_DOUBLE * np.log2(odds / ODDS))


def risk_band(points: Floats) -> "pd.Series[str]":
    """The band of each score, A (best) to E."""
    edges = [low for _, low in BANDS if low is not None]
    where = np.searchsorted(-np.array(edges, dtype=np.float64), -points, side="left")
    return pd.Series(np.array([name for name, _ in BANDS])[where], dtype="str")
