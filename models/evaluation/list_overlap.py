"""How much two lists agree about whom to contact first: the Jaccard index of their heads (Jaccard 1912)."""

import numpy as np
import numpy.typing as npt

from features.window_kernels import Floats
from models.evaluation.money_captured import Chosen, head_of

TOP = 0.05  # share of a list that is its head: about what a day's work reaches


def jaccard(shared: int, one: int, other: int) -> float:
    """Of two sets of these sizes: those in both, over those in either; NaN where both are empty."""
    either = one + other - shared
    return shared / either if either else float("nan")


def same_heads(one: Floats, other: Floats, night: npt.NDArray[np.int64]) -> float:
    """The mean over the nights of the Jaccard index of the first `TOP` by `one` and by `other`; NaN without rows.

    All have the shape (rows,): two ranks of the same rows, the largest first, and the night of each row.
    """
    heads = [head_of(rank, night, TOP) for rank in (one, other)]
    found = [_of_night(*(head[night == each] for head in heads)) for each in np.unique(night)]
    return float(np.mean(found)) if found else float("nan")


def _of_night(one: Chosen, other: Chosen) -> float:
    return jaccard(int((one & other).sum()), int(one.sum()), int(other.sum()))
