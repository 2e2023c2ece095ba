"""What a night refuses and repairs is what it knew that day: whether anything comes later changes no listing."""

from pathlib import Path

import pandas as pd

from configs.settings import load_settings
from ledger.partitioned.load import load_ledger

NIGHT = pd.Timestamp("2024-03-01")
LATER = "2024-03-01"  # the night does not see its own day
FILES = {
    "invoices": "invoice_id,customer_id,issued_on,due_on,amount,known_on\ni1,c1,2024-01-05,2024-02-04,10,",
    "payments": "payment_id,invoice_id,customer_id,paid_on,amount\np1,i1,c1,2024-02-01,4\np2,i9,c1,2024-02-01,3",
    "adjustments": "adjustment_id,invoice_id,kind,posted_on,amount\na1,i9,discount,2024-02-01,1",
    "disputes": "dispute_id,invoice_id,opened_on\nd1,i9,2024-02-01",
    "holds": "hold_id,invoice_id,from_on\nh1,i9,2024-02-01",
    "instalments": "invoice_id,due_on,amount,known_on\ni9,2024-04-01,1,2024-02-01",
    "promises": "promise_id,customer_id,invoice_id,made_on,promised_on,amount\nr1,c1,i9,2024-02-01,2024-03-09,1",
    "contacts": "contact_id,customer_id,invoice_id,contacted_on,channel\nk1,c1,i9,2024-02-01,call",
}


def listed(folder: Path, **more: str) -> dict[str, str]:
    """The files of the quarantine by name; `more` are further lines of a table."""
    ledger = folder / "ledger"
    ledger.mkdir(parents=True)
    for name, text in FILES.items():
        (ledger / f"{name}.csv").write_text(f"{text}\n{more.get(name, '')}\n", "utf-8")
    settings = load_settings(("ledger.max_quarantined_share=1",))
    load_ledger(str(ledger), NIGHT, settings, quarantine=folder / "quarantine")
    found = sorted((folder / "quarantine").rglob("*.csv"))
    return {str(path.relative_to(folder / "quarantine")): path.read_text("utf-8-sig") for path in found}


def test_whether_the_invoice_that_a_row_names_too_early_ever_comes(tmp_path: Path) -> None:
    never = listed(tmp_path / "never")
    later = listed(tmp_path / "later", invoices=f"i9,c1,{LATER},2024-03-31,5,")
    assert later == never
    refused = {"adjustments.csv", "disputes.csv", "holds.csv", "instalments.csv"}
    assert set(never) == refused | {f"repaired/{name}.csv" for name in ("payments", "promises", "contacts")}


def test_whether_a_later_row_that_cannot_be_read_ever_comes(tmp_path: Path) -> None:
    without = listed(tmp_path / "without")
    later = {"invoices": "i2,c1,2024-02-01,2024-03-31,much,2024-03-01", "payments": f"p3,i2,c1,{LATER},many"}
    assert listed(tmp_path / "later", **later) == without


def test_a_row_without_a_day_that_can_be_used_is_listed(tmp_path: Path) -> None:
    found = listed(
        tmp_path, payments="p3,i1,c1,soon,3\np4,i1,c1,2204-02-01,3", invoices="i2,c1,2024-02-01,2024-03-31,x,"
    )
    assert [line.split(",")[1] for line in found["payments.csv"].splitlines()] == ['"record"', '"p3"', '"p4"']
    assert len(found["invoices.csv"].splitlines()) == 2
