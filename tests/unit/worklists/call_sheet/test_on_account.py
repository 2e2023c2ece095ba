"""What names no document, by kind and in a currency in which something is asked for."""

import numpy as np
import pandas as pd

from ledger.as_of.view import view_as_of
from ledger.portfolio import number
from tests.support.ledger_from_text import ledger
from worklists.call_sheet.on_account import on_account

NIGHT = pd.Timestamp("2024-03-01")
DOLLARS = """
customers
customer_id currency
C USD

fx_rates
on currency rate
2024-01-01 USD 0.50

invoices
due_on amount
2024-01-31 100
"""


def account(text: str) -> list[tuple[str, str, int]]:
    view = view_as_of(number(ledger(DOLLARS + text)), NIGHT, "EUR")
    return list(
        on_account(view, np.array([], dtype=np.int64))[["kind", "currency", "amount"]].itertuples(
            index=False, name=None
        )
    )


def test_cash_is_told_in_its_own_currency_where_something_is_asked_for_in_it() -> None:
    paid = "\npayments\ninvoice_id paid_on amount currency\n- 2024-02-10 30 {}\n"
    assert account(paid.format("USD")) == [("received", "USD", 3_000)]
    assert account(paid.format("EUR")) == [("received", "USD", 6_000)]


def test_a_promise_for_the_account_takes_off_no_more_than_is_overdue() -> None:
    assert account("\npromises\nmade_on promised_on amount\n2024-02-20 2024-03-20 170\n") == [
        ("promised", "USD", 10_000)
    ]


def test_what_was_paid_back_beyond_the_cash_is_below_zero() -> None:
    assert account("\npayments\ninvoice_id paid_on amount\n- 2024-02-10 -30\n") == [("paid_back", "USD", -3_000)]
