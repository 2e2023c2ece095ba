"""Raw rows out of a SQL database in ranges that several processes read at once, none of them the whole table.

PostgreSQL tables are cut by physical pages, which needs no index, and read by COPY in one exported snapshot, so that
all ranges show the ledger at one moment. SQLite tables are cut by rowid, those of other databases by a primary key
that is one whole number. Anything else, views too, is one range, which is streamed. A writer of an SQLite ledger must
wait until the ledger is read.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.csv
import sqlalchemy as sa

from ledger.errors import LedgerError
from ledger.sources.connections import open_engine, refusal, shown

ROWS_AT_ONCE = 200_000
BYTES_OF_A_ROW = 120  # of a PostgreSQL table, about
PAGE_BYTES = 8_192
BLOCK_BYTES = 1 << 25
WITH_PAGES = ("r", "m")  # tables and materialized views
ROWID_NAMES = ("rowid", "_rowid_", "oid")  # of SQLite; a column of such a name hides the row's own number


@dataclass(frozen=True)
class Rows:
    """A range of a table's rows: pages, rowids or values of the column `key` from `first` up to, not including, `end`;
    all where both are None. Of these no more than `most`, where it is given."""

    table: str
    about: int
    first: int | None = None
    end: int | None = None
    snapshot: str | None = None
    key: str = "rowid"
    most: int | None = None


@contextmanager
def shared_snapshot(engine: sa.Engine) -> Iterator[str | None]:
    """The name under which other connections see a PostgreSQL database as it is now; None for other databases."""
    if engine.url.get_backend_name() != "postgresql":
        yield None
        return
    with _telling(engine), engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        yield str(connection.execute(sa.text("SELECT pg_export_snapshot()")).scalar_one())


def row_ranges(engine: sa.Engine, name: str, snapshot: str | None, most_rows: int) -> list[Rows]:
    """The rows of a table or view in ranges of about `most_rows`."""
    with _telling(engine, name), engine.connect() as connection:
        backend = engine.url.get_backend_name()
        if backend == "postgresql":
            return _page_ranges(connection, name, snapshot, most_rows)
        about = int(connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one())
        if about <= most_rows or name not in sa.inspect(connection).get_table_names():
            return [Rows(name, about)]
        key = _rowid(connection, name) if backend == "sqlite" else _whole_key(connection, name)
        return [Rows(name, about)] if key is None else _key_ranges(connection, name, key, about, most_rows)


def stream_rows(address: str, rows: Rows, only: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
    """The rows of a range in parts, one at least, as the driver gives them or as text; where `only` is given, those of
    its columns that are there."""
    engine = open_engine(address)
    try:
        with _telling(engine, rows.table):
            columns = [dict(column) for column in sa.inspect(engine).get_columns(rows.table)]
            columns = columns if only is None else [column for column in columns if column["name"] in only]
            if columns:
                read = _copied if engine.url.get_backend_name() == "postgresql" else _read
                yield from read(engine, rows, columns)
    finally:
        engine.dispose()


def first_rows(address: str, table: str, most: int) -> tuple[pd.DataFrame, bool]:
    """The first rows of a table as `stream_rows` gives them, and whether these are all; the others are not read."""
    parts = list(stream_rows(address, Rows(table, most + 1, most=most + 1)))
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    return rows.head(most), len(rows) <= most


@contextmanager
def _telling(engine: sa.Engine, table: str | None = None) -> Iterator[None]:
    """A database error as one of `connections.refusal`, which names the place and shows no password."""
    place = shown(engine) if table is None else f"{shown(engine)}, table {table}"
    try:
        yield
    except sa.exc.NoSuchTableError:
        raise LedgerError(f"{place}: it cannot be read: there is no such table any more") from None
    # UnicodeError: names of an SQLite file
    except (sa.exc.SQLAlchemyError, psycopg.Error, pa.ArrowException, UnicodeError) as error:
        raise refusal(engine, f"{place}: it cannot be read", error) from None


def _page_ranges(connection: sa.Connection, name: str, snapshot: str | None, most_rows: int) -> list[Rows]:
    query = "SELECT pg_relation_size(to_regclass(:name)), relkind FROM pg_class WHERE oid = to_regclass(:name)"
    size, kind = connection.execute(sa.text(query), {"name": f'"{name}"'}).one()
    if kind not in WITH_PAGES:  # a view or a partitioned table has none of its own
        counted = connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one()
        return [Rows(name, int(counted), snapshot=snapshot)]
    about = size // BYTES_OF_A_ROW
    if about <= most_rows:
        return [Rows(name, about, snapshot=snapshot)]
    pages = -(-size // PAGE_BYTES)
    step = max(most_rows * BYTES_OF_A_ROW // PAGE_BYTES, 1)
    ends = [*range(step, pages, step), 2**32 - 1]  # the last range has no end: pages may have been added
    return [
        Rows(name, about // len(ends), first, end, snapshot) for first, end in zip([0, *ends[:-1]], ends, strict=True)
    ]


def _rowid(connection: sa.Connection, name: str) -> str | None:
    """A name of the row's own number that is no column of the SQLite table."""
    columns = {str(column["name"]).casefold() for column in sa.inspect(connection).get_columns(name)}
    return next((rowid for rowid in ROWID_NAMES if rowid not in columns), None)


