"""Rows of score tables on disk until the night is published, so that a large night need not fit into memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ledger.minor_units import minor_units
from ledger.partitioned.partition_files import arrow_batches, read_arrow, write_arrow
from ledger.partitioned.shared_folder import SharedFolder
from worklists.score_db.merge_sorted import in_order, merged
from worklists.score_db.schema import as_arrow, declared
from worklists.score_db.tables import SCORE_TABLES

ROWS_IN_BATCH = 8_192  # publishing holds a batch of each part in memory
NOT_YET = ""  # stands for the run_id, which is known when all parts of the night are


@dataclass(frozen=True)
class StagedRows:
    """Checked rows of score tables, in the folder of each of a night's parts."""

    folders: tuple[SharedFolder, ...]

    def names(self) -> list[str]:
        """The tables that have a file, in the order of `SCORE_TABLES`."""
        return [name for name in SCORE_TABLES if self._files(name)]

    def rows(self, name: str, run_id: str) -> Iterator[pa.Table]:
        """The rows of a table as they are published, in the order of its key.

        Then an index grows at one end, where a database has it in memory, and is not written here and there.
        """
        for rows in merged([arrow_batches(path) for path in self._files(name)], key_within(name)):
            place = rows.column_names.index("run_id")
            yield rows.set_column(place, "run_id", pa.array([run_id] * rows.num_rows, pa.string()))

    def frame(self, name: str, columns: list[str]) -> pd.DataFrame:
        """Some columns of a table, of all rows, as in memory."""
        parts = [read_arrow(path).select(columns) for path in self._files(name)]
        rows: pd.DataFrame = pa.concat_tables([_in_cents(part) for part in parts]).to_pandas(date_as_object=False)
        return rows

    def _files(self, name: str) -> list[Path]:
        paths = (folder.find(f"{name}.arrow") for folder in self.folders)
        return [path for path in paths if path is not None]


def stage(tables: Mapping[str, pd.DataFrame], as_of: pd.Timestamp, folder: SharedFolder) -> dict[str, int]:
    """Write a part's rows into its folder; returns how many there are of each table.

    ValueError where they are not what the tables declare.
    """
    for name, frame in tables.items():
        rows = as_arrow(SCORE_TABLES[name], declared(name, frame, NOT_YET, as_of))
        ordered = in_order(rows, key_within(name))
        folder.write(f"{name}.arrow", partial(write_arrow, ordered, rows_in_batch=ROWS_IN_BATCH))
    return {name: len(frame) for name, frame in tables.items()}


def key_within(name: str) -> list[str]:
    """What distinguishes the rows of a table within one night."""
    return [column for column in SCORE_TABLES[name].key if column != "as_of"]


def _in_cents(rows: pa.Table) -> pa.Table:
    for place, name in enumerate(rows.column_names):
        if pa.types.is_decimal(rows[name].type):
            rows = rows.set_column(place, name, pc.cast(pc.multiply(rows[name], minor_units()), pa.int64()))
    return rows
