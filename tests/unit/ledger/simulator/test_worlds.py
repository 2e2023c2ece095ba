"""What each world promises: customers without classes, books that are not tidy, contacts without an effect."""

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from ledger.frames import Tables
from ledger.reading.refusals import REFUSED_COLUMNS
from ledger.simulator import Simulation, simulate
from ledger.simulator.collectors import TRIAL_SHARE
from ledger.simulator.habits import HABITS
from ledger.simulator.population import draw_population
from ledger.simulator.worlds import FIRST_DAY, WORLDS, calendar
from pipelines import cli
from tests.support.judged_in_memory import validate

CUSTOMERS, DAYS = 300, 540
NEW = ("mixed", "untidy", "no_effect")


@pytest.fixture(scope="module")
def ledgers() -> dict[str, Simulation]:
    nights = range(100, 500, 80)
    return {world: simulate(CUSTOMERS, DAYS, seed=4, world=world, truth_days=nights) for world in ("b2b", *NEW)}


@pytest.fixture(scope="module")
def untidy(ledgers: dict[str, Simulation]) -> Tables:
    return ledgers["untidy"].tables


def test_every_world_can_be_chosen_on_the_command_line() -> None:
    assert tuple(WORLDS) == cli.WORLDS


@pytest.mark.parametrize("world", NEW)
def test_validation_refuses_and_repairs_nothing(world: str, ledgers: dict[str, Simulation]) -> None:
    found = validate(ledgers[world].tables, load_settings().ledger, pd.DataFrame(columns=list(REFUSED_COLUMNS)))
    assert found.refused.empty
    assert found.repaired.empty


def test_mixed_customers_are_each_of_their_own_kind() -> None:
    world = WORLDS["mixed"]
    people = draw_population(np.random.default_rng(1), 500, 100, world, calendar(100, 0, world))
    np.testing.assert_allclose(people.mixture.sum(axis=1), 1)
    for trait in ("hazard", "forgets", "promises", "delay"):
        values = people.trait(trait)
        assert len(np.unique(values.round(4))) > 100
        of_habits = [getattr(habit, trait) for habit in HABITS]
        assert values.min() >= min(of_habits) and values.max() <= max(of_habits)
    # Most have much of two habits and more, so that no few classes hold them.
    assert (np.sort(people.mixture, axis=1)[:, -2] > 0.15).mean() > 0.5
    assert (people.habit == people.mixture.argmax(axis=1)).all()
    assert 0 < (people.failing_from < 10_000).mean() < 0.2


@pytest.mark.parametrize("days", [720, 2_000])
def test_customers_fail_as_long_as_the_ledger_goes_on(days: int) -> None:
    people = draw_population(np.random.default_rng(1), 20_000, days, WORLDS["b2b"], calendar(days, 0, WORLDS["b2b"]))
    fails = people.failing_from[people.failing_from < 10_000]
    a_year = [((fails >= start) & (fails < start + 360)).sum() for start in range(0, days - 359, 360)]
    assert min(a_year) > 0.6 * max(a_year)


def test_customers_of_the_other_worlds_have_one_habit_each() -> None:
    world = WORLDS["untidy"]
    people = draw_population(np.random.default_rng(1), 50, 100, world, calendar(100, 0, world))
    assert np.isin(people.mixture, [0, 1]).all()
    assert (people.trait("hazard") == np.array([habit.hazard for habit in HABITS])[people.habit]).all()


def test_contacts_have_no_effect_where_none_is_promised(ledgers: dict[str, Simulation]) -> None:
    simulation = ledgers["no_effect"]
    for truth in (simulation.truth, simulation.earlier_truth, simulation.contact_truth):
        assert len(truth) > 0
        assert (truth["extra_cash_30d"] == 0).all()
    contacts = simulation.tables["contacts"]
    assert len(contacts) > 0.8 * len(ledgers["b2b"].tables["contacts"])
    assert (contacts["outcome"] != "dispute").all()
    assert (contacts["outcome"] == "promise").any()


