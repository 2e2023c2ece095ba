"""What people should know of a ledger that can be used all the same is among its notes."""

from pathlib import Path

import pandas as pd
import pytest

from configs.settings import load_settings
from ledger.partitioned.judge_partitions import NO_CUSTOMERS
from ledger.partitioned.load import load_ledger

INVOICES = "invoice_id,customer_id,issued_on,due_on,amount\ni1,c1,2024-01-05,2024-02-04,10\n"
PAYMENTS = "payment_id,invoice_id,customer_id,paid_on,amount\n"
HEADS = "customer_id,name,do_not_contact\n"


@pytest.mark.parametrize(
    ("customers", "noted"),
    [(None, False), (HEADS, True), (HEADS + "c1,Ada,true\n", False)],
    ids=["no table", "heads alone", "a customer"],
)
def test_a_table_of_customers_without_any_is_noted(tmp_path: Path, customers: str | None, noted: bool) -> None:
    (tmp_path / "invoices.csv").write_text(INVOICES)
    (tmp_path / "payments.csv").write_text(PAYMENTS)
    if customers is not None:
        (tmp_path / "customers.csv").write_text(customers)
    loaded = load_ledger(str(tmp_path), pd.Timestamp("2024-03-01"), load_settings())
    assert (NO_CUSTOMERS in loaded.notes) == noted
