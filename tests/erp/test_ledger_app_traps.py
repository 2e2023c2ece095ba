"""What is easily read wrongly in what QuickBooks, Xero and Stripe export."""

import json
from pathlib import Path

import pytest

from ledger.importing.import_export import import_ledger
from ledger.importing.shipped_sources import mapping_file
from tests.support.erp.export_from_text import imported, on_account, open_on
from tests.support.judged_in_memory import read_ledger

pytestmark = pytest.mark.slow

INVOICE = (
    "id,doc_number,customer_id,transaction_date,due_date,total_amount,currency_id,created_at,_fivetran_deleted,"
    "_fivetran_synced\n"
)
PAYMENT = "id,customer_id,transaction_date,total_amount,created_at,_fivetran_deleted,_fivetran_synced\n"
FIVETRAN = {
    "invoice": INVOICE + "1,101,7,2024-01-10,2024-02-09,100,EUR,2024-01-11 08:00:00,false,2024-01-11 09:00:00",
    "payment": PAYMENT + "5,7,2024-02-01,100,2024-02-02 08:00:00,false,2024-02-02 09:00:00",
    "payment_line": "payment_id,amount,invoice_id,credit_memo_id\n5,60,1,",
    "customer": "id,display_name\n7,Ada",
}


def test_quickbooks_as_fivetran_lands_it_has_lines_in_a_table_of_their_own(tmp_path: Path) -> None:
    tables = imported("quickbooks", tmp_path, **FIVETRAN)
    assert open_on(tables, "2024-02-02") == {"101#1": 100}
    assert (open_on(tables, "2024-02-03"), on_account(tables, "2024-02-03")) == ({"101#1": 40}, 40)


def test_quickbooks_cancels_what_was_deleted_on_the_day_on_which_it_was_seen(tmp_path: Path) -> None:
    gone = {
        "invoice": FIVETRAN["invoice"].replace("false,2024-01-11", "true,2024-03-04"),
        "payment": FIVETRAN["payment"].replace("false,2024-02-02", "true,2024-03-04"),
    }
    tables = imported("quickbooks", tmp_path, **{**FIVETRAN, **gone})
    assert (open_on(tables, "2024-03-04"), on_account(tables, "2024-03-04")) == ({"101#1": 100}, 100)
    assert (open_on(tables, "2024-03-05"), on_account(tables, "2024-03-05")) == ({}, 0)


def test_quickbooks_leaves_out_what_was_voided_and_sets_credit_memos_against_invoices(tmp_path: Path) -> None:
    voided = "\n2,102,7,2024-01-10,2024-02-09,0,EUR,2024-01-11 08:00:00,false,2024-01-11 09:00:00"
    used = {
        "payment": PAYMENT + "5,7,2024-02-01,0,2024-02-02 08:00:00,false,2024-02-02 09:00:00",
        "payment_line": "payment_id,amount,invoice_id,credit_memo_id\n5,30,1,\n5,30,,9",
        "credit_memo": "id,doc_number,customer_id,transaction_date,total_amount,created_at\n"
        "9,C9,7,2024-01-20,30,2024-01-20 08:00:00",
    }
    tables = imported("quickbooks", tmp_path, **{**FIVETRAN, "invoice": FIVETRAN["invoice"] + voided, **used})
    assert open_on(tables, "2024-02-02") == {"101#1": 100, "C9#CM9": -30}
    assert open_on(tables, "2024-02-03") == {"101#1": 70}


def test_quickbooks_as_dlt_lands_it_has_links_in_tables_of_children(tmp_path: Path) -> None:
    tables = imported(
        "quickbooks", tmp_path,
        invoices="id,doc_number,customer_ref__value,txn_date,due_date,total_amt,meta_data__create_time\n"
        "1,101,7,2024-01-10,2024-02-09,100,2024-01-11T08:00:00Z",
        payments="id,customer_ref__value,txn_date,total_amt,_dlt_id\n5,7,2024-02-01,100,a",
        payments__line="_dlt_id,_dlt_parent_id,amount\nb,a,100",
        payments__line__linked_txn="_dlt_parent_id,txn_id,txn_type\nb,1,Invoice",
        customers="id,display_name\n7,Ada",
    )  # fmt: skip
    assert open_on(tables, "2024-02-01") == {"101#1": 100}
    assert open_on(tables, "2024-02-02") == {}


XERO = {
    "invoice": "invoice_id,invoice_number,type,status,contact_id,date,due_date,total,amount_paid,fully_paid_on_date,"
    "currency_code,updated_date_utc\n"
    "a,INV1,ACCREC,PAID,c,2024-01-10,2024-02-09,100,100,2024-02-20,EUR,2024-05-01 10:00:00\n"
    "b,INV2,ACCREC,VOIDED,c,2024-01-10,2024-02-09,50,0,,EUR,2024-03-01 10:00:00\n"
    "d,INV3,ACCREC,DRAFT,c,2024-01-10,2024-02-09,50,0,,EUR,2024-03-01 10:00:00\n"
    "e,B1,ACCPAY,AUTHORISED,c,2024-01-10,2024-02-09,50,0,,EUR,2024-03-01 10:00:00",
    "contact": "contact_id,name\nc,Ada",
}


