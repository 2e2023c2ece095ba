"""Rows of score tables on disk until the night is published, so that a large night need not fit into memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ledger.partitions import read_arrow, write_arrow
from worklists.score_schema import as_arrow, declared
from worklists.score_tables import SCORE_TABLES

NOT_YET = ""  # stands for the run_id, which is known when all parts of the night are


@dataclass(frozen=True)
class Spilled:
    """Checked rows of score tables, in the folder of each of a night's parts."""

    folders: tuple[Path, ...]

    def rows(self, name: str, run_id: str) -> Iterator[pa.Table]:
        """The rows of a table as they are published, part by part."""
        for path in self._files(name):
            rows = read_arrow(path)
            place = rows.column_names.index("run_id")
            yield rows.set_column(place, "run_id", pa.array([run_id] * rows.num_rows, pa.string()))

    def frame(self, name: str, columns: list[str]) -> pd.DataFrame:
        """Some columns of all rows of a table; money in whole cents."""
        parts = [read_arrow(path).select(columns) for path in self._files(name)]
        rows: pd.DataFrame = pa.concat_tables([_in_cents(part) for part in parts]).to_pandas()
        return rows

    def _files(self, name: str) -> list[Path]:
        paths = (folder / f"{name}.arrow" for folder in self.folders)
        return [path for path in paths if path.exists()]


def spill(tables: Mapping[str, pd.DataFrame], as_of: pd.Timestamp, folder: Path) -> dict[str, int]:
    """Write a part's rows into its folder; returns how many there are of each table.

    ValueError where they are not what the tables declare.
    """
    for name, frame in tables.items():
        write_arrow(as_arrow(SCORE_TABLES[name], declared(name, frame, NOT_YET, as_of)), folder / f"{name}.arrow")
    return {name: len(frame) for name, frame in tables.items()}


def _in_cents(rows: pa.Table) -> pa.Table:
    for place, name in enumerate(rows.column_names):
        if pa.types.is_decimal(rows[name].type):
            rows = rows.set_column(place, name, pc.cast(pc.multiply(rows[name], 100), pa.int64()))
    return rows
