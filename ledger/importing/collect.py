"""All parts of an export through the rules, side by side where they are many, and the tables that come of it."""

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from ledger.declarations import Table
from ledger.importing.apply_rules import Applied, Made, apply_rules
from ledger.importing.feeds import Feed, Part
from ledger.minor_units import USUAL, decimals, held_with
from ledger.reading.import_losses import ImportLosses
from ledger.reading.refusals import no_refusals, stacked
from ledger.tables import TABLES
from ledger.written_rows import as_arrow

FEW_PARTS = 3  # they are done before other processes have started
Key = tuple[str, int]  # a table, and the place of a rule among its rules


@dataclass
class OfRule:
    """What came of one rule: a file of rows, or, where it is `distinct`, those that differ; and what was lost."""

    path: Path
    distinct: bool
    writer: pa.parquet.ParquetWriter | None = None
    different: list[pd.DataFrame] = field(default_factory=list)
    good: int = 0
    finest: int = USUAL
    shown: list[ImportLosses] = field(default_factory=list)
    losses: list[ImportLosses] = field(default_factory=list)


@dataclass(frozen=True)
class OfTable:
    """A table of the ledger: its files, which together hold its rows in order, and how many there are of each kind."""

    files: tuple[Path, ...]
    rows_out: int
    repeated: int
    shown: ImportLosses
    losses: ImportLosses
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Collected:
    """The tables that an export fills, notes on its files, and the most decimals of any currency."""

    tables: dict[str, OfTable]
    notes: list[str]
    finest: int


def collect(feeds: Sequence[Feed], scratch: Path) -> Collected:
    """The rows of all feeds through their rules. LedgerError where a part cannot be used."""
    rules = {
        (placed.table, placed.position): OfRule(
            scratch / f"{placed.table}-{placed.position}.parquet", placed.rule.distinct
        )
        for feed in feeds
        for placed in feed.rules
    }
    workers = _Workers()
    try:
        notes = [note for feed in feeds for note in _run(feed, rules, workers)]
    finally:
        workers.close()
        for rule in rules.values():
            if rule.writer is not None:
                rule.writer.close()
    names = dict.fromkeys(table for table, _ in rules)
    of = {name: [rule for (table, _), rule in sorted(rules.items()) if table == name] for name in names}
    tables = {name: _table(TABLES[name], some) for name, some in of.items()}
    return Collected(tables, notes, max((rule.finest for rule in rules.values()), default=USUAL))


def _run(feed: Feed, rules: dict[Key, OfRule], workers: "_Workers") -> list[str]:
    """The parts of a feed through its rules, in order; its notes, and one on rows that no rule took."""
    seen = taken = named = 0
    with feed.opened() as parts:
        for applied in _applied(feed, parts, workers):
            seen, taken, named = seen + applied.rows, taken + applied.taken, named + applied.named
            for placed, made in zip(feed.rules, applied.made, strict=True):
                _keep(rules[placed.table, placed.position], TABLES[placed.table], made)
    if len(feed.unusable):
        first = rules[feed.rules[0].table, feed.rules[0].position]
        first.shown.append(ImportLosses(feed.unusable))
        first.losses.append(ImportLosses(feed.unusable))
    left = seen - (taken or named)
    left_out = [f"{feed.name}: {left} of {seen} rows fulfil no rule's `where` and were left out"] * bool(left)
    return [*feed.notes, *left_out]


def _keep(rule: OfRule, table: Table, made: Made) -> None:
    rule.good += made.good
    rule.finest = max(rule.finest, made.finest)
    rule.shown.append(made.shown)
    rule.losses.append(made.losses)
    if rule.distinct:
        rule.different.append(made.rows)
    elif len(made.rows):
        rows = as_arrow(table, made.rows)
        rule.writer = rule.writer or pa.parquet.ParquetWriter(rule.path, rows.schema)
        rule.writer.write_table(rows)


def _applied(feed: Feed, parts: Iterator[Part], workers: "_Workers") -> Iterator[Applied]:
    """What the rules make of each part, in order; by several processes where there are many parts."""
    first = list(islice(parts, FEW_PARTS))
    if len(first) < FEW_PARTS or cores() == 1:
        return (_apply(feed, part, decimals()) for part in chain(first, parts))
    return workers.applied(feed, chain(first, parts))


class _Workers:
    """Processes that apply rules, started when they are first needed: each takes seconds to start."""

    def __init__(self) -> None:
        self.pool: ProcessPoolExecutor | None = None

    def applied(self, feed: Feed, parts: Iterable[Part]) -> Iterator[Applied]:
        """In the order of the parts, of which no more are read ahead than there are processes: they take memory."""
        self.pool = self.pool or ProcessPoolExecutor(cores(), mp_context=get_context("spawn"))
        waiting: deque[Future[Applied]] = deque()
        for part in parts:
            waiting.append(self.pool.submit(_apply, feed, part, decimals()))
            if len(waiting) > cores():
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()

    def close(self) -> None:
        """What has not begun is not done any more."""
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)


def _apply(feed: Feed, part: Part, held: int) -> Applied:
    with held_with(held):
        return apply_rules(feed.rules, feed.found.form, part.read(), part.origin, part.before)


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _table(table: Table, rules: Sequence[OfRule]) -> OfTable:
    """A table out of what came of its rules, in their order: of a `distinct` rule the rows whose key is new."""
    files: list[Path] = []
    notes: list[str] = []
    rows_out = repeated = 0
    for rule in rules:
        if rule.distinct:
            different = stacked(rule.different).drop_duplicates(ignore_index=True)
            notes += _conflicts(table, different)
            fresh = _first_of_each(table, files, different)
            repeated += rule.good - len(fresh)
            rows_out += len(fresh)
            if len(fresh):
                pa.parquet.write_table(as_arrow(table, fresh), rule.path)
        else:
            rows_out += rule.good
        if rule.path.exists():
            files.append(rule.path)
    shown, losses = (together([part for rule in rules for part in rule.shown]),
                     together([part for rule in rules for part in rule.losses]))  # fmt: skip
    return OfTable(tuple(files), rows_out, repeated, shown, losses, tuple(notes))


def together(parts: Sequence[ImportLosses]) -> ImportLosses:
    """All that was lost in any part."""
    return ImportLosses(
        stacked([no_refusals(), *(part.refused for part in parts)]),
        stacked([no_refusals(), *(part.repaired for part in parts)]),
    )


def _first_of_each(table: Table, earlier: Sequence[Path], rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose key is not there yet."""
    keys = list(table.key)
    before = [pa.parquet.read_table(path, columns=keys).to_pandas() for path in earlier]
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
