"""The rows of an export in parts that fit into memory, each with the rules that read it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pandas as pd

from ledger.errors import LedgerError
from ledger.importing.apply_rules import Applied, PlacedRule, apply_rules
from ledger.importing.export_files import Found
from ledger.importing.mapping_schema import Mapping, SourceFile
from ledger.importing.querying.parquet_views import quoted
from ledger.importing.querying.queries import Query, add_view, files_of, run_query, source_rows
from ledger.importing.unchanged.identities import identity
from ledger.reading.refusals import no_refusals, stacked
from ledger.sources.chunks import Piece, raw_rows
from ledger.sources.connections import open_engine
from ledger.sources.csv_and_parquet import RawRows, csv_blocks, parquet_row_groups
from ledger.sources.database_rows import row_ranges, shared_snapshot
from ledger.sources.row_group_hash import hash_row_groups
from ledger.sources.workbooks import hash_workbook, read_workbook
from ledger.tables import TABLES

ROWS_AT_ONCE = 200_000
RESULT = SourceFile()  # the form of a query's result


@dataclass(frozen=True)
class Part:
    """Some rows of a feed: read already, or a piece that whoever works on it reads; or what came of them at the last
    import. Row n is row n + `before` of `origin`, which is '' where rows say themselves where they are from.

    Parts of one `identity` are the same; it is '' where no one can know without reading them.
    """

    rows: RawRows | Piece | Applied
    origin: str
    before: int
    identity: str = ""

    def applied(self, rules: Sequence[PlacedRule], form: SourceFile) -> Applied:
        """What the rules make of the rows. LedgerError where they cannot be read, or a column is missing."""
        if isinstance(self.rows, Applied):
            return self.rows
        raw = self.rows
        if isinstance(raw, Piece):
            raw = RawRows(pd.concat([part.frame for part in raw_rows(raw)], ignore_index=True))
        return apply_rules(rules, form, raw, self.origin, self.before)


@dataclass(frozen=True)
class Feed:
    """One file, or one table of a database, with the rules that read it; `of_query` where it is a query's result,
    `queried` where a query reads it, too.

    `unusable` are the refused rows of the files that a query reads, `notes` what is to be said about these.
    """

    rules: tuple[PlacedRule, ...]
    found: Found
    path: Path | None = None
    of_query: bool = False
    queried: bool = False
    unusable: pd.DataFrame = field(default_factory=no_refusals)
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What notes call it."""
        return self.found.name if self.of_query else str(self.path or self.found.table)

    @contextmanager
    def opened(self, kept: dict[str, Applied]) -> Iterator[Iterator[Part]]:
        """All rows in order; of those parts that are `kept`, by identity, what came of them.

        A part is read within: a table of PostgreSQL is as of one moment so long and no longer.
        """
        if self.path is None:
            with self._of_table() as parts:
                yield parts
        elif self.found.format_of(self.path) == "parquet":
            yield self._of_parquet(self.path, kept)
        elif self.found.format_of(self.path) == "xlsx":
            yield iter([self._of_workbook(self.path, kept)])
        else:
            yield self._of_csv(self.path, kept)

    def _of_csv(self, path: Path, kept: dict[str, Applied]) -> Iterator[Part]:
        form, before = self.found.form, self.found.form.skip_rows + 2
        for block in csv_blocks(path, self.found.delimiter_of(path), form.encoding, form.skip_rows):
            how = repr((block.names, block.delimiter, block.headed))
            known = identity(self.rules, path.name, before, how, block.text)
            if known in kept:
                yield Part(kept[known], path.name, before, known)
                before += kept[known].rows
            else:
                raw = block.read()
                yield Part(raw, path.name, before, known)
                before += len(raw.frame)

    def _of_workbook(self, path: Path, kept: dict[str, Applied]) -> Part:
        form, before = self.found.form, self.found.form.skip_rows + 2
        known = identity(self.rules, path.name, before, "workbook", hash_workbook(path))
        rows = kept.get(known) or read_workbook(path, form.sheet, form.skip_rows)
        return Part(rows, path.name, before, known)

    def _of_parquet(self, path: Path, kept: dict[str, Applied]) -> Iterator[Part]:
        origin, before = "" if self.of_query else path.name, 1
        for groups, rows in parquet_row_groups(path, ROWS_AT_ONCE):
            known = identity(self.rules, origin, before, "parquet", hash_row_groups(path, groups))
            piece = Piece("", str(path), str(path), rows, row_groups=groups)
            yield Part(kept.get(known) or piece, origin, before, known)
            before += rows

    @contextmanager
    def _of_table(self) -> Iterator[Iterator[Part]]:
        table, address = str(self.found.table), self.found.address
        engine = open_engine(address)
        try:
            with shared_snapshot(engine) as snapshot:
                ranges = row_ranges(engine, table, snapshot, ROWS_AT_ONCE)
                yield (Part(Piece(table, table, address, rows.about, rows_of=rows), table, 1) for rows in ranges)
        finally:
            engine.dispose()


