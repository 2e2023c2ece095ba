"""The portfolio's own curve: what share of invoices is still unpaid so many days after the due date."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from scipy.special import logit

from features.labels import InvoiceOutcomes
from features.window_kernels import Floats, Positions
from ledger.clock import NEVER

EARLIEST_DELAY, LATEST_DELAY = -90, 365
PRIOR_INVOICES = 5.0
PRIOR_HALF_LIFE_DAYS = 30.0
EDGE = 0.001


@dataclass(frozen=True)
class UnpaidCurve:
    """unpaid_share[d - EARLIEST_DELAY] is the share still unpaid d days after the due date (Kaplan and Meier 1958)."""

    FEATURE: ClassVar[str] = "horizon_past_due"
    base: ClassVar[float] = 0.0

    unpaid_share: tuple[float, ...]

    def parts(self, rows: pd.DataFrame) -> dict[str, Floats]:
        """What each feature adds to the base."""
        return {self.FEATURE: self.raw(rows) - self.base}

    def raw(self, rows: pd.DataFrame) -> Floats:
        """Log-odds of an open invoice being unpaid at the end of the day asked about, shape (rows,)."""
        end = rows["horizon_past_due"].to_numpy(dtype=np.float64)
        start = end - rows["horizon_days"].to_numpy(dtype=np.float64)
        share = self.unpaid(end) / np.maximum(self.unpaid(start), 1e-6)
        return np.asarray(logit(np.clip(share, EDGE, 1 - EDGE)), dtype=np.float64)

    def unpaid(self, delay: Floats) -> Floats:
        """The share that is unpaid at the end of so many days past due, negative before; shape of `delay`."""
        where = np.clip(delay, EARLIEST_DELAY, LATEST_DELAY).astype(np.int64) - EARLIEST_DELAY
        return np.asarray(np.array(self.unpaid_share)[where], dtype=np.float64)


@dataclass(frozen=True)
class DelayCounts:
    """Invoices by delay, from `EARLIEST_DELAY`: how many were still watched and unpaid before it, and paid then.

    Counts of the parts of a portfolio add up.
    """

    at_risk: Positions
    paying: Positions


def unpaid_curve(known: InvoiceOutcomes) -> UnpaidCurve:
    """The curve of all invoices whose outcome is known, or partly known (censored after the last day observed)."""
    return curve_of([delay_counts(known)])


def delay_counts(known: InvoiceOutcomes) -> DelayCounts:
    """What the curve is made of."""
    real = (known.due_on < NEVER) & (known.cancelled_on == NEVER)
    due, paid = known.due_on[real], known.paid_on[real]
    # a payment since observed_until is left out like those of that time which are not booked yet
    seen = paid < known.observed_until
    end = np.where(seen, paid, known.observed_until - 1) - due
    days = np.arange(EARLIEST_DELAY, LATEST_DELAY + 1)
    ends, paid_at = np.sort(end), np.sort(end[seen])
    at_risk = len(ends) - np.searchsorted(ends, days, side="left")
    paying = np.searchsorted(paid_at, days, side="right") - np.searchsorted(paid_at, days, side="left")
    return DelayCounts(at_risk, paying)


def curve_of(parts: Sequence[DelayCounts]) -> UnpaidCurve:
    """The curve from the counts of all parts of a portfolio."""
    at_risk, paying = (np.sum([getattr(part, name) for part in parts], axis=0) for name in ("at_risk", "paying"))
    days = np.arange(EARLIEST_DELAY, LATEST_DELAY + 1)
    prior = 1 - 0.5 ** (1 / PRIOR_HALF_LIFE_DAYS)
    hazard = np.where(days < -30, 0, prior * PRIOR_INVOICES) + paying
    unpaid = np.cumprod(1 - hazard / (at_risk + PRIOR_INVOICES))
    return UnpaidCurve(tuple(float(value) for value in unpaid))
