"""What is easily read wrongly in Odoo's tables."""

from pathlib import Path

import pytest

from ledger.frames import Tables
from tests.support.erp.export_from_text import imported, on_account, open_on

pytestmark = pytest.mark.slow

# Accounts: 1 receivable, 2 bank, 3 income, 4 expense. Journals: 1 sales, 2 bank, 3 general. Currencies: 1 EUR, 2 USD.
SETTINGS = {
    "account_account": "id,account_type\n1,asset_receivable\n2,asset_cash\n3,income\n4,expense",
    "account_journal": "id,type\n1,sale\n2,bank\n3,general",
    "res_company": "id,currency_id\n1,1",
    "res_currency": "id,name\n1,EUR\n2,USD",
    "res_currency_rate": "name,currency_id,company_id,rate\n2024-01-01,2,1,1.25",
    "res_country": "id,code\n1,DE",
    "res_partner": "id,name,commercial_partner_id,parent_id,is_company,email,phone,country_id,function,lang\n"
    "7,Ada Ltd,7,,true,,,1,,",
}
MOVE = "id,name,state,move_type,date,invoice_date,journal_id,company_id,create_date\n"
LINE = "id,move_id,account_id,partner_id,date_maturity,balance,amount_currency,currency_id\n"
PARTIAL = (
    "id,debit_move_id,credit_move_id,amount,debit_amount_currency,credit_amount_currency,exchange_move_id,create_date\n"
)
INVOICE = "1,INV/1,posted,out_invoice,2024-01-10,2024-01-10,1,1,2024-01-10 09:00:00\n"
PAID = "2,PAY/1,posted,entry,2024-02-01,,2,1,2024-02-02 09:00:00\n"


@pytest.fixture
def odoo(tmp_path: Path):
    def read(moves: str, lines: str, partials: str = "") -> Tables:
        tables = {"account_move": MOVE + moves, "account_move_line": LINE + lines}
        return imported("odoo", tmp_path, **SETTINGS, **tables, account_partial_reconcile=PARTIAL + partials)

    return read


def test_drafts_and_cancelled_moves_are_left_out(odoo) -> None:
    others = INVOICE.replace("1,INV/1,posted", "2,INV/2,draft") + INVOICE.replace("1,INV/1,posted", "3,INV/3,cancel")
    lines = "".join(f"1{move},{move},1,7,2024-02-09,100,100,1\n" for move in (1, 2, 3))
    assert open_on(odoo(INVOICE + others, lines), "2024-02-01") == {"INV/1#11": 100}


def test_each_receivable_line_is_an_invoice_with_its_own_due_date(odoo) -> None:
    tables = odoo(INVOICE, "11,1,1,7,2024-02-09,60,60,1\n12,1,1,7,2024-03-09,40,40,1\n13,1,3,7,,-100,-100,1\n")
    assert tables["invoices"].set_index("invoice_id")["due_on"].astype("str").to_dict() == {
        "INV/1#11": "2024-02-09",
        "INV/1#12": "2024-03-09",
    }


def test_money_paid_back_for_a_credit_note_is_the_debit_of_the_pair(odoo) -> None:
    note = "1,RINV/1,posted,out_refund,2024-01-10,2024-01-10,1,1,2024-01-10 09:00:00\n"
    lines = "11,1,1,7,2024-01-10,-100,-100,1\n21,2,1,7,2024-02-01,100,100,1\n22,2,2,7,,-100,-100,1\n"
    tables = odoo(note + PAID, lines, "1,21,11,100,100,100,,2024-02-02 09:00:00\n")
    assert open_on(tables, "2024-02-01") == {"RINV/1#11": -100}
    assert open_on(tables, "2024-03-01") == {}
    assert tables["payments"][["invoice_id", "amount"]].values.tolist() == [["RINV/1#11", -10_000]]


def test_a_credit_note_takes_from_the_invoice_what_it_gives(odoo) -> None:
    note = "2,RINV/1,posted,out_refund,2024-01-20,2024-01-20,1,1,2024-01-20 09:00:00\n"
    lines = "11,1,1,7,2024-02-09,100,100,1\n21,2,1,7,2024-01-20,-30,-30,1\n"
    tables = odoo(INVOICE + note, lines, "1,11,21,30,30,30,,2024-01-25 09:00:00\n")
    assert open_on(tables, "2024-01-25") == {"INV/1#11": 100, "RINV/1#21": -30}
    assert open_on(tables, "2024-01-26") == {"INV/1#11": 70}


