"""Ledgers in databases, and databases that the score tables go to."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from benchmarks.robustness.bad_days.day import NIGHTLY, VALIDATE, Day
from benchmarks.robustness.bad_days.edits import Harm
from benchmarks.robustness.bad_days.money import csv_tables, sqlite_tables
from benchmarks.robustness.bad_days.place import Place, Row
from benchmarks.robustness.bad_days.servers import no_postgresql

TO_DATABASE = (*NIGHTLY, "--database")
DOWN = "postgresql://night:s3cret@127.0.0.1:1/duerank"


def in_sqlite(place: Place, change: Callable[[sqlite3.Connection], object] = lambda _connection: None) -> Path:
    """The sound ledger as an SQLite file, with something done to it."""
    path = place.folder / "ledger.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        for name, rows in place.sound.rows.items():
            columns = list(rows[0])
            connection.execute(
                f"create table {name} ({', '.join(f'{column!r}' for column in columns)})".replace("'", '"')
            )
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"insert into {name} values ({marks})", [_nulls(row, columns) for row in rows])
        change(connection)
    place.ledger_url = f"sqlite:///{path}"
    place.ledger_rows = lambda: sqlite_tables(path)
    return path


def sqlite_with(*statements: str) -> Harm:
    """The ledger in SQLite, after these statements."""

    def harm(place: Place) -> None:
        in_sqlite(place, lambda connection: [connection.execute(one) for one in statements])
        assert place.out

    return harm


def cut_sqlite(place: Place) -> None:
    path = in_sqlite(place)
    path.write_bytes(path.read_bytes()[:200_000])


def locked_sqlite(place: Place) -> None:
    """Another program writes to the file, and does not end."""
    holder = sqlite3.connect(in_sqlite(place), isolation_level=None, check_same_thread=False)
    holder.execute("begin exclusive")
    place.afterwards.append(holder.close)


def bytes_as_ids(place: Place) -> None:
    """Two customers whose ids are bytes that are no text."""

    def change(connection: sqlite3.Connection) -> None:
        for number, customer in enumerate(("C00001", "C00002")):
            for table in ("customers", "invoices", "payments"):
                connection.execute(
                    f"update {table} set customer_id = ? where customer_id = ?",
                    (bytes([0xFF - number, 0x41]), customer),
                )

    in_sqlite(place, change)
    assert place.out


def in_postgresql(place: Place, *statements: str) -> str:
    """The sound ledger in PostgreSQL, after these statements; `DATABASE` in them is its name."""
    place.asks_postgresql = True
    address = place.sound.database("ledger")
    engine = sa.create_engine(address.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for name, rows in place.sound.rows.items():
            columns = list(rows[0])
            declared = ", ".join(f'"{column}" {_type(column)}' for column in columns)
            connection.execute(sa.text(f"create table {name} ({declared})"))
            values = ", ".join(f":c{place}" for place in range(len(columns)))
            connection.execute(
                sa.text(f"insert into {name} values ({values})"),
                [{f"c{place}": cell for place, cell in enumerate(_nulls(row, columns))} for row in rows],
            )
        for statement in statements:
            connection.execute(sa.text(statement.replace("DATABASE", str(engine.url.database))))
    engine.dispose()
    place.ledger_url = address
    place.ledger_rows = lambda: csv_tables(place.ledger)
    return address


def postgresql_with(*statements: str) -> Harm:
    return lambda place: (in_postgresql(place, *statements), place.out)


def to_postgresql(*statements: str) -> Harm:
    """The score tables in a PostgreSQL of their own, after these statements."""

    def harm(place: Place) -> None:
        place.asks_postgresql = True
        place.database = place.sound.database("scores")
        engine = sa.create_engine(place.database.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(sa.text(statement.replace("DATABASE", str(engine.url.database))))
        engine.dispose()
        assert place.out

    return harm


def long_ids(place: Place) -> None:
    to_postgresql()(place)
    rows = place.rows("invoices")
    place.write(
        "invoices", [row | {"invoice_id": "I" * 1000} if number == 0 else row for number, row in enumerate(rows)]
    )


def scores_with(*statements: str) -> Harm:
    """Something done to the score tables in the folder of the nights."""

    def harm(place: Place) -> None:
        with closing(sqlite3.connect(place.out / "duerank.db")) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    return harm


def damaged_scores(place: Place) -> None:
    for path in place.out.glob("duerank.db*"):
        path.unlink()
    (place.out / "duerank.db").write_bytes(b"this is no database" * 1000)


def read_only_scores(place: Place) -> None:
    (place.out / "duerank.db").chmod(0o444)


def _nulls(row: Row, columns: list[str]) -> list[str | None]:
    return [row[column] or None for column in columns]


def _type(column: str) -> str:
    if column == "on" or column.endswith("_on"):
        return "date"
    return {"amount": "numeric(18, 2)", "rate": "double precision", "credit_limit": "numeric(18, 2)"}.get(
        column, "text"
    )


VIEW = ("alter table invoices rename to invoices_kept", "create view invoices as select * from invoices_kept")
PARTITIONED = (
    "alter table payments rename to payments_kept",
    "create table payments (like payments_kept) partition by range (paid_on)",
    "create table payments_all partition of payments default",
    "insert into payments select * from payments_kept",
)
HERE: Mapping[str, Callable[[], str]] = {"absent": no_postgresql}
DATABASES = (
    Day(
        "a ledger in SQLite with a column named ROWID",
        sqlite_with('alter table payments add column "ROWID" text'),
        NIGHTLY,
        says=("ROWID",),
    ),
    Day(
        "a ledger in SQLite, without row ids",
        sqlite_with(
            "create table copied (payment_id text primary key, invoice_id, customer_id, paid_on, amount, currency,"
            " method, known_on) without rowid",
            "insert into copied select * from payments",
            "drop table payments",
            "alter table copied rename to payments",
        ),
        NIGHTLY,
    ),
    Day("a ledger in SQLite, with a view", sqlite_with(*VIEW), NIGHTLY),
    Day("a ledger in SQLite that was cut off", cut_sqlite, VALIDATE, 3, ("ledger.db",)),
    Day("a ledger in SQLite that another program locks", locked_sqlite, VALIDATE, 3, ("locked",)),
    Day("a ledger in SQLite whose ids are bytes", bytes_as_ids, NIGHTLY, says=("customer_id",)),
    Day(
        "a ledger in SQLite without payments",
        sqlite_with("drop table payments"),
        VALIDATE,
        3,
        ("'payments' is missing",),
    ),
    Day(
        "a ledger in a PostgreSQL that is down",
        lambda place: setattr(place, "ledger_url", DOWN),
        VALIDATE,
        3,
        ("127.0.0.1",),
    ),
    Day("a ledger in PostgreSQL, with a view", postgresql_with(*VIEW), NIGHTLY, **HERE),
    Day("a ledger in PostgreSQL, partitioned", postgresql_with(*PARTITIONED), NIGHTLY, **HERE),
    Day(
        "a ledger in PostgreSQL that writes days in German",
        postgresql_with("alter database DATABASE set datestyle = 'German, DMY'"),
        NIGHTLY,
        **HERE,
    ),
    Day(
        "a ledger in PostgreSQL that ends idle transactions",
        postgresql_with("alter database DATABASE set idle_in_transaction_session_timeout = '2s'"),
        NIGHTLY,
        **HERE,
    ),
    Day(
        "a ledger in PostgreSQL that ends every statement",
        postgresql_with("alter database DATABASE set statement_timeout = '1ms'"),
        VALIDATE,
        3,
        ("statement timeout",),
        **HERE,
    ),
    Day(
        "a ledger in PostgreSQL that another program locks for good",
        postgresql_with(
            "alter database DATABASE set lock_timeout = '1s'", "alter table payments rename column amount to paid"
        ),
        VALIDATE,
        3,
        ("amount",),
        **HERE,
    ),
    Day(
        "a ledger in PostgreSQL in another zone",
        postgresql_with(
            "alter database DATABASE set timezone = 'Pacific/Kiritimati'",
            "alter table payments alter column paid_on type timestamptz using (paid_on::timestamp at time zone 'UTC')",
        ),
        NIGHTLY,
        **HERE,
    ),
    Day(
        "score tables in a PostgreSQL that is down",
        lambda place: place.out,
        (*TO_DATABASE, DOWN),
        1,
        ("earlier nights cannot be read",),
    ),
    Day(
        "score tables at an address that is none", lambda place: place.out, (*TO_DATABASE, "nonsense"), 2, ("database",)
    ),
    Day(
        "score tables in a kind of database that is not ours",
        lambda place: place.out,
        (*TO_DATABASE, "oracle://u:s3cret@h/d"),
        2,
        ("oracle",),
    ),
    Day("score tables that are damaged", damaged_scores, NIGHTLY, 1, ("file is not a database",), changes=True),
    Day("score tables that are read-only", read_only_scores, NIGHTLY, 1, ("Permission denied",)),
    Day(
        "score tables of a newer version",
        scores_with("update duerank_revision set version_num = '9999'"),
        NIGHTLY,
        1,
        ("a newer version changed them",),
    ),
    Day(
        "a table of the same name that is not ours",
        scores_with("drop view worklist_latest", "drop table worklist", "create table worklist (colour text)"),
        NIGHTLY,
        1,
        ("worklist",),
        changes=True,
    ),
    Day(
        "score tables in PostgreSQL that no one may make",
        to_postgresql(
            "revoke all on schema public from public", "alter database DATABASE set default_transaction_read_only = on"
        ),
        (*TO_DATABASE, "{database}"),
        1,
        ("read-only",),
        **HERE,
    ),
    Day(
        "an invoice number of 1,000 letters for PostgreSQL",
        long_ids,
        (*TO_DATABASE, "{database}"),
        0,
        ("characters",),
        **HERE,
    ),
)
