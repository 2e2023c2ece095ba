"""What a model is given is the same for a ledger in euros as for the same ledger in dinars, which has thousandths."""

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from features.contact_days import contact_days, overdue_now
from features.engine import features_at
from features.labels import paid_after
from ledger.as_of.view import View, view_as_of
from ledger.clock import day_number
from ledger.frames import Tables
from ledger.minor_units import held_with
from ledger.portfolio import number
from ledger.simulator import simulate
from ledger.tables import TABLES
from models import retraining
from models.cash.value_dates import cash_by_value_date
from models.past import gather
from models.risk import late_payment
from models.risk.risk_model import Card
from tests.support.at_random.random_ledger import NIGHTS, random_ledger
from tests.support.nights.in_this_process import loaded

LABELS = load_settings().labels
NIGHT = pd.Timestamp(NIGHTS[3])
LEDGERS = {**{f"random {seed}": random_ledger(seed) for seed in range(4)}, "simulated": simulate(40, 500, 9).tables}


def in_thousandths(tables: Tables) -> Tables:
    """The same amounts, held with three decimals."""
    finer = {}
    for name, frame in tables.items():
        money = [column.name for column in TABLES[name].columns if column.kind == "money"]
        finer[name] = frame.assign(**{column: frame[column] * 10 for column in money})
    return finer


def view_of(tables: Tables) -> View:
    return view_as_of(number(tables), NIGHT, "EUR")


def of_one_currency(tables: Tables) -> Tables:
    """Without rates, by which thousandths are exchanged more exactly than hundredths."""
    stated = [name for name, frame in tables.items() if "currency" in frame and name != "fx_rates"]
    plain = {name: tables[name].assign(currency=pd.Series(pd.NA, tables[name].index, dtype="str")) for name in stated}
    return {**tables, **plain, "fx_rates": tables["fx_rates"][:0]}


@pytest.mark.parametrize("name", LEDGERS)
def test_features_are_those_of_hundredths_to_the_last_bit(name: str) -> None:
    tables = of_one_currency(LEDGERS[name])
    plain = features_at(view_of(tables), LABELS)
    with held_with(3):
        finer = features_at(view_of(in_thousandths(tables)), LABELS)
    pd.testing.assert_frame_equal(finer.customers, plain.customers, check_exact=True)
    pd.testing.assert_frame_equal(finer.invoices, plain.invoices, check_exact=True)


def days_of(tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """What is known of the days on which something was owed, of the night's own, and the shares that were paid."""
    view = view_of(tables)
    days = contact_days(view, day_number(NIGHT) - 300)
    return days.rows, overdue_now(view), paid_after(view, days, 0, 30, until_next_contact=True).share


@pytest.mark.parametrize("name", LEDGERS)
def test_what_the_effect_of_a_contact_is_learned_from_is_in_hundredths(name: str) -> None:
    tables = of_one_currency(LEDGERS[name])
    rows, now, paid = days_of(tables)
    with held_with(3):
        finer_rows, finer_now, finer_paid = days_of(in_thousandths(tables))
    pd.testing.assert_frame_equal(finer_rows, rows, check_exact=True)
    pd.testing.assert_frame_equal(finer_now, now, check_exact=True)
    np.testing.assert_array_equal(finer_paid, paid)


@pytest.mark.parametrize("name", LEDGERS)
def test_balances_and_receipts_are_ten_times_as_many_minor_units(name: str) -> None:
    tables = of_one_currency(LEDGERS[name])
    plain = view_of(tables)
    with held_with(3):
        finer = view_of(in_thousandths(tables))
        pd.testing.assert_frame_equal(finer.balances, plain.balances * 10)
    came = [
        cash_by_value_date(view, day_number(NIGHT) - 91, plain.invoices["invoice"].to_numpy(), 91)
        for view in (plain, finer)
    ]
    np.testing.assert_array_equal(came[1], came[0] * 10)


def learned(tables: Tables) -> list[Card]:
    """What models that are learned from a ledger say of themselves; with the correction of the cash forecast."""
    settings = load_settings(("training.trees=10", "training.spine_every_days=56", "training.min_events=5"))
    past = gather(loaded(tables), NIGHT, settings)
    late = retraining.fit(late_payment.NAME, past, settings)
    return [late.card, retraining.fit_effect(past, settings).card]


def test_models_are_learned_alike_from_both() -> None:
    tables = of_one_currency(LEDGERS["simulated"])
    plain = learned(tables)
    assert plain[0].kind != "rule" and plain[0].cash
    with held_with(3):
        assert learned(in_thousandths(tables)) == plain
