"""The portfolio's curve of unpaid invoices, moved by how often the customer was late before."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import logit

from configs.settings import LabelSettings
from features.labels import InvoiceOutcomes
from features.window_kernels import Floats
from ledger.clock import NEVER
from models.curves.portfolio_curve import UnpaidCurve, unpaid_curve

PRIOR_INVOICES = 5.0  # a customer's late share counts as much as the portfolio's after this many invoices


@dataclass(frozen=True)
class LateShareCurve:
    """Unpaid by a day: the portfolio's share by delay, moved by the customer's own late share.

    unpaid_share is of `UnpaidCurve`; late_share is the portfolio's.
    """

    unpaid_share: tuple[float, ...]
    late_share: float

    @property
    def base(self) -> float:
        """Log-odds of the portfolio's late share."""
        return float(logit(np.clip(self.late_share, 0.01, 0.99)))

    def raw(self, rows: pd.DataFrame) -> Floats:
        """Log-odds of an open invoice being unpaid at the end of the day asked about, shape (rows,)."""
        return self._portfolio(rows) + self._customer(rows)

    def parts(self, rows: pd.DataFrame) -> dict[str, Floats]:
        """What each feature adds to the base."""
        return {"late_share_all": self._customer(rows), "horizon_past_due": self._portfolio(rows) - self.base}

    def _portfolio(self, rows: pd.DataFrame) -> Floats:
        return UnpaidCurve(self.unpaid_share).raw(rows)

    def _customer(self, rows: pd.DataFrame) -> Floats:
        share = rows["late_share_all"].fillna(self.late_share).to_numpy(dtype=np.float64)
        count = rows["settled_count_all"].fillna(0).clip(lower=0).to_numpy(dtype=np.float64)
        drawn = (share * count + self.late_share * PRIOR_INVOICES) / (count + PRIOR_INVOICES)
        return np.asarray(logit(np.clip(drawn, 0.01, 0.99))) - self.base


def late_share_curve(known: InvoiceOutcomes, labels: LabelSettings) -> LateShareCurve:
    """The curve from all invoices whose outcome is known, or partly known (censored after the last day observed)."""
    real = (known.due_on < NEVER) & (known.cancelled_on == NEVER)
    matured = known.due_on + labels.grace_days < known.observed_until
    late = known.paid_on[real & matured] > known.due_on[real & matured] + labels.grace_days
    share = (late.sum() + 1) / (len(late) + 2)
    return LateShareCurve(unpaid_curve(known).unpaid_share, float(share))
