"""What is easily read wrongly in the tables of Business Central, Dynamics 365 Finance and NetSuite."""

from pathlib import Path

import pytest

from tests.support.erp.export_from_text import imported, on_account, open_on

pytestmark = pytest.mark.slow

ENTRY = "Entry No.,Customer No.,Posting Date,Document Type,Document No.,Due Date,Currency Code,SystemCreatedAt\n"
DETAIL = (
    "Entry No.,Cust. Ledger Entry No.,Entry Type,Posting Date,Amount,Amount (LCY),Transaction No.,"
    "Applied Cust. Ledger Entry No.,SystemCreatedAt\n"
)
CENTRAL = {
    "cust_ledger_entry": ENTRY
    + "1,C1,2024-01-10,Invoice,INV1,2024-02-09,,2024-01-10 08:00:00\n"
    + "2,C1,2024-02-01,Payment,PAY1,2024-02-01,,2024-02-02 08:00:00",
    "customer": "No.,Name\nC1,Ada",
    "general_ledger_setup": "LCY Code\nEUR",
}
INITIAL = (
    "1,1,Initial Entry,2024-01-10,100,100,1,0,2024-01-10 08:00:00\n"
    "2,2,Initial Entry,2024-02-01,-100,-100,2,0,2024-02-02 08:00:00\n"
)


def test_business_central_keeps_an_application_that_was_undone_on_its_days(tmp_path: Path) -> None:
    details = INITIAL + (
        "3,1,Application,2024-02-01,-100,-100,2,2,2024-02-02 08:00:00\n"
        "4,2,Application,2024-02-01,100,100,2,2,2024-02-02 08:00:00\n"
        "5,1,Application,2024-02-01,100,100,3,2,2024-03-05 08:00:00\n"
        "6,2,Application,2024-02-01,-100,-100,3,2,2024-03-05 08:00:00\n"
    )
    tables = imported("business_central", tmp_path, **CENTRAL, detailed_cust_ledg_entry=DETAIL + details)
    assert open_on(tables, "2024-02-02") == {"INV1#1": 100}
    assert open_on(tables, "2024-03-05") == {}
    assert (open_on(tables, "2024-03-06"), on_account(tables, "2024-03-06")) == ({"INV1#1": 100}, 100)


def test_business_central_has_types_by_number_and_a_payment_discount_in_the_details(tmp_path: Path) -> None:
    details = INITIAL.replace("-100,-100", "-98,-98") + (
        "3,1,2,2024-02-01,-98,-98,2,2,2024-02-02 08:00:00\n"
        "4,2,2,2024-02-01,98,98,2,2,2024-02-02 08:00:00\n"
        "5,1,7,2024-02-01,-2,-2,2,2,2024-02-02 08:00:00\n"
        "6,1,6,2024-02-01,0,5,2,2,2024-02-02 08:00:00\n"
    )
    entries = CENTRAL["cust_ledger_entry"].replace("Invoice", "2").replace("Payment", "1")
    details = DETAIL + details.replace("Initial Entry", "1")
    exported = {**CENTRAL, "cust_ledger_entry": entries, "detailed_cust_ledg_entry": details}
    tables = imported("business_central", tmp_path, **exported)
    assert open_on(tables, "2024-02-03") == {}
    assert tables["adjustments"][["kind", "amount"]].to_numpy().tolist() == [["discount", 200]]
    assert tables["payments"]["amount"].tolist() == [9800]


FINANCE = {
    "custtrans": "recid,accountnum,voucher,invoice,transtype,transdate,duedate,amountcur,currencycode,createddatetime\n"
    "1,C1,V1,INV1,Sales,2024-01-10,2024-02-09,100,EUR,2024-01-10 08:00:00\n"
    "2,C1,V2,,Payment,2024-02-01,2024-02-01,-100,EUR,2024-02-02 08:00:00",
    "custtable": "accountnum,name\nC1,Ada",
}
SETTLED = "recid,transrecid,offsetrecid,transdate,settleamountcur,createddatetime\n"


