"""Whether the records of a JSON file have the columns that a mapping declares.

JSON leaves out what is empty, so that a wrong name would read as empty in every record, and no one would hear of it.
"""

from collections.abc import Iterable, Sequence

import duckdb
import pyarrow.parquet

from configs.near_names import closest, nearest
from ledger.errors import LedgerError, listed
from ledger.importing.mapping_schema import SourceFile
from ledger.importing.querying.parquet_views import literal
from ledger.importing.querying.staged_rows import JSON, Staged

RECORDS_LOOKED_AT = 10_000  # for the names that records have
ALIKE = 0.8  # of two names: a column that may be absent mostly is, and its name is right


def notes_on_records(
    connection: duckdb.DuckDBPyConnection, name: str, form: SourceFile, staged: Sequence[Staged]
) -> list[str]:
    """A note for each column that may be absent, is in no record, and is called nearly as one that nothing reads.

    LedgerError where no record has a column that must be there. Records say nothing where there are none.
    """
    documents = [one for one in staged if pyarrow.parquet.read_schema(one.path).names == [JSON]]
    if not documents:
        return []
    rows = f"read_parquet([{', '.join(literal(str(one.path)) for one in documents)}])"
    if connection.execute(f"SELECT 1 FROM {rows} LIMIT 1").fetchone() is None:
        return []
    declared = {column: (column, *one.also) for column, one in form.columns.items()}
    claimed = {wanted for names in declared.values() for wanted in names}
    notes = []
    for column, names in declared.items():
        optional = form.columns[column].optional
        found = _names(connection, rows, names) if optional else []
        meant = nearest(column, set(found) - claimed, ALIKE)
        if (optional and meant is None) or _is_there(connection, rows, names):
            continue
        if not optional:
            raise LedgerError(_missing(name, names, documents, _names(connection, rows, names)))
        notes.append(
            f"files.{name}: no record has the column {column!r}, which may be absent; there is {meant!r}, which the "
            f"mapping does not read"
        )
    return notes


def _missing(name: str, names: tuple[str, ...], documents: Sequence[Staged], found: list[str]) -> str:
    column, *also = names
    return (
        f"files.{name}.columns: no record of {listed(one.origin for one in documents)} has {column!r}"
        f"{f', nor {listed(also)}' if also else ''}.{closest(column, found)} Columns found: {listed(found)}. "
        f"Where it may be empty in all records, declare it with `optional: true`."
    )


def _is_there(connection: duckdb.DuckDBPyConnection, rows: str, names: Iterable[str]) -> bool:
    """Whether a record has one of the names, even with nothing in it."""
    cases = []
    for wanted in names:
        *heads, whole = _paths(wanted)
        cases.append(f"json_type({JSON}, {whole}) IS NOT NULL")
        cases += [f"json_type({JSON}, {head}) = 'NULL'" for head in heads]
    query = f"SELECT 1 FROM {rows} WHERE {' OR '.join(cases)} LIMIT 1"
    return connection.execute(query).fetchone() is not None


def _names(connection: duckdb.DuckDBPyConnection, rows: str, wanted: Iterable[str]) -> list[str]:
    """The names that the first records have, and those inside the objects that dots of `wanted` lead into."""
    inside = {"": "$"} | {f"{head}.": f'$."{head}"' for head, dot, _ in (one.partition(".") for one in wanted) if dot}
    found = []
    for prefix, path in inside.items():
        query = (
            f"SELECT DISTINCT unnest(json_keys({JSON}, {literal(path)})) AS name FROM "
            f"(SELECT {JSON} FROM {rows} LIMIT {RECORDS_LOOKED_AT}) ORDER BY name"
        )
        found += [prefix + name for (name,) in connection.execute(query).fetchall()]
    return found


def _paths(wanted: str) -> list[str]:
    """The objects on the way to what is inside them, and the whole way, as SQL."""
    parts = [f'"{part}"' for part in wanted.split(".")]
    return [literal("$." + ".".join(parts[: end + 1])) for end in range(len(parts))]
