"""The settings of the ledger hold for a ledger on disk, in one partition and in several."""

from pathlib import Path

import pandas as pd
import pytest

from configs.settings import load_settings
from ledger.as_of.view import View, view_as_of
from ledger.importing.write_ledger import write_ledger
from ledger.partitioned.load import load_ledger
from tests.support.ledger_from_text import ledger
from tests.support.view_from_rows import facts_of

NIGHT = pd.Timestamp("2024-06-01")
BOOKS = """
    invoices
    invoice_id customer_id due_on amount
    A1 A 2024-02-01 100
    A2 A 2024-04-01 100
    B1 B 2024-02-01 1000
    payments
    invoice_id customer_id paid_on amount
    - A 2024-02-20 100
    B1 B 2024-02-01 997
    adjustments
    invoice_id kind posted_on amount
    B1 write_off 2024-02-10 3
"""


def night_of(folder: Path, *settings: str) -> View:
    write_ledger(ledger(BOOKS), folder)
    loaded = load_ledger(str(folder), NIGHT, load_settings(overrides=settings))
    return view_as_of(loaded.portfolio, NIGHT, loaded.reporting_currency)


@pytest.mark.parametrize(("covers", "days"), [("oldest", 61), ("newest", 121)])
def test_unapplied_money_covers_the_debt_that_the_setting_says(tmp_path: Path, covers: str, days: int) -> None:
    facts = facts_of(night_of(tmp_path, f"ledger.credit_covers={covers}")).set_index("customer_id")
    assert facts.loc["A", "days_past_due"] == facts.loc["A", "collectible_days_past_due"] == days
    assert facts.loc["A", "collectible_amount"] == 10_000


@pytest.mark.parametrize(("amount", "lost"), [("5.0", 0), ("2.99", 300)])
def test_a_write_off_is_small_up_to_the_amount_of_the_setting(tmp_path: Path, amount: str, lost: int) -> None:
    invoices = night_of(tmp_path, f"ledger.small_difference_amount={amount}").invoices.set_index("invoice_id")
    assert invoices.loc["B1", "lost"] == lost
