"""A hash of what a night knows: the same records in any order and any file format give the same hash."""

import hashlib

import numpy as np
import pandas as pd

from ledger.frames import Tables
from ledger.tables import TABLES


def fingerprint(tables: Tables) -> str:
    """SHA-256 over the sorted row hashes of every table, 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for name, table in TABLES.items():
        frame = tables[name][[*dict.fromkeys([*table.names, "known_on"])]]
        rows = np.sort(pd.util.hash_pandas_object(frame, index=False).to_numpy())
        digest.update(name.encode())
        digest.update(rows.tobytes())
    return digest.hexdigest()[:16]
