"""Every row of a ledger into the partition of its customer, piece by piece; nothing here holds the whole ledger."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ledger.clock import known_before
from ledger.frames import Tables
from ledger.hashing import Hashes, hash_texts
from ledger.key_index import NOWHERE, KeyIndex
from ledger.parsing import Mask, as_text
from ledger.partitions import PartitionFiles, Places, from_arrow, partition_of, read_arrow, to_arrow, write_arrow
from ledger.pieces import Piece, raw_rows
from ledger.reading import ignored_note, read_rows
from ledger.refusals import no_refusals, stacked
from ledger.suspicion import key_hashes
from ledger.tables import TABLES, Table

BY_INVOICE = ("adjustments", "disputes")  # they name no customer: they lie where their invoice lies
OF_ALL = ("fx_rates",)  # few rows, which every partition needs


@dataclass(frozen=True)
class Heads:
    """The id at the head of each group, of the customers that have a parent; all others are their own heads."""

    of: "pd.Series[str]" = field(default_factory=lambda: pd.Series(dtype="str"))

    def hashes(self, customers: "pd.Series[str]") -> Hashes:
        """What places each customer."""
        own = hash_texts(customers)
        if self.of.empty:
            return own
        found = self.of.index.get_indexer(pd.Index(customers))
        return np.where(found >= 0, hash_texts(self.of)[found], own)


@dataclass(frozen=True)
class Layout:
    """Where a ledger's rows go: the partitions' files, the keys' index, and what has no partition yet.

    Rows known on or after `known_by` are left out.
    """

    folder: Path
    partitions: int
    known_by: pd.Timestamp
    heads: Heads

    @property
    def placed(self) -> PartitionFiles:
        return PartitionFiles(self.folder / "placed", self.partitions)

    @property
    def waiting(self) -> Path:
        return self.folder / "waiting"

    def keys(self, table: str) -> KeyIndex:
        return KeyIndex(self.folder / "keys" / table)


@dataclass(frozen=True)
class Placed:
    """What became of a piece beside its rows in the partitions: rows refused at reading, notes for people, and of
    customers and invoices the currencies that they state (None among them where a row states none)."""

    table: str
    rows: int
    refused: pd.DataFrame
    notes: tuple[str, ...]
    currencies: frozenset[str | None]


def heads_of(pieces: list[Piece]) -> Heads:
    """The heads of groups, from the pieces of the customers table; of a circle the smallest id stands for the head."""
    pairs = [pd.DataFrame({"customer_id": pd.Series(dtype="str"), "parent_id": pd.Series(dtype="str")})]
    for piece in pieces:
        for raw in raw_rows(piece):
            if {"customer_id", "parent_id"} <= set(raw.frame.columns):
                both = pd.DataFrame({name: as_text(raw.frame[name]) for name in ("customer_id", "parent_id")})
                pairs.append(both.dropna())
    parents = pd.concat(pairs).drop_duplicates("customer_id").set_index("customer_id")["parent_id"]
    return Heads(_tops(parents))


def place(piece: Piece, file: str, layout: Layout) -> Placed:
    """Read a piece and write its rows where they belong, under the name `file`; the same again gives the same.

    LedgerError where it cannot be read.
    """
    table = TABLES[piece.table]
    refused, notes, currencies, known = [no_refusals()], dict[str, None](), set[str | None](), 0
    for number, raw in enumerate(raw_rows(piece)):
        read = read_rows(table, piece.origin, raw)
        refused.append(read.refused)
        notes |= dict.fromkeys(ignored_note(piece.origin, read.ignored))
        rows = read.rows[read.rows["known_on"] < layout.known_by].reset_index(drop=True)
        if piece.table in ("customers", "invoices"):
            stated = rows["currency"].unique()
            currencies |= {None if pd.isna(one) else str(one) for one in stated}
        known += len(rows)
        _place_rows(table, rows, f"{file}-{number:04}", layout)
    return Placed(piece.table, known, stacked(refused), tuple(notes), frozenset(currencies))


def place_by_invoice(waiting: Path, layout: Layout) -> None:
    """Rows of `BY_INVOICE` into their invoices' partitions; one whose invoice nobody knows goes by a hash of its id."""
    table = TABLES[waiting.parent.name]
    rows = from_arrow(table, read_arrow(waiting))
    hashes = hash_texts(rows["invoice_id"])
    found = layout.keys("invoices").places(hashes)
    places = np.where(found == NOWHERE, partition_of(hashes, layout.partitions), found).astype(np.uint8)
    _write(table, rows, waiting.stem, places, layout)


def waiting_files(layout: Layout) -> list[Path]:
    """The files that wait for their invoices to be placed."""
    return sorted(layout.waiting.glob("*/*.arrow"))


def rates_of(layout: Layout) -> pd.DataFrame:
    """The rates that came, for the whole ledger."""
    return layout.placed.read(0)["fx_rates"]


def rows_of(layout: Layout, partition: int) -> Tables:
    """What came of a partition, as known before the night; without the rates."""
    tables = layout.placed.read(partition)
    return known_before(tables | {name: tables[name][:0] for name in OF_ALL}, layout.known_by)


def is_abroad(layout: Layout, invoice_ids: "pd.Series[str]") -> Mask:
    """Which of the invoices are in any partition at all."""
    return np.asarray(layout.keys("invoices").places(hash_texts(invoice_ids)) != NOWHERE)


def _place_rows(table: Table, rows: pd.DataFrame, file: str, layout: Layout) -> None:
    if table.name in BY_INVOICE:
        write_arrow(to_arrow(table, rows), layout.waiting / table.name / f"{file}.arrow")
    elif table.name in OF_ALL:
        layout.placed.write(table, file, rows, np.zeros(len(rows), dtype=np.uint8))
    else:
        places = partition_of(layout.heads.hashes(rows["customer_id"]), layout.partitions)
        _write(table, rows, file, places, layout)


def _write(table: Table, rows: pd.DataFrame, file: str, places: Places, layout: Layout) -> None:
    layout.placed.write(table, file, rows, places)
    if layout.partitions > 1 and table.name != "customers":  # the copies of a customer lie together anyway
        layout.keys(table.name).add(file, key_hashes(table, rows), places)


def _tops(parents: "pd.Series[str]") -> "pd.Series[str]":
    """The head of each customer that has a parent."""
    ids = pd.Index(pd.concat([parents.index.to_series(), parents]).drop_duplicates().sort_values(), dtype="str")
    parent = np.arange(len(ids))
    parent[ids.get_indexer(parents.index)] = ids.get_indexer(pd.Index(parents))
    above, smallest = parent, np.minimum(parent, np.arange(len(ids)))
    for _ in range(len(ids).bit_length()):  # each step doubles the distance: a tree's top, or a circle, is reached
        smallest = np.minimum(smallest, smallest[above])
        above = above[above]
    top = np.where(parent[above] == above, above, smallest[above])
    return pd.Series(ids[top], index=ids, dtype="str")
