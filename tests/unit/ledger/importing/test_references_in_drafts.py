"""Which invoice a payment is for, and who owes it, comes from the cells of an export where its names mislead."""

import sqlite3
from pathlib import Path

import pandas as pd
import pytest

from ledger.errors import LedgerError
from ledger.importing.drafting.draft_mapping import draft_mapping
from ledger.importing.import_export import import_ledger
from ledger.importing.mapping_schema import load_mapping

# The assignment of SAP's line items repeats the number of the row; the reference names the invoice.
ASSIGNED = """Debitor;Zuordnung;Belegnr;Art;Belegdatum;NettoFällig;Betrag in HW;RechnBezug
0000010001;901;901;RV;05.01.2024;04.02.2024;1.234,50;
0000010001;902;902;RV;20.01.2024;19.02.2024;800,00;
0000010001;905;905;DG;25.01.2024;25.01.2024;210,00-;902
0000010001;1401;1401;DZ;12.02.2024;12.02.2024;1.234,50-;901
0000010001;1402;1402;DZ;01.03.2024;01.03.2024;300,00-;{paid}
"""
# A saved search: one row for each invoice that a payment was set against.
SEARCH = """Date,Type,Document Number,Name,Due Date,Amount,Applied To,Part
1/15/2024,Invoice,INV1,C1 Miller,2/14/2024,100.00,,
1/20/2024,Invoice,INV2,C1 Miller,2/19/2024,50.00,,
2/16/2024,Payment,P1,C1 Miller,,-150.00,Invoice #INV1,100.00
2/16/2024,Payment,P1,C1 Miller,,-150.00,Invoice #INV2,50.00
2/17/2024,Payment,P2,C1 Miller,,-7.00,,
"""


def drafted(text: str, folder: Path) -> str:
    """The YAML in one line, without the marks of its comments."""
    (folder / "list.csv").write_text(text, "utf-8")
    draft_mapping(str(folder / "list.csv"), folder / "mapping.yaml")
    return " ".join((folder / "mapping.yaml").read_text("utf-8").replace("#", "").split())


def imported(text: str, folder: Path) -> dict[str, pd.DataFrame]:
    drafted(text, folder)
    assert import_ledger(folder / "mapping.yaml", folder / "list.csv", folder / "ledger").refused.empty
    return {path.stem: pd.read_parquet(path).astype(str) for path in (folder / "ledger").glob("*.parquet")}


def test_a_column_that_repeats_its_own_rows_number_names_no_invoice(tmp_path: Path) -> None:
    tables = imported(ASSIGNED.format(paid="902"), tmp_path)
    assert tables["payments"]["invoice_id"].tolist() == ["901", "902"]
    assert tables["adjustments"]["invoice_id"].tolist() == ["902", "905"]


def test_without_a_reference_the_assignment_is_not_taken_for_one(tmp_path: Path) -> None:
    text = "\n".join(line.rpartition(";")[0] for line in ASSIGNED.format(paid="").splitlines())
    assert "no column says which invoice a payment belongs to" in drafted(text, tmp_path)


def test_payments_that_name_no_invoice_are_counted(tmp_path: Path) -> None:
    assert "1 of 2 payments of the sample name no invoice" in drafted(ASSIGNED.format(paid=""), tmp_path)


def test_a_reference_that_is_written_in_another_way_is_shown_with_a_number(tmp_path: Path) -> None:
    text = drafted(SEARCH.replace("Invoice #INV", "invoice no. "), tmp_path)
    assert "0% of its values are invoices" in text
    assert "it has 'invoice no. 1', where 'INV1' is a number there" in text


def test_a_row_for_each_invoice_of_a_payment_brings_its_part(tmp_path: Path) -> None:
    payments = imported(SEARCH, tmp_path)["payments"].fillna("")
    assert payments[["payment_id", "invoice_id", "amount"]].to_numpy().tolist() == [
        ["P1-INV1", "INV1", "100.00"],
        ["P1-INV2", "INV2", "50.00"],
        ["P2", "", "7.00"],
    ]


@pytest.mark.parametrize(("column", "accounts"), [("AccountCode", 1), ("Account", 1), ("AccountCode", 3)])
def test_an_account_that_all_customers_share_is_not_the_customers_number(
    column: str, accounts: int, tmp_path: Path
) -> None:
    head = f"Contact Name,{column},Invoice Number,Invoice Date,Due Date,Total,Paid Date"
    rows = [
        f"Firm {n % 7},{200 + n % accounts},I{n},2024-01-{n % 28 + 1:02},2024-02-{n % 28 + 1:02},10.00,"
        for n in range(60)
    ]
    tables = imported("\n".join([head, *rows, "Firm 1,200,I99,2024-01-05,2024-02-05,10.00,2024-02-06"]), tmp_path)
    assert set(tables["invoices"]["customer_id"]) == {f"Firm {n}" for n in range(7)}


