"""The cash forecast: receipts per day from the invoices that are open now."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.statistics import Floats
from ledger.portfolio import Positions

P90_DEVIATIONS = 1.2815515655446004  # standard deviations from the mean to the 90 % point of a normal distribution
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Receipts:
    """What is expected of each day, in cents: the mean of the receipts and their variance; and all that is open."""

    expected: Floats
    variance: Floats
    open_amount: float


def cash_forecast(unpaid: Floats, open_amount: Positions, as_of: pd.Timestamp, days: int) -> pd.DataFrame:
    """Expected receipts of each of the `days` days that begin with the night: day, expected, p10, p90 (whole cents).

    Arguments and errors as in `receipts`; the figures as in `forecast_of`.
    """
    return forecast_of([receipts(unpaid, open_amount, days)], as_of)


def receipts(unpaid: Floats, open_amount: Positions, days: int) -> Receipts:
    """The receipts of some invoices, taken as independent.

    `unpaid` is the probability of being unpaid at the end of so many days, shape (invoices, at least days + 1), first
    column 1 and never rising; `open_amount` is the cents that each invoice brings when paid, shape (invoices,).
    ValueError where the shapes or probabilities are not as said.
    """
    _check(unpaid, open_amount, days)
    paid_today = np.maximum(unpaid[:, :days] - unpaid[:, 1 : days + 1], 0.0)
    amount = open_amount.astype(np.float64)
    # Added row by row: a matrix product's last bits would hang on the number of threads.
    expected = (amount[:, None] * paid_today).sum(axis=0)
    variance = ((amount**2)[:, None] * (paid_today * (1 - paid_today))).sum(axis=0)
    return Receipts(expected, variance, float(amount.sum()))


def forecast_of(parts: Sequence[Receipts], as_of: pd.Timestamp) -> pd.DataFrame:
    """The forecast from the receipts of all parts of a portfolio: day, expected, p10, p90 (whole cents).

    The expected cents add up to the rounded total of all days. p10 and p90 take the sum as normal (mean and variance of
    the day), kept between zero and all that is open: good for a portfolio, rough for a few invoices, and too narrow
    where customers are hit by the same trouble at once.
    """
    expected = np.sum([part.expected for part in parts], axis=0)
    deviation = np.sqrt(np.sum([part.variance for part in parts], axis=0))
    cents = np.diff(np.rint(np.cumsum(expected)), prepend=0.0)
    low = np.rint(np.clip(expected - P90_DEVIATIONS * deviation, 0.0, None))
    high = np.rint(np.clip(expected + P90_DEVIATIONS * deviation, None, sum(part.open_amount for part in parts)))
    return pd.DataFrame(
        {
            "day": pd.date_range(as_of, periods=len(expected), unit="s"),
            "expected": cents.astype(np.int64),
            "p10": np.minimum(low, cents).astype(np.int64),
            "p90": np.maximum(high, cents).astype(np.int64),
        }
    )


def _check(unpaid: Floats, open_amount: Positions, days: int) -> None:
    if unpaid.ndim != 2 or unpaid.shape[0] != len(open_amount) or unpaid.shape[1] < days + 1:
        raise ValueError(f"unpaid has shape {unpaid.shape}; expected ({len(open_amount)}, at least {days + 1}).")
    if (np.abs(unpaid[:, 0] - 1) > TOLERANCE).any():
        raise ValueError("unpaid must be 1 in its first column: every invoice is open on the night.")
    if (np.diff(unpaid, axis=1) > TOLERANCE).any() or (unpaid < -TOLERANCE).any():
        raise ValueError("unpaid must never rise from day to day, and never fall below zero.")
