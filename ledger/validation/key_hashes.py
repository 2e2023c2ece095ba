"""Hashes of rows' keys, by which rows of one key are found in any number of parts."""

import numpy as np
import pandas as pd

from ledger.declarations import Table
from ledger.hashing import Hashes, hash_texts


def key_hashes(table: Table, frame: pd.DataFrame) -> Hashes:
    """A hash of every row's key, shape (rows,): rows of one key have the same, and hardly ever others."""
    keys = np.zeros(len(frame), dtype=np.uint64)
    for name in table.key:
        values = frame[name]
        whole = table.column(name).kind not in ("text", "choice")
        part = values.to_numpy().astype("int64").view(np.uint64) if whole else hash_texts(values)
        keys = keys * np.uint64(31) + part
    return keys
