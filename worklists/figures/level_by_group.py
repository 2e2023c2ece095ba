"""The level of the expected gain by age of the debt and fifth of the gain, shrunk to that of all, and that to one.

A group of few customers says little of itself: its level is taken to be one of many that vary about that of all by as
much as the groups together show (empirical Bayes: Morris 1983, Journal of the American Statistical Association 78).
Nothing is ranked by it: it is reported.
"""

import numpy as np
import pandas as pd

from features.window_kernels import Floats
from models.effect.estimators import variance_between
from models.evaluation.calibration_by_group import AGEING_NAMES
from worklists.figures.gain_level import FIFTHS, compared, fifths_of, groups_of, with_gain
from worklists.figures.holdout_measurement import LEAST_CUSTOMERS
from worklists.figures.random_draw import RandomDraw, Ratio, customers_of

LEAST_OF_GROUP = 20  # held out; a group of fewer says nothing of itself
COLUMNS = ["group", "observed", "error", "level", "expected"]


def level_by_group(rows: pd.DataFrame, tonight: pd.DataFrame) -> pd.DataFrame:
    """A row for each group that the draw or tonight has: `COLUMNS`; none as long as the level of all is not known.

    `rows` are of `holdout_measurement.whole`, `tonight` as in `gain_level`. `observed` over expected extra cash with
    its standard `error`, both missing where the group says nothing of itself; `level`, which is `observed` shrunk; and
    what is `expected` of tonight's customers in the group (cents).
    """
    rows = compared(rows)
    nothing = pd.DataFrame({name: pd.Series(dtype="str" if name == "group" else "float64") for name in COLUMNS})
    if min(customers_of(rows)) < LEAST_CUSTOMERS:
        return nothing
    of_all = _ratio(rows)
    if of_all is None:
        return nothing
    edges, tonight = fifths_of(rows), with_gain(tonight)
    own, now = groups_of(rows, edges), groups_of(tonight, edges)
    gain = tonight["expected_gain"].to_numpy(dtype=np.float64)
    groups = np.union1d(own, now)
    found = [_of_group(rows[own == group]) for group in groups]
    observed = np.array([np.nan if one is None else one.value for one in found])
    error = np.array([np.nan if one is None else one.error for one in found])
    return pd.DataFrame(
        {
            "group": [
                f"ageing {AGEING_NAMES[group // FIFTHS]}, fifth {group % FIFTHS + 1} by gain" for group in groups
            ],
            "observed": observed,
            "error": error,
            "level": shrunk(observed, error, shrunk_to_one(of_all.value, of_all.error)),
            "expected": [float(gain[now == group].sum()) for group in groups],
        }
    )


def level_tonight(groups: pd.DataFrame) -> float:
    """The level of tonight's customers from that of their groups; NaN where nothing is known or expected."""
    expected = groups["expected"].to_numpy()
    return float(np.average(groups["level"], weights=expected)) if expected.sum() > 0 else float("nan")


def shrunk_to_one(observed: float, error: float) -> float:
    """A level with its standard error, shrunk to 1: as far as it is from there, so much it may vary, less its error."""
    away = observed - 1
    return 1 + away * max(0.0, 1 - (error / away) ** 2) if away else 1.0


def shrunk(observed: Floats, error: Floats, of_all: float) -> Floats:
    """Levels of groups with their standard errors, shrunk to the level of all; that where a group's is missing.

    How much groups vary is what they do beyond their errors.
    """
    known = ~np.isnan(observed)
    level = np.full(len(observed), of_all)
    if known.sum() < 2:
        return level
    variance = variance_between(observed[known], error[known] ** 2)
    own = variance / (variance + error[known] ** 2)
    level[known] = own * observed[known] + (1 - own) * of_all
    return level


def _of_group(rows: pd.DataFrame) -> Ratio | None:
    return _ratio(rows) if min(customers_of(rows)) >= LEAST_OF_GROUP else None


def _ratio(rows: pd.DataFrame) -> Ratio | None:
    """Observed over expected extra cash, every contact counted in full."""
    expected = rows["expected_gain"].to_numpy(dtype=np.float64) * rows["contacts"].to_numpy(dtype=np.float64)
    return RandomDraw(rows).ratio(rows["cash"].to_numpy(), expected)
