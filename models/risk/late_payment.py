"""Late payment: will this invoice still be unpaid at the end of a given day?

One LightGBM model answers it for every day (`horizon_days` and `horizon_past_due` are features, with the direction
"later can only be paid more" built in), so that p_late and p_paid_7d ... p_paid_90d are one monotone curve. A row of
the training set is an invoice, a night and a day; rows whose day had not passed when the model was trained are
censored and left out for paid and unpaid invoices alike.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from configs.settings import LabelSettings, TrainingSettings
from features.catalogue import names
from features.labels import InvoiceOutcomes, unpaid_through
from features.protected_fields import unprotected
from features.window_kernels import Floats, Positions
from models.curves.late_share_curve import late_share_curve
from models.curves.pay_curve import GRID, question, unpaid_curve
from models.risk.boosting import fit_trees, sample_rows
from models.risk.calibration import Calibrator
from models.risk.init_score import fit_start
from models.risk.naive_rules import late_share_rule
from models.risk.pay_date_levels import Levels, learned_levels, places_on_curve
from models.risk.risk_model import Card, RiskModel, Trees
from models.risk.tree_weight import WeightChoice, fit_as_set

NAME = "late_payment"

# What a credit manager looks at first, over all history: the line that the trees start from, fitted on late days.
START_FEATURES = (
    "delay_mean_all", "late_share_all", "delay_spread_all", "delay_last", "delay_last_3", "country_late_share",
    "issued_count_all", "open_amount", "overdue_share", "amount", "amount_to_usual", "due_day_of_month", "due_weekday",
)  # fmt: skip

HORIZONS = (1, 3, 7, 14, 21, 30, 45, 60, 90)
INTERVAL_ROWS = 5_000  # about as many, spread over all invoices, give two levels to a percent
MOST_SPARING = 3  # with fewer than every third horizon the curve's shape would be guessed


def features() -> list[str]:
    """What the model sees: the catalogue of this process, and the day asked about."""
    return [*names("invoice"), "horizon_days", "horizon_past_due"]


def days_until_late(rows: pd.DataFrame, labels: LabelSettings) -> Positions:
    """Days from the night to the end of due date and grace; zero or below where that has passed."""
    return np.asarray(rows["due_on"] + labels.grace_days + 1 - rows["night"], dtype=np.int64)


def late_label(rows: pd.DataFrame, known: InvoiceOutcomes, labels: LabelSettings) -> Floats:
    """1 where the invoice was unpaid at the end of due date and grace, 0 where not, NaN where not known."""
    last_day = np.asarray(rows["due_on"] + labels.grace_days, dtype=np.int64)
    return unpaid_through(known, rows["invoice"].to_numpy(), last_day)


def training_rows(
    rows: pd.DataFrame, known: InvoiceOutcomes, labels: LabelSettings, most: int
) -> tuple[pd.DataFrame, Floats]:
    """Every row asked about every horizon and about its own late day, with labels; what is not known is left out.

    Where that is more than `most` rows, a row is asked about its late day and every second or third horizon, in
    turn: more invoices teach more than more questions about the same ones.
    """
    until_late = days_until_late(rows, labels)
    turn = (rows["night"] + rows["due_on"] + rows["amount"].fillna(0).astype(np.int64)).to_numpy()
    every = min(-(-len(rows) * len(HORIZONS) // most), MOST_SPARING) or 1
    row, horizon = [np.arange(len(rows))], [until_late]
    for place, days in enumerate(HORIZONS):
        asked = np.flatnonzero((turn + place) % every == 0)
        row.append(asked)
        horizon.append(np.full(len(asked), days, dtype=np.int64))
    where, ahead = np.concatenate(row), np.concatenate(horizon)
    last_day = rows["night"].to_numpy()[where] + ahead - 1
    label = unpaid_through(known, rows["invoice"].to_numpy()[where], last_day)
    order = np.lexsort((ahead, rows["night"].to_numpy()[where], rows["invoice"].to_numpy()[where]))
    keep = order[~np.isnan(label[order]) & (ahead[order] > 0)]  # ordered: a float sum depends on the order of its rows
    return question(rows.iloc[where[keep]], ahead[keep]), label[keep]


def train(
    rows: pd.DataFrame,
    known: InvoiceOutcomes,
    labels: LabelSettings,
    settings: TrainingSettings,
    card: dict[str, str],
    protected_fields: Sequence[str] = (),
) -> RiskModel:
    """Fit, calibrate on the later nights, refit on all; the naive rule, saying why, where there is too little.

    `rows` is `Spine.invoices`; `card` holds trained_on, catalogue_hash and data_hash. No feature is used that is made
    of one of the `protected_fields`.
    """
    used, start_features = (unprotected(some, protected_fields) for some in (features(), START_FEATURES))
    asked, label = training_rows(rows, known, labels, settings.max_rows)
    events = _events(asked, label)
    described = {
        **card, "settings": settings.model_dump(), "rows": len(asked), "events": events, "usual": _usual(rows, used),
    }  # fmt: skip
    if events < settings.min_events:
        why = (
            f"{events} invoices of the rarer outcome are known, and {settings.min_events} are needed: "
            f"the customer's own late share is used instead"
        )
        rule = late_share_rule(known, labels, used)
        return RiskModel(rule, Calibrator(), Card(NAME, "rule", why, **described))  # type: ignore[arg-type]
    asked, label = sample_rows(asked, label, settings)
    # Each counts once, however long its invoice stayed open: a weight by that would be one by the outcome.
    weight = np.ones(len(asked))
    known_from = np.asarray(asked["night"] + asked["horizon_days"])
    curve = late_share_curve(known, labels)

    def fit(some: pd.DataFrame, its_label: Floats, its_weight: Floats, settings: TrainingSettings = settings) -> Trees:
        late_day = (some["horizon_past_due"] == labels.grace_days).to_numpy()
        start = fit_start(curve, some[late_day], its_label[late_day], its_weight[late_day], tuple(start_features))
        return fit_trees(some, its_label, its_weight, used, settings, start)

    scorer, chosen = fit_as_set(asked, label, weight, known_from, used, settings, fit)
    losses = {"calibration_losses": chosen.calibration_losses, "tree_weight_losses": chosen.tree_weight_losses}
    its_card = Card(NAME, settings.model_kind, "", **described, **losses)  # type: ignore[arg-type]
    return RiskModel(scorer, chosen.calibrator, its_card, pay_dates=_pay_dates(rows, known, chosen))


def _usual(rows: pd.DataFrame, used: Sequence[str]) -> dict[str, float]:
    """The mean of each feature over the rows that have one, to six digits, whatever the order of the rows."""
    means = rows[[name for name in used if name in rows]].astype("float64").mean().dropna()
    return {str(name): float(f"{mean:.6g}") for name, mean in means.items()}


def _pay_dates(rows: pd.DataFrame, known: InvoiceOutcomes, chosen: WeightChoice) -> Levels:
    """The levels of p10 and p90, learned on the nights that the trial trees have not seen."""
    if chosen.trial is None:
        return Levels()
    trial, calibrator = chosen.trial, chosen.calibrator
    later = rows[rows["night"] >= chosen.split].sort_values(["invoice", "night"])
    later = later.iloc[:: max(len(later) // INTERVAL_ROWS, 1)]
    unpaid = unpaid_curve(lambda asked: calibrator.probability(trial.raw(asked)), later, GRID[-1])
    return learned_levels(places_on_curve(unpaid, later, known))


def _events(asked: pd.DataFrame, label: Floats) -> int:
    """Invoices that were seen unpaid, or paid, at some day asked about: the rarer of both."""
    if not len(asked):
        return 0
    return int(min(asked.loc[label == value, "invoice"].nunique() for value in (0, 1)))
