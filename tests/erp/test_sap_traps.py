"""What is easily read wrongly in SAP's tables."""

from pathlib import Path

import pytest

from ledger.frames import Tables
from tests.support.erp.export_from_text import imported, on_account, open_on

pytestmark = pytest.mark.slow

ITEM = (
    "bukrs,kunnr,belnr,gjahr,buzei,bschl,umskz,shkzg,wrbtr,dmbtr,wskto,waers,zfbdt,zbd1t,zbd2t,zbd3t,"
    "rebzg,rebzj,rebzz,rebzt,augdt,augbl,auggj\n"
)
HEAD = "bukrs,belnr,gjahr,blart,bldat,budat,cpudt,waers,stblg,stjah,xreversal\n"
NAMES = "kunnr,name1,name2,land1\n0000000007,Ada,Ltd,DE"
BILLED = "1000,18,2024,RV,20240110,20240110,20240110,EUR,,,\n"
PAID = "1000,14,2024,DZ,20240201,20240201,20240203,EUR,,,\n"


@pytest.fixture
def sap(tmp_path: Path):
    def read(items: str, heads: str = BILLED + PAID, **more: str) -> Tables:
        return imported("sap", tmp_path, bsid=ITEM + items, bkpf=HEAD + heads, kna1=NAMES, **more)

    return read


def line(document: str, key: str, side: str, amount: str, *, terms: str = "20240110,0,0,30", refers: str = ",,,",
         cleared: str = ",,", place: str = "001", special: str = "", discount: str = "0") -> str:  # fmt: skip
    return (
        f"1000,0000000007,{document},2024,{place},{key},{special},{side},{amount},{amount},{discount},EUR,{terms},"
        f"{refers},{cleared}\n"
    )


BILL = "1000-18-2024-001"


@pytest.mark.parametrize(
    ("terms", "due"),
    [
        ("20240110,14,30,45", "2024-02-24"),
        ("20240110,14,30,0", "2024-02-09"),
        ("20240110,14,0,0", "2024-01-24"),
        ("00000000,0,0,0", "2024-01-10"),
    ],
)
def test_an_invoice_is_due_on_the_net_day_else_on_the_last_day_of_a_discount(sap, terms: str, due: str) -> None:
    tables = sap(line("18", "01", "S", "100.00", terms=terms))
    assert tables["invoices"]["due_on"].astype("str").tolist() == [due]


def test_a_credit_is_due_at_once_unless_it_names_an_invoice(sap) -> None:
    credits = line("19", "11", "H", "10.00") + line("20", "11", "H", "20.00", refers="18,2024,001,G")
    heads = BILLED + BILLED.replace(",18,", ",19,") + BILLED.replace(",18,", ",20,")
    tables = sap(line("18", "01", "S", "100.00") + credits, heads)
    due = tables["invoices"].set_index("invoice_id")["due_on"].astype("str").to_dict()
    assert due == {BILL: "2024-02-09", "1000-19-2024-001": "2024-01-10", "1000-20-2024-001": "2024-02-09"}


def test_special_general_ledger_and_noted_items_are_left_out(sap) -> None:
    tables = sap(line("18", "01", "S", "100.00") + line("18", "09", "S", "50.00", special="A", place="002"))
    assert open_on(tables, "2024-02-01") == {BILL: 100}


def test_an_item_that_is_open_in_one_table_and_cleared_in_the_other_is_cleared(sap) -> None:
    cleared = line("18", "01", "S", "100.00", cleared="20240201,14,2024")
    money = line("14", "15", "H", "100.00", cleared="20240201,14,2024")
    tables = sap(line("18", "01", "S", "100.00"), bsad=ITEM + cleared + money)
    assert open_on(tables, "2024-02-03") == {BILL: 100}  # it was entered on that day: the next night knows
    assert open_on(tables, "2024-02-04") == {}
    assert tables["payments"][["paid_on", "amount"]].astype("str").to_numpy().tolist() == [["2024-02-01", "10000"]]


