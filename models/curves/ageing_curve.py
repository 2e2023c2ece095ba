"""The portfolio's ageing curve: what share of customers defaults, by days past due of the oldest open invoice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import logit

from features.window_kernels import Floats, Positions

AGEING_EDGES = (1.0, 31.0, 61.0, 91.0)
PRIOR_DEFAULT_SHARES = (0.01, 0.05, 0.2, 0.5, 0.9)  # by ageing: until a ledger shows its own
PRIOR_ACCOUNT_SHARES = (0.01, 0.01, 0.05, 0.2, 0.5, 0.7)  # of `account_shares`
PRIOR_CUSTOMERS = 20.0
OPEN_COUNT = "open_count"


@dataclass(frozen=True)
class AgeingCurve:
    """shares[k] is the default share of the k-th ageing bucket."""

    FEATURE: ClassVar[str] = "oldest_days_past_due"

    shares: tuple[float, ...]

    @property
    def base(self) -> float:
        """Log-odds of a customer with nothing overdue."""
        return float(logit(self.shares[0]))

    def parts(self, rows: pd.DataFrame) -> dict[str, Floats]:
        """What each feature adds to the base."""
        return {self.FEATURE: self.raw(rows) - self.base}

    def raw(self, rows: pd.DataFrame) -> Floats:
        """Log-odds of a default, shape (rows,)."""
        return np.asarray(logit(np.array(self.shares))[_bucket(rows)], dtype=np.float64)


def ageing_curve(rows: pd.DataFrame, label: Floats) -> AgeingCurve:
    """The curve of known outcomes (not NaN): shares by bucket, shrunk towards the prior, never falling."""
    shares = _shares(_bucket(rows), label, PRIOR_DEFAULT_SHARES)
    return AgeingCurve(tuple(float(share) for share in np.maximum.accumulate(shares)))


def account_shares(rows: pd.DataFrame, label: Floats) -> tuple[float, ...]:
    """Default shares of known outcomes, shrunk towards the prior: with nothing open, and of the five ageing buckets.

    The older bucket is never the safer one, but for the last: who has been over 90 days past due for a while, because
    of an old residue or a dispute, often reaches it with nothing more.
    """
    shares = _shares(account_place(rows), label, PRIOR_ACCOUNT_SHARES)
    shares[1:-1] = np.maximum.accumulate(shares[1:-1])
    return tuple(float(share) for share in shares)


def account_place(rows: pd.DataFrame) -> Positions:
    """0 with nothing open, else one more than the ageing bucket."""
    return np.where(rows[OPEN_COUNT].to_numpy() == 0, 0, 1 + _bucket(rows))


def _bucket(rows: pd.DataFrame) -> Positions:
    return np.asarray(np.digitize(rows[AgeingCurve.FEATURE].to_numpy(), AGEING_EDGES))


def _shares(place: Positions, label: Floats, priors: Sequence[float]) -> Floats:
    """The share of defaults at each place, of the rows whose label is known, shrunk towards its prior."""
    known, prior = ~np.isnan(label), np.array(priors)
    events = np.bincount(place[known], weights=label[known], minlength=len(prior))
    customers = np.bincount(place[known], minlength=len(prior))
    return np.asarray((events + prior * PRIOR_CUSTOMERS) / (customers + PRIOR_CUSTOMERS))