def test_an_exchange_difference_is_no_money(odoo) -> None:
    """An invoice of 125 dollars, 100 euros then and 110 when it was paid: Odoo books the 10 as receivable."""
    difference = "3,EXCH/1,posted,entry,2024-02-01,,3,1,2024-02-02 09:00:00\n"
    lines = "11,1,1,7,2024-02-09,100,125,2\n21,2,1,7,2024-02-01,-110,-125,2\n22,2,2,7,,110,125,2\n"
    lines += "31,3,1,7,2024-02-01,10,0,2\n32,3,3,7,,-10,0,2\n"
    pairs = "1,11,21,100,125,125,3,2024-02-02 09:00:00\n2,31,21,10,0,0,,2024-02-02 09:00:00\n"
    tables = odoo(INVOICE + PAID + difference, lines, pairs)
    assert tables["payments"][["amount", "currency"]].values.tolist() == [[12_500, "USD"]]
    assert tables["adjustments"].empty and open_on(tables, "2024-03-01") == {}


def test_what_a_payment_was_short_of_is_a_discount_where_its_entry_has_the_cost(odoo) -> None:
    lines = "11,1,1,7,2024-02-09,100,100,1\n21,2,1,7,2024-02-01,-100,-100,1\n22,2,2,7,,97,97,1\n23,2,4,7,,3,3,1\n"
    tables = odoo(INVOICE + PAID, lines, "1,11,21,100,100,100,,2024-02-02 09:00:00\n")
    assert tables["payments"]["amount"].tolist() == [9_700]
    assert tables["adjustments"][["kind", "amount"]].values.tolist() == [["discount", 300]]


def test_money_that_is_matched_later_was_on_account_until_then(odoo) -> None:
    lines = "11,1,1,7,2024-02-09,100,100,1\n21,2,1,7,2024-02-01,-100,-100,1\n22,2,2,7,,100,100,1\n"
    tables = odoo(INVOICE + PAID, lines, "1,11,21,100,100,100,,2024-02-20 09:00:00\n")
    assert open_on(tables, "2024-02-20") == {"INV/1#11": 100} and on_account(tables, "2024-02-20") == 100
    assert open_on(tables, "2024-02-21") == {} and on_account(tables, "2024-02-21") == 0


def test_money_whose_match_was_deleted_is_on_account(odoo) -> None:
    lines = "11,1,1,7,2024-02-09,100,100,1\n21,2,1,7,2024-02-01,-100,-100,1\n22,2,2,7,,100,100,1\n"
    tables = odoo(INVOICE + PAID, lines)
    assert open_on(tables, "2024-03-01") == {"INV/1#11": 100} and on_account(tables, "2024-03-01") == 100


def test_a_match_that_a_loader_keeps_as_deleted_is_none(tmp_path: Path) -> None:
    partial = PARTIAL.replace("create_date\n", "create_date,_fivetran_deleted\n")
    tables = imported(
        "odoo",
        tmp_path,
        **SETTINGS,
        account_move=MOVE + INVOICE + PAID,
        account_move_line=LINE
        + "11,1,1,7,2024-02-09,100,100,1\n21,2,1,7,2024-02-01,-100,-100,1\n22,2,2,7,,100,100,1\n",
        account_partial_reconcile=partial + "1,11,21,100,100,100,,2024-02-02 09:00:00,true\n",
    )
    assert open_on(tables, "2024-03-01") == {"INV/1#11": 100} and on_account(tables, "2024-03-01") == 100


def test_an_entry_against_a_cost_is_a_loss(odoo) -> None:
    entry = "2,MISC/1,posted,entry,2024-02-01,,3,1,2024-02-02 09:00:00\n"
    lines = "11,1,1,7,2024-02-09,100,100,1\n21,2,1,7,2024-02-01,-100,-100,1\n22,2,4,7,,100,100,1\n"
    tables = odoo(INVOICE + entry, lines, "1,11,21,100,100,100,,2024-02-02 09:00:00\n")
    assert tables["adjustments"][["kind", "amount"]].values.tolist() == [["write_off", 10_000]]
    assert tables["payments"].empty and open_on(tables, "2024-03-01") == {}
