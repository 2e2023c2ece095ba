"""What the steps of a run hand to each other, in a folder that every worker sees and that is gone in the end."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Generic, Self, TypeVar, overload

import pandas as pd

from configs.settings import Settings
from ledger.as_of.view import View, view_as_of
from ledger.minor_units import USUAL
from ledger.partitioned.distribute import Layout, PlacedRows
from ledger.partitioned.judge_partitions import WholeLedger, portfolio_of
from ledger.partitioned.shared_folder import SharedFolder
from ledger.reading.import_losses import ImportLosses
from ledger.sources.chunks import Source

T = TypeVar("T")

REMEMBERED = 16  # fields that a process keeps in memory: those of its latest run

# Of the process and not of a scratch: Dask keeps a copy of that for every step which a worker has taken.
_LATEST_VIEW: dict[tuple[SharedFolder, int], View] = {}


class HandedOver(Generic[T]):
    """A field of a scratch: setting it writes a file, whole or not at all; reading it loads the file once a process.

    AttributeError where no step has set it yet.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, scratch: None, owner: type) -> Self: ...
    @overload
    def __get__(self, scratch: "ScratchFolder", owner: type) -> T: ...
    def __get__(self, scratch: "ScratchFolder | None", owner: type) -> Self | T:
        if scratch is None:
            return self
        path = scratch.fields.find(self.name)
        if path is None:
            raise AttributeError(f"no step has set {self.name} in {scratch.folder.here} yet")
        value: T = _read(path, path.stat().st_mtime_ns)
        return value

    def __set__(self, scratch: "ScratchFolder", value: T) -> None:
        scratch.fields.write(self.name, lambda path: path.write_bytes(pickle.dumps(value)))


@lru_cache(maxsize=REMEMBERED)
def _read(path: Path, _written: int) -> Any:
    """The folder is this run's alone, so what is unpickled was written by it."""
    return pickle.loads(path.read_bytes())


class ScratchFolder:
    """A folder with `HandedOver` fields. Another process gets the folder, and reads the fields that it needs."""

    def __init__(self, folder: SharedFolder) -> None:
        self.folder = folder

    @property
    def fields(self) -> SharedFolder:
        """Where fields lie, separate from what the steps leave in the folder."""
        return self.folder / "fields"

    def __reduce__(self) -> tuple[type, tuple[SharedFolder]]:
        return type(self), (self.folder,)


@dataclass(frozen=True)
class LedgerRequest:
    """A ledger that is to be read as it was known before `known_by`, in so many partitions.

    `losses` are what its import left out; `decimals` those that its money is held with (`ledger.minor_units`).
    """

    source: Source
    partitions: int
    known_by: pd.Timestamp
    settings: Settings
    losses: ImportLosses = field(default_factory=ImportLosses)
    decimals: int = USUAL


class LedgerScratch(ScratchFolder):
    """A ledger on its way into partitions, and what is known of it.

    `when_rows_are_read` closes the source, and is of the leading process alone: a night's scores take hours where a
    ledger is large, and a transaction that is open all the while keeps PostgreSQL from clearing up.
    """

    when_rows_are_read: Callable[[], None] | None = None
    request = HandedOver[LedgerRequest]()
    layout = HandedOver[Layout]()
    placed = HandedOver[list[PlacedRows]]()
    ledger = HandedOver[WholeLedger]()

    def view(self, partition: int) -> View:
        """A judged partition as of the night; the latest one is kept, since the next step often asks for it again."""
        asked = (self.folder, partition)
        if asked not in _LATEST_VIEW:
            _LATEST_VIEW.clear()  # so that never two are in memory
            ledger = self.ledger
            portfolio = portfolio_of(ledger, partition)
            _LATEST_VIEW[asked] = view_as_of(portfolio, ledger.layout.known_by, ledger.reporting_currency)
        return _LATEST_VIEW[asked]
