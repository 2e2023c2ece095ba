"""A night into the score tables of SQLite or PostgreSQL, in one transaction: readers see all of it or none."""

import io
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.csv
import sqlalchemy as sa

from ledger.atomic_files import write_whole
from worklists.score_db.audit import record
from worklists.score_db.connection import PublishError, changing, engine_of
from worklists.score_db.migrate import bring_to_head
from worklists.score_db.schema import as_arrow, metadata
from worklists.score_db.staged_rows import NOT_YET, StagedRows
from worklists.score_db.tables import SCORE_TABLES

__all__ = ["PublishError", "packing", "publish"]

ROWS_AT_ONCE = 50_000
ROWS_OF_A_STATEMENT = 100
SAME_IN_EVERY_ROW = ("run_id", "as_of")
PARTS_TO_PACK = 4  # the rows of fewer are published sooner than a process starts

Packed = Sequence[Callable[[], Path]]
"""What gives the file of `packing`, or nothing."""


def publish(
    frames: dict[str, pd.DataFrame], url: str, staged: StagedRows | None = None, ledger: str = "", packed: Packed = ()
) -> None:
    """Write a night, replacing an earlier run of the same `as_of`; other nights stay as they were.

    `frames` holds one frame per table of `SCORE_TABLES` with its declared columns (cents, datetime64) and one and the
    same run_id and as_of; rows of `staged` join those of the frames, and its tables need no frame. `url` is an
    SQLAlchemy URL of SQLite or PostgreSQL; tables, `<table>_latest` views and an SQLite file are made where absent,
    and tables of an older version are brought up to date. The audit notes it, with the address of the `ledger`. Where
    the staged rows are `packed`, SQLite copies them from that file.

    ValueError where the frames are not what is declared; PublishError where the database does not take them.
    """
    night = _night(frames, staged)
    with changing(url, "the night was not published, the earlier one is unchanged", make_file=True) as connection:
        bring_to_head(connection)
        _write(connection, night, staged, packed)
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


def packing(staged: StagedRows, url: str, path: Path) -> Packed:
    """The job that puts the staged rows into an SQLite file of their own, for a process beside this one: a third of the
    work is left to the only writer. No job where there are few rows, or for PostgreSQL.
    """
    many = len(staged.folders) >= PARTS_TO_PACK
    return (partial(_pack, staged, path),) if many and engine_of(url).dialect.name == "sqlite" else ()


def _pack(staged: StagedRows, path: Path) -> Path:
    write_whole(path, partial(_fill, staged))
    return path


def _fill(staged: StagedRows, path: Path) -> None:
    """Each table's rows in their order, but for what is the same in all of them."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode = OFF")
        file.execute("PRAGMA synchronous = OFF")
        file.execute("BEGIN")
        for name in staged.names():
            columns = [column for column in SCORE_TABLES[name].names if column not in SAME_IN_EVERY_ROW]
            file.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
            for rows in staged.rows(name, NOT_YET):
                _bind(file, name, columns, rows)
        file.execute("COMMIT")


def _write(connection: sa.Connection, night: dict[str, pa.Table], staged: StagedRows | None, packed: Packed) -> None:
    declared = metadata()
    (as_of,), (run_id,) = (night["runs"][column].to_pylist() for column in ("as_of", "run_id"))
    insert = _copy if connection.dialect.name == "postgresql" else _insert
    in_file = _attached(connection, packed)
    for name in SCORE_TABLES:
        table = declared.tables[name]
        connection.execute(sa.delete(table).where(table.c.as_of == as_of))
        if name in in_file:
            _insert_packed(connection, table, {"run_id": run_id, "as_of": str(as_of)})
        elif staged is not None:
            for rows in staged.rows(name, run_id):
                insert(connection, table, rows)
        if name in night:
            insert(connection, table, night[name])


def _attached(connection: sa.Connection, packed: Packed) -> set[str]:
    """The tables of the packed file, which the connection then sees."""
    if not packed:
        return set()
    (file,) = packed
    connection.execute(sa.text("ATTACH :path AS packed"), {"path": str(file())})
    return set(connection.scalars(sa.text("SELECT name FROM packed.sqlite_master")))


def _insert_packed(connection: sa.Connection, table: sa.Table, same: dict[str, str]) -> None:
    names = table.columns.keys()
    chosen = ", ".join(f":{name}" if name in same else name for name in names)
    into = f"INSERT INTO main.{table.name} ({', '.join(names)})"
    connection.execute(sa.text(f"{into} SELECT {chosen} FROM packed.{table.name} ORDER BY rowid"), same)


def _insert(connection: sa.Connection, table: sa.Table, rows: pa.Table) -> None:
    _bind(connection.connection.driver_connection, table.name, table.columns.keys(), rows)


def _bind(driver: Any, table: str, names: list[str], rows: pa.Table) -> None:
    """The rows by the driver itself, and many to a statement, which takes half the time of one by one."""
    row = f"({', '.join('?' * len(names))})"
    command = f"INSERT INTO {table} ({', '.join(names)}) VALUES "  # names are ours, values are bound
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
