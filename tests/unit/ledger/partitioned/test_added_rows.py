"""Rows to be added are judged as the next night will judge them."""

from pathlib import Path

import pandas as pd
import pytest

from configs.settings import load_settings
from ledger.partitioned.added_rows import refused_when_added
from ledger.reading.read import read_rows
from ledger.sources.csv_and_parquet import RawRows
from ledger.tables import TABLES

INVOICES = (
    "invoice_id,customer_id,issued_on,due_on,amount\nI1,C1,2024-01-01,2024-01-31,100\nI2,C2,2024-01-01,2024-01-31,-5\n"
)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    (tmp_path / "invoices.csv").write_text(INVOICES)
    (tmp_path / "payments.csv").write_text("payment_id,customer_id,paid_on,amount\nP1,C3,2024-01-05,1\n")
    (tmp_path / "customers.csv").write_text("customer_id\nC4\n")
    return tmp_path


def rows(table: str, **cells: str) -> dict[str, pd.DataFrame]:
    return {table: read_rows(TABLES[table], "test", RawRows(pd.DataFrame([cells], dtype="str"))).rows}


def dispute(invoice: str) -> dict[str, pd.DataFrame]:
    return rows("disputes", dispute_id="D1", invoice_id=invoice, opened_on="2024-02-01")


def promise(customer: str, promised_on: str = "2024-02-09") -> dict[str, pd.DataFrame]:
    cells = {"made_on": "2024-02-01", "promised_on": promised_on, "amount": "5"}
    return rows("promises", promise_id="Z1", customer_id=customer, **cells)


@pytest.mark.parametrize("added", [dispute("I1"), promise("C1"), promise("C4"), {}])
def test_what_the_ledger_can_use_is_not_refused(ledger: Path, added: dict[str, pd.DataFrame]) -> None:
    assert refused_when_added(added, ledger, load_settings().ledger).empty


@pytest.mark.parametrize(
    ("added", "record", "rule"),
    [
        (dispute("I9"), "D1", "unknown invoice"),
        (dispute("I2"), "D1", "invoice refused"),
        (promise("C9"), "Z1", "unknown customer"),
        (promise("C3"), "Z1", "unknown customer"),
        (promise("C1", "2024-01-01"), "Z1", "promised_on before made_on"),
    ],
)
def test_what_a_night_would_refuse_is_refused_with_its_rule(
    ledger: Path, added: dict[str, pd.DataFrame], record: str, rule: str
) -> None:
    refused = refused_when_added(added, ledger, load_settings().ledger)
    assert refused[["record", "rule"]].to_numpy().tolist() == [[record, rule]]
