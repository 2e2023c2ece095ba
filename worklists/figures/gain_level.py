"""Did contacts bring what was expected of them? The extra cash of the random draw over the model's expected gain.

A small sample drawn at random corrects the level of an estimate from chosen contacts (the idea of Kallus, Puli and
Shalit 2018, "Removing Hidden Confounding by Experimental Grounding"). Nothing is ranked by it: it is reported.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.language import translated
from features.window_kernels import Floats
from models.curves.ageing_curve import AGEING_EDGES
from models.evaluation.calibration_by_group import AGEING_NAMES
from worklists.figures.holdout_measurement import LEAST_CUSTOMERS, OUTCOME_DAYS
from worklists.figures.key_figures import KeyFigure
from worklists.figures.measured import Measured
from worklists.figures.random_draw import CONFIDENCE, Ends, RandomDraw, Ratio, customers_of

Groups = npt.NDArray[np.int64]
FIFTHS = 5

LEVEL = (
    f"cash of {OUTCOME_DAYS} days of customers let through less of those held out at random, / the same difference of "
    "the expected gain of that night x contacts made; weighted so that age of debt and expected gain are as tonight"
)
INTERVAL = f"end of the {CONFIDENCE:.0%} interval of gain_level that may be looked at every night"
LOW = f"lower {INTERVAL}, where every contact counts in full"
HIGH = f"upper {INTERVAL}, where only the first contact of a customer counts"
SOURCE = "randomised trial against an estimate from chosen contacts: Kallus, Puli and Shalit 2018"
LEVEL_FIGURES: tuple[KeyFigure, ...] = (
    KeyFigure("gain_level", "share", LEVEL, SOURCE),
    KeyFigure("gain_level_low", "share", LOW, SOURCE),
    KeyFigure("gain_level_high", "share", HIGH, SOURCE),
)


def gain_level(rows: pd.DataFrame, tonight: pd.DataFrame) -> Measured:
    """The figures of `LEVEL_FIGURES` from the rows of `holdout_measurement.whole`, for the customers of tonight.

    `tonight` has expected_gain (cents, missing where it is not known) and days_past_due of everyone who can be
    contacted. The expected gain is that of one contact, with 30 days to work. What a customer was expected to bring who
    was contacted again and again lies between that of one contact and that of all in full, and so does the interval.
    """
    rows = compared(rows)
    held, through = customers_of(rows)
    if min(held, through) < LEAST_CUSTOMERS:
        return Measured.of(
            LEVEL_FIGURES, [np.nan] * 3,
            translated(
                "what contacts bring is not compared with what was expected yet: the expected gain is known of {held} "
                "customers held out and of {through} let through; at least {least} of each are needed"
            ).format(held=held, through=through, least=LEAST_CUSTOMERS),
        )  # fmt: skip
    found = level_of(rows, tonight)
    if found is None:
        return Measured.of(
            LEVEL_FIGURES, [np.nan] * 3,
            translated(
                "what contacts bring cannot be compared with what was expected: hardly more was expected of the "
                "contacts of customers let through than of those of customers held out"
            ),
        )  # fmt: skip
    return Measured.of(LEVEL_FIGURES, [found.value, *found.always], "")


def compared(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of which the outcome and the expected gain are known."""
    return rows[rows[["cash", "contacts", "expected_gain", "days_past_due"]].notna().all(axis=1)]


def with_gain(tonight: pd.DataFrame) -> pd.DataFrame:
    """The customers of tonight of whom the expected gain is known."""
    return tonight[tonight[["expected_gain", "days_past_due"]].notna().all(axis=1)]


def level_of(rows: pd.DataFrame, tonight: pd.DataFrame) -> Ratio | None:
    """Observed over expected extra cash of the rows of `compared`, weighted to the customers of tonight; None where too
    little was expected of the contacts that were made. The value counts every contact in full."""
    draw, cash = RandomDraw(rows, _as_tonight(rows, tonight)), rows["cash"].to_numpy()
    gain, contacts = rows["expected_gain"].to_numpy(dtype=np.float64), rows["contacts"].to_numpy(dtype=np.float64)
    each, first = draw.ratio(cash, gain * contacts), draw.ratio(cash, gain * (contacts > 0))
    if each is None or first is None:
        return None
    return Ratio(each.value, each.error, _both(each.one_night, first.one_night), _both(each.always, first.always))


def _both(one: Ends, other: Ends) -> Ends:
    return Ends(min(one.low, other.low), max(one.high, other.high))


def groups_of(customers: pd.DataFrame, edges: Floats) -> Groups:
    """The group of each customer: age of its debt x fifth of its expected gain, by the `edges` of the fifths."""
    age = np.digitize(customers["days_past_due"].to_numpy(dtype=np.float64), AGEING_EDGES)
    fifth = np.searchsorted(edges, customers["expected_gain"].to_numpy(dtype=np.float64), side="left")
    return np.asarray(age * FIFTHS + fifth, dtype=np.int64)


def fifths_of(rows: pd.DataFrame) -> Floats:
    """Where the second to the fifth fifth of the rows' expected gain begin."""
    gain = rows["expected_gain"].to_numpy(dtype=np.float64)
    return np.asarray(np.quantile(gain, np.arange(1, FIFTHS) / FIFTHS), dtype=np.float64)


def _as_tonight(rows: pd.DataFrame, tonight: pd.DataFrame) -> Floats:
    """Weights that give the groups of the rows the shares that they have tonight; 1 where tonight has none of them."""
    edges, count = fifths_of(rows), len(AGEING_NAMES) * FIFTHS
    known = with_gain(tonight)
    of_rows = groups_of(rows, edges)
    drawn, now = (np.bincount(own, minlength=count) for own in (of_rows, groups_of(known, edges)))
    weight = np.divide(now, drawn, out=np.zeros(count), where=drawn > 0)[of_rows]
    return weight if weight.sum() else np.ones(len(rows))
