"""Call sheets on disk until it is known who is listed: each part of a night keeps those of all who may be."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from ledger.frames import rows_where
from ledger.hashing import NOT_FOUND, TextIndex
from ledger.partitioned.shared_folder import SharedFolder
from worklists.call_sheet.gather import CallSheet


def keep(sheet: CallSheet, folder: SharedFolder) -> None:
    """Write a part's frames into its folder."""
    for name, frame in sheet.items():
        folder.write(f"{name}.parquet", partial(frame.to_parquet, index=False))


def of_listed(folders: Sequence[SharedFolder], customer_ids: "pd.Series[str]") -> CallSheet:
    """The frames of those who are listed, from all parts; in the order that each frame has within a customer."""
    names = [path.stem for path in folders[0].files(".parquet")]
    listed = TextIndex(customer_ids)
    return {name: _read([folder.file(f"{name}.parquet") for folder in folders], listed) for name in names}


def _read(paths: Sequence[Path], listed: TextIndex) -> pd.DataFrame:
    frames = [pd.read_parquet(path) for path in paths]
    some = [rows_where(frame, listed.find(frame["customer_id"]) != NOT_FOUND) for frame in frames]
    filled = [frame for frame in some if len(frame)] or some[:1]
    return pd.concat(filled).sort_values("customer_id", kind="stable", ignore_index=True)
