"""All parts of an export through the rules, side by side where they are many, and the tables that come of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from ledger.declarations import Table
from ledger.importing.apply_rules import ROW, Applied, Made
from ledger.importing.apply_to_parts import Workers, applied_to_parts
from ledger.importing.feeds import Feed
from ledger.importing.unchanged.kept_parts import PartDone
from ledger.importing.unchanged.row_groups import ROWS_OF_A_GROUP, RowGroups, groups_of
from ledger.minor_units import USUAL
from ledger.reading.import_losses import ImportLosses
from ledger.reading.refusals import no_refusals, stacked
from ledger.tables import TABLES
from ledger.written_rows import as_arrow

Key = tuple[str, int]  # a table, and the place of a rule among its rules


@dataclass
class OfRule:
    """What came of one rule: its rows in row groups, in order, or, where it is `distinct`, those that differ; and what
    was lost. Rows that are not in a ledger yet are written to `path`."""

    path: Path
    table: Table
    distinct: bool
    writer: pa.parquet.ParquetWriter | None = None
    written: int = 0
    groups: list[RowGroups] = field(default_factory=list)
    different: list[pd.DataFrame] = field(default_factory=list)
    good: int = 0
    finest: int = USUAL
    shown: list[ImportLosses] = field(default_factory=list)
    losses: list[ImportLosses] = field(default_factory=list)

    def take(self, made: Made) -> Made:
        """Add what the rule made of a part, and say so with its rows where they are now."""
        self.good += made.good
        self.finest = max(self.finest, made.finest)
        self.shown.append(made.shown)
        self.losses.append(made.losses)
        if self.distinct and isinstance(made.rows, pd.DataFrame):
            self.different.append(made.rows)
            return made
        groups = made.rows if isinstance(made.rows, RowGroups) else self._write(made.rows)
        if groups.count:
            self.groups.append(groups)
        return replace(made, rows=groups)

    def _write(self, frame: pd.DataFrame) -> RowGroups:
        groups = RowGroups(self.path, self.written, groups_of(len(frame)))
        if groups.count:
            rows = as_arrow(self.table, frame)
            self.writer = self.writer or pa.parquet.ParquetWriter(self.path, rows.schema)
            self.writer.write_table(rows, ROWS_OF_A_GROUP)
            self.written += groups.count
        return groups


@dataclass(frozen=True)
class OfTable:
    """A table of the ledger: the row groups of its rows, in order, and how many there are of each kind."""

    groups: tuple[RowGroups, ...]
    rows_out: int
    repeated: int
    shown: ImportLosses
    losses: ImportLosses
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Collected:
    """The tables that an export fills, notes on its files, the most decimals of any currency, and what came of parts
    that can be known again."""

    tables: dict[str, OfTable]
    notes: list[str]
    finest: int
    parts: list[PartDone]


def collect(feeds: Sequence[Feed], scratch: Path, kept: dict[str, Applied]) -> Collected:
    """The rows of all feeds through their rules, but for parts that are kept, by identity, with what came of them.

    LedgerError where a part cannot be used.
    """
    rules = {
        (placed.table, placed.position): OfRule(
            scratch / f"{placed.table}-{placed.position}.parquet", TABLES[placed.table], placed.rule.distinct
        )
        for feed in feeds
        for placed in feed.rules
    }
    workers = Workers()
    parts: list[PartDone] = []
    try:
        notes = [note for feed in feeds for note in _run(feed, rules, workers, kept, parts)]
    finally:
        workers.close()
        for rule in rules.values():
            if rule.writer is not None:
                rule.writer.close()
    names = dict.fromkeys(table for table, _ in rules)
    of = {name: [rule for (table, _), rule in sorted(rules.items()) if table == name] for name in names}
    tables = {name: _table(TABLES[name], some) for name, some in of.items()}
    return Collected(tables, notes, max((rule.finest for rule in rules.values()), default=USUAL), parts)


def _run(
    feed: Feed, rules: dict[Key, OfRule], workers: Workers, kept: dict[str, Applied], parts: list[PartDone]
) -> list[str]:
    """The parts of a feed through its rules, in order; its notes, and one on rows that no rule took.

    Those that can be known again are added to `parts`; none where the file was written meanwhile.
    """
    seen = taken = named = 0
    done = []
    of_feed = [rules[placed.table, placed.position] for placed in feed.rules]
    before = _stamp(feed)
    with feed.opened(kept) as opened:
        for known, applied in applied_to_parts(feed, opened, workers):
            seen, taken, named = seen + applied.rows, taken + applied.taken, named + applied.named
            made = tuple(rule.take(one) for rule, one in zip(of_feed, applied.made, strict=True))
            if known:
                done.append(PartDone(known, feed.rules, replace(applied, made=made)))
    if _stamp(feed) == before:
        parts += done
    if len(feed.unusable):
        of_feed[0].shown.append(ImportLosses(feed.unusable))
        of_feed[0].losses.append(ImportLosses(feed.unusable))
    left = seen - (taken or named)
    what = "are left to the queries that read it" if feed.queried else "were left out"
    left_out = [f"{feed.name}: {left} of {seen} rows fulfil no rule's `where` and {what}"] * bool(left)
    return [*feed.notes, *left_out]


def _stamp(feed: Feed) -> tuple[int, ...]:
    """What changes when a feed's file is written; files are hashed and read one after the other."""
    if feed.path is None:
        return ()
    about = feed.path.stat()
    return about.st_ino, about.st_size, about.st_mtime_ns


