"""How much of the money that went bad was at the head of the list."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.window_kernels import Floats

Chosen = npt.NDArray[np.bool_]


def money_of(rows: pd.DataFrame) -> Floats:
    """What is at stake in each row: what an invoice bills, or what a customer owes (hundredths)."""
    return rows["amount" if "amount" in rows else "open_amount"].fillna(0).clip(lower=0).to_numpy(dtype=np.float64)


def money_captured(rank: Floats, rows: pd.DataFrame, label: Floats, capacity_share: float) -> float:
    """Share of the money that went bad which was at the head of each night's list, sorted by `rank`."""
    bad = money_of(rows) * label
    return float(bad[head_of(rank, rows["night"].to_numpy(), capacity_share)].sum() / max(bad.sum(), 1e-9))


def head_of(rank: Floats, night: npt.NDArray[np.int64], capacity_share: float) -> Chosen:
    """Which rows are among the first `capacity_share` of their night, at least one; the earlier row where ranks tie."""
    order = np.lexsort((-rank, night))
    _, first, size = np.unique(night[order], return_index=True, return_counts=True)
    place = np.arange(len(night)) - np.repeat(first, size)
    chosen = np.zeros(len(night), dtype=bool)
    chosen[order] = place < np.repeat(np.maximum(np.rint(capacity_share * size), 1), size)
    return chosen
