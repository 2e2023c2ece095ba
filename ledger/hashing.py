"""Hashes of ids and look-ups by id: the same on every machine and in every session, fast on millions of texts."""

from typing import TypeAlias

import numba
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

Hashes = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Present = npt.NDArray[np.bool_]
Texts: TypeAlias = "pd.Series[str] | pd.Index[str]"
Row: TypeAlias = int | np.int64

NOT_FOUND = -1

# What a slot of a hash table holds: of tables of fewer than 2**32 - 1 rows no slot is `VACANT`.
HALF, ROW, VACANT = np.uint64(0xFFFFFFFF00000000), np.uint64(0xFFFFFFFF), np.uint64(0xFFFFFFFFFFFFFFFF)


def hash_texts(values: Texts) -> Hashes:
    """FNV-1a of each text's UTF-8 bytes, its bits mixed by the finaliser of MurmurHash3; 0 for a missing one.

    Shape of `values`. Fowler, Noll and Vo (draft-eastlake-fnv); Appleby (MurmurHash3).
    """
    return np.asarray(_hashed(*text_bytes(values)))


def uniform(hashes: Hashes) -> npt.NDArray[np.float64]:
    """A number in [0, 1) for each hash, of its 53 leading bits: as many as a float holds."""
    return np.asarray((hashes >> np.uint64(64 - 53)) / 2**53)


def find_texts(known: Texts, wanted: Texts) -> Positions:
    """Where each wanted text is in `known`, shape of `wanted`; the first place of several, -1 where it is not."""
    return TextIndex(known).find(wanted)


class TextIndex:
    """Known texts, each of which is found again: for several look-ups in the same ones."""

    def __init__(self, known: Texts) -> None:
        self._starts, self._letters, present = text_bytes(known)
        hashes = _hashed(self._starts, self._letters, present)
        self._table = _table(hashes, self._starts, self._letters, present)

    def find(self, wanted: Texts) -> Positions:
        """See `find_texts`."""
        asked = text_bytes(wanted)
        return np.asarray(_found(self._table, self._starts, self._letters, *asked, _hashed(*asked)))


def text_bytes(values: Texts) -> tuple[Positions, Bytes, Present]:
    """Where each text starts and ends, all bytes, and which text is not missing."""
    texts = pa.array(values, pa.large_string(), from_pandas=True)
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks() if len(texts) else pa.array([], pa.large_string())
    present = np.asarray(texts.is_valid().to_numpy(zero_copy_only=False), dtype=np.bool_)
    _, offsets, data = texts.buffers()
    if not len(texts):
        return np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.uint8), present
    starts = np.frombuffer(offsets, dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    letters = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, dtype=np.uint8)
    return starts, letters, present


@numba.njit(cache=True, nogil=True)
def _hashed(starts: Positions, letters: Bytes, present: Present) -> Hashes:
    hashes = np.zeros(len(present), dtype=np.uint64)
    for row in range(len(present)):
        if not present[row]:
            continue
        value = np.uint64(14695981039346656037)
        for place in range(starts[row], starts[row + 1]):
            value = (value ^ np.uint64(letters[place])) * np.uint64(1099511628211)
        value ^= value >> np.uint64(33)
        value *= np.uint64(0xFF51AFD7ED558CCD)
        value ^= value >> np.uint64(33)
        value *= np.uint64(0xC4CEB9FE1A85EC53)
        hashes[row] = value ^ (value >> np.uint64(33))
    return hashes


@numba.njit(cache=True, nogil=True)
def _same(starts: Positions, letters: Bytes, row: Row, other_starts: Positions, others: Bytes, other: Row) -> bool:
    length = starts[row + 1] - starts[row]
    if other_starts[other + 1] - other_starts[other] != length:
        return False
    for step in range(length):  # noqa: SIM110 (the compiler knows no generators)
        if letters[starts[row] + step] != others[other_starts[other] + step]:
            return False
    return True


@numba.njit(cache=True, nogil=True)
def _table(hashes: Hashes, starts: Positions, letters: Bytes, present: Present) -> Hashes:
    """An open-addressed hash table, half empty at least: a slot has half of the text's hash and the row, or `VACANT`.

    So texts are read only where they are likely to be the same: memory that is far away costs most of a look-up.
    """
    size = 2
    while size < 2 * len(hashes):
        size *= 2
    table = np.full(size, VACANT, dtype=np.uint64)
    for row in range(len(hashes)):
        if not present[row]:
            continue
        marked = hashes[row] & HALF
        slot = np.int64(hashes[row] & np.uint64(size - 1))
        while table[slot] != VACANT:
            if table[slot] & HALF == marked and _same(
                starts, letters, np.int64(table[slot] & ROW), starts, letters, row
            ):
                break
            slot = (slot + 1) & (size - 1)
        if table[slot] == VACANT:
            table[slot] = marked | np.uint64(row)
    return table


@numba.njit(cache=True, nogil=True)
def _found(
    table: Hashes,
    starts: Positions,
    letters: Bytes,
    wanted_starts: Positions,
    wanted: Bytes,
    present: Present,
    hashes: Hashes,
) -> Positions:
    found = np.full(len(present), NOT_FOUND, dtype=np.int64)
    for row in range(len(present)):
        if not present[row]:
            continue
        marked = hashes[row] & HALF
        slot = np.int64(hashes[row] & np.uint64(len(table) - 1))
        while table[slot] != VACANT:
            place = np.int64(table[slot] & ROW)
            if table[slot] & HALF == marked and _same(starts, letters, place, wanted_starts, wanted, row):
                found[row] = place
                break
            slot = (slot + 1) & (len(table) - 1)
    return found
