"""In which order the rows of a ledger stand says nothing: a night sees the same invoices, parts and payments."""

from datetime import date

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from ledger.as_of.view import View, view_as_of
from ledger.portfolio import number
from tests.support.at_random.random_accounts import NIGHTS, one_portfolio
from tests.support.ledger_from_text import ledger, tables_of

SEEDS = range(300)


def seen(view: View) -> list[pd.DataFrame]:
    """What a night makes of its rows, in an order of their values."""
    payments = view.tables["payments"]
    by_value = [name for name in payments if name not in ("customer_id", "invoice_id", "payment_id")]
    return [view.invoices, view.balances, payments.sort_values(by_value)[by_value].reset_index(drop=True)]


def assert_same_in_any_order(tables: dict[str, pd.DataFrame], night: pd.Timestamp) -> None:
    turned = {name: frame.iloc[::-1] for name, frame in tables.items()}
    views = (view_as_of(number(some), night, "EUR") for some in (tables, turned))
    for before, after in zip(*map(seen, views), strict=True):
        assert_frame_equal(before, after)


@pytest.fixture(scope="module")
def tables() -> dict[str, pd.DataFrame]:
    return tables_of(one_portfolio(SEEDS))


@pytest.mark.parametrize("night", NIGHTS[2:], ids=str)
def test_of_random_ledgers(tables: dict[str, pd.DataFrame], night: date) -> None:
    assert_same_in_any_order(tables, pd.Timestamp(night))


def test_of_two_payments_of_one_day_that_fill_instalments_and_were_booked_on_different_days() -> None:
    text = """
        invoices
        issued_on due_on amount
        2024-01-01 2024-05-01 100
        instalments
        due_on amount
        2024-03-01 60
        2024-05-01 40
        payments
        invoice_id paid_on amount known_on
        1 2024-03-11 60 2024-03-12
        1 2024-03-11 40 2024-03-15
    """
    assert_same_in_any_order(ledger(text), pd.Timestamp("2024-04-01"))