def test_an_account_with_several_projects_is_the_customers_number(tmp_path: Path) -> None:
    head = "Project Name,Account,Invoice Number,Invoice Date,Due Date,Total,Paid Date"
    rows = [f"Site {n % 30},K{n % 5},I{n},2024-01-31,2024-02-29,10.00,2024-02-01" for n in range(60)]
    assert set(imported("\n".join([head, *rows]), tmp_path)["invoices"]["customer_id"]) == {f"K{n}" for n in range(5)}


def test_a_currency_column_is_known_by_its_cells_and_names_of_currencies_become_codes(tmp_path: Path) -> None:
    each = {"BWähr": ("EUR", "USD"), "Currency": ("Euro", "US Dollar"), "Währung": ("€", "US-Dollar")}
    for column, written in each.items():
        rows = [f"I{n},C1,2024-01-05,2024-02-05,5.00,{one}," for n, one in enumerate([*written, "GBP"])]
        head = f"Invoice No,Customer No,Invoice Date,Due Date,Amount,{column},Paid Date"
        tables = imported("\n".join([head, *rows[:-1], f"{rows[-1]}2024-02-01"]), tmp_path)
        assert tables["invoices"]["currency"].tolist() == ["EUR", "USD", "GBP"]
        (tmp_path / "mapping.yaml").unlink()


def test_amounts_in_cents_are_said_to_be(tmp_path: Path) -> None:
    text = "rg_nr,kunde_nr,rg_datum,faellig,brutto_cent\n1,K1,2024-01-31,2024-02-29,1234500\n"
    assert "'brutto_cent' seems to be in cents" in drafted(text, tmp_path)


def test_a_journal_of_all_accounts_is_said_to_be_one(tmp_path: Path) -> None:
    lines = (("411000", "120,00;0,00"), ("706000", "0,00;100,00"), ("445710", "0,00;20,00"))
    rows = [f"{n};2024-01-{n:02};{account};C1;R{n};{sides}" for n in range(1, 9) for account, sides in lines]
    said = drafted("\n".join(["EcritureNum;EcritureDate;CompteNum;CompAuxNum;PieceRef;Debit;Credit", *rows]), tmp_path)
    assert "this is a journal of all accounts" in said
    assert "{column: 'CompteNum', equals: ...}" in said


def test_receipts_of_sage_are_payments(tmp_path: Path) -> None:
    text = """No,Type,Account Ref,Date,Gross,Reference
I1,SI,C1,2024-01-31,100.00,
I2,SC,C1,2024-02-01,10.00,
P1,SR,C1,2024-02-20,60.00,I1
P2,SA,C1,2024-02-21,5.00,
"""
    payments = imported(text, tmp_path)["payments"]
    assert payments["amount"].tolist() == ["60.00", "5.00"]


def test_the_key_of_the_customers_table_is_the_customer_of_its_invoices(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "erp.db") as database:
        database.execute("CREATE TABLE adresse (adr_id INT, firma TEXT, telefon TEXT)")
        database.execute("CREATE TABLE rechnung (rg_nr TEXT, adr_id INT, rg_datum TEXT, faellig TEXT, brutto REAL)")
        database.execute("INSERT INTO adresse VALUES (7, 'Jansen', '1')")
        database.execute("INSERT INTO rechnung VALUES ('R1', 7, '2024-01-05', '2024-02-04', 10)")
    draft_mapping(f"sqlite:///{tmp_path}/erp.db", tmp_path / "mapping.yaml")
    invoices = load_mapping(tmp_path / "mapping.yaml").tables["invoices"][0]
    assert invoices.columns["customer_id"].column == "adr_id"


def test_a_list_by_age_is_called_one(tmp_path: Path) -> None:
    text = "Aged Receivables\n\nCustomer,Name,Total,Current,1-30,31-60,> 90\nC1,Miller,30.00,10.00,20.00,0.00,0.00\n"
    with pytest.raises(
        LedgerError, match=r"list\.csv is a list by age: it has a total of each customer, and no invoices"
    ):
        drafted(text, tmp_path)


def test_customers_in_lines_of_their_own_are_named(tmp_path: Path) -> None:
    text = """,Date,Type,No.,Due Date,Amount
Miller Ltd,,,,,
,2024-01-31,Invoice,1,2024-02-29,100.00
,2024-02-28,Payment,2,,-100.00
Total for Miller Ltd,,,,,0.00
Bolt Inc,,,,,
,2024-01-31,Invoice,3,2024-02-29,50.00
Total for Bolt Inc,,,,,50.00
"""
    assert "'Miller Ltd' is in a line of its own above its rows" in drafted(text, tmp_path)
