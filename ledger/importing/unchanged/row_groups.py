"""Rows of a table as row groups of Parquet files, and one file out of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet

from ledger.atomic_files import write_whole
from ledger.declarations import Table
from ledger.frames import empty
from ledger.written_rows import as_arrow

ROWS_OF_A_GROUP = 1 << 20


@dataclass(frozen=True)
class RowGroups:
    """`count` row groups of a file, from the row group `first` on; a file that may be replaced meanwhile is open."""

    file: Path | pa.NativeFile
    first: int
    count: int

    def read(self, columns: Sequence[str]) -> pa.Table:
        """Some columns of the rows."""
        return pa.parquet.ParquetFile(self.file).read_row_groups(self.numbers, columns=list(columns))

    @property
    def numbers(self) -> list[int]:
        """Those of the row groups in the file."""
        return list(range(self.first, self.first + self.count))


def whole_file(path: Path) -> RowGroups:
    """All row groups of a file."""
    return RowGroups(path, 0, pa.parquet.read_metadata(path).num_row_groups)


def groups_of(rows: int) -> int:
    """In how many row groups so many rows are written."""
    return -(-rows // ROWS_OF_A_GROUP)


def write_row_groups(table: Table, groups: Sequence[RowGroups], path: Path) -> dict[RowGroups, RowGroups]:
    """All rows of a table to one file, whole or not at all, in the row groups in which they are; where each is there.

    A file that has all of them already is moved there: the same rows give the same bytes.
    """
    only = {one.file for one in groups}
    of_one = only.pop() if len(only) == 1 else None
    write_whole(path, of_one.replace if isinstance(of_one, Path) else partial(_write, table, groups))
    firsts = accumulate((one.count for one in groups), initial=0)
    return {one: RowGroups(path, first, one.count) for one, first in zip(groups, firsts, strict=False)}


def _write(table: Table, groups: Sequence[RowGroups], path: Path) -> None:
    with pa.parquet.ParquetWriter(path, as_arrow(table, empty(table)).schema) as writer:
        for one in groups:
            file = pa.parquet.ParquetFile(one.file)
            for number in one.numbers:
                writer.write_table(file.read_row_group(number), ROWS_OF_A_GROUP)
