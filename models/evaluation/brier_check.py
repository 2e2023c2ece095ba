"""What a challenger has to keep: a figure and its bound, such as a Brier score that is not shown to be worse."""

from dataclasses import dataclass

import numpy as np

from features.window_kernels import Floats, Positions
from models.clustered_error import standard_error

# Standard errors beyond which a difference is no chance: at one, a model as good as the rule lost three times in ten.
SHOWN = 2


@dataclass(frozen=True)
class Check:
    """A figure of the challenger that has to be `bound` or better: no lower, or no higher where it should be small."""

    name: str
    value: float
    bound: float
    higher_is_better: bool

    @property
    def passed(self) -> bool:
        """Whether the figure keeps its bound."""
        return bool(self.value >= self.bound if self.higher_is_better else self.value <= self.bound)


@dataclass(frozen=True)
class BrierCheck:
    """The Brier scores of a challenger and of what it is compared with on the same rows, and the standard error of
    their difference, by customer."""

    name: str
    mine: float
    other: float
    error: float

    @property
    def check(self) -> Check:
        """Its score is no higher by more than `SHOWN` standard errors."""
        return Check(self.name, self.mine - self.other, SHOWN * self.error, False)


def brier_check(name: str, mine: Floats, other: Floats, label: Floats, customer: Positions) -> BrierCheck:
    """Compare two probabilities of the same 0/1 labels; shapes (rows,)."""
    own, its = (mine - label) ** 2, (other - label) ** 2
    error = standard_error(own - its, np.ones(len(label)), customer)
    return BrierCheck(name, float(own.mean()), float(its.mean()), error)