def test_xero_without_payments_takes_the_day_on_which_an_invoice_was_settled(tmp_path: Path) -> None:
    tables = imported("xero", tmp_path, **XERO)
    assert open_on(tables, "2024-02-20") == {"INV1#a": 100, "INV2#b": 50}
    assert open_on(tables, "2024-02-21") == {"INV2#b": 50}
    assert open_on(tables, "2024-03-02") == {}


def test_xero_takes_a_removed_payment_back_on_the_day_on_which_it_was_removed(tmp_path: Path) -> None:
    payments = "payment_id,status,date,amount,invoice_id,updated_date_utc\n"
    payments += "p,DELETED,2024-02-01,100,a,2024-02-10 10:00:00"
    tables = imported("xero", tmp_path, **XERO, payment=payments)
    assert open_on(tables, "2024-02-05") == {"INV2#b": 50}
    assert open_on(tables, "2024-02-11") == {"INV1#a": 100, "INV2#b": 50}


def stripe(folder: Path, **objects: list[dict[str, object]]):
    """The ledger of some objects of the API; times are days of January 2024."""
    export = folder / "export"
    export.mkdir()
    for name, rows in objects.items():
        (export / f"{name}.json").write_text(json.dumps(rows), "utf-8")
    result = import_ledger(mapping_file("stripe"), export, folder / "ledger")
    assert result.refused.empty, result.refused.to_string()
    return read_ledger(folder / "ledger").tables


def on(day: int) -> int:
    """Noon of a day of January 2024, in seconds."""
    return 1_704_110_400 + (day - 1) * 86_400


def bill(status: str, paid: int = 0, **moments: int) -> dict[str, object]:
    transitions = {"finalized_at": on(2), **moments}
    return {
        "id": "in_1", "number": "A-1", "customer": "cus_1", "status": status, "total": 10_000, "amount_paid": paid,
        "currency": "eur", "created": on(1), "due_date": on(20), "status_transitions": transitions,
    }  # fmt: skip


CUSTOMERS: list[dict[str, object]] = [{"id": "cus_1", "name": "Ada"}]
CHARGE = {"id": "ch_1", "invoice": "in_1", "amount": 10_000, "status": "succeeded", "created": on(5)}


def test_stripe_counts_an_invoice_from_its_finalisation_in_cents(tmp_path: Path) -> None:
    tables = stripe(tmp_path, invoices=[bill("open")], customers=CUSTOMERS)
    assert tables["invoices"][["issued_on", "due_on", "amount"]].astype("str").to_numpy().tolist() == [
        ["2024-01-02", "2024-01-20", "10000"]
    ]


def test_a_refund_in_stripe_does_not_open_the_invoice_again(tmp_path: Path) -> None:
    back = [{"id": "re_1", "charge": "ch_1", "amount": 4_000, "status": "succeeded", "created": on(9)}]
    paid = [bill("paid", 10_000, paid_at=on(5))]
    tables = stripe(tmp_path, invoices=paid, customers=CUSTOMERS, charges=[CHARGE], refunds=back)
    assert open_on(tables, "2024-01-15") == {}
    assert tables["payments"]["amount"].sum() == 6_000


def test_a_chargeback_that_was_lost_in_stripe_opens_it(tmp_path: Path) -> None:
    lost = [{"id": "du_1", "charge": "ch_1", "amount": 10_000, "status": "lost", "created": on(9), "reason": "general"}]
    paid = [bill("paid", 10_000, paid_at=on(5))]
    tables = stripe(tmp_path, invoices=paid, customers=CUSTOMERS, charges=[CHARGE], disputes=lost)
    assert open_on(tables, "2024-01-09") == {}
    assert open_on(tables, "2024-01-10") == {"A-1#in_1": 100}


def test_what_was_paid_outside_of_stripe_was_paid_on_its_day(tmp_path: Path) -> None:
    tables = stripe(tmp_path, invoices=[bill("paid", 10_000, paid_at=on(7))], customers=CUSTOMERS)
    assert open_on(tables, "2024-01-07") == {"A-1#in_1": 100}
    assert open_on(tables, "2024-01-08") == {}


def test_an_invoice_that_stripe_gave_up_and_that_was_paid_after_all_is_no_loss(tmp_path: Path) -> None:
    invoice = bill("paid", 10_000, marked_uncollectible_at=on(4), paid_at=on(5))
    tables = stripe(tmp_path, invoices=[invoice], customers=CUSTOMERS, charges=[CHARGE])
    assert tables["adjustments"][["kind", "amount"]].sort_values("amount").to_numpy().tolist() == [
        ["write_off", -10_000],
        ["write_off", 10_000],
    ]
    assert open_on(tables, "2024-01-06") == {}


def test_a_void_invoice_in_stripe_is_cancelled_on_its_day(tmp_path: Path) -> None:
    tables = stripe(tmp_path, invoices=[bill("void", voided_at=on(6))], customers=CUSTOMERS)
    assert open_on(tables, "2024-01-06") == {"A-1#in_1": 100}
    assert open_on(tables, "2024-01-07") == {}


def test_yen_in_stripe_have_no_cents(tmp_path: Path) -> None:
    tables = stripe(tmp_path, invoices=[bill("open") | {"currency": "jpy"}], customers=CUSTOMERS)
    assert tables["invoices"]["amount"].tolist() == [1_000_000]
