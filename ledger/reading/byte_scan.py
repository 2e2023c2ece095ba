"""What can be said of all texts of a column at a glance, so that work is left out where no text needs it."""

from dataclasses import dataclass
from typing import TypeAlias

import numba
import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.hashing import Bytes, Positions, Present, text_bytes

Found: TypeAlias = tuple[int, bool, npt.NDArray[np.bool_]]


@dataclass(frozen=True)
class Glance:
    """`longest` is in UTF-8 bytes. `untrimmed`: a text is empty, or may start or end with blanks. The others: a text
    may have a point, a plus, a NUL byte."""

    longest: int
    untrimmed: bool
    points: bool
    pluses: bool
    null_bytes: bool


def glance(texts: "pd.Series[str]") -> Glance:
    """One pass over the bytes of all texts that are not missing."""
    longest, untrimmed, there = _glanced(*text_bytes(texts))
    points, pluses, null_bytes = there[list(b".+\x00")].tolist()
    return Glance(int(longest), bool(untrimmed), points, pluses, null_bytes)


@numba.njit(cache=True, nogil=True)
def _glanced(starts: Positions, letters: Bytes, present: Present) -> Found:
    longest, untrimmed = 0, False
    for row in range(len(present)):
        if present[row]:
            first, end = starts[row], starts[row + 1]
            longest = max(longest, end - first)
            untrimmed |= end == first or not (_is_visible(letters[first]) and _is_visible(letters[end - 1]))
    there = np.zeros(256, dtype=np.bool_)
    for letter in letters[starts[0] : starts[-1]]:
        there[letter] = True
    return longest, untrimmed, there


@numba.njit(cache=True, nogil=True)
def _is_visible(letter: int) -> bool:
    """Whether a byte is ASCII and no blank; some other letters are blanks too."""
    return 32 < letter < 127
