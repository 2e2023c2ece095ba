"""The hold-out as an experiment: differences between its arms, and how far chance alone may move them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import norm
from scipy.stats import t as student

from features.window_kernels import Floats

CONFIDENCE = 0.95
# Ratios mislead where the divisor is uncertain: the usual rule for instruments (Staiger and Stock 1997) wants F > 10.
LEAST_CERTAINTY = 10**0.5
# At so many draws held out, the interval for all nights is narrowest in standard errors: three. At a tenth of them it
# has 3.9, at a hundred times as many 3.6.
USUAL_DRAWS = 500


@dataclass(frozen=True)
class Difference:
    """A mean of those let through less that of the held out; `rest` is what each row has beyond its arm's mean."""

    value: float
    rest: Floats

    def less(self, other: "Difference", factor: float) -> "Difference":
        return Difference(self.value - factor * other.value, self.rest - factor * other.rest)


class Ends(NamedTuple):
    """Lower and upper end of an interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Ratio:
    """A difference over another: its value and standard error, its interval for one night fixed beforehand, and the one
    that holds on all nights at once, however often it is looked at."""

    value: float
    error: float
    one_night: Ends
    always: Ends


def customers_of(rows: pd.DataFrame) -> tuple[int, int]:
    """How many customers of the rows were held out, and how many were let through."""
    held_out = rows["held_out"].to_numpy() == 1
    held, through = (rows["customer_id"][arm].nunique() for arm in (held_out, ~held_out))
    return held, through


class RandomDraw:
    """Rows of `holdout_measurement.first_nights` whose outcome is known, with customers in both arms; each row may have
    a weight beyond 1 / propensity."""

    def __init__(self, rows: pd.DataFrame, weight: Floats | float = 1.0) -> None:
        weight = weight / rows["propensity"].to_numpy(dtype=np.float64)
        held_out = rows["held_out"].to_numpy() == 1
        self.held_out = held_out
        self.customer, _ = pd.factorize(rows["customer_id"])
        self.owed = rows["collectible_amount"].to_numpy(dtype=np.float64)
        self.share: Floats = np.where(held_out, weight / weight[held_out].sum(), weight / weight[~held_out].sum())
        self.held, _ = customers_of(rows)
        self.chance = [self._plain(values) for values in (self.owed, expected_anyway(rows, self.owed))]

    def ratio(self, of: Floats, per: Floats) -> Ratio | None:
        """The difference of one over that of the other; None where that of the other is hardly more than chance.

        The intervals are those of the difference `of` - ratio x `per`, which is linear (the delta method).
        """
        above, below = self.difference(of), self.difference(per)
        if below.value <= LEAST_CERTAINTY * self.error(below):
            return None
        value = above.value / below.value
        rest = above.less(below, value)
        one_night, always = (
            Ends(*(value + end / below.value for end in self.interval(rest, quantile)))
            for quantile in (self.one_night_quantile(), self.always_quantile())
        )
        return Ratio(value, self.error(rest) / below.value, one_night, always)

    def difference(self, values: Floats) -> Difference:
        """The difference of weighted means (Hajek), less what the draw brought about by who owes how much, and by how
        much of it was expected without a contact.

        The draw cannot have changed what was known that night: a difference there is chance, and so is what follows
        it. By least squares the variance shrinks to (1 - r^2) of itself, and the mean stays where it is (Lin 2013,
        Annals of Applied Statistics 7; an expectation as covariate: Schuler et al. 2022, International Journal of
        Biostatistics 18).
        """
        found = self._plain(values)
        squares = self.share**2
        covariates = self.chance
        moments = [[np.sum(squares * one.rest * other.rest) for other in covariates] for one in covariates]
        together = [np.sum(squares * one.rest * found.rest) for one in covariates]
        factors = np.linalg.lstsq(np.array(moments), np.array(together), rcond=1e-9)[0]
        for one, factor in zip(covariates, factors, strict=True):
            found = found.less(one, float(factor))
        return found

    def error(self, of: Difference) -> float:
        """The standard error, with the customer as the unit.

        The few who are held out may lack the largest debtors, who make most of the spread of cash; so their spread is
        taken to be no less than it would be, in proportion to what is owed, with the debts of those let through.
        """
        squares, held = self.share * of.rest**2, self.held_out
        seen = float(np.sum(self.share[held] * squares[held]))
        owed, owed_by_others = (float(np.sum((self.share * self.owed**2)[arm])) for arm in (held, ~held))
        expected = float(np.sum(self.share[held] ** 2) * np.sum(squares[held])) * owed_by_others / owed
        spread = max(seen, expected) * self.held / (self.held - 1)
        return float(np.sqrt(np.sum(self._influence(of) ** 2) + spread - seen))

    def interval(self, of: Difference, quantile: float) -> Ends:
        """Lower and upper end, from the value 0, at so many standard errors.

        A few pay much, most nothing: where those few are missing, mean and error are both too small. Hall's
        transformation (1992, Journal of the Royal Statistical Society B 54) takes that skewness into account.
        """
        influence, error = self._influence(of), self.error(of)
        spread = float(np.sum(influence**2))
        skewness = float(np.sum(influence**3)) / spread**1.5 if spread > 0 else 0.0
        return Ends(-error * _unskewed(quantile, skewness), -error * _unskewed(-quantile, skewness))

    def one_night_quantile(self) -> float:
        """Standard errors of an interval that is looked at once, on a night that was fixed beforehand."""
        return float(student.ppf((1 + CONFIDENCE) / 2, self.held - 1))

    def always_quantile(self) -> float:
        """Standard errors of an interval that may be looked at every night; see `always_valid_quantile`."""
        normal = always_valid_quantile(int(self.held_out.sum()))
        return float(student.isf(norm.sf(normal), self.held - 1))

    def _plain(self, values: Floats) -> Difference:
        held, weighted = self.held_out, self.share * values
        of_held, of_others = float(weighted[held].sum()), float(weighted[~held].sum())
        return Difference(of_others - of_held, values - np.where(held, of_held, of_others))

    def _influence(self, of: Difference) -> Floats:
        """What each customer's deviation does to the difference."""
        signed = np.where(self.held_out, -1, 1) * self.share * of.rest
        return np.bincount(self.customer, weights=signed).astype(np.float64)


