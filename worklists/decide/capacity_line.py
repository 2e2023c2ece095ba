"""The line at which the collectors' minutes end: who is just above it is contacted, who is just below it waits."""

import numpy as np
import pandas as pd

from worklists.assign.assignment import NO_MINUTES, Assignment


def line_ratio(options: pd.DataFrame, assignment: Assignment) -> "pd.Series[float]":
    """Value of a minute of each customer's best option over that at the line, by customer position.

    `options` are those of `decisions.options`. The line lies between the values of the n-th and the next customer,
    where n are placed: all above it would be placed, and none below, if one collector could serve everyone and every
    contact took the same minutes. Else some just above it wait, and some just below it are placed. Empty where minutes
    were left, where no one is placed, and of whom a contact brings nothing or no collector may serve.
    """
    value: pd.Series[float] = (options["gain"] / options["minutes"]).groupby(options["customer"]).max()
    waiting = assignment.left_out.index[assignment.left_out == NO_MINUTES]
    placed = value.index.isin(assignment.chosen.index)
    able = ((value > 0) & (placed | value.index.isin(waiting))).to_numpy()
    value, placed = value[able], placed[able]
    ordered = np.sort(value.to_numpy(dtype=np.float64))[::-1]
    count = int(placed.sum())
    if not 0 < count < len(ordered):
        return pd.Series(dtype="float64", index=value.index[:0])
    line = float(np.sqrt(ordered[count - 1] * ordered[count]))
    return value / line