def test_contacts_without_an_effect_change_no_payment(monkeypatch: pytest.MonkeyPatch) -> None:
    made = simulate(60, 200, seed=2, world="no_effect").tables
    monkeypatch.setattr("ledger.simulator.collectors.TRIAL_SHARE", 20 * TRIAL_SHARE)
    more = simulate(60, 200, seed=2, world="no_effect").tables
    assert len(more["contacts"]) > 1.5 * len(made["contacts"])
    columns = ["customer_id", "paid_on", "amount"]
    shared = made["payments"][columns].merge(more["payments"][columns])
    # All but a few: the rare events, which come last, look at who was contacted.
    assert len(shared) > 0.97 * len(made["payments"])


def test_no_one_works_or_pays_on_closed_days(untidy: Tables) -> None:
    when = calendar(DAYS, 0, WORLDS["untidy"])
    closed = pd.DatetimeIndex((FIRST_DAY + np.flatnonzero(when.closed)).astype("datetime64[s]"))
    named = ["2023-04-07", "2023-04-10", "2023-05-01", "2023-05-18", "2023-12-25", "2023-12-31", "2024-01-01"]
    assert pd.DatetimeIndex(named).isin(closed).all()
    assert not pd.DatetimeIndex(["2023-12-22", "2024-01-02", "2023-04-11"]).isin(closed).any()
    dates = {
        "payments": ["paid_on"],
        "contacts": ["contacted_on"],
        "invoices": ["issued_on"],
        "disputes": ["opened_on"],
    }
    for table, columns in dates.items():
        for column in columns:
            assert not untidy[table][column].isin(closed).any(), (table, column)


def test_the_tidy_worlds_know_no_closed_days() -> None:
    for name, world in WORLDS.items():
        assert calendar(400, 0, world).closed.any() == (name == "untidy")


def test_much_cash_comes_without_a_reference_and_stays_so_for_weeks(untidy: Tables) -> None:
    payments, applied = untidy["payments"], untidy["adjustments"].query("kind == 'credit_applied' and amount > 0")
    came = payments[payments["amount"] > 0]
    loose = came[came["invoice_id"].isna()]
    assert 0.04 < len(loose) / len(came) < 0.065
    # Cash of a customer that was set in full against one invoice; two of the same amount are left out.
    owner = untidy["invoices"].set_index("invoice_id")["customer_id"]
    matched = loose.merge(
        applied.assign(customer_id=applied["invoice_id"].map(owner)), on=["customer_id", "amount"], validate="m:m"
    ).drop_duplicates("payment_id", keep=False)
    weeks = (matched["posted_on"] - matched["paid_on"]).dt.days / 7
    assert len(matched) > 50
    assert 3 < weeks.median() < 8


def test_cheques_are_announced_and_no_one_asks_for_them(untidy: Tables) -> None:
    payments = untidy["payments"]
    announced = payments[payments["known_on"] < payments["paid_on"]]
    assert 0.02 < len(announced) / len(payments) < 0.05
    asked = announced.merge(untidy["contacts"], on="invoice_id")
    # On its day the cheque is here: whoever paid a part may be asked for the rest.
    while_on_its_way = (asked["contacted_on"] > asked["known_on_x"]) & (asked["contacted_on"] < asked["paid_on"])
    assert not while_on_its_way.any()


def test_money_is_booked_later_and_comes_back_more_often_than_in_tidy_books(
    untidy: Tables, ledgers: dict[str, Simulation]
) -> None:
    def late(tables: Tables) -> float:
        return float(((tables["payments"]["known_on"] - tables["payments"]["paid_on"]).dt.days >= 4).mean())

    def back(tables: Tables) -> float:
        return float(((tables["payments"]["amount"] < 0) & tables["payments"]["invoice_id"].notna()).mean())

    def bounced(tables: Tables) -> float:
        return float((tables["contacts"]["outcome"] == "bounced").mean())

    tidy = ledgers["b2b"].tables
    assert late(untidy) > 0.08 > late(tidy)
    assert back(untidy) > 0.012 > back(tidy) > 0
    assert bounced(untidy) > 1.7 * bounced(tidy) > 0


def test_payments_slow_down_in_january(untidy: Tables) -> None:
    when = {name: calendar(400, 0, WORLDS[name]) for name in ("b2b", "untidy")}
    january = (when["b2b"].dates >= np.datetime64("2024-01-02")) & (when["b2b"].dates < np.datetime64("2024-01-20"))
    assert (when["untidy"].pace[january] < when["b2b"].pace[january]).all()
