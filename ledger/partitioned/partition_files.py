"""A ledger on disk in partitions, each of which fits into memory and holds all of its customers.

A customer's partition depends on a hash of the id at the head of its group (`parent_id`), so that customers who are
contacted together lie together. Files are Arrow, in the types of `ledger.tables`; each is written whole or not at all.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from ledger.declarations import TYPES, Column, Table
from ledger.frames import Tables, empty
from ledger.hashing import Hashes
from ledger.partitioned.shared_folder import SharedFolder
from ledger.tables import TABLES

Places = npt.NDArray[np.uint8]

MOST_PARTITIONS = 256

COMPRESSED = pa.ipc.IpcWriteOptions(compression="lz4")


def partitions_for(rows: int, rows_per_partition: int) -> int:
    """How many partitions a ledger of about `rows` rows needs: a power of two, so that partitions nest."""
    needed = -(-rows // rows_per_partition)
    return min(1 << max(needed - 1, 0).bit_length(), MOST_PARTITIONS)


def partition_of(hashes: Hashes, partitions: int) -> Places:
    """The partition of each hash: its leading bits."""
    bits = partitions.bit_length() - 1
    if not bits:
        return np.zeros(len(hashes), dtype=np.uint8)
    return (hashes >> np.uint64(64 - bits)).astype(np.uint8)


@dataclass(frozen=True)
class PartitionFiles:
    """The folder that holds the partitions, as `folder/table/partition/file`."""

    folder: SharedFolder
    partitions: int

    def write(self, table: Table, file: str, frame: pd.DataFrame, places: Places) -> None:
        """Rows into the partitions of `places`, one for each row; an earlier file of that name is replaced."""
        order = np.argsort(places, kind="stable")
        rows = to_arrow(table, frame).take(pa.array(order))
        edges = np.searchsorted(places[order], np.arange(self.partitions + 1))
        files = {}
        for partition in range(self.partitions):
            first, end = int(edges[partition]), int(edges[partition + 1])
            if end > first:
                name = f"{_home(table.name, partition)}/{file}.arrow"
                files[name] = partial(write_arrow, rows.slice(first, end - first))
        self.folder.write_all(files)

    def read(self, partition: int, names: Iterable[str] = tuple(TABLES)) -> Tables:
        """The rows of a partition, as the reader gave them, in the order of the files' names."""
        tables = {}
        for name in names:
            table = TABLES[name]
            parts = [read_arrow(file) for file in (self.folder / _home(name, partition)).files(".arrow")]
            tables[name] = from_arrow(table, pa.concat_tables(parts)) if parts else empty(table)
        return tables


def _home(name: str, partition: int) -> str:
    return f"{name}/{partition:03}"


def to_arrow(table: Table, frame: pd.DataFrame) -> pa.Table:
    """A typed frame of the table, known_on and all, as Arrow."""
    types = {column.name: column.types.held for column in table.columns} | {"known_on": TYPES["date"].held}
    return pa.table({name: pa.array(frame[name], held, from_pandas=True) for name, held in types.items()})


def from_arrow(table: Table, rows: pa.Table) -> pd.DataFrame:
    """The typed frame again."""
    columns = {column.name: _series(column, rows[column.name]) for column in table.columns}
    if "known_on" not in columns:
        columns["known_on"] = rows["known_on"].to_pandas()
    return pd.DataFrame(columns)


def _series(column: Column, values: pa.ChunkedArray) -> pd.Series:
    if column.dtype == "str":
        return pd.Series(pd.array(values, dtype="str"))
    if column.dtype == "Int64":
        return pd.Series(values.to_pandas(types_mapper=lambda _: pd.Int64Dtype()))
    return pd.Series(values.to_pandas(), dtype=column.dtype)


def write_arrow(rows: pa.Table, path: Path, rows_in_batch: int | None = None) -> None:
    """The rows to a file.

    Batches are what `arrow_batches` reads at once; as the rows come unless `rows_in_batch` is given.
    """
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, rows.schema, options=COMPRESSED) as writer:
        writer.write_table(rows, max_chunksize=rows_in_batch)


def read_arrow(path: Path) -> pa.Table:
    """The rows of a file of `write_arrow`."""
    with pa.OSFile(str(path), "rb") as source, pa.ipc.open_file(source) as reader:
        return reader.read_all()


def arrow_batches(path: Path) -> Iterator[pa.RecordBatch]:
    """The same batch by batch."""
    with pa.OSFile(str(path), "rb") as source, pa.ipc.open_file(source) as reader:
        for number in range(reader.num_record_batches):
            yield reader.get_batch(number)
