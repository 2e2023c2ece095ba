"""Did what a model said come true? Nights since it was trained whose outcome is known, and what it promises."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from configs.settings import MonitorSettings
from features.window_kernels import Floats
from models.clustered_error import clustered_error
from models.curves.ageing_curve import AGEING_EDGES, AgeingCurve
from models.evaluation.calibration_by_group import AGEING_NAMES
from models.evaluation.metrics import calibration_error
from models.evaluation.money_captured import head_of, money_of
from models.monitoring.input_drift import Check

ALL = "all"
LEAST_ROWS = 100
LEAST_NIGHTS = 3  # what falls due on one night, and what is paid that week, goes together
NO_LIMIT = float("nan")  # of a figure that is only reported


def expected_auc(probability: Floats) -> float:
    """The AUC that calibrated probabilities promise of themselves, before any outcome is known.

    Each row counts as an event by its probability and as none by the rest (confidence-based performance estimation:
    Bialek et al. 2024, "Estimating Model Performance Under Covariate Shift Without Labels"). NaN where nothing differs.
    """
    if len(probability) < 2 or np.ptp(probability) == 0:
        return float("nan")
    twice = np.concatenate([probability, probability])
    label = np.repeat([1, 0], len(probability))
    return float(roc_auc_score(label, twice, sample_weight=np.concatenate([probability, 1 - probability])))


def estimated_auc(
    probability: Floats, night: npt.NDArray[np.int64], tonight: int, settings: MonitorSettings
) -> Iterator[Check]:
    """The check of what tonight's probabilities promise, compared with what those of the normal nights did."""
    promised = expected_auc(probability[night == tonight])
    before = [expected_auc(probability[night == one]) for one in np.unique(night[night < tonight])]
    usual = float(np.nanmedian(before)) if np.isfinite(before).any() else float("nan")
    lowest = usual - settings.most_auc_loss
    yield Check("expected_auc", "tonight", promised, usual, lowest, bool(promised < lowest))
    share, usual_share = float(probability[night == tonight].mean()), float(probability[night < tonight].mean())
    yield Check("expected_share", "tonight", share, usual_share, NO_LIMIT, False)


def outcomes(
    rows: pd.DataFrame, label: Floats, probability: Floats, settings: MonitorSettings, capacity_share: float
) -> Iterator[Check]:
    """Checks of nights whose outcome is known, and that the model has not learned from; none where they are few.

    Of all rows, by ageing of the customer's oldest debt, by segment where `rows` has one, and by month (vintage), where
    they are enough: the share that went bad and the predicted one, auc and the one that the probabilities promised,
    the calibration error, and the share of the money that went bad which was at the head of the nights' lists. A
    share is off where it differs by more than `most_share_off`, and the auc of all where it is lower by more than
    `most_auc_loss`; both by more than so many standard errors as `deviations` says. The rest is only reported.
    """
    if len(rows) < LEAST_ROWS or rows["night"].nunique() < LEAST_NIGHTS or len(np.unique(label)) < 2:
        return
    money = money_of(rows)
    bad, promised = money * label, money * probability
    head = head_of(promised, rows["night"].to_numpy(), capacity_share)
    for of, here in _groups(rows):
        if here.sum() < LEAST_ROWS:
            continue
        customer = rows["customer"].to_numpy()[here]
        yield _share_off(of, customer, label[here], probability[here], settings)
        if len(np.unique(label[here])) < 2:
            continue
        yield _auc(of, customer, label[here], probability[here], settings)
        error = calibration_error(label[here], probability[here])
        yield Check("calibration_error", of, error, float("nan"), NO_LIMIT, False)
        captured, usual = (part[here & head].sum() / max(part[here].sum(), 1e-9) for part in (bad, promised))
        yield Check("money_captured", of, float(captured), float(usual), NO_LIMIT, False)


def _groups(rows: pd.DataFrame) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    yield ALL, np.ones(len(rows), dtype=bool)
    bucket = np.digitize(rows[AgeingCurve.FEATURE].fillna(0).to_numpy(), AGEING_EDGES)
    for number, name in enumerate(AGEING_NAMES):
        yield f"ageing {name}", bucket == number
    if "segment" in rows:
        segment = rows["segment"].to_numpy()
        for one in sorted(rows["segment"].dropna().unique()):
            yield f"segment {one}", segment == one
    month = pd.to_datetime(rows["night"], unit="D").dt.strftime("%Y-%m").to_numpy()
    for one in np.unique(month):
        if rows["night"][month == one].nunique() >= LEAST_NIGHTS:
            yield f"nights of {one}", month == one


def _auc(
    of: str, customer: npt.NDArray[np.int64], label: Floats, probability: Floats, settings: MonitorSettings
) -> Check:
    auc, promised = float(roc_auc_score(label, probability)), expected_auc(probability)
    if of != ALL:
        return Check("auc", of, auc, promised, NO_LIMIT, False)
    loss = max(settings.most_auc_loss, settings.deviations * auc_error(label, probability, customer))
    return Check("auc", of, auc, promised, promised - loss, bool(auc < promised - loss))


def auc_error(label: Floats, probability: Floats, customer: npt.NDArray[np.int64]) -> float:
    """Standard error of the AUC where the rows of a customer go together: `auc_parts` added up by customer (Obuchowski
    1997)."""
    return clustered_error(auc_parts(label, probability), customer)


def auc_parts(label: Floats, probability: Floats) -> Floats:
    """What each row has in the AUC beyond its mean, shape (rows,); of two rankings the difference is that of theirs.

    From each row's share of rows of the other outcome that it is ranked rightly against (DeLong et al. 1988).
    """
    bad = label == 1
    share = np.empty(len(label))
    for own, sign in ((bad, 1.0), (~bad, -1.0)):
        among_all, among_own = rankdata(sign * probability)[own], rankdata(sign * probability[own])
        share[own] = (among_all - among_own) / (~own).sum()
    return np.asarray((share - share[bad].mean()) / np.where(bad, bad.sum(), (~bad).sum()), dtype=np.float64)


def _share_off(
    of: str, customer: npt.NDArray[np.int64], label: Floats, probability: Floats, settings: MonitorSettings
) -> Check:
    observed, predicted = float(label.mean()), float(probability.mean())
    error = clustered_error(label - probability, customer) / len(label)
    limit = max(settings.most_share_off, settings.deviations * error)
    return Check("bad_share", of, observed, predicted, limit, bool(abs(observed - predicted) > limit))
