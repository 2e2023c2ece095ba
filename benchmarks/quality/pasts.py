"""The past that a training replays, of a simulated world or of a ledger on disk."""

from pathlib import Path

import pandas as pd

from configs.settings import Settings
from ledger.partitioned.load import Loaded, opened_ledger
from ledger.partitioned.runner import InThisProcess
from ledger.partitioned.scratch import LedgerScratch
from ledger.portfolio import Portfolio, number
from ledger.simulator import simulate
from ledger.simulator.worlds import FIRST_DAY
from models.past import Past, gather
from pipelines.train import load_for_training


def of_world(world: str, customers: int, days: int, seed: int, settings: Settings) -> Past:
    """Of a simulated world, on the day after its last."""
    return gather(simulated(world, customers, days, seed), pd.Timestamp(FIRST_DAY + days), settings)


def simulated(world: str, customers: int, days: int, seed: int) -> Loaded:
    """A simulated world, as the loader gives a ledger."""
    return as_loaded(number(simulate(customers, days, seed, world).tables))


def as_loaded(portfolio: Portfolio) -> Loaded:
    """A simulated portfolio, which needs no judging, as the loader gives it."""
    nothing = pd.DataFrame()
    return Loaded(portfolio, "EUR", nothing, nothing, nothing, (), "simulated")


def of_ledger(ledger: str | Path, as_of: pd.Timestamp, settings: Settings) -> Past:
    """Of a ledger on disk or in a database, with the reading and validation of `duerank train`."""
    with opened_ledger(LedgerScratch, str(ledger), as_of, settings) as scratch:
        loaded = load_for_training(scratch, InThisProcess())
    return gather(loaded, as_of, settings)
