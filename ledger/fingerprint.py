"""A hash of what a night knows: the same records in any order, any parts and any file format give the same hash."""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd

from ledger.frames import Tables
from ledger.hashing import Hashes, hash_texts
from ledger.tables import TABLES

PRIME = np.uint64(0x9E3779B97F4A7C15)

Sums = dict[str, tuple[int, int, int]]
"""By table: number of rows, and two sums of their hashes modulo 2**64."""


def fingerprint(parts: Iterable[Sums]) -> str:
    """SHA-256 over the sums of all parts of a ledger added up, 16 hexadecimal digits."""
    totals = {name: [0, 0, 0] for name in TABLES}
    for sums in parts:
        for name, part in sums.items():
            totals[name] = [(total + one) % 2**64 for total, one in zip(totals[name], part, strict=True)]
    return hashlib.sha256(repr(totals).encode()).hexdigest()[:16]


def row_sums(tables: Tables) -> Sums:
    """What the fingerprint needs of a ledger's tables, or of a part of them."""
    sums = {}
    for name, frame in tables.items():
        rows = np.zeros(len(frame), dtype=np.uint64)
        for column in dict.fromkeys([*TABLES[name].names, "known_on"]):
            rows = (rows ^ _hashed(frame[column])) * PRIME
            rows ^= rows >> np.uint64(29)
        mixed = (rows ^ (rows >> np.uint64(31))) * PRIME
        sums[name] = (len(frame), int(rows.sum()), int((mixed ^ (mixed >> np.uint64(32))).sum()))
    return sums


def _hashed(values: pd.Series) -> Hashes:
    if pd.api.types.is_string_dtype(values.dtype):
        return hash_texts(values)
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return values.to_numpy().astype("datetime64[s]").astype(np.int64).view(np.uint64)
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan) + 0.0  # one zero, not two
    return np.where(np.isnan(numbers), np.nan, numbers).view(np.uint64)
