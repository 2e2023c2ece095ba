"""SQL over an export: each query of a mapping becomes a Parquet file of rows, and can do nothing but read the export.

The queries are DuckDB's SQL, whatever system the export is of. They see views of `files` and nothing else: no other
file, no network, no extension, and no statement but one SELECT.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from ledger.declarations import Table
from ledger.errors import LedgerError, first_line
from ledger.importing.export_files import Found
from ledger.importing.mapping_schema import SourceFile
from ledger.importing.querying.parquet_views import literal, quoted
from ledger.importing.querying.record_columns import notes_on_records
from ledger.importing.querying.source_views import ORIGIN, RULES, create_view, unread_rows
from ledger.importing.querying.staged_rows import Staged, stage
from ledger.reading.refusals import REFUSED_COLUMNS, malformed_rows, stacked

MEMORY = "1500MB"  # beyond it DuckDB writes to the scratch folder
ROWS_OF_A_GROUP = 500_000


@dataclass(frozen=True)
class Query:
    """A query of a mapping: its SQL, and the place in the mapping that errors name."""

    sql: str
    place: str


@dataclass(frozen=True)
class SourceRows:
    """The files of an export as views, the connection that has them, and per file the rows that no view has, and what
    is to be said about its columns."""

    connection: duckdb.DuckDBPyConnection
    found: dict[str, Found]
    staged: dict[str, list[Staged]]
    unread: dict[str, pd.DataFrame]
    notes: dict[str, list[str]]

    def unusable(self, name: str, table: Table) -> pd.DataFrame:
        """The rows of a file that its view leaves out, and the lines that are none, as refused rows of a table."""
        malformed = [malformed_rows(table, one.malformed, one.width) for one in self.staged[name]]
        return stacked([_refusals(self.unread[name], table, name, self.found[name].form), *malformed])


@contextmanager
def source_rows(found: dict[str, Found], scratch: Path) -> Iterator[SourceRows]:
    """The views of the files that queries read. LedgerError where a file or a declared column cannot be used."""
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "temp_directory": str(scratch / "spilled"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    try:
        staged = {name: stage(one, scratch) for name, one in found.items()}
        folders = {str(scratch), *(str(one.path) for several in staged.values() for one in several)}
        unread, notes = {}, {}
        for name, one in found.items():
            notes[name] = notes_on_records(connection, name, one.form, staged[name])
            create_view(connection, name, one.form, staged[name])
            unread[name] = unread_rows(connection, name, one.form, staged[name])
        _lock(connection, folders)
        yield SourceRows(connection, found, staged, unread, notes)
    finally:
        connection.close()


def _lock(connection: duckdb.DuckDBPyConnection, paths: set[str]) -> None:
    """From here on nothing outside the staged rows can be reached, and none of this can be changed."""
    listed = ", ".join(map(literal, sorted(paths)))
    connection.execute(f"SET allowed_directories = [{listed}]")
    connection.execute(f"SET allowed_paths = [{listed}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def run_query(rows: SourceRows, query: Query, table: Table, path: Path) -> None:
    """The result of a query to a Parquet file, in the order of the table's key: the same rows give the same bytes.

    LedgerError where it is not one SELECT, cannot be run, or has no columns by which to name the table's rows.
    """
    _require_select(query)
    try:
        result = rows.connection.query(query.sql)
        order = [quoted(name) for name in (*table.key, ORIGIN) if name in result.columns]
        ordered = result.order(", ".join(order)) if order else result
        ordered.write_parquet(str(path), row_group_size=ROWS_OF_A_GROUP)
    except duckdb.Error as error:
        raise LedgerError(f"{query.place}: the query cannot be run: {_reason(error)}") from None


def add_view(rows: SourceRows, name: str, query: Query, path: Path) -> None:
    """The result of a query, kept in a Parquet file, as a view that later queries read by its name."""
    _require_select(query)
    try:
        rows.connection.query(query.sql).write_parquet(str(path), row_group_size=ROWS_OF_A_GROUP)
        rows.connection.read_parquet(str(path)).create_view(name)
    except duckdb.Error as error:
        raise LedgerError(f"{query.place}: the query cannot be run: {_reason(error)}") from None


def files_of(connection: duckdb.DuckDBPyConnection, query: Query, names: Sequence[str]) -> list[str]:
    """Which of the files a query reads; any connection can say so."""
    (tree,) = connection.execute("SELECT json_serialize_sql($1::VARCHAR)", [query.sql]).fetchone() or ("{}",)
    read = {json.loads(found).lower() for found in re.findall(r'"table_name":\s*("(?:[^"\\]|\\.)*")', tree)}
    return [name for name in names if name.lower() in read]


def _refusals(unread: pd.DataFrame, table: Table, name: str, form: SourceFile) -> pd.DataFrame:
    kinds = unread["column"].map({column: declared.type for column, declared in form.columns.items()})
    return pd.DataFrame(
        {
            "table": table.name,
            "record": unread["origin"],
            "column": name + "." + unread["column"],
            "rule": kinds.map(RULES),
            "value": unread["value"].str.removeprefix("not plain: ").str.slice(0, 200),
            "advice": "correct the cell, or say in the mapping's `files` how it is written",
            "row": unread["row"],
        },
        columns=list(REFUSED_COLUMNS),
        dtype="str",
    )


def _require_select(query: Query) -> None:
    try:
        statements = duckdb.extract_statements(query.sql)
    except duckdb.Error as error:
        raise LedgerError(f"{query.place}: this is no SQL that DuckDB reads: {_reason(error)}") from None
    if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
        kinds = ", ".join(statement.type.name for statement in statements) or "nothing"
        raise LedgerError(f"{query.place}: a query is one SELECT that only reads the export; found: {kinds}.")


def _reason(error: duckdb.Error) -> str:
    """What DuckDB says, with the line that it points at."""
    lines = [" ".join(line.split()) for line in str(error).strip().splitlines() if line.strip(" ^")]
    return " | ".join(lines[:3]) or first_line(error)