def feeds_of(mapping_path: Path, mapping: Mapping, found: dict[str, Found], scratch: Path) -> list[Feed]:
    """All that the rules read, each file once. Queries are run, and their results kept in `scratch`.

    LedgerError where a file, a declared column or a query cannot be used.
    """
    plain: dict[str, list[PlacedRule]] = {}
    queries: dict[str, tuple[list[PlacedRule], Query]] = {}
    for table, rules in mapping.tables.items():
        for position, rule in enumerate(rules):
            placed = PlacedRule(table, position, f"{mapping_path}: tables.{table}[{position}]", rule)
            query = query_of(mapping_path, placed, found)
            if query is None:
                plain.setdefault(str(rule.file), []).append(placed)
            else:
                queries.setdefault(query.sql, ([], query))[0].append(placed)
    views = {name: _query(mapping_path, text, f"{mapping_path}: views.{name}") for name, text in mapping.views.items()}
    results, read = _results(list(queries.values()), views, found, scratch) if queries else ([], set())
    return [
        Feed(tuple(rules), found[name], path, queried=path is not None and path in read)
        for name, rules in plain.items()
        for path in (found[name].paths or [None] * found[name].there)
    ] + results


def query_of(mapping_path: Path, placed: PlacedRule, found: dict[str, Found]) -> Query | None:
    """The query of a rule; None where it reads the rows of a file as they are.

    A file with declared columns is read as a view, whose columns have types. LedgerError where one of JSON has none.
    """
    rule = placed.rule
    if rule.file is not None:
        one = found[rule.file]
        records = any(one.format_of(path) == "json" for path in one.paths)
        if records and not one.form.columns:
            raise LedgerError(
                f"{placed.place}.file: {rule.file} is JSON, whose records have no columns but those that the mapping "
                f"names; write them under `files`, such as {rule.file}: {{columns: {{id: text, total: amount}}}}."
            )
        viewed = bool(one.form.columns)
        return Query(f"SELECT * FROM {quoted(rule.file)}", f"{placed.place}.file") if viewed else None
    return _query(mapping_path, str(rule.query), f"{placed.place}.query")


def _query(mapping_path: Path, text: str, place: str) -> Query:
    """SQL as it is written, or that of the file which it names."""
    if not text.endswith(".sql"):
        return Query(text, place)
    path = mapping_path.parent / text
    if not path.resolve().is_relative_to(mapping_path.parent.resolve()):
        raise LedgerError(f"{place}: {text} leaves the mapping's folder; keep it beside the mapping.")
    try:
        return Query(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise LedgerError(f"{place}: {path} cannot be read: {error}.") from None


def _results(
    queries: list[tuple[list[PlacedRule], Query]], views: dict[str, Query], found: dict[str, Found], scratch: Path
) -> tuple[list[Feed], set[Path]]:
    """The results of queries as feeds, in the order of the rules, each query run once for all rules that have it; rows
    of a file that cannot be used are counted with the first query that reads it. And all files that they read."""
    of_views: dict[str, list[str]] = {}
    with duckdb.connect() as connection:
        for name, view in views.items():
            of_views[name] = _read_by(connection, view, found, of_views)
        reads = [_read_by(connection, query, found, of_views) for _, query in queries]
    needed = {name for names in (*reads, *of_views.values()) for name in names}
    files = {path for name in needed for path in found[name].paths}
    feeds = []
    with source_rows({name: one for name, one in found.items() if name in needed}, scratch) as rows:
        for number, (name, view) in enumerate(views.items()):
            add_view(rows, name, view, scratch / f"view-{number}.parquet")
        for number, (rules, query) in enumerate(queries):
            path, table = scratch / f"result-{number}.parquet", TABLES[rules[0].table]
            run_query(rows, query, table, path)
            first = sorted(needed.intersection(reads[number]))
            needed -= set(first)
            unusable = stacked([no_refusals(), *(rows.unusable(name, table) for name in first)])
            notes = tuple(note for name in first for note in rows.notes[name])
            result = Found(query.place, RESULT, (path,))
            feeds.append(Feed(tuple(rules), result, path, of_query=True, unusable=unusable, notes=notes))
    return feeds, files


def _read_by(
    connection: duckdb.DuckDBPyConnection, query: Query, found: dict[str, Found], of_views: dict[str, list[str]]
) -> list[str]:
    """The files that a query reads, itself or by the views before it."""
    read = files_of(connection, query, [*found, *of_views])
    return list(dict.fromkeys(file for name in read for file in of_views.get(name, [name])))
