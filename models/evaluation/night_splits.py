"""Cross-validation as a night lives it: learned from earlier nights of other customers, judged on later nights."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Positions = npt.NDArray[np.int64]

CUSTOMER, AS_OF, KNOWN_FROM = "customer_id", "as_of", "known_from"


@dataclass(frozen=True)
class NightSplits:
    """A splitter of scikit-learn (`cv=NightSplits(4)`) for the rows of `training_frame`.

    The later nights are cut into `n_splits` blocks, one after the other, and each is judged on another part of the
    customers. Learned from are the earlier nights of the other customers, as far as their labels were known when the
    block began. So no customer is on both sides, and nothing that was learned is later than what is judged.
    """

    n_splits: int = 4

    def get_n_splits(self, X: object = None, y: object = None, groups: object = None) -> int:
        """The number of splits."""
        return self.n_splits

    def split(self, X: pd.DataFrame, y: object = None, groups: Any = None) -> Iterator[tuple[Positions, Positions]]:
        """Positions of the rows to learn from and to judge, for each split.

        `X` has as_of and known_from in its index; `groups` are the customers, those of the index where not given.
        ValueError where `X` is something else, or has too few nights or customers.
        """
        if not isinstance(X, pd.DataFrame) or not {AS_OF, KNOWN_FROM} <= set(X.index.names):
            raise ValueError(
                f"NightSplits reads {AS_OF} and {KNOWN_FROM} from the index of X: give it the X of training_frame as a "
                f"DataFrame, and put what changes it into a Pipeline."
            )
        night, known_from = (X.index.get_level_values(name).to_numpy() for name in (AS_OF, KNOWN_FROM))
        part = _parts(X.index.get_level_values(CUSTOMER) if groups is None else groups, self.n_splits)
        for number, (first, last) in enumerate(_blocks(night, known_from, self.n_splits)):
            learned = (known_from <= first) & (night < first) & (part != number)
            judged = (night >= first) & (night <= last) & (part == number)
            yield np.flatnonzero(learned), np.flatnonzero(judged)


def _parts(groups: Any, parts: int) -> Positions:
    """A number below `parts` for each row: that of its group, which goes by its name alone."""
    number, names = pd.factorize(np.asarray(groups))
    if len(names) < parts:
        raise ValueError(f"{parts} splits need as many customers, and there are {len(names)}.")
    rank = np.argsort(np.argsort(pd.util.hash_array(names), kind="stable"), kind="stable")
    return np.asarray(rank[number] % parts, dtype=np.int64)


def _blocks(night: Any, known_from: Any, blocks: int) -> list[tuple[Any, Any]]:
    """First and last night of each block; before the first lies a block of which only is learned."""
    nights = np.unique(night[night >= known_from.min()])
    if len(nights) <= blocks:
        raise ValueError(
            f"{blocks} splits need {blocks + 1} nights since the first label was known, and there are {len(nights)}."
        )
    return [(block[0], block[-1]) for block in np.array_split(nights, blocks + 1)[1:]]
