"""Parquet files as views of DuckDB, and names and texts as SQL writes them."""

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa


def parquet_view(connection: duckdb.DuckDBPyConnection, name: str, paths: Iterable[Path], otherwise: pa.Table) -> None:
    """The rows of those files that are there as the view `name`; the rows of `otherwise` where none is."""
    there = [literal(str(path)) for path in paths if path.is_file()]
    if there:
        connection.execute(f"CREATE VIEW {quoted(name)} AS SELECT * FROM read_parquet([{', '.join(there)}])")
    else:
        connection.register(name, otherwise)


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text in SQL."""
    return "'" + text.replace("'", "''") + "'"
