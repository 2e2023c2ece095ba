"""Each day's import kept, and a ledger made of all of them in which every past night stays as it was known.

Systems change their past: un-reconciling deletes rows, cancelling turns them around, entries are dated back. What an
import of one day has and the one before has not was known from the day before on, and no earlier; what is gone is
turned around by a row of its own, as of that day. Each row is kept once, with the day of the first import that had it
and of the first that had it no more, so that any day's import can be had again.
"""

from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet

from ledger.atomic_files import write_whole
from ledger.declarations import Table
from ledger.errors import LedgerError
from ledger.frames import empty
from ledger.importing.history.ledger_rows import ledger_rows
from ledger.importing.querying.parquet_views import parquet_view
from ledger.tables import TABLES
from ledger.written_rows import as_arrow

DAYS = "days"
SEEN, GONE = "_seen_on", "_gone_on"
BOOKED = ("invoices", "payments", "adjustments")


def keep_import(folder: Path, day: date, files: dict[str, tuple[Path, ...]]) -> None:
    """Add to a history the import that is for the night `day`; one for the same night is replaced.

    LedgerError where the history has a later import, or cannot be read.
    """
    before = [kept for kept in imported_days(folder) if kept != day]
    if before and before[-1] > day:
        raise LedgerError(
            f"{folder}: the history has an import for {before[-1]}, and this one is for {day}. Import days in order."
        )
    for name, table in TABLES.items():
        with duckdb.connect() as connection:
            parquet_view(connection, "kept", [folder / f"{name}.parquet"], _versions(table))
            parquet_view(connection, "came", files.get(name, ()), as_arrow(table, empty(table)))
            rows = connection.query(_merged(table, day)).to_arrow_table().cast(_versions(table).schema)
        write_whole(folder / f"{name}.parquet", partial(pa.parquet.write_table, rows))
    days = pa.table({"day": pa.array([*before, day], pa.date32())})
    write_whole(folder / f"{DAYS}.parquet", partial(pa.parquet.write_table, days))


def imported_days(folder: Path) -> list[date]:
    """The nights that imports are kept for, in order. LedgerError where the history is damaged."""
    path = folder / f"{DAYS}.parquet"
    if not path.is_file():
        return []
    try:
        return sorted(pa.parquet.read_table(path)["day"].to_pylist())
    except (pa.ArrowException, OSError, KeyError):
        raise LedgerError(f"{path} is damaged; take the history from a backup.") from None


def changes_of(folder: Path, day: date) -> list[str]:
    """A sentence for each table of money from which the import for a night has lost rows, or has others under their id:
    the ledger turns them around, and a person may want to know why they went."""
    before = [kept for kept in imported_days(folder) if kept < day]
    said = []
    for name in BOOKED if before else ():
        (key,) = TABLES[name].key
        query = f"""
            WITH gone AS (SELECT *, {key} IN (SELECT {key} FROM kept WHERE {SEEN} = {_day(day)}) AS changed
                          FROM kept WHERE {GONE} = {_day(day)})
            SELECT count(*) FILTER (NOT changed), coalesce(sum(amount) FILTER (NOT changed), 0),
                   min({key}) FILTER (NOT changed), count(*) FILTER (changed), min({key}) FILTER (changed)
            FROM gone
        """
        with duckdb.connect() as connection:
            parquet_view(connection, "kept", [folder / f"{name}.parquet"], _versions(TABLES[name]))
            gone, amount, one_gone, changed, one_changed = connection.execute(query).fetchone() or (0, 0, "", 0, "")
        parts = [f"{gone:,} rows of {amount:,} are gone, such as {one_gone!r}"] * bool(gone)
        parts += [f"{changed:,} have changed, such as {one_changed!r}"] * bool(changed)
        if parts:
            said.append(f"{name}: since the import for {before[-1]} {', '.join(parts)}; booked from that day on.")
    return said


def import_of(folder: Path, day: date) -> dict[str, pa.Table]:
    """The tables as the import for a night had them."""
    tables = {}
    for name, table in TABLES.items():
        columns = ", ".join(f'"{column}"' for column in table.names)
        with duckdb.connect() as connection:
            parquet_view(connection, "kept", [folder / f"{name}.parquet"], _versions(table))
            there = f"{SEEN} <= {_day(day)} AND ({GONE} IS NULL OR {GONE} > {_day(day)})"
            tables[name] = connection.query(f"SELECT {columns} FROM kept WHERE {there}").to_arrow_table()
    return tables


def written_history(folder: Path, out: Path) -> dict[str, tuple[Path, ...]]:
    """The ledger of all imports: one Parquet file for each table, in `out`."""
    days = imported_days(folder)
    with duckdb.connect() as connection:
        connection.register("days", pa.table({"day": pa.array(days, pa.date32())}))
        for name, table in TABLES.items():
            parquet_view(connection, f"{name}_kept", [folder / f"{name}.parquet"], _versions(table))
            connection.execute(
                f"CREATE VIEW {name}_versions AS SELECT *, _seen_on = {_day(days[0])} AS _first, "
                f"(SELECT max(day) FROM days WHERE day < _seen_on) AS _known_from, "
                f"(SELECT max(day) FROM days WHERE day < _gone_on) AS _gone_from FROM {name}_kept"
            )
        files: dict[str, tuple[Path, ...]] = {}
        for name, table in TABLES.items():
            schema = as_arrow(table, empty(table)).schema
            rows = connection.query(ledger_rows(table)).to_arrow_table().select(schema.names).cast(schema)
            files[name] = (out / f"history-{name}.parquet",)
            pa.parquet.write_table(rows, files[name][0])
    return files


def _merged(table: Table, day: date) -> str:
    """The versions of a table after an import: those of before, with what is gone, and those that are new.

    Two rows are the same version where all columns are; an import for the same night as the last one takes back what
    that one did.
    """
    columns = ", ".join(f'"{column}"' for column in table.names)
    same = " AND ".join(f'kept."{column}" IS NOT DISTINCT FROM came."{column}"' for column in table.names)
    return f"""
        WITH kept AS (
            SELECT * REPLACE (CASE WHEN {GONE} = {_day(day)} THEN NULL ELSE {GONE} END AS {GONE}) FROM main.kept
            WHERE {SEEN} <> {_day(day)}
        ), came AS (SELECT DISTINCT {columns} FROM main.came)
        SELECT kept.* FROM kept WHERE {GONE} IS NOT NULL
        UNION ALL BY NAME
        SELECT kept.* REPLACE (CASE WHEN EXISTS (FROM came WHERE {same}) THEN NULL ELSE {_day(day)} END AS {GONE})
        FROM kept WHERE {GONE} IS NULL
        UNION ALL BY NAME
        SELECT came.*, {_day(day)} AS {SEEN}, NULL::DATE AS {GONE}
        FROM came WHERE NOT EXISTS (FROM kept WHERE {GONE} IS NULL AND {same})
        ORDER BY {", ".join(f'"{key}"' for key in table.key)}, {SEEN}
    """


def _versions(table: Table) -> pa.Table:
    """No rows, in the columns of a kept table."""
    none = as_arrow(table, empty(table))
    for name in (SEEN, GONE):
        none = none.append_column(name, pa.array([], pa.date32()))
    return none


def _day(day: date) -> str:
    return f"DATE '{day.isoformat()}'"
