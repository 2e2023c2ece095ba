"""Law 2 for learning: what is known later leaves no trace in the cases that an effect is learned from."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from features.payment_days import payment_days
from features.spine import replay
from ledger.as_of.view import view_as_of
from ledger.clock import day_number
from ledger.frames import Tables
from ledger.portfolio import Portfolio, number
from ledger.simulator import simulate
from ledger.tables import TABLES
from models.effect.cases import HABITS, ContactCases, contact_cases, habits_before
from models.effect.effect_model import train
from models.past import sample_for
from models.registry.effect_files import save_effect

NIGHT = pd.Timestamp("2023-11-20")
SETTINGS = load_settings(("training.spine_every_days=60", "effect.min_contacts=20"))
SEED = 3


@cache
def tables() -> Tables:
    return simulate(120, 400, 9).tables


def cases_of(portfolio: Portfolio) -> ContactCases:
    nights = [NIGHT - pd.Timedelta(days=days) for days in (120, 60)]
    sample = sample_for(portfolio, NIGHT, len(nights), SETTINGS)
    habits = replay(portfolio, nights, SETTINGS.labels, "EUR", sample).debtors
    keep = np.ones(len(portfolio.customer_ids), dtype=np.bool_)
    return contact_cases(view_as_of(portfolio, NIGHT, "EUR"), 0, habits, keep, SETTINGS.effect, SEED)


@cache
def unchanged() -> ContactCases:
    return cases_of(number(tables()))


def named(cases: ContactCases) -> dict[str, np.ndarray]:
    return {name: np.asarray(getattr(cases, name)) for name in cases.__dataclass_fields__}


def assert_same(found: ContactCases, expected: ContactCases) -> None:
    for name, values in named(expected).items():
        np.testing.assert_array_equal(named(found)[name], values, err_msg=name)


def later_tables() -> list[str]:
    """The tables of which something becomes known after the night; of a rare one it may be nothing."""
    return [name for name in TABLES if name != "customers" and (tables()[name]["known_on"] >= NIGHT).any()]


def without_later(table: str) -> Portfolio:
    frame = tables()[table]
    # Invoices are numbered by what the whole ledger names: later ones stay, with other amounts and dates.
    later = frame["known_on"] >= NIGHT
    changed = frame[~later]
    if table == "invoices":
        changed = frame.assign(amount=frame["amount"].where(~later, 7), due_on=frame["due_on"].where(~later, NIGHT))
        changed = changed.astype(frame.dtypes.to_dict())
    return number({**tables(), table: changed})


@pytest.mark.parametrize("table", later_tables())
def test_deleting_what_is_known_later_changes_no_case(table: str):
    assert_same(cases_of(without_later(table)), unchanged())


@pytest.mark.parametrize("table", later_tables())
def test_deleting_what_is_known_later_changes_no_day_of_payment(table: str):
    found, expected = (
        payment_days(view_as_of(portfolio, NIGHT, "EUR"), 0) for portfolio in (without_later(table), number(tables()))
    )
    assert len(expected.day) > 1_000 and expected.share.any() and (expected.state > 0).any()
    for name, values in vars(expected).items():
        np.testing.assert_array_equal(vars(found)[name], values, err_msg=name)


def test_the_order_of_the_rows_of_the_ledger_changes_no_case():
    shuffled = {name: frame.sample(frac=1, random_state=4) for name, frame in tables().items()}
    assert_same(cases_of(number(shuffled)), unchanged())


def test_the_same_cases_and_seed_are_stored_as_the_same_bytes(tmp_path):
    card = {"trained_on": "2023-11-20", "catalogue_hash": "c", "data_hash": "d"}
    for name in ("one", "other"):
        save_effect(train(unchanged(), SETTINGS.effect, card, SEED), tmp_path / name)
    one, other = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "other"))
    assert one == other


def test_habits_are_those_of_the_latest_night_not_after_the_day():
    night = day_number(NIGHT)
    habits = pd.DataFrame({"customer": [0, 0, 1], "night": [night - 14, night - 7, night - 7]})
    for place, name in enumerate(HABITS):
        habits[name] = np.float32([1.0, 2.0, 3.0]) + place
    rows = pd.DataFrame(
        {"customer": [0, 0, 0, 0, 1, 2], "day": [night - 15, night - 14, night - 8, night - 7, night, night]}
    )
    found = habits_before(habits, rows)[HABITS[0]].to_numpy()
    np.testing.assert_array_equal(found, [np.nan, 1.0, 1.0, 2.0, 3.0, np.nan])