def _whole_key(connection: sa.Connection, name: str) -> str | None:
    """The column that is a table's primary key, where it is one of whole numbers."""
    inspector = sa.inspect(connection)
    keys = inspector.get_pk_constraint(name)["constrained_columns"]
    kinds = {column["name"]: column["type"] for column in inspector.get_columns(name)}
    return str(keys[0]) if len(keys) == 1 and isinstance(kinds[keys[0]], sa.Integer) else None


def _key_ranges(connection: sa.Connection, name: str, key: str, about: int, most_rows: int) -> list[Rows]:
    column = _key_column(key)
    try:
        first, last = connection.execute(
            sa.select(sa.func.min(column), sa.func.max(column)).select_from(sa.table(name))
        ).one()
    except sa.exc.OperationalError:  # an SQLite table WITHOUT ROWID
        return [Rows(name, about)]
    step = -(-(last + 1 - first) * most_rows // about)
    starts = list(range(first, last + 1, step))
    return [Rows(name, about // len(starts), start, start + step, key=key) for start in starts]


def _key_column(key: str) -> "sa.ColumnElement[int]":
    return sa.literal_column(key, sa.Integer) if key in ROWID_NAMES else sa.column(key, sa.Integer)


def _read(engine: sa.Engine, rows: Rows, columns: list[dict[str, Any]]) -> Iterator[pd.DataFrame]:
    names = [str(column["name"]) for column in columns]
    # Columns without a type: the driver's values come through, and a bad one is a refused row, not an exception.
    untyped: list[sa.ColumnClause[Any]] = [sa.column(name) for name in names]
    query = sa.select(*untyped).select_from(sa.table(rows.table))
    if rows.first is not None:
        key = _key_column(rows.key)
        query = query.where(key >= rows.first, key < rows.end)
    if rows.most is not None:
        query = query.limit(rows.most)
    with engine.connect().execution_options(stream_results=True, max_row_buffer=ROWS_AT_ONCE) as connection:
        result = connection.execute(query)
        part = result.fetchmany(ROWS_AT_ONCE)
        yield pd.DataFrame([tuple(row) for row in part], columns=names, dtype=object)
        while part := result.fetchmany(ROWS_AT_ONCE):
            yield pd.DataFrame([tuple(row) for row in part], columns=names, dtype=object)


def _copied(engine: sa.Engine, rows: Rows, columns: list[dict[str, Any]]) -> Iterator[pd.DataFrame]:
    """By COPY, in text as a ledger's CSV would have it; the database's text is parsed while it still comes in."""
    names = [str(column["name"]) for column in columns]
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor:
            if rows.snapshot is not None:
                cursor.execute(psycopg.sql.SQL("SET TRANSACTION SNAPSHOT {}").format(rows.snapshot))
            incoming, outgoing = os.pipe()
            feeder = _Feeder(cursor, _copy_command(rows, columns), outgoing)
            feeder.start()
            try:
                with os.fdopen(incoming, "rb") as text:
                    yield pa.schema([(name, pa.string()) for name in names]).empty_table().to_pandas()
                    if text.peek(1):
                        with _parsed(text, names) as batches:
                            for batch in batches:
                                yield pa.table(batch).to_pandas()
            finally:
                feeder.join()
            if feeder.error is not None:
                raise feeder.error


def _copy_command(rows: Rows, columns: list[dict[str, Any]]) -> psycopg.sql.Composed:
    sql = psycopg.sql
    chosen = sql.SQL(", ").join(_as_text(column) for column in columns)
    command = sql.SQL("COPY (SELECT {} FROM {}{}{}) TO STDOUT (FORMAT csv, ENCODING 'UTF8')")
    where: psycopg.sql.Composable = sql.SQL("")
    limit = sql.SQL("") if rows.most is None else sql.SQL(" LIMIT {}").format(rows.most)
    if rows.first is not None:
        first, end = sql.Literal(f"({rows.first},0)"), sql.Literal(f"({rows.end},0)")
        where = sql.SQL(" WHERE ctid >= {}::tid AND ctid < {}::tid").format(first, end)
    return command.format(chosen, sql.Identifier(rows.table), where, limit)


def _as_text(column: dict[str, Any]) -> psycopg.sql.Composable:
    """A column in the spelling that the reader knows: true and not t, 0.00001 and not 1e-05."""
    sql = psycopg.sql
    name = sql.Identifier(column["name"])
    if isinstance(column["type"], sa.Boolean):
        return sql.SQL("{}::text").format(name)
    if isinstance(column["type"], sa.Float):
        return sql.SQL("{}::numeric").format(name)
    return name


def _parsed(text: Any, names: list[str]) -> Any:
    return pa.csv.open_csv(
        text,
        read_options=pa.csv.ReadOptions(column_names=names, block_size=BLOCK_BYTES),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=len(names) > 1),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


class _Feeder(threading.Thread):
    """Writes what COPY gives into a pipe, whose other end is parsed meanwhile."""

    def __init__(self, cursor: Any, command: psycopg.sql.Composed, outgoing: int) -> None:
        super().__init__(daemon=True)
        self.cursor, self.command, self.outgoing = cursor, command, outgoing
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            with os.fdopen(self.outgoing, "wb") as sink, self.cursor.copy(self.command) as copy:
                for block in copy:
                    sink.write(block)
        except (psycopg.Error, OSError) as error:
            self.error = error