def test_one_line_clears_several_invoices_and_its_discount_is_no_money(sap) -> None:
    done = "20240201,14,2024"
    items = line("18", "01", "S", "60.00", cleared=done) + line("18", "01", "S", "40.00", cleared=done, place="002")
    tables = sap(items + line("14", "15", "H", "100.00", cleared=done, discount="3.00"))
    assert open_on(tables, "2024-02-04") == {}
    assert tables["payments"]["amount"].sum() == 9700
    assert tables["adjustments"].groupby("kind")["amount"].sum().to_dict() == {"discount": 300}


def test_a_residual_item_is_the_rest_of_its_invoice(sap) -> None:
    done = "20240201,14,2024"
    items = line("18", "01", "S", "100.00", cleared=done) + line("14", "15", "H", "60.00", cleared=done)
    tables = sap(items + line("14", "06", "S", "40.00", refers="18,2024,001,V", place="002"))
    assert open_on(tables, "2024-02-03") == {BILL: 100}
    assert open_on(tables, "2024-02-04") == {BILL: 40}
    assert len(tables["invoices"]) == 1


def test_a_payment_in_part_is_of_its_invoice_before_anything_is_cleared(sap) -> None:
    tables = sap(line("18", "01", "S", "100.00") + line("14", "15", "H", "60.00", refers="18,2024,001,Z"))
    assert open_on(tables, "2024-02-04") == {BILL: 40}
    assert on_account(tables, "2024-02-04") == 0


def test_money_that_was_cleared_later_was_on_account_until_then(sap) -> None:
    done = "20240301,99,2024"
    clearing = "1000,99,2024,AB,20240301,20240301,20240302,EUR,,,\n"
    items = line("18", "01", "S", "100.00", cleared=done) + line("14", "15", "H", "100.00", cleared=done)
    tables = sap(items, BILLED + PAID + clearing)
    assert (open_on(tables, "2024-03-01"), on_account(tables, "2024-03-01")) == ({BILL: 100}, 100)
    assert (open_on(tables, "2024-03-03"), on_account(tables, "2024-03-03")) == ({}, 0)


def test_a_reversed_invoice_is_cancelled_on_the_day_of_its_reversal(sap) -> None:
    heads = BILLED.replace("EUR,,,", "EUR,21,2024,1") + "1000,21,2024,RV,20240115,20240115,20240115,EUR,18,2024,2\n"
    done = "20240115,21,2024"
    tables = sap(line("18", "01", "S", "100.00", cleared=done) + line("21", "12", "H", "100.00", cleared=done), heads)
    assert open_on(tables, "2024-01-15") == {BILL: 100}
    assert open_on(tables, "2024-01-16") == {}
    assert tables["adjustments"]["kind"].tolist() == ["cancellation"]
    assert len(tables["invoices"]) == 1


def test_bseg_with_its_heads_reads_like_the_two_tables(tmp_path: Path) -> None:
    done = "20240201,14,2024"
    lines = ITEM + line("18", "01", "S", "100.00", cleared=done) + line("14", "15", "H", "100.00", cleared=done)
    head, *rows = lines.strip().splitlines()
    bseg = "\n".join([f"{head},koart", *(f"{row},D" for row in rows), f"{rows[0].replace('0000000007', '')},S"])
    tables = imported("sap", tmp_path, bseg=bseg, bkpf=HEAD + BILLED + PAID, kna1=NAMES)
    assert tables["invoices"]["issued_on"].astype("str").tolist() == ["2024-01-10"]
    assert open_on(tables, "2024-02-04") == {}


def test_yen_are_kept_with_two_decimals_that_they_do_not_have(sap) -> None:
    yen = line("18", "01", "S", "10.00").replace("EUR", "JPY")
    tables = sap(yen, BILLED.replace("EUR", "JPY"), tcurx="currkey,currdec\nJPY,0")
    assert tables["invoices"]["amount"].tolist() == [100_000]