def _unskewed(quantile: float, skewness: float) -> float:
    """The quantile of a mean whose error has this skewness; Hall's inverse."""
    if abs(skewness) < 1e-6:
        return quantile
    return float(3 / skewness * (np.cbrt(1 + skewness * (quantile - skewness / 6)) - 1))


def always_valid_quantile(draws: int) -> float:
    """Standard errors by which a mean of a growing number of draws ever leaves the truth, but for 1 in 20 of all runs.

    The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (2024, Annals of Statistics,
    "Time-uniform central limit theory and asymptotic confidence sequences"), in units of the standard error sigma /
    sqrt(n): sqrt(2 (n rho^2 + 1) / (n rho^2) x log(sqrt(n rho^2 + 1) / alpha)). rho^2 is the one that they advise for
    `USUAL_DRAWS`.
    """
    alpha = 1 - CONFIDENCE
    rho_squared = (-2 * np.log(alpha) + np.log(1 - 2 * np.log(alpha))) / USUAL_DRAWS
    times = draws * rho_squared
    return float(np.sqrt(2 * (times + 1) / times * np.log(np.sqrt(times + 1) / alpha)))


def expected_anyway(rows: pd.DataFrame, owed: Floats) -> Floats:
    """The cash that was expected that night without a contact; where that is not known, in proportion to what was owed,
    so that these rows are adjusted by the collectible amount alone."""
    expected = owed * (1 - rows["p_unpaid_30d"].to_numpy(dtype=np.float64))
    known = ~np.isnan(expected)
    owed_by_known = float(owed[known].sum())
    usual = float(expected[known].sum()) / owed_by_known if owed_by_known else 0.0
    return np.where(known, expected, usual * owed)
