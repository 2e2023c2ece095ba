"""What is easily read wrongly in ERPNext's tables."""

from pathlib import Path

import pytest

from ledger.frames import Tables
from tests.support.erp.export_from_text import imported, on_account, open_on

SETTINGS = {
    "tabAccount": "name,root_type,account_type\nBank,Asset,Bank\nDebtors,Asset,Receivable\nBad debts,Expense,\n"
    "Exchange,Expense,\nDiscounts,Income,",
    "tabCompany": "name,default_currency,exchange_gain_loss_account\nSeller,EUR,Exchange",
    "tabCustomer": "name,customer_name\nADA,Ada Ltd",
}
pytestmark = pytest.mark.slow

ENTRY = (
    "name,creation,posting_date,due_date,account_type,party_type,party,voucher_type,voucher_no,against_voucher_type,"
    "against_voucher_no,amount_in_account_currency,account_currency\n"
)
INVOICE_1 = ("Sales Invoice", "INV-1")
PAYMENT = ("Payment Entry", "PAY-1")


def entries(*rows: tuple[str, tuple[str, str], tuple[str, str], float]) -> str:
    """Rows of the payment ledger: day of entry, voucher, against which document, amount.

    The invoice is of January 10th, the payment of February 1st, all else of the first day on which it was entered."""
    first = {INVOICE_1: "2024-01-10", PAYMENT: "2024-02-01"}
    for day, voucher, _, _ in rows:
        first.setdefault(voucher, day)
    return ENTRY + "".join(
        f"{place},{day} 09:00:00,{first[voucher]},2024-02-09,Receivable,Customer,ADA,{voucher[0]},{voucher[1]},"
        f"{against[0]},{against[1]},{amount},EUR\n"
        for place, (day, voucher, against, amount) in enumerate(rows)
    )


@pytest.fixture
def erpnext(tmp_path: Path):
    def read(*rows: tuple[str, tuple[str, str], tuple[str, str], float], **tables: str) -> Tables:
        standard = {
            "tabSales Invoice": "name,creation,posting_date,due_date,currency,party_account_currency\n"
            "INV-1,2024-01-10 09:00:00,2024-01-10,2024-02-09,EUR,EUR",
            "tabPayment Entry": "name,creation,mode_of_payment,company\nPAY-1,2024-02-01 09:00:00,Wire,Seller",
        }
        ledger = {"tabPayment Ledger Entry": entries(*rows)}
        return imported("erpnext", tmp_path, **SETTINGS, **{**standard, **tables}, **ledger)

    return read


BILLED = ("2024-01-10", INVOICE_1, INVOICE_1, 100)


def journal(name: str, kind: str, account: str, created: str = "2024-02-01") -> dict[str, str]:
    return {
        "tabJournal Entry": f"name,creation,voucher_type\n{name},{created} 09:00:00,{kind}",
        "tabJournal Entry Account": f"parent,account\n{name},Debtors\n{name},{account}",
    }


def test_a_cancelled_payment_counted_until_it_was_cancelled(erpnext) -> None:
    """Both rows are marked as delinked then: read without them, it would never have come."""
    tables = erpnext(BILLED, ("2024-02-01", PAYMENT, INVOICE_1, -100), ("2024-02-20", PAYMENT, INVOICE_1, 100))
    assert open_on(tables, "2024-02-20") == {}
    assert open_on(tables, "2024-02-21") == {"INV-1": 100} and on_account(tables, "2024-02-21") == 0


def test_a_cancelled_invoice_was_owed_until_it_was_cancelled(erpnext) -> None:
    tables = erpnext(BILLED, ("2024-02-20", INVOICE_1, INVOICE_1, -100))
    assert open_on(tables, "2024-02-20") == {"INV-1": 100} and open_on(tables, "2024-02-21") == {}
    assert tables["adjustments"]["kind"].tolist() == ["cancellation"]


