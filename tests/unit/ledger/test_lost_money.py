"""What a night cannot see, in sentences that count right."""

import pandas as pd
import pytest

from ledger.validation.lost_money import cells_repaired, money_not_used


def listing(rows: int, rule: str) -> pd.DataFrame:
    row = {"table": "invoices", "rule": rule, "row": '{"customer_id": "C1", "currency": "EUR", "amount": "5"}'}
    return pd.DataFrame([{**row, "record": f"I{number}"} for number in range(rows)])


@pytest.mark.parametrize(
    ("rows", "cells", "money"),
    [
        (1, "1 cell could not be used and was left", "invoices: 1 was refused: 5.00 of C1 (EUR) is"),
        (2, "2 cells could not be used and were left", "invoices: 2 were refused: 10.00 of C1 (EUR) is"),
    ],
)
def test_one_is_told_as_one_and_two_as_two(rows: int, cells: str, money: str) -> None:
    assert cells_repaired(listing(rows, "due_on before issued_on"))[0].startswith(cells)
    assert money_not_used(listing(rows, "amount missing"))[0].startswith(money)
