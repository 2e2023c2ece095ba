"""A night into the score tables of SQLite or PostgreSQL, in one transaction: readers see all of it or none."""

import io
import os
import sqlite3
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.csv
import sqlalchemy as sa

from ledger.databases import failure, open_engine, shown
from ledger.errors import LedgerError
from worklists.score_schema import as_arrow, metadata
from worklists.score_tables import SCORE_TABLES
from worklists.spilled import Spilled

OWNER_AND_GROUP = 0o640  # the rows name people and what they owe
LONGEST_WAIT_SECONDS = 300
ROWS_AT_ONCE = 50_000
CACHE_KIBIBYTES = 500_000
PUBLISHING_LOCK = 7_321_806_655  # any number, as long as every night takes the same


class PublishError(RuntimeError):
    """The night could not be written to the database; nothing of it is there. The message shows no password."""


def publish(frames: dict[str, pd.DataFrame], url: str, spilled: Spilled | None = None) -> None:
    """Write a night, replacing an earlier run of the same `as_of`; other nights stay as they were.

    `frames` holds one frame per table of `SCORE_TABLES` with its declared columns (cents, datetime64) and one and the
    same run_id and as_of; rows of `spilled` join those of the frames, and its tables need no frame. `url` is an
    SQLAlchemy URL of SQLite or PostgreSQL; tables, `<table>_latest` views and an SQLite file are made where absent.

    ValueError where the frames are not what is declared; PublishError where the database does not take them.
    """
    night = _night(frames, spilled)
    try:
        engine = open_engine(url)
    except LedgerError as error:
        raise PublishError(str(error)) from None
    try:
        _prepare(engine)
        with engine.begin() as connection:
            _lock(connection)
            _write(connection, night, spilled)
    except (sa.exc.SQLAlchemyError, psycopg.Error, sqlite3.Error) as error:
        raise PublishError(
            f"{shown(engine)}: the night was not published, the earlier one stands: {_reason(engine, error)}"
        ) from None
    except OSError as error:
        raise PublishError(f"{shown(engine)}: the database file cannot be made: {error}") from None
    finally:
        engine.dispose()


def _night(frames: dict[str, pd.DataFrame], spilled: Spilled | None) -> dict[str, pa.Table]:
    """The checked tables, all of one run and one night."""
    unknown = set(frames) - set(SCORE_TABLES)
    if unknown or (spilled is None and set(frames) != set(SCORE_TABLES)) or "runs" not in frames:
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


def _prepare(engine: sa.Engine) -> None:
    """Make transactions of SQLite real ones, and its file where absent. PublishError for another kind of database."""
    backend = engine.url.get_backend_name()
    if backend == "sqlite":
        if engine.url.database in (None, "", ":memory:"):
            raise PublishError("an SQLite database in memory is gone with the run; expected sqlite:///path/to/file.db.")
        if not str(engine.url.database).startswith("file:"):
            _make_file(Path(str(engine.url.database)))
        sa.event.listen(engine, "connect", _open_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    elif backend != "postgresql":
        raise PublishError(f"{shown(engine)}: score tables go to sqlite:/// or postgresql://, not to {backend}.")


def _make_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, OWNER_AND_GROUP))


def _open_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin late and leave table definitions outside the transaction: we begin it ourselves.
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout = 300000")
    # With a write-ahead log readers go on with the last whole night while the next is being written.
    connection.execute("PRAGMA journal_mode = WAL")
    # Keys of a large night come in no order: with the usual two megabytes every page of their index is written often.
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _lock(connection: sa.Connection) -> None:
    """One night at a time: two that make the tables at once would fail. SQLite has it from BEGIN IMMEDIATE."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.set_config("lock_timeout", f"{LONGEST_WAIT_SECONDS}s", True)))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(PUBLISHING_LOCK)))


def _write(connection: sa.Connection, night: dict[str, pa.Table], spilled: Spilled | None) -> None:
    declared = metadata()
    _check_columns(connection, declared)
    declared.create_all(connection)
    (as_of,), (run_id,) = (night["runs"][column].to_pylist() for column in ("as_of", "run_id"))
    insert = _copy if connection.dialect.name == "postgresql" else _insert
    for name in SCORE_TABLES:
        table = declared.tables[name]
        connection.execute(sa.delete(table).where(table.c.as_of == as_of))
        for rows in spilled.rows(name, run_id) if spilled is not None else ():
            insert(connection, table, rows)
        if name in night:
            insert(connection, table, night[name])


def _insert(connection: sa.Connection, table: sa.Table, rows: pa.Table) -> None:
    """The rows by the driver itself, which is three times as fast as through SQLAlchemy's own types."""
    names = table.columns.keys()
    marks = ", ".join("?" * len(names))
    command = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # names are ours, values are bound
    driver: Any = connection.connection.driver_connection
    for batch in rows.to_batches(max_chunksize=ROWS_AT_ONCE):
        columns = [_as_sqlite(batch.column(name)).to_pylist() for name in names]
        driver.executemany(command, zip(*columns, strict=True))


def _as_sqlite(values: pa.Array) -> pa.Array:
    """Values as SQLAlchemy keeps them in SQLite: dates as ISO text, decimals as floats."""
    if pa.types.is_date(values.type):
        return values.cast(pa.string())
    # Through text: pyarrow's own cast of decimals misses the nearest float for one amount in eight.
    return values.cast(pa.string()).cast(pa.float64()) if pa.types.is_decimal(values.type) else values


def _check_columns(connection: sa.Connection, declared: sa.MetaData) -> None:
    """PublishError where a table of this name is there with other columns: it is another version's, or not ours."""
    inspector = sa.inspect(connection)
    for name in set(SCORE_TABLES) & set(inspector.get_table_names()):
        found = [column["name"] for column in inspector.get_columns(name)]
        expected = declared.tables[name].columns.keys()
        if found != expected:
            raise PublishError(
                f"{shown(connection.engine)}: table {name} has the columns {', '.join(found)}, expected "
                f"{', '.join(expected)}. Publish to another database, or move that table out of the way."
            )


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


def _reason(engine: sa.Engine, error: Exception) -> str:
    if isinstance(error, sa.exc.SQLAlchemyError):
        return failure(engine, error)
    return str(error).strip().splitlines()[0]
