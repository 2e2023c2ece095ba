"""What a query sees of a file or table: a view with the declared columns in their types, and where each row is from."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from configs.near_names import closest
from ledger.errors import LedgerError, listed
from ledger.importing.mapping_schema import SourceColumn, SourceFile
from ledger.importing.querying.parquet_views import literal, quoted
from ledger.importing.querying.staged_rows import JSON, Staged

ORIGIN = "_origin"
UNREAD = ("origin", "column", "value", "row")
TYPES = {
    "text": "VARCHAR", "whole": "BIGINT", "amount": "DECIMAL(28,6)", "number": "DOUBLE", "date": "DATE",
    "time": "TIMESTAMP", "flag": "BOOLEAN", "json": "JSON",
}  # fmt: skip
RULES = {
    "whole": "not a whole number", "amount": "not an amount", "number": "not a number", "date": "not a date",
    "time": "not a time", "flag": "not true or false", "json": "not JSON",
}  # fmt: skip
YES = "'true', 't', 'yes', 'y', '1', 'x'"
NO = "'false', 'f', 'no', 'n', '0'"
NO_DAY = "'0', '00000000', '0000-00-00', '0000-00-00 00:00:00', '00.00.0000'"  # how systems write that there is none


@dataclass(frozen=True)
class _Seen:
    """A column of a view: its name, its value in its type, and the text where that cannot be read ('' where it is)."""

    name: str
    typed: str
    text: str
    can_fail: bool


def create_view(connection: duckdb.DuckDBPyConnection, name: str, form: SourceFile, staged: Sequence[Staged]) -> None:
    """The view `name` of staged rows. LedgerError where a declared column is not there."""
    selects = [_select(name, form, one) for one in staged] or [_no_rows(form)]
    connection.execute(f"CREATE VIEW {quoted(name)} AS {' UNION ALL BY NAME '.join(selects)}")


def unread_rows(
    connection: duckdb.DuckDBPyConnection, name: str, form: SourceFile, staged: Sequence[Staged]
) -> pd.DataFrame:
    """The rows that the view leaves out since a declared cell cannot be read in its type; columns `UNREAD`."""
    found = [pd.DataFrame(columns=list(UNREAD), dtype="str")]
    for one in staged:
        seen = [column for column in _columns(name, form, one) if column.can_fail]
        if not seen:
            continue
        cases = " ".join(f"WHEN {_unread(column)} THEN {{}}".format(literal(column.name)) for column in seen)
        values = " ".join(f"WHEN {_unread(column)} THEN {column.text}" for column in seen)
        query = (
            f"SELECT {_origin(one)} AS origin, CASE {cases} END AS column, CASE {values} END AS value, "
            f"to_json(rows) AS row FROM {_rows(one)} AS rows WHERE {' OR '.join(map(_unread, seen))} "
            f"ORDER BY file_row_number"
        )
        found.append(connection.query(query).df().astype("str"))
    return pd.concat(found, ignore_index=True)


def _select(name: str, form: SourceFile, staged: Staged) -> str:
    columns = _columns(name, form, staged)
    chosen = [f"{column.typed} AS {quoted(column.name)}" for column in columns]
    readable = [f"NOT {_unread(column)}" for column in columns if column.can_fail]
    where = f" WHERE {' AND '.join(readable)}" if readable else ""
    return f"SELECT {', '.join([*chosen, f'{_origin(staged)} AS {ORIGIN}'])} FROM {_rows(staged)} AS rows{where}"


def _no_rows(form: SourceFile) -> str:
    columns = [f"NULL::{TYPES[column.type]} AS {quoted(name)}" for name, column in form.columns.items()]
    return f"SELECT {', '.join([*columns, f'NULL::VARCHAR AS {ORIGIN}'])} WHERE false"


def _columns(name: str, form: SourceFile, staged: Staged) -> list[_Seen]:
    schema = pa.parquet.read_schema(staged.path)
    if not form.columns:
        whole = [field.name for field in schema if field.name != ORIGIN]
        return [_Seen(one, quoted(one), "", False) for one in whole]
    return [_column(name, column, declared, schema, staged) for column, declared in form.columns.items()]


def _column(name: str, column: str, declared: SourceColumn, schema: pa.Schema, staged: Staged) -> _Seen:
    names = (column, *declared.also)
    if schema.names == [JSON]:  # a document leaves out what is empty: `record_columns` knows which names are wrong
        inside = [_inside(JSON, wanted) for wanted in names]
        if declared.type != "json":  # `tax` may be an object with the amount inside
            inside = [f"CASE WHEN json_type({one}) NOT IN ('OBJECT', 'ARRAY') THEN {one} END" for one in inside]
        paths = ", ".join(inside)
        return _seen(column, declared, f"coalesce({paths})", pa.null())
    for wanted in names:
        found = _path(wanted, schema)
        if found is not None:
            return _seen(column, declared, *found)
    if declared.optional:
        return _Seen(column, f"NULL::{TYPES[declared.type]}", "", False)
    there = [field.name for field in schema]
    raise LedgerError(
        f"files.{name}.columns: {staged.origin} has no column {column!r}"
        f"{f', nor {listed(declared.also)}' if declared.also else ''}.{closest(column, there)} "
        f"Columns found: {listed(there)}."
    )


def _path(wanted: str, schema: pa.Schema) -> tuple[str, pa.DataType] | None:
    """The SQL of a column, or of what is inside one behind a dot, with its type; None where it is not there."""
    head, _, rest = wanted.partition(".")
    for name in (wanted, head) if rest else (wanted,):
        exact = [one for one in schema.names if one == name] or [
            one for one in schema.names if one.lower() == name.lower()
        ]
        if exact and name == wanted:
            return quoted(exact[0]), schema.field(exact[0]).type
        if exact:
            inside = quoted(exact[0])
            kind = schema.field(exact[0]).type
            json = f"to_json({inside})" if pa.types.is_nested(kind) else f"TRY_CAST({inside} AS JSON)"
            return _inside(json, rest), pa.null()
    return None


def _inside(json: str, wanted: str) -> str:
    path = ".".join(f'"{part}"' for part in wanted.split("."))
    return f"json_extract({json}, {literal('$.' + path)})"


def _seen(name: str, declared: SourceColumn, found: str, kind: pa.DataType) -> _Seen:
    if declared.type == "json":
        value = found if kind == pa.null() else f"to_json({found})" if pa.types.is_nested(kind) else None
        text = f"nullif(trim(CAST({found} AS VARCHAR)), '')"
        return _Seen(name, value or f"TRY_CAST({text} AS JSON)", text, value is None)
    if _is_native(declared.type, kind):
        return _Seen(name, f"CAST({found} AS {TYPES[declared.type]})", "", False)
    text = f"nullif(trim(CAST({found} AS VARCHAR)), '')"
    if kind == pa.null():  # json_extract gives JSON, whose strings are quoted
        text = f"nullif(trim(json_extract_string({found}, '$')), '')"
    if declared.type == "text":
        if pa.types.is_floating(kind):  # ids that a missing value turned into 4711.0
            text = f"regexp_replace({text}, '\\.0+$', '')"
        return _Seen(name, text, text, False)
    return _Seen(name, _read(declared, text), text, True)


def _is_native(wanted: str, kind: pa.DataType) -> bool:
    types = pa.types
    number = types.is_integer(kind) or types.is_decimal(kind)
    match wanted:
        case "whole":
            return bool(types.is_integer(kind))
        case "amount" | "number":
            return bool(number or types.is_floating(kind))
        case "date" | "time":
            return bool(types.is_date(kind) or types.is_timestamp(kind))
        case "flag":
            return bool(types.is_boolean(kind))
    return False


def _read(declared: SourceColumn, text: str) -> str:
    match declared.type:
        case "whole":
            whole = f"regexp_full_match({text}, '[+-]?[0-9]+(\\.0*)?')"
            return f"CASE WHEN {whole} THEN TRY_CAST(split_part({text}, '.', 1) AS BIGINT) END"
        case "date" if declared.format:
            formats = ", ".join(map(literal, declared.format))
            return f"CAST(try_strptime({_day(text)}, [{formats}]) AS DATE)"
        case "date":
            # 20240131 as SAP has it, 2024-01-31 as most others, with or without a time of day.
            return f"coalesce(TRY_CAST({_day(text)} AS DATE), CAST(try_strptime({_day(text)}, '%Y%m%d') AS DATE))"
        case "time":
            day = _day(text)
            return f"coalesce(TRY_CAST({day} AS TIMESTAMP), TRY_CAST({day} AS TIMESTAMPTZ)::TIMESTAMP)"
        case "flag":
            return f"CASE WHEN lower({text}) IN ({YES}) THEN true WHEN lower({text}) IN ({NO}) THEN false END"
    return f"TRY_CAST({text} AS {TYPES[declared.type]})"


def _day(text: str) -> str:
    return f"CASE WHEN {text} NOT IN ({NO_DAY}) THEN {text} END"


def _unread(column: _Seen) -> str:
    return f"({column.text} IS NOT NULL AND {column.text} NOT IN ({NO_DAY}) AND {column.typed} IS NULL)"


def _rows(staged: Staged) -> str:
    return f"read_parquet({literal(str(staged.path))}, file_row_number = true)"


def _origin(staged: Staged) -> str:
    return f"{literal(staged.origin)} || ':' || (file_row_number + {staged.before + 1})"
