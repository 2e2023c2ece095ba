"""Engines of SQL databases whose errors never show a password."""

import hashlib
import os
import re
import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from ledger.errors import LedgerError, NoAnswer, first_line

POSTGRESQL = "postgresql+psycopg"

# A connection that was cut without a word is given up after a minute, not after hours (libpq's names; seconds, and
# milliseconds for the last). What the URL says goes before.
GIVE_UP = {
    "connect_timeout": 15, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}  # fmt: skip

# Dates as the reader knows them, whatever a server or a role prefers. While others read a ledger, the connection that
# holds the moment is idle on purpose.
SPOKEN = "SET DateStyle = 'ISO, YMD'; SET idle_in_transaction_session_timeout = 0"
SECRET_OPTION = re.compile(r"pass(?!file)|pwd|secret|token", re.IGNORECASE)
SEEMS_SECRET = re.compile(r":.*@|(pass|pwd|secret|token)\w*=", re.IGNORECASE | re.DOTALL)
UNREADABLE = (
    "the database URL cannot be read; it is not shown, since it may have a password. Expected "
    "dialect://user:password@host:port/database, with %40 for an @ in the password, or sqlite:///path/to/file.db."
)
SQLITE_MAY_PASS = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)


def without_password(address: str) -> str:
    """The URL without its passwords, which this process and its children keep in their environment from then on.

    Prefect stores the parameters of a run, and shows them. Anything but a URL with a password stays as it is;
    LedgerError where something seems to have one and is no URL: no one could say what of it may be shown.
    """
    try:
        url = _read(address)
    except LedgerError:
        if SEEMS_SECRET.search(address) and not Path(address).exists():
            raise
        return address
    secret = [name for name in url.query if SECRET_OPTION.search(name)]
    if not url.password and not secret:
        return address
    open_to_all = url._replace(password=None).difference_update_query(secret).render_as_string(hide_password=False)
    os.environ[_kept_as(open_to_all)] = address
    return open_to_all


def _read(address: str) -> sa.URL:
    """LedgerError where it is no URL. An @ in a password would make the rest of it a part of the host."""
    try:
        url = sa.make_url(address)
        if "@" not in (url.host or ""):
            return url
    except (sa.exc.ArgumentError, ValueError):
        pass
    raise LedgerError(UNREADABLE)


def _kept_as(address: str) -> str:
    """The name in the environment of the whole of a URL whose password was taken out."""
    return f"DUERANK_PASSWORD_{hashlib.sha256(address.encode()).hexdigest()[:16]}"


def open_engine(address: str) -> sa.Engine:
    """An engine for a SQLAlchemy URL; `postgresql://` means the psycopg driver. LedgerError where there is none."""
    url = _read(os.environ.get(_kept_as(address), address))
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername=POSTGRESQL)
    patience = {name: value for name, value in GIVE_UP.items() if name not in url.query}
    try:
        engine = sa.create_engine(url, connect_args=patience if url.drivername == POSTGRESQL else {})
    except (sa.exc.NoSuchModuleError, ImportError) as error:
        raise LedgerError(
            f"there is no driver for {address.partition('://')[0]}:// ({error}). "
            f"Use sqlite:/// or postgresql://, or install the driver."
        ) from None
    except sa.exc.ArgumentError:
        raise LedgerError(UNREADABLE) from None
    if url.drivername == POSTGRESQL:
        sa.event.listen(engine, "connect", _speak_plainly)
    return engine


def _speak_plainly(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SPOKEN)
    connection.commit()


def shown(engine: sa.Engine) -> str:
    """The database's address without user, password or options."""
    url = engine.url
    return f"{url.drivername}://{url.host or ''}/{url.database or ''}"


def failure(engine: sa.Engine, error: sa.exc.SQLAlchemyError) -> str:
    """A database error in one line, without the password."""
    detail = str(getattr(error, "orig", None) or error).strip().splitlines()
    text = detail[0] if detail else type(error).__name__
    options = engine.url.normalized_query
    secrets = [value for name, values in options.items() if SECRET_OPTION.search(name) for value in values]
    for secret in filter(None, [engine.url.password, *secrets]):
        text = text.replace(str(secret), "***")
    return re.sub(r"(?i)(password=)\S+", r"\1***", text)


def refusal(engine: sa.Engine, place: str, error: Exception) -> LedgerError:
    """What a database error is to the user: NoAnswer where the place was lost, else LedgerError."""
    said = failure(engine, error) if isinstance(error, sa.exc.SQLAlchemyError) else first_line(error)
    return (NoAnswer if _lost(engine, error) else LedgerError)(f"{place}: {said}")


def _lost(engine: sa.Engine, error: Exception) -> bool:
    """Whether the database did not answer, or no longer; SQLite calls a misspelt column an operational error too."""
    cause = getattr(error, "orig", None) or error
    if engine.url.get_backend_name() == "sqlite":
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_MAY_PASS
    return isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError) or isinstance(
        cause, psycopg.OperationalError | psycopg.InterfaceError
    )


def table_names(engine: sa.Engine) -> list[str]:
    """Tables and views of the default schema. NoAnswer where the database cannot be reached, LedgerError where
    it is damaged."""
    if engine.url.get_backend_name() == "sqlite" and not _sqlite_exists(engine.url.database):
        raise LedgerError(f"{shown(engine)}: there is no such SQLite file.")
    try:
        inspector = sa.inspect(engine)
        return sorted({*inspector.get_table_names(), *inspector.get_view_names()})
    except sa.exc.SQLAlchemyError as error:
        raise refusal(engine, f"{shown(engine)}: the database cannot be read", error) from None
    except UnicodeError:
        raise LedgerError(f"{shown(engine)}: the database is damaged: a name in it is no text.") from None


def _sqlite_exists(database: str | None) -> bool:
    """Whether the file is there: SQLite would make an empty database of a misspelt name."""
    return bool(database) and (str(database).startswith("file:") or Path(str(database)).is_file())
