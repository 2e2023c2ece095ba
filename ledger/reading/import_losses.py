"""What an import refused and repaired, carried by the ledger that it wrote, so that every night on it can say so."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from ledger.atomic_files import write_whole
from ledger.errors import LedgerError
from ledger.reading.refusals import REFUSED_COLUMNS, no_refusals
from ledger.sources.chunks import IMPORT_LOSSES

OUTCOME = "outcome"
OUTCOMES = ("refused", "repaired")


@dataclass(frozen=True)
class ImportLosses:
    """The refused rows and the repaired cells of an import, with the columns `REFUSED_COLUMNS`; `row` is in the
    ledger's columns, not in those of the export."""

    refused: pd.DataFrame = field(default_factory=no_refusals)
    repaired: pd.DataFrame = field(default_factory=no_refusals)


def write_losses(losses: ImportLosses, folder: Path) -> None:
    """Losses beside the tables of a ledger, in place of those of an earlier import; no file where nothing was lost."""
    path = folder / IMPORT_LOSSES
    listed = [frame.assign(**{OUTCOME: name}) for name, frame in zip(OUTCOMES, _parts(losses), strict=True)]
    rows = pd.concat(listed, ignore_index=True).astype("str")
    if rows.empty:
        path.unlink(missing_ok=True)
        return
    write_whole(path, partial(pa.parquet.write_table, pa.Table.from_pandas(rows, preserve_index=False)))


def read_losses(folder: Path) -> ImportLosses:
    """The losses of a ledger's import; none where it has no such file. LedgerError where the file is damaged."""
    path = folder / IMPORT_LOSSES
    if not path.is_file():
        return ImportLosses()
    try:
        rows = pa.parquet.read_table(path).to_pandas()
        parts = [rows.loc[rows[OUTCOME] == name, list(REFUSED_COLUMNS)] for name in OUTCOMES]
    except (pa.ArrowException, KeyError, OSError):
        raise LedgerError(f"{path} is damaged: run `duerank import` again.") from None
    return ImportLosses(*(part.astype("str").reset_index(drop=True) for part in parts))


def _parts(losses: ImportLosses) -> tuple[pd.DataFrame, pd.DataFrame]:
    return losses.refused, losses.repaired
