"""The score database, SQLite or PostgreSQL, opened to be changed by one writer at a time, in one transaction."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from configs.privacy import FILE_MODE
from ledger.errors import LedgerError, first_line
from ledger.sources.connections import GIVE_UP, failure, open_engine, shown

LONGEST_WAIT_SECONDS = 300
CACHE_KIBIBYTES = 500_000
PAGE_BYTES = 16_384
# A writer whose machine or network is gone is given up by the server too, else its lock would stand for hours.
FOR_THIS_TRANSACTION = {
    "lock_timeout": f"{LONGEST_WAIT_SECONDS}s",
    **{f"tcp_{name}": str(value) for name, value in GIVE_UP.items() if name.startswith("keepalives_")},
}
CHANGING_LOCK = 7_321_806_655  # any number, as long as every writer takes the same


class PublishError(RuntimeError):
    """The score database could not be read, or not be changed as a whole, and is as it was. The message shows no
    password."""


class WrongAddress(PublishError):
    """The address leads to no score tables, and to none that could be made: nothing was tried."""


def url_of(nights: Path, database: str | None) -> str:
    """The URL of the score tables: the one stated, else an SQLite file in the folder of the nights."""
    return database or f"sqlite:///{(nights / 'duerank.db').resolve()}"


def engine_of(url: str) -> sa.Engine:
    """The engine of the score tables. WrongAddress where the URL leads to none."""
    try:
        return open_engine(url)
    except LedgerError as error:
        raise WrongAddress(str(error)) from None


@contextmanager
def changing(url: str, otherwise: str, *, make_file: bool = False) -> Iterator[sa.Connection]:
    """One transaction of the only writer, on an SQLAlchemy URL of SQLite or PostgreSQL.

    PublishError where the database cannot be used or does not take the changes; it says `otherwise`, which is what
    holds then. An SQLite file is made only where `make_file`: a misspelt name would make an empty one.
    """
    engine = engine_of(url)
    try:
        _prepare(engine, make_file)
        with engine.begin() as connection:
            _lock(connection)
            yield connection
    except (sa.exc.SQLAlchemyError, psycopg.Error, sqlite3.Error) as error:
        raise PublishError(f"{shown(engine)}: {otherwise}: {_reason(engine, error)}") from None
    finally:
        engine.dispose()


def compact(url: str) -> None:
    """Rewrite an SQLite file without the bytes of deleted rows; PostgreSQL does so in its own time (VACUUM).

    PublishError where the disk has no room for it, or a reader never lets go.
    """
    engine = engine_of(url)
    if engine.url.get_backend_name() != "sqlite":
        return
    sa.event.listen(engine, "connect", _open_sqlite)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    except sa.exc.SQLAlchemyError as error:
        raise PublishError(
            f"{shown(engine)}: no query finds the deleted rows any more, but the file still has their bytes: "
            f"{failure(engine, error)}. Make room, and run `sqlite3 FILE VACUUM`."
        ) from None
    finally:
        engine.dispose()


def _prepare(engine: sa.Engine, make_file: bool) -> None:
    """Make transactions of SQLite real ones. WrongAddress for another kind of database, or a file that is not there."""
    backend = engine.url.get_backend_name()
    if backend == "sqlite":
        database = str(engine.url.database or "")
        if database in ("", ":memory:"):
            raise WrongAddress("an SQLite database in memory is gone with the run; expected sqlite:///path/to/file.db.")
        if not database.startswith("file:"):
            _find_file(engine, Path(database), make_file)
        sa.event.listen(engine, "connect", _open_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    elif backend != "postgresql":
        raise WrongAddress(f"{shown(engine)}: score tables go to sqlite:/// or postgresql://, not to {backend}.")


def _find_file(engine: sa.Engine, path: Path, make: bool) -> None:
    if not make and not path.is_file():
        raise WrongAddress(f"{shown(engine)}: there is no such SQLite file.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, FILE_MODE))
    except OSError as error:
        raise PublishError(f"{shown(engine)}: the database file cannot be made: {error}") from None


def _open_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin late and leave table definitions outside the transaction: we begin it ourselves.
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout = 300000")
    # Of a new file: a night adds millions of rows, and a large page is written less often than four small ones.
    connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    # With a write-ahead log readers go on with the last whole night while the next is being written.
    connection.execute("PRAGMA journal_mode = WAL")
    # The rows' keys come in order, those of the indexes do not: with the usual two megabytes their pages go out often.
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _lock(connection: sa.Connection) -> None:
    """One writer at a time: two that make the tables at once would fail. SQLite has it from BEGIN IMMEDIATE."""
    if connection.dialect.name == "postgresql":
        settings = (sa.func.set_config(name, value, True) for name, value in FOR_THIS_TRANSACTION.items())
        connection.execute(sa.select(*settings))
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(CHANGING_LOCK)))


def _reason(engine: sa.Engine, error: Exception) -> str:
    if isinstance(error, sa.exc.SQLAlchemyError):
        return failure(engine, error)
    return first_line(error)
