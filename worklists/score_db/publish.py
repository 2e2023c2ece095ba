"""A night into the score tables of SQLite or PostgreSQL, in one transaction: readers see all of it or none."""

import io
from itertools import chain
from typing import Any

import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.csv
import sqlalchemy as sa

from worklists.score_db.audit import record
from worklists.score_db.connection import PublishError, changing
from worklists.score_db.migrate import bring_to_head
from worklists.score_db.schema import as_arrow, metadata
from worklists.score_db.staged_rows import StagedRows
from worklists.score_db.tables import SCORE_TABLES

__all__ = ["PublishError", "publish"]

ROWS_AT_ONCE = 50_000
ROWS_OF_A_STATEMENT = 100


def publish(frames: dict[str, pd.DataFrame], url: str, staged: StagedRows | None = None, ledger: str = "") -> None:
    """Write a night, replacing an earlier run of the same `as_of`; other nights stay as they were.

    `frames` holds one frame per table of `SCORE_TABLES` with its declared columns (cents, datetime64) and one and the
    same run_id and as_of; rows of `staged` join those of the frames, and its tables need no frame. `url` is an
    SQLAlchemy URL of SQLite or PostgreSQL; tables, `<table>_latest` views and an SQLite file are made where absent,
    and tables of an older version are brought up to date. The audit notes it, with the address of the `ledger`.

    ValueError where the frames are not what is declared; PublishError where the database does not take them.
    """
    night = _night(frames, staged)
    with changing(url, "the night was not published, the earlier one is unchanged", make_file=True) as connection:
        bring_to_head(connection)
        _write(connection, night, staged)
        (run,) = night["runs"].to_pylist()
        record(connection, "nightly", ledger=ledger, run=run)


def _night(frames: dict[str, pd.DataFrame], staged: StagedRows | None) -> dict[str, pa.Table]:
    """The checked tables, all of one run and one night."""
    unknown = set(frames) - set(SCORE_TABLES)
    if unknown or (staged is None and set(frames) != set(SCORE_TABLES)) or "runs" not in frames:
        raise ValueError(f"expected the score tables {', '.join(SCORE_TABLES)}; got {', '.join(frames) or 'none'}.")
    night = {name: as_arrow(SCORE_TABLES[name], frame) for name, frame in frames.items()}
    if night["runs"].num_rows != 1:
        raise ValueError(f"score table runs: a night has one row; got {night['runs'].num_rows}.")
    for column in ("run_id", "as_of"):
        (run,) = night["runs"][column].to_pylist()
        for name, table in night.items():
            others = set(table[column].unique().to_pylist()) - {run}
            if others:
                raise ValueError(f"score table {name}: {column} {others.pop()} in a night whose run has {run}.")
    return night


def _write(connection: sa.Connection, night: dict[str, pa.Table], staged: StagedRows | None) -> None:
    declared = metadata()
    (as_of,), (run_id,) = (night["runs"][column].to_pylist() for column in ("as_of", "run_id"))
    insert = _copy if connection.dialect.name == "postgresql" else _insert
    for name in SCORE_TABLES:
        table = declared.tables[name]
        connection.execute(sa.delete(table).where(table.c.as_of == as_of))
        for rows in staged.rows(name, run_id) if staged is not None else ():
            insert(connection, table, rows)
        if name in night:
            insert(connection, table, night[name])


def _insert(connection: sa.Connection, table: sa.Table, rows: pa.Table) -> None:
    """The rows by the driver itself, and many to a statement, which takes half the time of one by one."""
    names = table.columns.keys()
    row = f"({', '.join('?' * len(names))})"
    command = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES "  # names are ours, values are bound
    driver: Any = connection.connection.driver_connection
    for batch in rows.to_batches(max_chunksize=ROWS_AT_ONCE):
        columns = [_as_sqlite(batch.column(name)).to_pylist() for name in names]
        values = list(chain.from_iterable(zip(*columns, strict=True)))
        whole = len(values) - len(values) % (ROWS_OF_A_STATEMENT * len(names))
        for some, rows_each in ((values[:whole], ROWS_OF_A_STATEMENT), (values[whole:], 1)):
            step = rows_each * len(names)
            parts = (some[first : first + step] for first in range(0, len(some), step))
            driver.executemany(command + ", ".join([row] * rows_each), parts)


def _as_sqlite(values: pa.Array) -> pa.Array:
    """Values as SQLAlchemy keeps them in SQLite: dates as ISO text, decimals as floats."""
    if pa.types.is_date(values.type):
        return values.cast(pa.string())
    # Through text: pyarrow's own cast of decimals misses the nearest float for one amount in eight.
    return values.cast(pa.string()).cast(pa.float64()) if pa.types.is_decimal(values.type) else values


def _copy(connection: sa.Connection, table: sa.Table, rows: pa.Table) -> None:
    """The rows by COPY, within the connection's transaction."""
    options = pa.csv.WriteOptions(include_header=False)
    names = psycopg.sql.SQL(", ").join(map(psycopg.sql.Identifier, table.columns.keys()))
    command = psycopg.sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, ENCODING 'UTF8')").format(
        psycopg.sql.Identifier(table.name), names
    )
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(command) as copy:
        for batch in rows.to_batches(max_chunksize=ROWS_AT_ONCE):
            text = io.BytesIO()
            pa.csv.write_csv(pa.table(batch), text, options)
            copy.write(text.getvalue())
