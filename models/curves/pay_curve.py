"""The pay-by-day curve of an invoice, asked of a model day by day, and the dates that it gives."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from features.window_kernels import Floats, Positions

# Days at which the curve is asked for; between them the daily chance of payment is held constant.
GRID = (1, 2, 3, 5, 7, 10, 14, 18, 21, 25, 30, 37, 45, 52, 60, 75, 90)
LONGEST_WAIT_DAYS = 730  # dates further out say only "not soon"
LEAST_DAILY_CHANCE = 1e-3


def question(rows: pd.DataFrame, horizon_days: Positions) -> pd.DataFrame:
    """The rows with the day asked about: the last of the `horizon_days` days that begin with the night."""
    past_due = rows["night"].to_numpy() + horizon_days - 1 - rows["due_on"].to_numpy()
    return rows.assign(horizon_days=horizon_days.astype(np.float32), horizon_past_due=past_due.astype(np.float32))


def unpaid_curve(probability: Callable[[pd.DataFrame], Floats], rows: pd.DataFrame, days: int) -> Floats:
    """Probability of being unpaid at the end of 0 ... `days` days, shape (rows, days + 1), never rising.

    `probability` answers `question`s.
    """
    at_grid = np.ones((len(rows), len(GRID) + 1))
    for column, horizon in enumerate(GRID, start=1):
        asked = question(rows, np.full(len(rows), horizon, dtype=np.int64))
        at_grid[:, column] = probability(asked)
    logs = np.log(np.minimum.accumulate(at_grid, axis=1))
    knots = np.array((0, *GRID), dtype=np.float64)
    curve = np.empty((len(rows), days + 1))
    for day in range(days + 1):
        right = min(int(np.searchsorted(knots, day)), len(GRID)) or 1
        share = (day - knots[right - 1]) / (knots[right] - knots[right - 1])
        curve[:, day] = logs[:, right - 1] + share * (logs[:, right] - logs[:, right - 1])
    return np.exp(curve)


def paid_after(unpaid: Floats, share: float) -> Positions:
    """Days from the night to the day by whose end the invoice is paid with probability `share`.

    Beyond the curve its last daily chance of payment goes on, up to `LONGEST_WAIT_DAYS`.
    """
    days = unpaid.shape[1] - 1
    reached = unpaid[:, 1:] <= 1 - share
    inside = np.argmax(reached, axis=1)
    daily = np.maximum(np.log(unpaid[:, days - 30] / unpaid[:, days]) / 30, LEAST_DAILY_CHANCE)
    beyond = days + np.ceil(np.log(unpaid[:, days] / (1 - share)) / daily) - 1
    wait = np.where(reached.any(axis=1), inside, np.minimum(beyond, LONGEST_WAIT_DAYS))
    return np.asarray(wait, dtype=np.int64)