def test_a_return_against_an_invoice_lowers_it(erpnext) -> None:
    tables = erpnext(BILLED, ("2024-02-01", ("Sales Invoice", "RET-1"), INVOICE_1, -30))
    assert open_on(tables, "2024-03-01") == {"INV-1": 70}
    assert sorted(tables["invoices"]["amount"]) == [-3_000, 10_000]


def test_a_return_of_its_own_is_credit_until_a_journal_entry_sets_it_against_the_invoice(erpnext) -> None:
    note, clearing = ("Sales Invoice", "RET-1"), ("Journal Entry", "JE-1")
    tables = erpnext(
        BILLED,
        ("2024-02-01", note, note, -30),
        ("2024-02-20", clearing, note, 30),
        ("2024-02-20", clearing, INVOICE_1, -30),
        **journal("JE-1", "Credit Note", "Debtors", "2024-02-20"),
    )
    assert open_on(tables, "2024-02-20") == {"INV-1": 100, "RET-1": -30}
    assert open_on(tables, "2024-02-21") == {"INV-1": 70}


def test_a_journal_entry_against_a_cost_is_a_loss(erpnext) -> None:
    rows = (BILLED, ("2024-02-01", ("Journal Entry", "JE-1"), INVOICE_1, -100))
    tables = erpnext(*rows, **journal("JE-1", "Write Off Entry", "Bad debts"))
    assert tables["adjustments"][["kind", "amount"]].values.tolist() == [["write_off", 10_000]]
    assert tables["payments"].empty and open_on(tables, "2024-03-01") == {}


def test_a_journal_entry_with_the_bank_is_money(erpnext) -> None:
    rows = (BILLED, ("2024-02-01", ("Journal Entry", "JE-1"), INVOICE_1, -100))
    tables = erpnext(*rows, **journal("JE-1", "Bank Entry", "Bank"))
    assert tables["payments"][["invoice_id", "amount"]].values.tolist() == [["INV-1", 10_000]]


def test_an_exchange_difference_has_no_amount_on_the_account(erpnext) -> None:
    rows = (BILLED, ("2024-02-01", ("Journal Entry", "JE-1"), INVOICE_1, 0))
    tables = erpnext(*rows, **journal("JE-1", "Exchange Gain Or Loss", "Exchange"))
    assert tables["adjustments"].empty and open_on(tables, "2024-03-01") == {"INV-1": 100}


def test_a_payment_whose_rows_were_written_anew_is_known_since_its_document(erpnext) -> None:
    """Reconciling deletes a payment's rows and writes them again: it came on February 1st, for all they say."""
    tables = erpnext(BILLED, ("2024-02-20", PAYMENT, INVOICE_1, -100))
    assert open_on(tables, "2024-02-10") == {"INV-1": 100} and on_account(tables, "2024-02-10") == 100
    assert open_on(tables, "2024-02-21") == {} and on_account(tables, "2024-02-21") == 0


@pytest.mark.parametrize(
    ("account", "kind"), [("Discounts", "discount"), ("Bad debts", "write_off"), ("Exchange", None)]
)
def test_the_deduction_of_a_payment_is_no_money(erpnext, account: str, kind: str | None) -> None:
    deduction = f"parent,account,amount\nPAY-1,{account},3"
    rows = (BILLED, ("2024-02-01", PAYMENT, INVOICE_1, -100))
    tables = erpnext(*rows, **{"tabPayment Entry Deduction": deduction})
    assert tables["payments"]["amount"].tolist() == [9_700 if kind else 10_000]
    assert tables["adjustments"]["kind"].tolist() == ([kind] if kind else [])
    assert open_on(tables, "2024-03-01") == {}


def test_the_payment_schedule_has_the_instalments(erpnext) -> None:
    parts = [f"INV-1,Sales Invoice,{part}" for part in ("2024-01-25,40", "2024-02-09,60")]
    schedule = "\n".join(["parent,parenttype,due_date,payment_amount", *parts])
    tables = erpnext(BILLED, ("2024-02-01", PAYMENT, INVOICE_1, -50), **{"tabPayment Schedule": schedule})
    assert open_on(tables, "2024-03-01") == {"INV-1 #2": 50}
