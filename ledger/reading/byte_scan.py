"""What can be said of all texts of a column at a glance, so that work is left out where no text needs it."""

from dataclasses import dataclass
from typing import TypeAlias

import numba
import pandas as pd

from ledger.hashing import Bytes, Positions, Present, text_bytes

Found: TypeAlias = tuple[int, bool, bool, bool]


@dataclass(frozen=True)
class Glance:
    """`longest` is in UTF-8 bytes. `untrimmed`: a text is empty, or may start or end with blanks."""

    longest: int
    untrimmed: bool
    points: bool
    null_bytes: bool


def glance(texts: "pd.Series[str]") -> Glance:
    """One pass over the bytes of all texts that are not missing."""
    longest, untrimmed, points, null_bytes = _glanced(*text_bytes(texts))
    return Glance(int(longest), bool(untrimmed), bool(points), bool(null_bytes))


@numba.njit(cache=True, nogil=True)
def _glanced(starts: Positions, letters: Bytes, present: Present) -> Found:
    longest, untrimmed, points, null_bytes = 0, False, False, False
    for row in range(len(present)):
        if not present[row]:
            continue
        first, end = starts[row], starts[row + 1]
        longest = max(longest, end - first)
        untrimmed |= end == first or not (_is_visible(letters[first]) and _is_visible(letters[end - 1]))
        for place in range(first, end):
            points |= letters[place] == 46
            null_bytes |= letters[place] == 0
    return longest, untrimmed, points, null_bytes


@numba.njit(cache=True, nogil=True)
def _is_visible(letter: int) -> bool:
    """Whether a byte is ASCII and no blank; some other letters are blanks too."""
    return 32 < letter < 127
