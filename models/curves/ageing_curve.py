"""The portfolio's ageing curve: what share of customers defaults, by days past due of the oldest open invoice."""

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
        bucket = np.digitize(rows[self.FEATURE].to_numpy(), AGEING_EDGES)
        return np.asarray(logit(np.array(self.shares))[bucket], dtype=np.float64)


def ageing_curve(rows: pd.DataFrame, label: Floats) -> AgeingCurve:
    """The curve of known outcomes (not NaN): shares by bucket, shrunk towards the prior, never falling."""
    known = ~np.isnan(label)
    bucket = np.digitize(rows[AgeingCurve.FEATURE].to_numpy()[known], AGEING_EDGES)
    prior = np.array(PRIOR_DEFAULT_SHARES)
    events = np.bincount(bucket, weights=label[known], minlength=len(prior))
    shares = (events + prior * PRIOR_CUSTOMERS) / (np.bincount(bucket, minlength=len(prior)) + PRIOR_CUSTOMERS)
    return AgeingCurve(tuple(float(share) for share in np.maximum.accumulate(shares)))


def account_shares(rows: pd.DataFrame, label: Floats) -> tuple[float, ...]:
    """Default shares of known outcomes, shrunk towards the prior: with nothing open, and of the five ageing buckets.

    The older bucket is never the safer one, but for the last: who has been over 90 days past due for a while, because
    of an old residue or a dispute, often reaches it with nothing more.
    """
    known = ~np.isnan(label)
    place = account_place(rows)[known]
    prior = np.array(PRIOR_ACCOUNT_SHARES)
    events = np.bincount(place, weights=label[known], minlength=len(prior))
    shares = (events + prior * PRIOR_CUSTOMERS) / (np.bincount(place, minlength=len(prior)) + PRIOR_CUSTOMERS)
    shares[1:-1] = np.maximum.accumulate(shares[1:-1])
    return tuple(float(share) for share in shares)


def account_place(rows: pd.DataFrame) -> Positions:
    """0 with nothing open, else one more than the ageing bucket."""
    bucket = np.digitize(rows[AgeingCurve.FEATURE].to_numpy(), AGEING_EDGES)
    return np.where(rows[OPEN_COUNT].to_numpy() == 0, 0, 1 + bucket)
