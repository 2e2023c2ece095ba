"""Whether row groups of Parquet files have the same rows, without reading any."""

import hashlib
from pathlib import Path

import pyarrow.parquet

from ledger.sources.csv_and_parquet import DAMAGED, NO_GROUP, not_whole


def hash_row_groups(path: Path, groups: tuple[int, ...]) -> bytes:
    """SHA-256 of all that decides what is read from some row groups: their bytes, and what the footer says of them.

    Other bytes may be the same rows, the same bytes are. Where in the file they are does not matter, nor does pandas'
    own metadata, which no one reads. LedgerError where the file is damaged.
    """
    try:
        with pyarrow.parquet.ParquetFile(path) as file, path.open("rb") as contents:
            about = file.metadata
            found = hashlib.sha256(file.schema_arrow.remove_metadata().serialize())
            types = str(about.schema).partition("\n")[2]  # its first line is where in memory it is
            found.update(repr((about.created_by, about.format_version, types)).encode())
            for group in groups if groups != NO_GROUP else ():
                for place in range(about.num_columns):
                    chunk = about.row_group(group).column(place)
                    start = _first_page(chunk)
                    found.update(repr((chunk.data_page_offset - start, *_told(chunk))).encode())
                    contents.seek(start)
                    found.update(contents.read(chunk.total_compressed_size))
    except (*DAMAGED, ValueError) as error:
        raise not_whole(path, error) from None
    return found.digest()


def _first_page(chunk: pyarrow.parquet.ColumnChunkMetaData) -> int:
    pages = [chunk.data_page_offset, *([chunk.dictionary_page_offset] if chunk.has_dictionary_page else [])]
    return int(min(pages))


def _told(chunk: pyarrow.parquet.ColumnChunkMetaData) -> tuple[object, ...]:
    """What the footer says of how a column's bytes are to be read."""
    return (
        chunk.path_in_schema,
        chunk.physical_type,
        chunk.compression,
        chunk.encodings,
        chunk.num_values,
        chunk.total_compressed_size,
        chunk.total_uncompressed_size,
    )
