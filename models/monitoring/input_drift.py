"""Has the population moved? What a model reads tonight, compared with the nights of recent normal months."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import chi2

from configs.settings import MonitorSettings
from features.window_kernels import Floats
from models.risk.risk_model import RiskModel, Trees

BINS = 10
EMPTY_BIN = 1e-4  # a bin that no one is in has no logarithm
MOST_FEATURES = 20
FALSE_ALARMS = 1e-4
USUAL_TIMES = 1.5  # a shift counts where it is so much larger than the largest of the normal months
LEAST_EARLIER_NIGHTS = 4


class Check(NamedTuple):
    """A figure that monitoring checked, of what, the usual or predicted value, and where its alarm begins."""

    figure: str
    of: str
    value: float
    reference: float
    limit: float
    breached: bool


def stability_index(normal: Floats, tonight: Floats) -> float:
    """Population stability index of two samples, over ten bins of equal size of the first; missing is one more bin.

    Sum of (b - a) ln(b / a) over the bins' shares a and b (Siddiqi 2006, Credit Risk Scorecards): 0 where the shares
    are the same; above 0.25 the population is usually held to have changed.
    """
    known = normal[~np.isnan(normal)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1])) if len(known) else known
    before, after = (_shares(values, edges) for values in (normal, tonight))
    return float(((after - before) * np.log(after / before)).sum())


def _shares(values: Floats, edges: Floats) -> Floats:
    here = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left"))
    return np.maximum(np.bincount(here, minlength=len(edges) + 2) / max(len(values), 1), EMPTY_BIN)


def chance_shift(normal: pd.Series, tonight: pd.Series) -> float:
    """What the index of two samples of the same population exceeds once in ten thousand, by their customers.

    (1/n + 1/m) times a chi-squared with one degree less than there are bins (Yurdakul and Naranjo 2020, Statistical
    properties of the population stability index); rows of a customer go together, so customers are what is counted.
    """
    return float(chi2.ppf(1 - FALSE_ALARMS, BINS) * (1 / max(normal.nunique(), 1) + 1 / max(tonight.nunique(), 1)))


def watched_features(model: RiskModel) -> list[str]:
    """The features that the model's scores depend on most, at most twenty, in the order of the model's."""
    scorer = model.scorer
    if not isinstance(scorer, Trees):
        return [name for name in ("late_share_all", "oldest_days_past_due") if name in scorer.features]
    gain = np.asarray(scorer.booster.feature_importance("gain"), dtype=np.float64)
    top = np.argsort(-gain, kind="stable")[:MOST_FEATURES]
    asked = ("horizon_days", "horizon_past_due")  # what is asked, not what is known of anyone
    return [scorer.features[place] for place in np.sort(top) if gain[place] > 0 and scorer.features[place] not in asked]


def shifts(model: RiskModel, rows: pd.DataFrame, tonight: int, settings: MonitorSettings) -> Iterator[Check]:
    """Checks (see `models.monitoring.watch`) of the score and of each watched feature: the stability index of tonight.

    `rows` are those that the model scores, of tonight (a day number in `night`) and of the nights of normal months.
    How much a feature moves from night to night anyway is shown by the later half of those nights, each against the
    nights before it; and how far it can move by chance, by the number of customers.
    """
    night = rows["night"].to_numpy()
    by_chance = chance_shift(rows.loc[night < tonight, "customer"], rows.loc[night == tonight, "customer"])
    values = {"score": model.scorer.raw(rows)}
    values |= {name: rows[name].to_numpy(dtype=np.float64) for name in watched_features(model)}
    for name, value in values.items():
        index = stability_index(value[night < tonight], value[night == tonight])
        usual = max((stability_index(*pair) for pair in _earlier_pairs(value, night, tonight)), default=0.0)
        limit = max(settings.largest_shift, USUAL_TIMES * usual, by_chance)
        yield Check("stability_index", name, index, usual, limit, index > limit)
        missing, before = (float(np.isnan(value[here]).mean()) for here in (night == tonight, night < tonight))
        most = before + settings.most_missing
        yield Check("missing_share", name, missing, before, most, missing > most)


def _earlier_pairs(value: Floats, night: npt.NDArray[np.int64], tonight: int) -> Iterator[tuple[Floats, Floats]]:
    nights = np.unique(night[night < tonight])
    for one in nights[max(len(nights) // 2, LEAST_EARLIER_NIGHTS) :]:
        yield value[night < one], value[night == one]


def volumes(rows: pd.DataFrame, tonight: int, of: str, settings: MonitorSettings) -> Check:
    """The check of how many rows there are tonight, compared with the usual night; a limit on either side of it."""
    counts = rows["night"].value_counts()
    usual = float(counts.drop(tonight, errors="ignore").median())
    count = float(counts.get(tonight, 0))
    times = max(count, 1.0) / max(usual, 1.0)
    limit = settings.volume_factor
    return Check("rows", of, count, usual, usual * limit, bool(max(times, 1 / times) > limit))
