"""What earlier nights published, read back: the night before, the log of all contacts, and the key figures."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from ledger.clock import day_number
from ledger.declarations import Column, Table
from ledger.minor_units import minor_units
from ledger.sources.connections import failure, shown
from worklists.score_db.connection import PublishError, engine_of
from worklists.score_db.tables import (
    CASH_FORECAST,
    CASH_FORECAST_PARTS,
    CONTACT_LOG,
    CUSTOMER_SCORES,
    KEY_FIGURES,
    RUNS,
    SEGMENTS,
    WORKLIST,
)

LISTED = (
    "rank", "collector_id", "customer_id", "segment", "risk_band", "action", "channel", "open_amount", "overdue_amount",
    "collectible_amount", "days_past_due", "expected_gain", "last_contact_on", "promise_status",
)  # fmt: skip
SCORED = (
    "customer_id", "open_amount", "overdue_amount", "collectible_amount", "p_unpaid_30d", "p_default", "score_points",
    "risk_band", "segment", "expected_gain",
)  # fmt: skip
FORECAST = ("day", "expected", "p10", "p90")
FORECAST_PARTS = ("day", "part", "segment", "expected")
LOGGED = tuple(column.name for column in CONTACT_LOG.columns)
LINE_COLUMNS = ("as_of", "customer_id", "collectible_amount", "p_unpaid_30d", "line_ratio")
NEAR = 2.0  # times the value at the line, or a half of it: who is further away says nothing about the line
# Of the nights near the line every eighth is read, so that every weekday has its turn: their 30 days overlap anyway.
NIGHTS_APART = 8
MEMORY = pd.Timedelta(days=365)  # what a contact brought longer ago says little about tonight's
WEEK = pd.Timedelta(days=7)  # of cash: single days differ too much
Nights = tuple[pd.Timestamp, pd.Timestamp]


@dataclass(frozen=True)
class Previous:
    """The latest night before: worklist rows (`LISTED`, in order of rank) and customer scores (`SCORED`).

    Amounts are cents. Where there is no earlier night, as_of is None and both frames are empty.
    """

    as_of: pd.Timestamp | None
    worklist: pd.DataFrame
    customers: pd.DataFrame


@dataclass(frozen=True)
class Expected:
    """What a night expected of the days from it to `until`, which is not one of them: `together` (`FORECAST`) of the
    invoices that were open, and `parts` (`FORECAST_PARTS`) by segment; cents. Without a night there are no rows."""

    night: pd.Timestamp | None
    until: pd.Timestamp
    together: pd.DataFrame
    parts: pd.DataFrame

    def without_rows(self) -> "Expected":
        return replace(self, together=self.together[:0], parts=self.parts[:0])


@dataclass(frozen=True)
class Earlier:
    """What earlier nights published: the latest one, the contact log of them all by first draws (`log`) and near the
    line at which minutes ended (`line`), their key figures, what the latest one expected of the days since, and
    what an earlier one expected of the latest days whose payments are booked (`complete`)."""

    previous: Previous
    log: pd.DataFrame
    line: pd.DataFrame
    figures: pd.DataFrame
    since: Expected
    complete: Expected


def look_back(url: str, as_of: pd.Timestamp, lag: int = 0) -> Earlier:
    """All of it, from the database at `url`; `lag` is after how many days nearly all payments are booked."""
    booked_until = as_of - pd.Timedelta(days=lag)
    previous = previous_night(url, as_of)
    return Earlier(
        previous,
        earlier_contact_log(url, as_of),
        near_the_line(url, as_of),
        earlier_figures(url, as_of),
        expected_since(url, previous.as_of, as_of),
        expected_since(url, _night_of_a_week(url, booked_until), booked_until),
    )


def previous_night(url: str, as_of: pd.Timestamp) -> Previous:
    """The latest night of the year before `as_of` in the database at `url` (SQLite or PostgreSQL).

    A missing SQLite file, which is not made here, a missing table, or one of another version without a column that is
    needed, counts as empty; a column that may be empty is so where an older version had none. PublishError where
    the database cannot be read.
    """
    with reading(url) as database:
        runs = database.rows(RUNS, ("as_of",), _before(as_of))
        latest = runs["as_of"].max() if len(runs) else None
        nights = None if latest is None else (latest, latest)
        worklist = database.rows(WORKLIST, LISTED, nights)
        customers = database.rows(CUSTOMER_SCORES, SCORED, nights)
    return Previous(
        latest,
        worklist.sort_values("rank", ignore_index=True),
        customers.sort_values("customer_id", ignore_index=True),
    )


def earlier_contact_log(url: str, as_of: pd.Timestamp) -> pd.DataFrame:
    """The contact log of hold-out periods begun in the year before `as_of`; columns of `CONTACT_LOG`, amounts in cents.

    Of each customer and period it has the first night on which the customer could be held out: what a measurement
    needs of a log that has millions of rows. In the order of as_of and customer_id. Missing parts and errors as in
    `previous_night`.
    """
    with reading(url) as database:
        rows = database.rows(CONTACT_LOG, LOGGED, _before(as_of), _first_draws(as_of))
    return rows.sort_values(["as_of", "customer_id"], ignore_index=True)


def near_the_line(url: str, as_of: pd.Timestamp) -> pd.DataFrame:
    """Who was near the line at which the collectors' minutes ended (`LINE_COLUMNS`), on every eighth day of the year
    before `as_of`, counted from 1970 so that the days are the same tomorrow. In the order of as_of and customer_id.

    Missing parts and errors as in `previous_night`.
    """
    days = pd.date_range(as_of - MEMORY, as_of - pd.Timedelta(days=1))
    chosen = [day.date() for day in days if day_number(day) % NIGHTS_APART == 0]
    near = sa.column("line_ratio", sa.Double()).between(1 / NEAR, NEAR)
    with reading(url) as database:
        rows = database.rows(
            CONTACT_LOG,
            LINE_COLUMNS,
            _before(as_of),
            near & sa.column("as_of", sa.Date()).in_(chosen),
            needed=("line_ratio",),
        )
    return rows.sort_values(["as_of", "customer_id"], ignore_index=True)


def latest_gains(url: str, as_of: pd.Timestamp) -> pd.DataFrame:
    """The expected gain (cents) and days past due of all who could be contacted on the latest night up to `as_of`.

    Missing parts and errors as in `previous_night`.
    """
    nights: Nights = (as_of - MEMORY, as_of)
    with reading(url) as database:
        runs = database.rows(RUNS, ("as_of",), nights)
        latest = (runs["as_of"].max(),) * 2 if len(runs) else None
        return database.rows(CONTACT_LOG, ("expected_gain", "days_past_due"), latest)


def earlier_figures(url: str, as_of: pd.Timestamp) -> pd.DataFrame:
    """The key figures of the nights of the year before `as_of`: as_of, name, value; oldest night first.

    Missing parts and errors as in `previous_night`.
    """
    with reading(url) as database:
        rows = database.rows(KEY_FIGURES, ("as_of", "name", "value"), _before(as_of))
    return rows.sort_values(["as_of", "name"], ignore_index=True)


def expected_since(url: str, night: pd.Timestamp | None, until: pd.Timestamp) -> Expected:
    """What an earlier night expected of the days from it to `until`, in the order of days.

    Missing parts and errors as in `previous_night`.
    """
    nights = None if night is None else (night, night)
    passed = sa.column("day", sa.Date()) < until.date()
    with reading(url) as database:
        together = database.rows(CASH_FORECAST, FORECAST, nights, passed)
        parts = database.rows(CASH_FORECAST_PARTS, FORECAST_PARTS, nights, passed)
    return Expected(
        night,
        until,
        together.sort_values("day", ignore_index=True),
        parts.sort_values(["day", "part", "segment"], ignore_index=True),
    )


def _night_of_a_week(url: str, until: pd.Timestamp) -> pd.Timestamp | None:
    """The latest night with a week from it to `until`; where there is none, the first that has a day."""
    with reading(url) as database:
        nights = database.rows(RUNS, ("as_of",), _before(until))["as_of"].sort_values()
    of_a_week = nights[nights <= until - WEEK]
    chosen = of_a_week.iloc[-1:] if len(of_a_week) else nights.iloc[:1]
    return None if chosen.empty else chosen.iloc[0]


def published_segments(url: str, nights: Iterable[pd.Timestamp], customer_ids: pd.Index) -> pd.DataFrame:
    """The segments that these customers had on those of the nights that were published: as_of, customer_id, segment.

    Missing parts and errors as in `previous_night`.
    """
    names = ("as_of", "customer_id", "segment")
    with reading(url) as database:
        found = [database.rows(SEGMENTS, names, None)]
        for night in nights:  # one at a time: of a million customers those asked for are few
            rows = database.rows(SEGMENTS, names, (night, night))
            found.append(rows[rows["customer_id"].isin(customer_ids)])
    return pd.concat(found, ignore_index=True)


class Database:
    """The score tables as one transaction sees them; without a connection there are none."""

    def __init__(self, connection: sa.Connection | None) -> None:
        self.connection = connection
        self.tables = set(sa.inspect(connection).get_table_names()) if connection is not None else set()

    def rows(
        self,
        table: Table,
        names: tuple[str, ...],
        nights: Nights | None,
        only: sa.ColumnElement[bool] | None = None,
        needed: tuple[str, ...] = (),
    ) -> pd.DataFrame:
        """The named columns of the nights from the first to the last, both included; none without nights, and none
        where a column lacks that may not be empty or is `needed`."""
        columns = {column.name: column for column in table.columns}
        chosen = [columns[name] for name in names]
        held = self._held(table)
        required = {"as_of", *needed, *(column.name for column in chosen if not column.optional)}
        if self.connection is None or nights is None or not required <= held:
            return pd.DataFrame({column.name: pd.Series(dtype=column.dtype) for column in chosen})
        within = sa.column("as_of", sa.Date()).between(nights[0].date(), nights[1].date())
        selected = [_selected(column, column.name in held) for column in chosen]
        query = sa.select(*selected).select_from(sa.table(table.name)).where(within)
        if only is not None:
            query = query.where(only)
        found = pd.DataFrame(self.connection.execute(query).all(), columns=list(names))
        return pd.DataFrame({column.name: _in_memory(column, found[column.name]) for column in chosen})

    def _held(self, table: Table) -> set[str]:
        """The columns that the database has of a table."""
        if self.connection is None or table.name not in self.tables:
            return set()
        return {column["name"] for column in sa.inspect(self.connection).get_columns(table.name)}


def _before(as_of: pd.Timestamp) -> Nights:
    return as_of - MEMORY, as_of - pd.Timedelta(days=1)


def _first_draws(as_of: pd.Timestamp) -> sa.ColumnElement[bool]:
    """Whether a row of the log is of the first night before `as_of` with a draw, of its customer and period."""
    customer, period = sa.column("customer_id", sa.Text()), sa.column("period", sa.Date())
    night = sa.column("as_of", sa.Date())
    drawn = sa.column("propensity", sa.Double()) < 1
    first, last = _before(as_of)
    earliest = (
        sa.select(customer, period, sa.func.min(night))
        .select_from(sa.table(CONTACT_LOG.name))
        .where(drawn, period >= first.date(), night <= last.date())
        .group_by(customer, period)
    )
    return sa.tuple_(customer, period, night).in_(earliest)


@contextmanager
def reading(url: str) -> Iterator[Database]:
    """The database at one moment, so that a night being published meanwhile is seen whole or not at all."""
    engine = engine_of(url)
    sqlite = engine.url.get_backend_name() == "sqlite"
    try:
        if sqlite and not _is_file(engine.url.database):  # to connect would make an empty file
            yield Database(None)
            return
        with engine.connect().execution_options(isolation_level=_isolation(sqlite)) as connection:
            if sqlite:
                connection.exec_driver_sql("BEGIN")  # the driver itself begins only when something is written
            yield Database(connection)
    except sa.exc.SQLAlchemyError as error:
        raise PublishError(f"{shown(engine)}: earlier nights cannot be read: {failure(engine, error)}") from None
    finally:
        engine.dispose()


def _isolation(sqlite: bool) -> Any:
    return "AUTOCOMMIT" if sqlite else "REPEATABLE READ"


def _is_file(database: str | None) -> bool:
    return bool(database) and (str(database).startswith("file:") or Path(str(database)).is_file())


def _selected(column: Column, held: bool) -> sa.ColumnElement[Any]:
    if not held:
        return sa.null().label(column.name)
    selected: sa.ColumnElement[Any] = sa.column(column.name, column.types.sql)
    # As a float a decimal needs no object for each row; the cent is exact up to 2**53.
    return sa.cast(selected, sa.Double()).label(column.name) if column.kind == "money" else selected


def _in_memory(column: Column, values: pd.Series) -> pd.Series:
    if column.kind == "money":
        cents = np.rint(values.to_numpy(dtype=np.float64) * minor_units())
        amounts: pd.Series = pd.Series(cents, index=values.index).astype(pd.api.types.pandas_dtype(column.dtype))
        return amounts
    if column.kind == "date":
        return pd.to_datetime(values).dt.as_unit("s")
    typed: pd.Series = values.astype(pd.api.types.pandas_dtype(column.dtype))
    return typed
