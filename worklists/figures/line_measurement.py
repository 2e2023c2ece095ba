"""What a contact brought at the line at which the collectors' minutes ended: a second experiment, which costs nothing.

Who is just above the line is contacted, who is just below it waits, and both are alike but for a trifle of value.
"""

import numpy as np
import pandas as pd
from scipy.stats import t as student

from configs.language import translated
from features.labels import cash_collected_within, contacts_within
from features.window_kernels import Floats
from ledger.as_of.view import View
from ledger.clock import day_numbers
from ledger.hashing import find_texts
from ledger.minor_units import minor_units
from models.clustered_error import clustered_error
from worklists.figures.holdout_measurement import LEAST_CUSTOMERS, OUTCOME_DAYS
from worklists.figures.key_figures import KeyFigure
from worklists.figures.measured import Measured
from worklists.figures.random_draw import CONFIDENCE, LEAST_CERTAINTY, expected_anyway

CONTACT_DAYS = 3  # a list is worked off on the next working day

LINE = (
    f"cash of {OUTCOME_DAYS} days on what was overdue, of customers just above the line at which the collectors' "
    f"minutes ended less of those just below it, / the same difference of customers contacted within {CONTACT_DAYS} "
    "days; those below may be contacted later"
)
INTERVAL = (
    f"end of the {CONFIDENCE:.0%} interval of extra_cash_at_the_line, with the customer as the unit, for a look on one "
    "night that was fixed beforehand"
)
DISCONTINUITY = "fuzzy regression discontinuity: Hahn, Todd and van der Klaauw 2001"
LINE_FIGURES: tuple[KeyFigure, ...] = (
    KeyFigure("extra_cash_at_the_line", "currency", LINE, DISCONTINUITY),
    KeyFigure("extra_cash_at_the_line_low", "currency", f"lower {INTERVAL}", DISCONTINUITY),
    KeyFigure("extra_cash_at_the_line_high", "currency", f"upper {INTERVAL}", DISCONTINUITY),
)


def watched_at_the_line(view: View, line: pd.DataFrame, lag: int | None = None) -> pd.DataFrame:
    """The rows of `earlier_nights.near_the_line` of the view's customers, with the cash (cents) of the days that
    followed, and whether a contact was made soon; `lag` as in `holdout_measurement.watched`."""
    customer = find_texts(view.portfolio.customer_ids, line["customer_id"])
    rows, customer = line[customer >= 0], customer[customer >= 0]
    nights = day_numbers(rows["as_of"])
    contacts = contacts_within(view, nights, customer, CONTACT_DAYS, lag)
    return rows.assign(
        cash=cash_collected_within(view, nights, customer, OUTCOME_DAYS, lag),
        contacted=np.where(np.isnan(contacts), np.nan, contacts > 0),
    )


def extra_cash_at_the_line(rows: pd.DataFrame) -> Measured:
    """Extra cash of a contact at the line, from the rows of `watched_at_the_line` of the whole portfolio.

    On either side of the line cash and contacts are taken to be straight lines in the logarithm of value per minute
    over that at the line, weighted by a triangular kernel (Imbens and Lemieux 2008, Journal of Econometrics 142), and
    alike in what they owe by what was owed and what was expected without a contact (Calonico, Cattaneo, Farrell and
    Titiunik 2019, Review of Economics and Statistics 101). Nothing is reported where few are near the line, or where
    those above were not contacted more often than those below.
    """
    rows = rows[rows[["cash", "contacted"]].notna().all(axis=1)]
    if rows.empty:
        return _missing(
            translated(
                "extra cash at the line is not measured: on no night of the last year that was {days} days ago did the "
                "collectors' minutes end before the list did"
            ).format(days=OUTCOME_DAYS)
        )
    distance = np.log(rows["line_ratio"].to_numpy(dtype=np.float64))
    width = bandwidth(distance)
    near = np.abs(distance) < width
    rows, distance = rows[near], distance[near]
    above, below = (rows.loc[side, "customer_id"].nunique() for side in (distance >= 0, distance < 0))
    if min(above, below) < LEAST_CUSTOMERS:
        return _missing(
            translated(
                "extra cash at the line is not measured yet: {above} customers were just above the line at which the "
                "collectors' minutes ended and {below} just below it; at least {least} of each are needed"
            ).format(above=above, below=below, least=LEAST_CUSTOMERS)
        )
    customer, _ = pd.factorize(rows["customer_id"])
    owed = rows["collectible_amount"].to_numpy(dtype=np.float64)
    jump = _Jump(distance, 1 - np.abs(distance) / width, [owed, expected_anyway(rows, owed)])
    cash, contacted = rows["cash"].to_numpy(), rows["contacted"].to_numpy(dtype=np.float64)
    money, made = jump.of(cash), jump.of(contacted)
    if made <= LEAST_CERTAINTY * clustered_error(jump.influence(contacted), customer):
        return _missing(
            translated(
                "extra cash at the line cannot be measured: customers just above the line at which the collectors' "
                "minutes ended were contacted about as often within {days} days as those just below it"
            ).format(days=CONTACT_DAYS)
        )
    effect = money / made
    error = clustered_error(jump.influence(cash - effect * contacted), customer) / made
    away = float(student.ppf((1 + CONFIDENCE) / 2, min(above, below) - 1)) * error
    return Measured.of(LINE_FIGURES, [value / minor_units() for value in (effect, effect - away, effect + away)], "")


def bandwidth(distance: Floats) -> float:
    """How far from the line customers count: 1.84 standard deviations / n^(1/4).

    That is the first guess of Imbens and Kalyanaraman (2012, Review of Economic Studies 79), 1.84 / n^(1/5), times
    n^(-1/20), by which an interval covers best (Calonico, Cattaneo and Farrell 2018, JASA 113): the straight lines bend
    less than chance moves them. With rows of one value, all count.
    """
    spread = float(np.std(distance))
    return 1.84 * spread / len(distance) ** 0.25 if spread > 0 else np.inf


class _Jump:
    """The jump at 0 of values that are straight on either side of it, by weighted least squares."""

    def __init__(self, distance: Floats, weight: Floats, covariates: list[Floats]) -> None:
        above = distance >= 0
        own = [values / np.mean(np.abs(values)) for values in covariates if values.any()]
        self.columns = [np.ones(len(distance)), distance, above * 1.0, above * distance, *own]
        self.weight = weight
        moments = [[np.sum(weight * one * other) for other in self.columns] for one in self.columns]
        self.inverse: Floats = np.linalg.pinv(np.array(moments), rcond=1e-12)

    def of(self, values: Floats) -> float:
        return float(self._factors(values)[2])

    def influence(self, values: Floats) -> Floats:
        """What each row's deviation does to the jump."""
        factors = self._factors(values)
        rest = values - sum(factor * column for factor, column in zip(factors, self.columns, strict=True))
        pull = sum(place * column for place, column in zip(self.inverse[2], self.columns, strict=True))
        return np.asarray(self.weight * pull * rest, dtype=np.float64)

    def _factors(self, values: Floats) -> Floats:
        together = np.array([np.sum(self.weight * column * values) for column in self.columns])
        return np.asarray([float(np.sum(row * together)) for row in self.inverse], dtype=np.float64)


def _missing(note: str) -> Measured:
    return Measured.of(LINE_FIGURES, [np.nan] * len(LINE_FIGURES), note)
