"""An export that came empty leaves the ledger as it was, and one that was cut off is reported."""

from pathlib import Path

import pandas as pd
import pytest

from ledger.errors import LedgerError
from ledger.importing.import_export import Import, import_ledger

MAPPING = """
files: {bills: {path: bills.csv}}
tables:
  invoices: {file: bills, columns: {invoice_id: nr, customer_id: who, issued_on: day, due_on: day, amount: sum}}
  payments: {file: bills, where: {column: paid, not_empty: true},
             columns: {payment_id: nr, invoice_id: nr, customer_id: who, paid_on: paid, amount: sum}}
"""
HEADS = "nr,who,day,sum,paid\n"


def imported(folder: Path, bills: int, paid: int) -> Import:
    """An import of so many bills, of which some are paid."""
    lines = (f"{n},C,2024-01-01,10,{'2024-01-09' if n < paid else ''}\n" for n in range(bills))
    (folder / "mapping.yaml").write_text(MAPPING)
    (folder / "bills.csv").write_text(HEADS + "".join(lines))
    return import_ledger(folder / "mapping.yaml", folder / "bills.csv", folder / "ledger")


def rows(folder: Path, table: str) -> int:
    return len(pd.read_parquet(folder / "ledger" / f"{table}.parquet"))


def test_an_export_without_invoices_leaves_the_ledger_that_is_there(tmp_path: Path) -> None:
    imported(tmp_path, 100, 60)
    with pytest.raises(LedgerError, match=r"no row for invoices, and the ledger in .* has 100: it stays as it is"):
        imported(tmp_path, 0, 0)
    assert (rows(tmp_path, "invoices"), rows(tmp_path, "payments")) == (100, 60)


def test_an_export_without_invoices_makes_an_empty_ledger_where_none_was(tmp_path: Path) -> None:
    assert imported(tmp_path, 0, 0).notes == ()
    assert rows(tmp_path, "invoices") == 0


@pytest.mark.parametrize(
    ("bills", "paid", "told"),
    [(100, 60, []), (95, 57, []), (40, 60, ["invoices", "payments"]), (100, 10, ["payments"]), (300, 90, [])],
)
def test_a_table_of_which_much_less_came_than_before_is_told(
    tmp_path: Path, bills: int, paid: int, told: list[str]
) -> None:
    assert imported(tmp_path, 100, 60).notes == ()
    notes = imported(tmp_path, bills, paid).notes
    assert [note.partition(":")[0] for note in notes] == told
    assert all("see whether the export is whole" in note for note in notes)
    assert rows(tmp_path, "invoices") == bills
