"""Ids as people and spreadsheets write them."""

import numpy as np
import pandas as pd

from ledger.reading.byte_scan import glance
from ledger.reading.parsing import Mask, as_id

# 4.711E+03: a spreadsheet keeps the first digits only, so that different ids become one.
SHORTENED = r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]+"


def with_zeros_alike(ids: pd.Series, strip_zeros: bool, pad_zeros: int | None) -> pd.Series:
    """Ids of digits only without leading zeros, or with as many as make them `pad_zeros` long; others stay."""
    if not strip_zeros and pad_zeros is None:
        return ids
    text = as_id(ids)
    digits = text.str.fullmatch("[0-9]+").fillna(False).astype(bool)
    bare = text.str.replace("^0+(?=[0-9])", "", regex=True)
    return text.where(~digits, bare if pad_zeros is None else bare.str.zfill(pad_zeros))


def shortened(text: pd.Series) -> Mask:
    """Which ids are numbers in scientific notation."""
    if not glance(text).pluses:
        return np.zeros(len(text), dtype=bool)
    found: Mask = text.str.fullmatch(SHORTENED).fillna(False).to_numpy(dtype=bool)
    return found
