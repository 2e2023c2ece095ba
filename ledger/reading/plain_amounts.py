"""Amounts as most files write them, -1234.56, read out of the bytes of a whole column: other cells are left to slower
readers."""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.hashing import Bytes, Positions, Present, text_bytes

MOST_DIGITS = 11  # before the decimal mark: with four decimals behind it, an int64 and a float hold the amount
PLUS, MINUS, ZERO, NINE = b"+-09"


class PlainAmounts(NamedTuple):
    """Which texts are [+-]?[0-9]+ with a decimal mark and digits behind it, or none (`plain`); which of these are
    short enough to be whole minor units without rounding (`exact`), and these, zero elsewhere."""

    plain: npt.NDArray[np.bool_]
    exact: npt.NDArray[np.bool_]
    units: npt.NDArray[np.int64]


def plain_amounts(texts: "pd.Series[str]", mark: str, decimals: int) -> PlainAmounts:
    """One pass over the bytes of all texts; a missing one is not plain. `decimals` are those of a minor unit."""
    return PlainAmounts(*_read(*text_bytes(texts), ord(mark), decimals))


@numba.njit(cache=True, nogil=True)
def _read(
    starts: Positions, letters: Bytes, present: Present, mark: int, decimals: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    rows = len(present)
    plain, exact, units = np.zeros(rows, np.bool_), np.zeros(rows, np.bool_), np.zeros(rows, np.int64)
    for row in range(rows):
        place, end = starts[row], starts[row + 1]
        if not present[row] or place == end:
            continue
        negative = letters[place] == MINUS
        place += negative or letters[place] == PLUS
        value, whole, behind = 0, 0, 0
        while place < end and ZERO <= letters[place] <= NINE:
            value, whole, place = value * 10 + letters[place] - ZERO, whole + 1, place + 1
        if whole and place < end and letters[place] == mark:
            place += 1
            while place < end and ZERO <= letters[place] <= NINE:
                value, behind, place = value * 10 + letters[place] - ZERO, behind + 1, place + 1
        plain[row] = whole > 0 and place == end
        if plain[row] and whole <= MOST_DIGITS and behind <= decimals:
            exact[row] = True
            value *= 10 ** (decimals - behind)
            units[row] = -value if negative else value
    return plain, exact, units