def _table(table: Table, rules: Sequence[OfRule]) -> OfTable:
    """A table out of what came of its rules, in their order: of a `distinct` rule the rows whose key is new."""
    groups: list[RowGroups] = []
    notes: list[str] = []
    rows_out = repeated = 0
    for rule in rules:
        if rule.distinct:
            different = stacked(rule.different).drop_duplicates(ignore_index=True)
            notes += _conflicts(table, different)
            fresh = _first_of_each(table, groups, different)
            repeated += rule.good - len(fresh)
            rows_out += len(fresh)
            if len(fresh):
                pa.parquet.write_table(as_arrow(table, fresh), rule.path, ROWS_OF_A_GROUP)
                groups.append(RowGroups(rule.path, 0, groups_of(len(fresh))))
        else:
            rows_out += rule.good
            groups += rule.groups
    shown, losses = _lost(rules)
    return OfTable(tuple(groups), rows_out, repeated, shown, losses, tuple(notes))


def _lost(rules: Sequence[OfRule]) -> tuple[ImportLosses, ImportLosses]:
    """What the rules of a table lost, in the export's columns and in the ledger's.

    Where two rules part the rows of a file by a cell that cannot be read, both refuse its row, which is one row.
    """
    each = [(together(rule.shown), together(rule.losses)) for rule in rules]
    shown, losses = (together([pair[place] for pair in each]) for place in (0, 1))
    refused = shown.refused
    of_rule = np.repeat(np.arange(len(each)), [len(pair[0].refused) for pair in each])
    first = pd.Series(of_rule).groupby([refused["table"], refused["row"]], sort=False).transform("min").to_numpy()
    once = (of_rule == first) | ~refused["row"].str.contains(f'"{ROW}": ', regex=False).to_numpy(dtype=bool)
    shown, losses = (replace(one, refused=one.refused[once].reset_index(drop=True)) for one in (shown, losses))
    return shown, losses


def together(parts: Sequence[ImportLosses]) -> ImportLosses:
    """All that was lost in any part."""
    return ImportLosses(
        stacked([no_refusals(), *(part.refused for part in parts)]),
        stacked([no_refusals(), *(part.repaired for part in parts)]),
    )


def _first_of_each(table: Table, earlier: Sequence[RowGroups], rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose key is not there yet."""
    keys = list(table.key)
    before = [groups.read(keys).to_pandas() for groups in earlier]
    together = pd.concat([*(frame.astype("str") for frame in before), rows[keys]], ignore_index=True)
    repeated = together.duplicated().to_numpy()[len(together) - len(rows) :]
    fresh: pd.DataFrame = rows[~repeated]
    return fresh


def _conflicts(table: Table, different: pd.DataFrame) -> list[str]:
    """A note where `distinct` had to choose between rows that are not the same."""
    keys = list(table.key)
    count = different.loc[different.duplicated(keys), keys].drop_duplicates().shape[0]
    if not count:
        return []
    return [f"{table.name}: {count} values of {'/'.join(keys)} come with different rows; the first row was kept"]
