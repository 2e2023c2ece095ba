"""A list that says what was settled together gives each payment its invoices, in the parts in which it covers them."""

from pathlib import Path

import pandas as pd
import pytest

from ledger.importing.checking.check_import import open_by_customer
from ledger.importing.drafting.draft_mapping import draft_mapping
from ledger.importing.import_export import import_ledger

# C1 pays 1 and 2 at once, less the note 3; C2 pays 4 in two parts; C3 pays 5 by itself, and 6 in part, which is open.
SAP = """Customer;Document Number;Document Type;Document Date;Net due date;Amount;Clearing Document;Reference
C1;1;RV;05.01.2024;04.02.2024;100,00;90;
C1;2;RV;06.01.2024;05.02.2024;50,00;90;
C1;3;DG;07.01.2024;07.01.2024;30,00-;90;1
C1;90;DZ;10.02.2024;10.02.2024;120,00-;90;
C2;4;RV;05.01.2024;04.02.2024;80,00;92;
C2;91;DZ;20.01.2024;20.01.2024;60,00-;92;
C2;92;DZ;22.02.2024;22.02.2024;20,00-;92;
C3;5;RV;05.01.2024;04.02.2024;70,00;93;
C3;93;DZ;03.02.2024;03.02.2024;70,00-;93;
C3;6;RV;05.03.2024;04.04.2024;10,00;;
C3;94;DZ;15.03.2024;15.03.2024;4,00-;;6
"""
BOOKS = """Partner,Number,Date,Due Date,Debit,Credit,Matching,Type
C1,I1,2024-01-13,2024-02-12,100.00,,A1,Invoice
C1,P1,2024-02-10,,,100.00,A1,Payment
C2,I2,2024-01-13,2024-02-12,80.00,,A2,Invoice
C2,P2,2024-02-20,,,80.00,A2,Payment
C3,I3,2024-01-13,2024-02-12,70.00,,A3,Invoice
C3,P3,2024-02-21,,,70.00,A3,Payment
C3,P4,2024-02-22,,,5.00,,Payment
"""


def imported(text: str, folder: Path) -> dict[str, pd.DataFrame]:
    (folder / "list.csv").write_text(text, "utf-8")
    draft_mapping(str(folder / "list.csv"), folder / "mapping.yaml")
    done = import_ledger(folder / "mapping.yaml", folder / "list.csv", folder / "ledger")
    assert done.refused.empty
    assert not [note for note in done.notes if "were left out" in note]
    return {path.stem: pd.read_parquet(path) for path in (folder / "ledger").glob("*.parquet")}


def cells(frame: pd.DataFrame, *columns: str) -> list[tuple[str, ...]]:
    return sorted(tuple(map(str, row)) for row in frame[list(columns)].fillna("").to_numpy())


def test_a_clearing_document_gives_each_payment_the_invoices_that_it_covers(tmp_path: Path) -> None:
    tables = imported(SAP, tmp_path)
    assert cells(tables["payments"], "invoice_id", "paid_on", "amount") == [
        ("1", "2024-02-10", "70.00"),
        ("2", "2024-02-10", "50.00"),
        ("4", "2024-01-20", "60.00"),
        ("4", "2024-02-22", "20.00"),
        ("5", "2024-02-03", "70.00"),
        ("6", "2024-03-15", "4.00"),
    ]
    assert cells(tables["adjustments"], "invoice_id", "posted_on", "amount") == [
        ("1", "2024-01-07", "30.00"),
        ("3", "2024-01-07", "-30.00"),
    ]
    assert not tables["payments"]["payment_id"].duplicated().any()


def test_a_matching_number_of_debits_and_credits(tmp_path: Path) -> None:
    tables = imported(BOOKS, tmp_path)
    assert cells(tables["payments"], "payment_id", "invoice_id", "customer_id", "amount") == [
        ("P1/I1", "I1", "C1", "100.00"),
        ("P2/I2", "I2", "C2", "80.00"),
        ("P3/I3", "I3", "C3", "70.00"),
        ("P4", "", "C3", "5.00"),
    ]


def test_rows_that_do_not_add_up_are_not_taken_for_settled_together(tmp_path: Path) -> None:
    text = BOOKS.replace("100.00,A1", "90.00,A1").replace(",,80.00,A2", ",,70.00,A2")
    assert cells(imported(text, tmp_path)["payments"], "invoice_id") == [("",)] * 4


@pytest.mark.parametrize("text", [SAP, SAP.replace("120,00-", "125,00-"), SAP.replace("60,00-;92", "60,00;92")])
def test_whatever_is_matched_each_customer_owes_what_the_rows_add_up_to(text: str, tmp_path: Path) -> None:
    imported(SAP, tmp_path)
    (tmp_path / "list.csv").write_text(text, "utf-8")  # the mapping stays, and the list goes on
    import_ledger(tmp_path / "mapping.yaml", tmp_path / "list.csv", tmp_path / "ledger")
    owing = open_by_customer({path.stem: (path,) for path in (tmp_path / "ledger").glob("*.parquet")})
    wanted: dict[str, float] = {}
    for line in text.splitlines()[1:]:
        customer, *_, amount, _, _ = line.split(";")
        cents = int(amount.rstrip("-").replace(",", "")) * (-1 if amount.endswith("-") else 1)
        wanted[customer] = wanted.get(customer, 0) + cents
    assert {row.customer_id: int(row.open_amount * 100) for row in owing.itertuples()} == wanted
