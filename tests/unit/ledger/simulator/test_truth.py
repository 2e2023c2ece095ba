"""The truth of a simulated ledger is what the simulation would do, and knowing it changes nothing."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from ledger.simulator import Simulation, simulate
from ledger.simulator.credits import Credits
from ledger.simulator.habits import REACH
from ledger.simulator.open_items import Journal, OpenItems, draw_book
from ledger.simulator.paying import Boosts, Payers
from ledger.simulator.population import Population, draw_population
from ledger.simulator.truth import OUTLOOK_DAYS, true_effects
from ledger.simulator.worlds import WORLDS, Books, Calendar, Floats, calendar
from ledger.tables import CHANNELS

CUSTOMERS, DAYS, NIGHT = 200, 400, 300
CALL = CHANNELS.index("call")
TIMES = 1_000  # how often the lottery of each invoice is drawn


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(CUSTOMERS, DAYS, seed=3, truth_days=(NIGHT, 30))


def test_asking_for_the_truth_of_earlier_nights_changes_nothing_else(simulation: Simulation) -> None:
    plain = simulate(CUSTOMERS, DAYS, seed=3)
    for name, frame in plain.tables.items():
        pd.testing.assert_frame_equal(frame, simulation.tables[name])
    pd.testing.assert_frame_equal(plain.truth, simulation.truth)
    pd.testing.assert_frame_equal(plain.contact_truth, simulation.contact_truth)
    assert plain.earlier_truth.empty
    pd.testing.assert_series_equal(plain.earlier_truth.dtypes, simulation.earlier_truth.dtypes)


def test_the_truth_of_an_earlier_night_is_that_of_a_ledger_that_ends_there() -> None:
    """The rare events, which come last, are few among the debts; habits and traits of both ledgers are the same."""
    asked = simulate(1, 60, seed=2, truth_days=(59,))
    people = asked.earlier_truth[["customer_id", "habit", "channel", "extra_hazard"]]
    pd.testing.assert_frame_equal(people, asked.truth[people.columns])
    assert (asked.earlier_truth["night"] == pd.Timestamp("2023-03-02")).all()


@pytest.mark.parametrize("night", [0, DAYS, -3])
def test_a_night_that_was_not_simulated_or_is_the_last_is_refused(night: int) -> None:
    with pytest.raises(ValueError, match="truth_days"):
        simulate(5, DAYS, seed=3, truth_days=(night,))


def test_every_contact_has_a_truth(simulation: Simulation) -> None:
    contacts, truth = simulation.tables["contacts"], simulation.contact_truth
    same = ["contact_id", "customer_id", "contacted_on", "channel"]
    pd.testing.assert_frame_equal(truth[same], contacts[same])
    assert (truth["overdue_amount"] > 0).all()  # no one is contacted who owes nothing
    assert truth["extra_cash_30d"].between(0, truth["unpaid_30d"]).all()
    assert truth["extra_cash_30d"].sum() > 0


def test_the_truth_of_a_contact_is_that_of_its_night() -> None:
    days = range(100, 130)
    simulation = simulate(CUSTOMERS, 200, seed=3, truth_days=[day + 1 for day in days])
    of_nights = simulation.earlier_truth.assign(contacted_on=simulation.earlier_truth["night"] - pd.Timedelta(days=1))
    both = simulation.contact_truth.merge(
        of_nights, on=["customer_id", "contacted_on", "channel"], suffixes=("", "_at_night")
    )
    assert len(both) > 30
    for column in ("overdue_amount", "extra_cash_30d", "extra_paid_30d", "unpaid_30d"):
        np.testing.assert_allclose(both[column], both[f"{column}_at_night"], err_msg=column)


@pytest.mark.parametrize("world", list(WORLDS))
def test_the_truth_is_the_mean_of_many_lotteries(world: str) -> None:
    days = 200
    stream = np.random.default_rng(7)
    chosen = WORLDS[world]
    when = calendar(days, OUTLOOK_DAYS + 30, chosen)
    people = draw_population(stream, 60, days, chosen, when)
    book = draw_book(stream, people, days, chosen, when)
    truth = true_effects(people, book, when, days, chosen.books).query("channel == 'call'")

    alone = received(stream, people, book, when, days, chosen.books, np.zeros(60))
    reached = received(stream, people, book, when, days, chosen.books, people.contact_effect[:, CALL])
    owed = truth["overdue_amount"].to_numpy()
    assert (owed > 0).sum() > 30
    unpaid, extra = owed - alone.mean(axis=0), REACH[CALL] * (reached - alone).mean(axis=0)
    noise = np.sqrt((alone.var(axis=0) + reached.var(axis=0)) / TIMES)
    assert (np.abs(unpaid - truth["unpaid_30d"]) <= 4.5 * noise + 0.006 * owed).all()
    assert (np.abs(extra - truth["extra_cash_30d"]) <= 4.5 * noise + 0.006 * owed).all()

    debtors = owed > 0
    shares = np.stack([alone, REACH[CALL] * (reached - alone)])[:, :, debtors] / owed[debtors]
    said = np.stack([owed - truth["unpaid_30d"], truth["extra_cash_30d"]])[:, debtors] / owed[debtors]
    away = shares.mean(axis=2) - said.mean(axis=1)[:, None]
    assert (np.abs(away.mean(axis=1)) <= 3.5 * away.std(axis=1) / np.sqrt(TIMES)).all()


def received(
    stream: np.random.Generator, people: Population, book: OpenItems, when: Calendar, days: int, books: Books,
    extra_hazard: Floats,
) -> Floats:  # fmt: skip
    """Cents that each customer (columns) paid of what is overdue, in each of many lotteries (rows) of 30 days."""
    live = book.live(days - 1)
    overdue = np.repeat(live[book.due[live] < days], TIMES)
    many = replace(book, **{name: column[overdue] for name, column in vars(book).items()})
    customers, journal, boosts = len(extra_hazard), Journal(), Boosts(len(extra_hazard))
    boosts.add(days - 1, np.arange(customers), extra_hazard)
    payers, credits = Payers(stream, people, many, when, journal, books), Credits(many, customers, books)
    for day in range(days, days + OUTLOOK_DAYS):
        payers.pay(day, boosts, credits)
    gone = np.where(many.parked, many.amount, many.amount - many.open)
    row = np.arange(len(overdue)) % TIMES
    return np.bincount(row * customers + many.customer, gone, minlength=TIMES * customers).reshape(TIMES, customers)
