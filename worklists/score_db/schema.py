"""The score tables as SQL tables with their views, and as checked Arrow tables; the audit trail and the calendar."""

from functools import cache

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from ledger import written_rows
from ledger.declarations import Column, Kind, Table
from worklists.score_db.tables import AUDIT, CALENDAR, SCORE_TABLES
from worklists.score_db.tables.reasons import REASONS
from worklists.score_db.tables.views import VIEWS, View, current

READ_AS_TABLES: dict[str, View] = {REASONS.name: REASONS}  # queried as tables are, and stored in another shape


@cache
def metadata() -> sa.MetaData:
    """The score tables with `READ_AS_TABLES` and the views of `latest_views` and `current_views`, audit and calendar.

    Whoever changes a declaration writes a migration in `migrations/versions`, too; a test compares. The calendar's rows
    and `VIEWS` come from `migrate.bring_to_head`.
    """
    declared = sa.MetaData()
    for table in (*SCORE_TABLES.values(), AUDIT, CALENDAR):
        _sql_table(table, declared)
    reshaped = {name: view.query for name, view in READ_AS_TABLES.items()}
    for name, query in (reshaped | latest_views() | current_views()).items():
        sa.event.listen(declared, "after_create", sa.DDL(f"CREATE VIEW {name} AS {query}"))  # type: ignore[no-untyped-call]
    return declared


def latest_views() -> dict[str, str]:
    """The query of each table's `<table>_latest`: its rows of the latest night in `runs`."""
    queried: dict[str, Table | View] = {**SCORE_TABLES, **READ_AS_TABLES}
    return {f"{name}_latest": _latest(name, one.names) for name, one in queried.items()}


def current_views() -> dict[str, str]:
    """The query of `<table>_current` for each table to which a night adds only what is new: the latest row of each."""
    return {
        f"{name}_current": current(name, table.names, table.about)
        for name, table in SCORE_TABLES.items()
        if table.about
    }


def all_views() -> list[str]:
    """The names of all views of the score tables; none is used by one that is before it."""
    return [*READ_AS_TABLES, *latest_views(), *current_views(), *VIEWS]


def _latest(name: str, columns: list[str]) -> str:
    chosen = ", ".join(f"{name}.{column}" for column in columns)
    return f"SELECT {chosen} FROM {name} WHERE {name}.as_of = (SELECT max(runs.as_of) FROM runs)"


def as_arrow(table: Table, frame: pd.DataFrame) -> pa.Table:
    """The frame as it is published: columns in declared order, rows in the order of the key, cents as currency units.

    ValueError where the frame is not what the table declares: a missing, surplus or mistyped column, a null where
    none may be, a probability outside 0 to 1, two rows of one key.
    """
    _check_names(table, frame)
    for column in table.columns:
        _check_values(table, column, frame[column.name])
    doubled = frame[frame.duplicated(list(table.key))]
    if len(doubled):
        key = ", ".join(f"{name} {doubled.iloc[0][name]}" for name in table.key)
        raise ValueError(f"score table {table.name}: two rows of one key ({key}); the key is {', '.join(table.key)}.")
    ordered = frame.sort_values(list(table.key), kind="stable", na_position="first")
    return written_rows.as_arrow(table, ordered)


def declared(name: str, frame: pd.DataFrame, run_id: str, as_of: pd.Timestamp) -> pd.DataFrame:
    """The rows of a score table with its declared columns."""
    frame = frame.assign(run_id=run_id, as_of=as_of.as_unit("s"))
    return frame[SCORE_TABLES[name].names].reset_index(drop=True)


def _sql_table(table: Table, declared: sa.MetaData) -> sa.Table:
    columns = [sa.Column(column.name, column.types.sql, nullable=column.optional) for column in table.columns]
    in_key = {column.optional for column in table.columns if column.name in table.key}
    # A primary key takes no nulls; `as_arrow` has seen to it that the rows of such a table are distinct.
    key = sa.Index(f"{table.name}_key", *table.key) if True in in_key else sa.PrimaryKeyConstraint(*table.key)
    others = [sa.Index(f"{table.name}_{'_'.join(names)}", *names) for names in table.indexes]
    return sa.Table(table.name, declared, *columns, key, *others, comment=table.meaning)


def _check_names(table: Table, frame: pd.DataFrame) -> None:
    missing = [name for name in table.names if name not in frame]
    surplus = [str(name) for name in frame if name not in table.names]
    if missing or surplus or not frame.columns.is_unique:
        raise ValueError(
            f"score table {table.name}: columns missing: {missing}, not declared: {surplus}. "
            f"Expected each once: {', '.join(table.names)}."
        )


def _check_values(table: Table, column: Column, values: pd.Series) -> None:
    place = f"score table {table.name}, column {column.name}"
    if values.notna().any() and not _has_type(column.kind, values):
        raise ValueError(f"{place}: expected {column.kind}, got dtype {values.dtype}.")
    if not column.optional and values.isna().any():
        raise ValueError(f"{place}: {int(values.isna().sum())} nulls; the column is declared without.")
    if column.kind == "probability" and not values.dropna().between(0, 1).all():
        raise ValueError(f"{place}: values from {values.min()} to {values.max()}; a probability lies between 0 and 1.")


def _has_type(kind: Kind, values: pd.Series) -> bool:
    types = pd.api.types
    if kind in ("text", "choice"):
        return types.is_string_dtype(values.dtype)
    if kind == "flag":
        return types.is_bool_dtype(values.dtype)
    if kind == "date":
        return types.is_datetime64_dtype(values.dtype)
    if kind in ("money", "whole"):
        return types.is_integer_dtype(values.dtype)
    return types.is_numeric_dtype(values.dtype) and not types.is_bool_dtype(values.dtype)
