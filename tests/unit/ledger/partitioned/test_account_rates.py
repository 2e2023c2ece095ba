"""What an account in another currency was worth on a night: by what that night knew."""

from datetime import date
from pathlib import Path

import pandas as pd

from ledger.partitioned.account_rates import account_rates

CUSTOMERS = "customer_id,currency\nC1,USD\nC2,EUR\nC3,\nC4,CHF\n"
RATES = "on,currency,rate\n2024-02-01,USD,0.90\n2024-02-29,USD,0.95\n2024-03-01,USD,2\n2024-03-01,CHF,1\n"


def test_rates_are_those_that_the_night_knew_and_only_of_accounts_in_another_currency(tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text(CUSTOMERS)
    (tmp_path / "fx_rates.csv").write_text(RATES)
    for name, columns in (
        ("invoices", "invoice_id,customer_id,issued_on,due_on,amount"),
        ("payments", "payment_id,customer_id,paid_on,amount"),
    ):
        (tmp_path / f"{name}.csv").write_text(f"{columns}\n")
    asked = pd.DataFrame({"customer_id": ["C1", "C2", "C3", "C4", "C5"], "currency": "EUR"})
    both = pd.concat([asked.assign(as_of=pd.Timestamp(night)) for night in ("2024-03-01", "2024-03-02")])
    first, second = date(2024, 3, 1), date(2024, 3, 2)
    assert account_rates(both, tmp_path) == {(first, "C1"): 0.95, (second, "C1"): 2.0, (second, "C4"): 1.0}
