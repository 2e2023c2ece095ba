"""The material of an off-policy estimate: nothing without contacts, and nothing found where contacts do nothing."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from configs.settings import Settings, load_settings
from ledger.as_of.view import View, view_as_of
from ledger.frames import Tables
from ledger.portfolio import number
from ledger.simulator import population, simulate
from ledger.tables import CHANNELS
from models.effect.cases import HABITS
from models.effect.off_policy import LEAST_CONTACTS, ContactResiduals, contact_residuals, extra_cash
from tests.support.view_from_rows import view_of

SETTINGS = load_settings(("training.trees=40",))
NO_HABITS = pd.DataFrame({"customer": np.zeros(0, np.int64), "night": np.zeros(0, np.int64)}).assign(
    **{name: np.zeros(0, np.float32) for name in HABITS}
)
FIRST, NIGHT = pd.Timestamp("2023-07-01"), pd.Timestamp("2024-02-06")


@cache
def simulated(seed: int = 5) -> Tables:
    return simulate(400, 400, seed).tables


def seen(tables: Tables) -> View:
    return view_as_of(number(tables), NIGHT, "EUR")


def residuals(view: View, settings: Settings = SETTINGS) -> ContactResiduals:
    return contact_residuals(view, FIRST, NO_HABITS, settings)


def overall(days: ContactResiduals) -> tuple[float, float, int]:
    return extra_cash(days, np.ones(len(days.customer), dtype=np.bool_))


def assert_says_nothing(days: ContactResiduals) -> None:
    mean, error, contacts = overall(days)
    assert contacts < LEAST_CONTACTS
    assert np.isnan(mean) and np.isnan(error)


def test_a_ledger_without_contacts_tells_nothing() -> None:
    tables = simulated()
    days = residuals(seen(tables | {"contacts": tables["contacts"].iloc[:0]}))
    assert len(days.customer) == len(days.cash) == len(days.weight) == 0
    assert_says_nothing(days)


@pytest.mark.parametrize("contacts", [0, 1, 3])
def test_a_ledger_of_one_customer_tells_nothing(contacts: int) -> None:
    made = [{"customer_id": "c1", "contacted_on": f"2023-12-0{day}"} for day in range(5, 5 + contacts)]
    view = view_of(
        str(NIGHT.date()),
        invoices=[{"amount": 10_000, "issued_on": "2023-11-01", "due_on": "2023-12-01"}],
        contacts=made,
    )
    assert_says_nothing(residuals(view))


def test_a_ledger_in_which_everybody_is_contacted_every_day_tells_nothing() -> None:
    view = view_of(
        str(NIGHT.date()),
        invoices=[{"amount": 10_000, "issued_on": "2023-11-01", "due_on": "2023-12-01"}],
        contacts=[{"customer_id": "c1", "contacted_on": day} for day in pd.date_range("2023-12-02", "2024-02-05")],
    )
    assert_says_nothing(residuals(view))


@pytest.fixture(scope="module")
def days() -> ContactResiduals:
    return residuals(seen(simulated()))


def test_every_day_is_one_on_which_the_outcome_was_known_and_a_contact_possible(days: ContactResiduals) -> None:
    day = days.day.astype("datetime64[D]").astype("datetime64[s]")
    assert day.min() >= FIRST
    assert day.max() < NIGHT - pd.Timedelta(days=SETTINGS.effect.outcome_days - 1)
    assert np.isfinite(days.cash).all() and np.isfinite(days.weight).all()
    assert (days.weight > 0).all()
    assert 0 < days.contacted.sum() < len(days.contacted)


def test_the_same_ledger_gives_the_same_estimate_in_any_order_of_its_contacts(days: ContactResiduals) -> None:
    tables = simulated()
    shuffled = tables["contacts"].sample(frac=1, random_state=1).reset_index(drop=True)
    np.testing.assert_array_equal(residuals(seen(tables | {"contacts": shuffled})).cash, days.cash)


def change_effects(monkeypatch: pytest.MonkeyPatch, hazard: float) -> None:
    """Everyone pays a contacted invoice with the same extra chance a day."""
    changed = tuple(replace(habit, contact_effect=(hazard,) * len(CHANNELS)) for habit in population.HABITS)
    monkeypatch.setattr(population, "HABITS", changed)


@pytest.mark.parametrize("world", ["b2b", "consumer"])
def test_where_contacts_do_nothing_nothing_is_found(world: str, monkeypatch: pytest.MonkeyPatch) -> None:
    change_effects(monkeypatch, 0.0)
    simulation = simulate(400, 400, 6, world)
    assert simulation.truth["extra_cash_30d"].eq(0).all()
    mean, error, contacts = overall(residuals(seen(simulation.tables)))
    assert contacts > 300
    assert abs(mean) < 3 * error


def test_where_everybody_pays_because_of_a_contact_its_cash_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    change_effects(monkeypatch, 0.3)
    mean, error, contacts = overall(residuals(seen(simulate(400, 400, 6, "consumer").tables)))
    assert contacts > 300
    assert mean > 2 * error > 0
