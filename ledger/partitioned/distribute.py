"""Every row of a ledger into the partition of its customer, piece by piece; nothing here holds the whole ledger.

What is about an invoice lies where the invoice lies, whoever paid it, so invoices are placed first.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse

from ledger.clock import known_before
from ledger.currencies import counted
from ledger.declarations import Table
from ledger.frames import ALWAYS_KNOWN, Tables, complete, rows_where
from ledger.hashing import NOT_FOUND, Hashes, find_texts, hash_texts
from ledger.partitioned.key_index import NOWHERE, KeyIndex
from ledger.partitioned.partition_files import PartitionFiles, Places, partition_of
from ledger.partitioned.shared_folder import SharedFolder
from ledger.reading.parsing import Mask, as_id
from ledger.reading.read import ReadRows, ignored_note, read_rows
from ledger.reading.refusals import listed_before, no_refusals, stacked
from ledger.sources.chunks import Piece, raw_rows
from ledger.tables import TABLES
from ledger.validation.key_hashes import key_hashes

BY_INVOICE = ("payments", "instalments", "adjustments", "disputes", "holds")  # placed once the invoices are
PARENTHOOD = ("customer_id", "parent_id")
OF_ALL = ("fx_rates",)  # few rows, which every partition needs

ROWS_WRITTEN = 1_000_000


@dataclass(frozen=True)
class GroupHeads:
    """The id at the head of each group, of the customers that have a parent; all others are their own heads."""

    of: "pd.Series[str]" = field(default_factory=lambda: pd.Series(dtype="str"))

    def hashes(self, customers: "pd.Series[str]") -> Hashes:
        """What places each customer."""
        own = hash_texts(customers)
        if self.of.empty:
            return own
        found = find_texts(self.of.index, customers)
        return np.where(found == NOT_FOUND, own, hash_texts(self.of)[found])


@dataclass(frozen=True)
class Layout:
    """Where a ledger's rows go: the partitions' files, and the index of their keys.

    Rows known on or after `known_by` are left out.
    """

    folder: SharedFolder
    partitions: int
    known_by: pd.Timestamp
    heads: GroupHeads

    @property
    def placed(self) -> PartitionFiles:
        return PartitionFiles(self.folder / "placed", self.partitions)

    @property
    def later_invoices(self) -> KeyIndex:
        """The invoices that are not known yet."""
        return KeyIndex(self.folder / "later_invoices")

    def keys(self, table: str) -> KeyIndex:
        return KeyIndex(self.folder / "keys" / table)


@dataclass(frozen=True)
class PlacedRows:
    """What became of a piece, besides its rows in the partitions: rows refused and cells emptied at reading, notes for
    people, how many rows of customers and invoices state each currency and whether some state none, and of rates the
    currencies of all rows, also of those that are not known yet or were refused."""

    table: str
    rows: int
    refused: pd.DataFrame
    repaired: pd.DataFrame
    notes: tuple[str, ...]
    currencies: Counter[str]
    some_without: bool


def group_heads(pieces: list[Piece]) -> GroupHeads:
    """The heads of groups, from the pieces of the customers table. The smallest id of a group stands for its head.

    Every parent that any row of a customer names counts: which rows are refused is not known yet.
    """
    pairs = [pd.DataFrame({name: pd.Series(dtype="str") for name in PARENTHOOD})]
    for piece in pieces:
        for raw in raw_rows(piece, PARENTHOOD):
            if set(PARENTHOOD) <= set(raw.frame.columns):
                both = pd.DataFrame({name: as_id(raw.frame[name]) for name in PARENTHOOD})
                pairs.append(both.dropna())
    return GroupHeads(_heads(pd.concat(pairs)))


def place_rows(pieces: Sequence[Piece], file: str, layout: Layout) -> PlacedRows:
    """Read pieces of one table and write their rows where they belong, in files of the name `file`.

    The same again gives the same. LedgerError where a piece cannot be read.
    """
    table = TABLES[pieces[0].table]
    refused, repaired, notes = [no_refusals()], [no_refusals()], dict[str, None]()
    currencies, known = Counter[str](), 0
    for number, reads in enumerate(_together(table, pieces)):
        for piece, read in reads:
            refused.append(listed_before(read.refused, table, layout.known_by))
            repaired.append(listed_before(read.repaired, table, layout.known_by))
            notes |= dict.fromkeys(ignored_note(piece.origin, read.ignored))
        rows = stacked([rows_where(read.rows, read.rows["known_on"] < layout.known_by) for _, read in reads])
        if table.name in ("customers", "invoices"):
            currencies += counted(rows["currency"])
        if table.name == "fx_rates":
            currencies += sum((_rated(read) for _, read in reads), Counter())
        if table.name == "invoices":
            _index_later([read.rows for _, read in reads], f"{file}-{number:04}", layout)
        known += len(rows)
        _place_rows(table, rows, f"{file}-{number:04}", layout)
    without = known > currencies.total()
    return PlacedRows(table.name, known, stacked(refused), stacked(repaired), tuple(notes), currencies, without)


def _together(table: Table, pieces: Sequence[Piece]) -> Iterator[list[tuple[Piece, ReadRows]]]:
    """The rows of the pieces in parts that are written at once: many small files would take longer than the rows."""
    reads: list[tuple[Piece, ReadRows]] = []
    rows = 0
    for piece in pieces:
        for raw in raw_rows(piece):
            reads.append((piece, read_rows(table, piece.origin, raw)))
            rows += len(reads[-1][1].rows)
            if rows >= ROWS_WRITTEN:
                yield reads
                reads, rows = [], 0
    if reads:
        yield reads


def rates_of(layout: Layout) -> pd.DataFrame:
    """The rates that came, for the whole ledger."""
    return layout.placed.read(0, OF_ALL)["fx_rates"]


def rows_of(layout: Layout, partition: int) -> Tables:
    """What came of a partition, as known before the night; without the rates."""
    names = [name for name in TABLES if name not in OF_ALL]
    return known_before(complete(layout.placed.read(partition, names)), layout.known_by)


def is_in_any_partition(layout: Layout, invoice_ids: "pd.Series[str]") -> Mask:
    """Which of the invoices are in any partition at all."""
    return np.asarray(layout.keys("invoices").places(hash_texts(invoice_ids)) != NOWHERE)


def _rated(read: ReadRows) -> Counter[str]:
    """The currencies of all rates that came; a refused one is known by its key, which ends in the currency."""
    return counted(read.rows["currency"]) + counted(read.refused["record"].str.split("/").str[-1])


def _index_later(frames: list[pd.DataFrame], file: str, layout: Layout) -> None:
    for number, rows in enumerate(frames):
        later = hash_texts(rows["invoice_id"][rows["known_on"] >= layout.known_by])
        if len(later):
            layout.later_invoices.add(f"{file}-{number:04}", later, np.zeros(len(later), dtype=np.uint8))


def _place_rows(table: Table, rows: pd.DataFrame, file: str, layout: Layout) -> None:
    if table.name in OF_ALL:
        layout.placed.write(table, file, rows, np.zeros(len(rows), dtype=np.uint8))
    elif table.name in BY_INVOICE:
        _place_by_invoice(table, rows, file, layout)
    else:
        _write(table, rows, file, _of_customers(rows, layout), layout)


def _place_by_invoice(table: Table, rows: pd.DataFrame, file: str, layout: Layout) -> None:
    """A row lies with its invoice; a payment without a known one and a hold of a customer lie with the customer, and
    what names an invoice that no one knows lies by a hash of its id.

    What names an invoice that is not known yet is what names one that no one knows: the night of that day had not heard
    of it either. Only an instalment, which is known with its invoice, is not known before.
    """
    hashes = hash_texts(rows["invoice_id"])
    found = layout.keys("invoices").places(hashes)
    places = np.where(found == NOWHERE, partition_of(hashes, layout.partitions), found)
    if table.name == "payments":
        places = np.where(found == NOWHERE, _of_customers(rows, layout), found)
    elif table.name == "holds":
        places = np.where(rows["customer_id"].notna(), _of_customers(rows, layout), places)
    elif table.name == "instalments":
        with_invoice = (rows["known_on"] == ALWAYS_KNOWN).to_numpy()
        known = ~(with_invoice & (layout.later_invoices.places(hashes) != NOWHERE) & (found == NOWHERE))
        rows, places = rows_where(rows, pd.Series(known, index=rows.index)), places[known]
    _write(table, rows, file, places.astype(np.uint8), layout)


def _of_customers(rows: pd.DataFrame, layout: Layout) -> Places:
    return partition_of(layout.heads.hashes(rows["customer_id"]), layout.partitions)


def _write(table: Table, rows: pd.DataFrame, file: str, places: Places, layout: Layout) -> None:
    layout.placed.write(table, file, rows, places)
    # The copies of a customer lie together anyway; where the invoices lie, and which are known, is asked of any ledger.
    if table.name == "invoices" or (layout.partitions > 1 and table.name != "customers"):
        layout.keys(table.name).add(file, key_hashes(table, rows), places)


def _heads(pairs: pd.DataFrame) -> "pd.Series[str]":
    """The smallest id of the group of each customer that has a parent or is one."""
    ids = pd.Index(pd.concat([pairs["customer_id"], pairs["parent_id"]]).drop_duplicates().sort_values(), dtype="str")
    child, parent = (find_texts(ids, pairs[name]) for name in PARENTHOOD)
    ties = sparse.coo_array((np.ones(len(pairs), dtype=np.int8), (child, parent)), shape=(len(ids), len(ids)))
    groups, group = sparse.csgraph.connected_components(ties, directed=False)
    smallest = np.full(groups, len(ids))
    np.minimum.at(smallest, group, np.arange(len(ids)))
    return pd.Series(ids[smallest[group]], index=ids, dtype="str")
