"""The past that a training replays, of a simulated world or of a ledger on disk."""

from pathlib import Path

import pandas as pd

from configs.settings import Settings
from ledger.frames import Tables
from ledger.partitioned.load import Loaded, opened_ledger
from ledger.partitioned.runner import InThisProcess
from ledger.partitioned.scratch import LedgerScratch
from ledger.portfolio import Portfolio, number
from ledger.simulator import simulate
from ledger.simulator.worlds import FIRST_DAY
from models.past import Past, gather
from pipelines.train import load_for_training

# What may be of no invoice, and its day.
HAPPENS_ON = {"payments": "paid_on", "promises": "made_on", "contacts": "contacted_on"}


def of_world(world: str, customers: int, days: int, seed: int, settings: Settings, begins: int = 0) -> Past:
    """Of a simulated world, on the day after its last; without what is of invoices and days before the day `begins`."""
    tables = without_before(simulate(customers, days, seed, world).tables, pd.Timestamp(FIRST_DAY + begins))
    return gather(as_loaded(number(tables)), pd.Timestamp(FIRST_DAY + days), settings)


def without_before(tables: Tables, day: pd.Timestamp) -> Tables:
    """The ledger of a company that began to keep it on that day, with nothing open."""
    invoices = tables["invoices"]
    left_out = set(invoices.loc[invoices["issued_on"] < day, "invoice_id"])
    kept = {}
    for name, frame in tables.items():
        keep = pd.Series(True, index=frame.index)
        if "invoice_id" in frame:
            keep &= ~frame["invoice_id"].isin(left_out)
        if name in HAPPENS_ON:
            keep &= frame[HAPPENS_ON[name]] >= day
        kept[name] = frame[keep].reset_index(drop=True)
    return kept


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
