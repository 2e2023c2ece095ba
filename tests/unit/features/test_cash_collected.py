"""The cash and the contacts of the days after a night, against a count by hand and a slow one."""

import math

import numpy as np
import pandas as pd
import pytest

from features.labels import booking_lags, cash_collected_within, contacts_within
from ledger.as_of.view import View, view_as_of
from ledger.clock import day_number
from ledger.portfolio import number
from ledger.simulator import simulate
from tests.support.view_from_rows import Row, view_of

LATER = "2024-12-01"


def cash(view: View, as_of: str, days: int = 30) -> float:
    nights = np.array([day_number(pd.Timestamp(as_of))])
    return float(cash_collected_within(view, nights, np.array([0]), days)[0])


def paid(*paid_on: str, **more: object) -> View:
    """One invoice over 100.00, due on 2024-01-31, paid in parts of 10.00."""
    invoice: Row = {"amount": 10_000, **more}
    payments: list[Row] = [{"invoice_id": "i1", "amount": 1_000, "paid_on": day} for day in paid_on]
    return view_of(LATER, invoices=[invoice], payments=payments)


@pytest.mark.parametrize(
    ("paid_on", "cents"), [("2024-02-09", 0), ("2024-02-10", 1_000), ("2024-03-10", 1_000), ("2024-03-11", 0)]
)
def test_the_window_holds_its_first_day_and_not_its_end(paid_on: str, cents: int) -> None:
    assert cash(paid(paid_on), "2024-02-10") == cents


@pytest.mark.parametrize(("as_of", "cents"), [("2024-01-31", 0), ("2024-02-01", 1_000)])
def test_only_what_was_past_due_on_the_night_counts(as_of: str, cents: int) -> None:
    assert cash(paid("2024-02-05"), as_of) == cents


@pytest.mark.parametrize(("known_on", "cents"), [("2024-02-09", 1_000), ("2024-02-10", 0)])
def test_an_invoice_that_the_night_did_not_know_was_not_asked_for(known_on: str, cents: int) -> None:
    assert cash(paid("2024-02-15", known_on=known_on), "2024-02-10") == cents


def test_a_reversal_is_taken_off_and_cash_without_an_invoice_is_left_out() -> None:
    view = view_of(
        LATER,
        invoices=[{"amount": 10_000}],
        payments=[
            {"invoice_id": "i1", "amount": 5_000, "paid_on": "2024-02-12"},
            {"invoice_id": "i1", "amount": -2_000, "paid_on": "2024-02-20"},
            {"amount": 700, "paid_on": "2024-02-20"},
        ],
    )
    assert cash(view, "2024-02-10") == 3_000


def test_cash_is_in_the_reporting_currency() -> None:
    view = view_of(
        LATER,
        invoices=[{"amount": 10_000, "currency": "USD"}],
        payments=[{"invoice_id": "i1", "amount": 1_000, "paid_on": "2024-02-12"}],
        fx_rates=[{"currency": "USD", "rate": 0.5}],
    )
    assert cash(view, "2024-02-10") == 500


@pytest.mark.parametrize(("now", "cents"), [("2024-03-10", math.nan), ("2024-03-11", math.nan), ("2024-03-16", 1_000)])
def test_cash_is_not_known_until_the_window_has_passed_and_was_booked(now: str, cents: float) -> None:
    payments = [{"invoice_id": "i1", "amount": 1_000, "paid_on": "2024-02-12", "known_on": "2024-02-17"}]
    view = view_of(now, invoices=[{"amount": 10_000}], payments=payments)
    assert cash(view, "2024-02-10") == pytest.approx(cents, nan_ok=True)
    assert math.isnan(contacts_within(view, np.array([19_763]), np.array([0]), 30)[0]) == math.isnan(cents)


def test_no_payments_and_no_contacts_are_nothing() -> None:
    view = view_of(LATER, invoices=[{"amount": 100}])
    nights, customers = np.array([19_763, 19_764]), np.array([0, 0])
    assert cash_collected_within(view, nights, customers, 30).tolist() == [0, 0]
    assert contacts_within(view, nights, customers, 30).tolist() == [0, 0]
    assert len(cash_collected_within(view, nights[:0], customers[:0], 30)) == 0


def test_rows_of_many_nights_equal_a_slow_count() -> None:
    view = view_as_of(number(simulate(40, 300, 5).tables), pd.Timestamp("2023-11-01"), "EUR")
    chance = np.random.default_rng(1)
    first, last = day_number(pd.Timestamp("2023-05-01")), day_number(pd.Timestamp("2023-09-20"))
    as_of = chance.integers(first, last, 300)
    customer = chance.integers(0, view.customers, 300)
    payments = view.tables["payments"].merge(view.invoices[["invoice", "due_on", "known_on"]], on="invoice")
    expected_cash, expected_contacts = [], []
    for night, position in zip(pd.to_datetime(as_of, unit="D"), customer, strict=True):
        end = night + pd.Timedelta(days=30)
        mine = payments[
            (payments["customer"] == position) & (payments["paid_on"] >= night) & (payments["paid_on"] < end)
        ]
        mine = mine[(mine["due_on"] < night) & (mine["known_on_y"] < night)]
        expected_cash.append(mine["reporting_amount"].sum())
        made = view.tables["contacts"].query("customer == @position and contacted_on >= @night and contacted_on < @end")
        expected_contacts.append(len(made))
    assert sum(expected_cash) > 0
    assert sum(expected_contacts) > 0
    assert cash_collected_within(view, as_of, customer, 30).tolist() == expected_cash
    assert contacts_within(view, as_of, customer, 30).tolist() == expected_contacts


def test_what_is_booked_anew_weeks_later_was_not_booked_late() -> None:
    payments: list[Row] = [
        {"amount": 1_000, "paid_on": "2024-02-01", "known_on": "2024-02-03"},
        {"amount": -1_000, "paid_on": "2024-02-01", "known_on": "2024-02-20"},
        {"amount": 1_000, "paid_on": "2024-02-01", "known_on": "2024-02-20", "invoice_id": "i1"},
        {"amount": 500, "paid_on": "2024-02-01", "known_on": "2024-02-21"},  # that one was
        {"amount": -500, "paid_on": "2024-03-01", "customer_id": "c2"},
        {"amount": 700, "paid_on": "2024-03-01", "known_on": "2024-03-02", "customer_id": "c3"},
    ]
    invoices: list[Row] = [{"amount": 10_000, "customer_id": name} for name in ("c1", "c2", "c3")]
    assert booking_lags(view_of(LATER, invoices=invoices, payments=payments)).to_dict() == {1: 1, 2: 1, 20: 1}
