"""The way in for every command: a ledger that is opened and laid out, and a portfolio in memory where one is needed."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pandas as pd

from configs.settings import Settings
from ledger.minor_units import USUAL, held_with
from ledger.partitioned.judge_partitions import (
    JudgedPartition,
    accept,
    all_refused_rows,
    all_repaired_cells,
    all_verdicts,
    judge_rows,
    judged_folder,
    portfolio_of,
)
from ledger.partitioned.lay_out import lay_out
from ledger.partitioned.partition_files import partitions_for
from ledger.partitioned.portfolio_files import load_portfolios
from ledger.partitioned.runner import InThisProcess
from ledger.partitioned.scratch import LedgerRequest, LedgerScratch
from ledger.partitioned.shared_folder import shared_folder
from ledger.portfolio import Portfolio
from ledger.reading.import_losses import ImportLosses, read_losses
from ledger.reading.refusals import stacked
from ledger.reading.stated_decimals import decimals_of
from ledger.sources.chunks import opened
from ledger.validation.data_docs import write_docs

AnyScratch = TypeVar("AnyScratch", bound=LedgerScratch)

END_OF_TIME = pd.Timestamp("2200-01-01")


@dataclass(frozen=True)
class Loaded:
    """A portfolio that passed, with what was refused on the way.

    `refused` has a row per refused record, `repaired` one per cell that could not be used; `notes` are sentences for
    the user; `data_hash` is of the records used. What works on it does so `held_with` its `decimals`.
    """

    portfolio: Portfolio
    reporting_currency: str | None
    refused: pd.DataFrame
    repaired: pd.DataFrame
    counts: pd.DataFrame
    notes: tuple[str, ...]
    data_hash: str
    decimals: int = USUAL


@contextmanager
def opened_ledger(
    kind: type[AnyScratch], address: str, known_by: pd.Timestamp, settings: Settings
) -> Iterator[AnyScratch]:
    """A scratch of its kind for the ledger as it was known before `known_by` (`END_OF_TIME`: everything).

    The ledger is open until its rows are laid out. Within, money is held with the ledger's decimals. LedgerError where
    the ledger cannot be opened.
    """
    with shared_folder(settings.scale.scratch) as folder, ExitStack() as reading:
        source = reading.enter_context(opened(address))
        scratch = kind(folder)
        scratch.when_rows_are_read = reading.close
        partitions = partitions_for(source.rows, settings.scale.rows_per_partition)
        losses = ImportLosses() if "://" in address else read_losses(Path(address))
        decimals = decimals_of(source.pieces, known_by, settings.ledger.reporting_currency)
        scratch.request = LedgerRequest(source, partitions, known_by, settings, losses, decimals)
        with held_with(decimals):
            yield scratch


def load_ledger(
    address: str,
    known_by: pd.Timestamp,
    settings: Settings,
    docs: Path | None = None,
    quarantine: Path | None = None,
) -> Loaded:
    """Load in this process what was known before the night `known_by` (`END_OF_TIME`: everything).

    Data docs and quarantine are written where folders are given. LedgerError where the ledger cannot be used.
    """
    with opened_ledger(LedgerScratch, address, known_by, settings) as scratch:
        lay_out(scratch, InThisProcess())
        return load_partitions(scratch, docs=docs, quarantine=quarantine)


def load_partitions(
    scratch: LedgerScratch,
    suffices: Callable[[Portfolio], bool] | None = None,
    docs: Path | None = None,
    quarantine: Path | None = None,
) -> Loaded:
    """The portfolio of a ledger that was laid out; its partitions are judged one by one, then read into memory once.

    After each partition but the last `suffices` is asked, with the partition's portfolio, whether those so far will do;
    all are read where it is not given.
    """
    ledger, judged = scratch.ledger, list[JudgedPartition]()
    last = scratch.request.partitions - 1
    for partition in range(last + 1):
        judged.append(judge_rows(ledger, partition))
        if suffices is not None and partition < last and suffices(portfolio_of(ledger, partition)):
            break
    if docs is not None:
        write_docs(all_verdicts(ledger, judged), docs)
    accepted = accept(ledger, judged, scratch.request.settings.ledger, quarantine)
    return Loaded(
        portfolio=load_portfolios([judged_folder(ledger, one.number) for one in judged], ledger.rules),
        reporting_currency=accepted.reporting_currency,
        refused=stacked(list(all_refused_rows(ledger, judged))),
        repaired=stacked(list(all_repaired_cells(ledger, judged))),
        counts=accepted.counts,
        notes=accepted.notes,
        data_hash=accepted.data_hash,
        decimals=scratch.request.decimals,
    )
