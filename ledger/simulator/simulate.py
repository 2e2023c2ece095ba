"""The simulation, day by day: the office works, credits are settled, customers pay, collectors call.

What is rare is added at the end (see `rare.events`).
"""

from collections.abc import Sequence
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
from ledger.simulator.truth import CONTACT_TRUTH, OUTLOOK_DAYS, effects_of_contacts, true_effects
from ledger.simulator.worlds import FIRST_DAY, WORLDS, calendar


@dataclass(frozen=True)
class Simulation:
    """A simulated ledger (`tables`: all tables, in memory form) and its `truth` (see `true_effects`).

    `earlier_truth` is the same for the nights that were asked for, with the column `night` (date) in front.
    `contact_truth` has a row per contact of the ledger, in its order: contact_id, customer_id, contacted_on, channel
    and what `effects_of_contacts` says of it. Both are of the day itself, before the rare events are added, which
    change few records of the past (see `rare.events`).
    """

    tables: Tables
    truth: pd.DataFrame
    earlier_truth: pd.DataFrame
    contact_truth: pd.DataFrame


def simulate(customers: int, days: int, seed: int, world: str = "b2b", truth_days: Sequence[int] = ()) -> Simulation:
    """Simulate the ledger of a number of customers over a number of days from 2023-01-02.

    `world` is one of `b2b` (steady business customers), `squeeze` (their cash runs short in the last third), `consumer`
    (small monthly bills), `mixed` (business customers who have a mixture of the habits each), `untidy` (a ledger with
    unmatched cash, holidays, cheques of a later date and payments that bounce) and `no_effect` (business customers whom
    contacts do not move). `truth_days` are the earlier nights whose truth is wanted, as days after the
    first: night 1 sees the first day. The same arguments give the same frames, and `truth_days` changes nothing but
    `earlier_truth`. ValueError where an argument is out of bounds.
    """
    for name, value, least in (("customers", customers, 1), ("days", days, 1), ("seed", seed, 0)):
        if value < least:
            raise ValueError(f"{name} is {value}, but must be at least {least}.")
    if world not in WORLDS:
        raise ValueError(f"there is no world {world!r}. Choose one of: {', '.join(WORLDS)}.")
    for night in truth_days:
        if not 1 <= night < days:
            raise ValueError(f"truth_days has {night}, but must be from 1 to {days - 1}, the nights before the last.")

    # One stream per part, so that a change in one part leaves the draws of the others alone.
    streams = [np.random.Generator(np.random.PCG64(child)) for child in np.random.SeedSequence(seed).spawn(8)]
    chosen = WORLDS[world]
    when = calendar(days, OUTLOOK_DAYS, chosen)
    people = draw_population(streams[0], customers, days, chosen, when)
    book = draw_book(streams[1], people, days, chosen, when)
    journal = Journal()
    credits = Credits(book, customers, chosen.books)
    office = Office(streams[2], people, book, journal, credits)
    payers = Payers(streams[3], people, book, when, journal, chosen.books)
    collectors = Collectors(streams[4], people, book, when, journal, chosen)
    boosts = Boosts(customers)
    nights = []
    for day in range(days):
        if not when.closed[day]:
            office.work(day)
            credits.settle(streams[5], day, journal)
        payers.pay(day, boosts, credits)
        contacted, channel = collectors.work(day, boosts, office)
        if len(contacted):
            brought = effects_of_contacts(people, book, when, day, contacted, channel, chosen.books)
            journal.add("contact_truth", **brought)
        if day + 1 in truth_days:
            nights.append(_at_night(day + 1, true_effects(people, book, when, day + 1, chosen.books)))
    add_rare_events(streams[6], people, book, when, journal, days, chosen)
    tables = ledger_tables(streams[7], people, book, journal, days, chosen)
    truth = true_effects(people, book, when, days, chosen.books)
    earlier = pd.concat(nights, ignore_index=True) if nights else _at_night(0, truth.iloc[:0])
    return Simulation(tables, truth, earlier, _contact_truth(tables, journal))


def _at_night(night: int, truth: pd.DataFrame) -> pd.DataFrame:
    truth.insert(0, "night", pd.Timestamp(FIRST_DAY + night))
    return truth.astype({"night": "datetime64[s]"})


def _contact_truth(tables: Tables, journal: Journal) -> pd.DataFrame:
    contacts = tables["contacts"][["contact_id", "customer_id", "contacted_on", "channel"]]
    brought = journal.columns("contact_truth")
    return contacts.assign(**{name: brought.get(name, np.empty(0, dtype)) for name, dtype in CONTACT_TRUTH.items()})