def test_dynamics_finance_keeps_a_settlement_that_was_reversed_on_its_days(tmp_path: Path) -> None:
    rows = (
        "1,1,2,2024-02-01,60,2024-02-02 08:00:00\n2,2,1,2024-02-01,-60,2024-02-02 08:00:00\n"
        "3,1,2,2024-03-01,-60,2024-03-05 08:00:00\n4,2,1,2024-03-01,60,2024-03-05 08:00:00\n"
    )
    tables = imported("dynamics_finance", tmp_path, **FINANCE, custsettlement=SETTLED + rows)
    assert (open_on(tables, "2024-02-03"), on_account(tables, "2024-02-03")) == ({"INV1#1": 40}, 40)
    assert (open_on(tables, "2024-03-06"), on_account(tables, "2024-03-06")) == ({"INV1#1": 100}, 100)


def test_dynamics_finance_has_a_write_off_as_a_transaction_of_its_own(tmp_path: Path) -> None:
    trans = FINANCE["custtrans"].replace(",Payment,", ",Customer,").replace("V2,,", "V2,,")
    rows = "1,1,2,2024-02-01,100,2024-02-02 08:00:00\n2,2,1,2024-02-01,-100,2024-02-02 08:00:00\n"
    tables = imported("dynamics_finance", tmp_path, **{**FINANCE, "custtrans": trans}, custsettlement=SETTLED + rows)
    assert open_on(tables, "2024-02-03") == {}
    assert tables["adjustments"]["kind"].tolist() == ["write_off"]
    assert tables["payments"].empty


TRANSACTION = "id,type,tranid,entity,trandate,duedate,foreigntotal,currency,createddate,posting,voided\n"
NETSUITE = {
    "customer": "id,altname\n7,Ada",
    "currency": "id,symbol\n1,EUR",
    "account": "id,accttype,name\n1,AcctRec,AR\n2,Bank,Bank\n3,Expense,Bad debts",
}
BILLED = "1,CustInvc,INV1,7,2024-01-10,2024-02-09,100,1,2024-01-10 08:00:00,T,F\n"


def test_netsuite_leaves_voided_unposted_and_other_transactions_out_and_takes_signs_from_types(tmp_path: Path) -> None:
    others = (
        "2,CustInvc,INV2,7,2024-01-10,2024-02-09,100,1,2024-01-10 08:00:00,T,T\n"
        "3,CustInvc,INV3,7,2024-01-10,2024-02-09,100,1,2024-01-10 08:00:00,F,F\n"
        "4,SalesOrd,SO4,7,2024-01-10,2024-02-09,100,1,2024-01-10 08:00:00,F,F\n"
        "5,CustPymt,P5,7,2024-02-01,,60,1,2024-02-02 08:00:00,T,F\n"
        "6,CustCred,CM6,7,2024-02-01,,40,1,2024-02-02 08:00:00,T,F\n"
    )
    links = "previousdoc,nextdoc,linktype,foreignamount\n1,5,Payment,60\n1,6,Payment,40\n4,1,OrdBill,100"
    exported = {**NETSUITE, "transaction": TRANSACTION + BILLED + others, "nexttransactionlinelink": links}
    tables = imported("netsuite", tmp_path, **exported)
    assert open_on(tables, "2024-02-01") == {"INV1#1": 100}
    assert open_on(tables, "2024-02-03") == {}


def test_netsuite_has_losses_in_journals_and_totals_in_lines(tmp_path: Path) -> None:
    journal = "8,Journal,J8,,2024-03-01,,,1,2024-03-02 08:00:00,T,F\n"
    exported = {
        **NETSUITE,
        "transaction": TRANSACTION + BILLED.replace(",100,", ",,") + journal,
        "nexttransactionlinelink": "previousdoc,nextdoc,linktype,foreignamount\n1,8,Payment,30",
        "transactionline": "transaction,id,entity,foreignamount\n1,0,7,100\n1,1,7,-100\n8,0,7,-30\n8,1,,30",
        "transactionaccountingline": "transaction,transactionline,account\n1,0,1\n8,0,1\n8,1,3",
    }
    tables = imported("netsuite", tmp_path, **exported)
    assert open_on(tables, "2024-03-03") == {"INV1#1": 70}
    assert tables["adjustments"]["kind"].tolist() == ["write_off"]
