"""The 10-90% interval of pay dates: at which levels of the curve it really holds 80% of what happens.

A curve that is a little too sure, or too vague, in its tails gives intervals that hold less or more than they say. So
the levels are learned: where on its own curve an invoice was paid is a number between 0 and 1, and the 10% and 90%
points of these numbers on later nights are the levels to ask future curves for (conformal prediction: Romano et al.
2019; on the scale of the predicted distribution: Chernozhukov et al. 2021). Invoices that are not paid yet are censored
(Kaplan and Meier 1958), not left out: the slow ones would be missing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.labels import InvoiceOutcomes
from features.window_kernels import Floats

LOW, HIGH = 0.1, 0.9
LEAST_PAID = 200  # with fewer paid invoices among the later ones the curve's own levels are kept
JUST_ABOVE = 1e-9

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Levels:
    """The shares of a curve at which the dates p10 and p90 are read."""

    low: float = LOW
    high: float = HIGH

    def __post_init__(self) -> None:
        if not 0 < self.low < 0.5 < self.high < 1:
            raise ValueError(f"levels of pay dates {self.low!r} and {self.high!r}; expected 0 < low < 0.5 < high < 1")


@dataclass(frozen=True)
class PlacesOnCurve:
    """Where on their curves invoices were paid: shares `before` and `through` the day of the payment, shape (rows,).

    Where not `seen`, both are the share through the last day seen: the payment comes after it, if ever.
    """

    before: Floats
    through: Floats
    seen: Bools


def places_on_curve(unpaid: Floats, rows: pd.DataFrame, known: InvoiceOutcomes) -> PlacesOnCurve:
    """`unpaid` is the curve of `rows` (night, invoice), shape (rows, days + 1): see `pay_curve.unpaid_curve`."""
    invoice, night = rows["invoice"].to_numpy(), rows["night"].to_numpy()
    seen_days = np.minimum(np.minimum(known.observed_until, known.cancelled_on[invoice]) - night, unpaid.shape[1] - 1)
    seen_days = np.maximum(seen_days, 0)
    wait = known.paid_on[invoice] - night  # a payment on the night's own day waits 0 days
    seen = (wait >= 0) & (wait < seen_days)
    row = np.arange(len(rows))
    before = 1 - unpaid[row, np.where(seen, wait, seen_days)]
    through = 1 - unpaid[row, np.where(seen, wait + 1, seen_days)]
    return PlacesOnCurve(before, through, seen)


def learned_levels(places: PlacesOnCurve) -> Levels:
    """The levels at which 10% were paid before p10 and 90% by p90; the curve's own where too little is known.

    Where fewer than 90% are known to be paid, the level of p90 lies beyond the last place that was seen.
    """
    if places.seen.sum() < LEAST_PAID:
        return Levels()
    low = _quantile(places.through, places.seen, LOW)
    high = _quantile(places.before, places.seen, HIGH)
    last_seen = float(places.before[places.seen].max())
    high = max(HIGH, last_seen + JUST_ABOVE) if high is None else high + JUST_ABOVE
    return Levels(
        LOW if low is None else float(np.clip(low, 0.001, 0.499)),
        float(np.clip(high, 0.501, 0.999)),
    )


def coverage(places: PlacesOnCurve, levels: Levels) -> tuple[float, float]:
    """Shares of invoices paid before p10 and after p90 (or never)."""
    early = 1 - _unpaid_share(places.through, places.seen, levels.low)
    late = _unpaid_share(places.before, places.seen, levels.high)
    return early, late


def _survival(place: Floats, seen: Bools) -> tuple[Floats, Floats]:
    """Places in order, and the share that is paid beyond each (product limit; payments come before the censored)."""
    order = np.lexsort((~seen, place))
    at_risk = len(place) - np.arange(len(place))
    return place[order], np.asarray(np.cumprod(1 - seen[order] / at_risk), dtype=np.float64)


def _quantile(place: Floats, seen: Bools, share: float) -> float | None:
    """The place by which `share` are paid; None where what is known does not reach that far."""
    ordered, beyond = _survival(place, seen)
    reached = beyond <= 1 - share
    return float(ordered[np.argmax(reached)]) if reached.any() else None


def _unpaid_share(place: Floats, seen: Bools, level: float) -> float:
    """The share whose place is not below `level`."""
    ordered, beyond = _survival(place, seen)
    count = int(np.searchsorted(ordered, level, side="left"))
    return float(beyond[count - 1]) if count else 1.0
