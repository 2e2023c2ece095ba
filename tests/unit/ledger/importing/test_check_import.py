"""A check shows the sums that an accountant holds against the ERP's own lists, and writes no ledger."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from ledger.importing.checking.check_import import open_by_customer, sums_by_month
from ledger.importing.import_export import prepared_import
from pipelines.imports.check_export import check_folder, check_import

MAPPING = """
files: {i: {path: i.csv}, p: {path: p.csv}, a: {path: a.csv}}
tables:
  invoices: {file: i, columns: {invoice_id: id, customer_id: c, issued_on: day, due_on: day, amount: x, currency: cur}}
  payments: {file: p, columns: {payment_id: id, customer_id: c, invoice_id: i, paid_on: day, amount: x}}
  adjustments: {file: a, columns: {adjustment_id: id, invoice_id: i, kind: k, posted_on: day, amount: x}}
"""
INVOICES = """id,c,day,x,cur
1,A,2024-01-31,100.00,EUR
2,A,2024-02-01,50.00,EUR
3,B,2024-02-02,80.00,EUR
4,B,2024-02-03,70.00,USD
"""
PAYMENTS = """id,c,i,day,x
p1,A,1,2024-02-10,40.00
p2,A,,2024-02-11,5.00
p3,A,3,2024-03-11,10.00
p4,B,,2024-03-12,1.00
"""
ADJUSTMENTS = """id,i,k,day,x
a1,2,discount,2024-03-01,2.50
a2,3,collection_handover,2024-03-01,70.00
"""


def export(folder: Path) -> Path:
    for name, text in {"mapping.yaml": MAPPING, "i.csv": INVOICES, "p.csv": PAYMENTS, "a.csv": ADJUSTMENTS}.items():
        (folder / name).write_text(text)
    return folder


def test_open_totals_are_by_customer_and_currency_and_a_hand_over_lowers_nothing(tmp_path: Path) -> None:
    export(tmp_path)
    with prepared_import(tmp_path / "mapping.yaml", tmp_path, tmp_path / "L") as prepared:
        owing = open_by_customer(prepared.files)[["customer_id", "currency", "open_amount"]].to_numpy().tolist()
    assert owing == [
        ["A", "EUR", Decimal("102.50")],
        ["B", "EUR", Decimal("70.00")],
        ["B", "USD", Decimal("70.00")],
        ["B", "", Decimal("-1.00")],
    ]


def test_months_add_up_to_the_tables(tmp_path: Path) -> None:
    export(tmp_path)
    with prepared_import(tmp_path / "mapping.yaml", tmp_path, tmp_path / "L") as prepared:
        months = sums_by_month(prepared.files)
    assert months.to_numpy().tolist() == [
        ["invoices", "2024-01", "EUR", 1, Decimal("100.00")],
        ["invoices", "2024-02", "EUR", 2, Decimal("130.00")],
        ["invoices", "2024-02", "USD", 1, Decimal("70.00")],
        ["payments", "2024-02", "", 2, Decimal("45.00")],
        ["payments", "2024-03", "", 2, Decimal("11.00")],
        ["adjustments", "2024-03", "", 2, Decimal("72.50")],
    ]


def test_a_mapping_with_exchange_rates_can_be_checked(tmp_path: Path) -> None:
    export(tmp_path)
    rates = "  fx_rates: {file: r, columns: {on: day, currency: cur, rate: x}}\n"
    (tmp_path / "mapping.yaml").write_text(
        MAPPING.replace("a: {path: a.csv}", "a: {path: a.csv}, r: {path: r.csv}") + rates
    )
    (tmp_path / "r.csv").write_text("day,cur,x\n2024-01-31,USD,0.92\n2024-01-30,USD,0.91\n")
    with prepared_import(tmp_path / "mapping.yaml", tmp_path, tmp_path / "L") as prepared:
        months = sums_by_month(prepared.files)
    assert months[months["table"] == "fx_rates"][["month", "rows"]].to_numpy().tolist() == [["2024-01", 2]]


def test_a_check_writes_its_lists_beside_and_no_ledger(tmp_path: Path) -> None:
    export(tmp_path)
    (tmp_path / "a.csv").write_text(ADJUSTMENTS + "a3,3,unknown,2024-03-01,1\n")
    text = check_import(str(tmp_path / "mapping.yaml"), str(tmp_path), tmp_path / "L")
    assert "adjustments: 3 rows in, 2 out, 1 refused" in text and "no ledger was written" in text
    assert not (tmp_path / "L").exists() and not list(tmp_path.glob(".L*"))
    lists = check_folder(tmp_path / "L")
    assert sorted(path.name for path in lists.iterdir()) == ["open_by_customer.csv", "quarantine", "sums_by_month.csv"]
    assert pd.read_csv(lists / "open_by_customer.csv")["open_amount"].sum() == pytest.approx(241.5)


REPEATED = "4,B,2024-02-03,70.00,USD\n"


@pytest.mark.parametrize(
    ("file", "rows", "said"),
    [
        ("i.csv", INVOICES + REPEATED, "invoices: 1 rows repeat the invoice_id of another row, such as '4'"),
        ("p.csv", PAYMENTS.replace("B,,", "B,9,"), "payments: 1 of 4 name an invoice that is not there, such as '9'"),
        ("p.csv", PAYMENTS.replace(",1,", ",,").replace(",3,", ",,"), "payments: 4 of 4 name no invoice"),
        ("p.csv", PAYMENTS.replace("-11,", "-11,-").replace("-12,", "-12,-"), "payments: 3 of 4 are negative"),
        ("c.csv", "id\n00A\n", "invoices: 2 customers are not in customers, such as 'A'; there is '00A'"),
    ],
)
def test_what_a_night_would_refuse_is_said_before(file: str, rows: str, said: str, tmp_path: Path) -> None:
    export(tmp_path)
    text = MAPPING.replace("files: {", "files: {c: {path: c.csv}, ").replace(
        "tables:\n", "tables:\n  customers: {file: c, columns: {customer_id: id}}\n"
    )
    (tmp_path / "mapping.yaml").write_text(text)
    (tmp_path / "c.csv").write_text("id\nA\nB\n")
    before = check_import(str(tmp_path / "mapping.yaml"), str(tmp_path), tmp_path / "L")
    assert said.split(", such")[0] not in before
    (tmp_path / file).write_text(rows)
    assert said in check_import(str(tmp_path / "mapping.yaml"), str(tmp_path), tmp_path / "L")


def test_a_check_says_what_is_refused_and_that_an_import_would_stop(tmp_path: Path) -> None:
    export(tmp_path)
    (tmp_path / "i.csv").write_text(INVOICES.replace("2024-01-31", "31.01.2024"))
    said = check_import(str(tmp_path / "mapping.yaml"), str(tmp_path), tmp_path / "L")
    assert "invoices: 1 rows: issued_on: not a date, such as '31.01.2024'" in said
    assert "An import stops at this: it refuses 1 of 4 rows of invoices" in said
    few = check_import(
        str(tmp_path / "mapping.yaml"), str(tmp_path), tmp_path / "L", ("ledger.max_quarantined_share=0.5",)
    )
    assert "An import stops" not in few
