"""The simulation, day by day: the office works, credits are settled, customers pay, collectors call.

What is rare is added at the end (see `rare.events`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ledger.frames import Tables
from ledger.simulator.back_office import Office
from ledger.simulator.collectors import Collectors
from ledger.simulator.credits import Credits
from ledger.simulator.open_items import Journal, draw_book
from ledger.simulator.paying import Boosts, Payers
from ledger.simulator.population import draw_population
from ledger.simulator.rare.events import add_rare_events
from ledger.simulator.records import ledger_tables
from ledger.simulator.truth import OUTLOOK_DAYS, true_effects
from ledger.simulator.worlds import WORLDS, calendar


@dataclass(frozen=True)
class Simulation:
    """A simulated ledger (`tables`: all tables, in memory form) and its `truth` (see `true_effects`)."""

    tables: Tables
    truth: pd.DataFrame


def simulate(customers: int, days: int, seed: int, world: str = "b2b") -> Simulation:
    """Simulate the ledger of a number of customers over a number of days from 2023-01-02.

    `world` is one of `b2b` (steady business customers), `squeeze` (their cash runs short in the last third) and
    `consumer` (small monthly bills). The same arguments give the same frames. ValueError where one is out of bounds.
    """
    for name, value, least in (("customers", customers, 1), ("days", days, 1), ("seed", seed, 0)):
        if value < least:
            raise ValueError(f"{name} is {value}, but must be at least {least}.")
    if world not in WORLDS:
        raise ValueError(f"there is no world {world!r}. Choose one of: {', '.join(WORLDS)}.")

    # One stream per part, so that a change in one part leaves the draws of the others alone.
    streams = [np.random.Generator(np.random.PCG64(child)) for child in np.random.SeedSequence(seed).spawn(7)]
    when = calendar(days, OUTLOOK_DAYS, WORLDS[world])
    people = draw_population(streams[0], customers, days, WORLDS[world], when)
    book = draw_book(streams[1], people, days, WORLDS[world], when)
    journal = Journal()
    credits = Credits(book, customers)
    office = Office(streams[2], people, book, journal, credits)
    payers = Payers(streams[3], people, book, when, journal)
    collectors = Collectors(streams[4], people, book, when, journal)
    boosts = Boosts(customers)
    for day in range(days):
        office.work(day)
        credits.settle(streams[5], day, journal)
        payers.pay(day, boosts, credits)
        collectors.work(day, boosts, office)
    add_rare_events(streams[6], people, book, when, journal, days, WORLDS[world])
    return Simulation(ledger_tables(people, book, journal, days), true_effects(people, book, when, days))
