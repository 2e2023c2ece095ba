"""An export that brings much less than the ledger has already, as one that was cut off, or came empty, does."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from ledger.errors import LedgerError

WATCHED = ("invoices", "payments")
LEAST_SHARE = 0.9  # a ledger grows; what an archive takes away in a day is less


def shrunken(counts: pd.DataFrame, folder: Path) -> list[str]:
    """A note for each table of which less came than the ledger in `folder` has; `counts` as in `Import`.

    LedgerError where no invoice came and the ledger has some: it would be of no use, and the one that is there is.
    """
    came = dict(zip(counts["table"], counts["rows_out"], strict=True))
    notes = []
    for name in WATCHED:
        before, now = _rows(folder / f"{name}.parquet"), int(came.get(name, 0))
        if name == "invoices" and before and not now:
            raise LedgerError(
                f"the export has no row for invoices, and the ledger in {folder} has {before:,}: it stays as it is. "
                f"See whether the export is whole, and import it again; another ledger wants another folder."
            )
        if now < LEAST_SHARE * before:
            notes.append(
                f"{name}: {now:,} rows came, and the ledger had {before:,}: see whether the export is whole. Where "
                f"rows are missing, customers are asked for too little, or for what they have paid."
            )
    return notes


def _rows(path: Path) -> int:
    """The rows of a table of the ledger that is there; 0 where it is not, or cannot be read."""
    try:
        return int(pa.parquet.read_metadata(path).num_rows)
    except (OSError, pa.ArrowException):
        return 0
