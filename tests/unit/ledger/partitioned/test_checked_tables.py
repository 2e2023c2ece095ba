"""What a catalogue may know of a ledger's tables: rows and broken checks, counted as by hand, in whatever parts."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from configs.settings import load_settings
from ledger.partitioned.checked_tables import READABLE, CheckedTable, checked_tables
from ledger.partitioned.judge_partitions import accept, judge_rows
from ledger.partitioned.lay_out import lay_out
from ledger.partitioned.load import opened_ledger
from ledger.partitioned.runner import InThisProcess
from ledger.partitioned.scratch import LedgerScratch

CUSTOMERS = """customer_id,name,parent_id
c1,Ada,
c2,Bo,nobody
c3,Cy,
c4,Di,
"""
INVOICES = """invoice_id,customer_id,issued_on,due_on,amount
i1,c1,2024-01-05,2024-02-04,10
i2,c2,2024-01-05,,10
i3,c3,2024-01-05,soon,10
i4,c4,2024-01-05,2024-02-04,-10
i5,c1,2024-01-05,2024-02-04,10
i5,c2,2024-01-05,2024-02-04,20
i6,c3,2024-01-05,2024-02-04,30
i6,c3,2024-01-05,2024-02-04,40
i7,c4,2024-01-05,2024-02-04,10
later,c4,2024-07-05,2024-08-04,10
"""
PAYMENTS = """payment_id,invoice_id,customer_id,paid_on,amount
p1,i7,c4,2024-02-01,11
"""
BROKEN = {
    ("invoices", "there", "due_on", "missing", False): 1,
    ("invoices", READABLE, "due_on", "not a date", False): 1,
    ("invoices", "rule", "amount", "sign does not fit the kind", False): 1,
    ("invoices", "key", "invoice_id", "key not unique", False): 4,
    ("invoices", "rule", "amount", "reduced below zero", True): 1,
    ("customers", "rule", "parent_id", "unknown parent", True): 1,
}


def checked(folder: Path, partitions: int) -> dict[str, CheckedTable]:
    """The ledger above as it was known on 2024-06-01, in so many parts."""
    for name, text in (("customers", CUSTOMERS), ("invoices", INVOICES), ("payments", PAYMENTS)):
        (folder / f"{name}.csv").write_text(text)
    settings = load_settings(("ledger.max_quarantined_share=1",))
    with opened_ledger(LedgerScratch, str(folder), pd.Timestamp("2024-06-01"), settings) as scratch:
        scratch.request = replace(scratch.request, partitions=partitions)
        ledger = lay_out(scratch, InThisProcess())
        parts = [judge_rows(ledger, partition) for partition in range(partitions)]
        return checked_tables(ledger, parts, accept(ledger, parts, settings.ledger, None).counts["came"])


@pytest.mark.parametrize("partitions", [1, 4])
def test_each_check_says_how_many_rows_broke_it_in_whatever_parts(tmp_path: Path, partitions: int) -> None:
    found = checked(tmp_path, partitions)
    assert {name: table.rows for name, table in found.items()} == {"customers": 4, "invoices": 9, "payments": 1}
    broken = {
        (name, one.kind, one.column, one.rule, one.warns): one.broken
        for name, table in found.items()
        for one in table.rules
        if one.broken
    }
    assert broken == BROKEN
