"""The past that a training replays, of a simulated world or of a ledger on disk."""

from pathlib import Path

import pandas as pd

from configs.settings import Settings
from ledger.portfolio import number
from ledger.simulator import simulate
from ledger.simulator.worlds import FIRST_DAY
from models import retraining
from models.retraining import Past
from pipelines.partition_flow import in_partitions, taken_in
from pipelines.train import read


def of_world(world: str, customers: int, days: int, seed: int, settings: Settings) -> Past:
    """Of a simulated world, on the day after its last."""
    portfolio = number(simulate(customers, days, seed, world).tables)
    as_of = pd.Timestamp(FIRST_DAY + days)
    return retraining.gather(portfolio, "EUR", as_of, "simulated", settings, lambda done, of: None)


def of_ledger(ledger: str | Path, as_of: pd.Timestamp, settings: Settings) -> Past:
    """Of a ledger on disk or in a database, with the reading and validation of `duerank train`."""
    with taken_in(str(ledger), as_of, settings) as intake:
        loaded = in_partitions(read, intake)
    return retraining.gather(loaded.portfolio, loaded.reporting_currency, as_of, loaded.data_hash, settings)
