"""Exports as real systems and people write them are imported right, or refused with a sentence; nothing else."""

from pathlib import Path

import pandas as pd
import pytest

from ledger.errors import LedgerError
from ledger.importing.import_export import Import, import_ledger
from tests.support.faults.sloppy.accounting_packages import ACCOUNTING_PACKAGES
from tests.support.faults.sloppy.broken_files import BROKEN_FILES
from tests.support.faults.sloppy.cases import Sloppy
from tests.support.faults.sloppy.erp_lists import ERP_LISTS
from tests.support.faults.sloppy.spreadsheets import SPREADSHEETS
from tests.support.faults.sloppy.wrong_cells import WRONG_CELLS
from tests.support.judged_in_memory import read_ledger

CASES = (*ACCOUNTING_PACKAGES, *ERP_LISTS, *SPREADSHEETS, *WRONG_CELLS, *BROKEN_FILES)
BY_CASE = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
COLUMNS = {
    "invoices": ["invoice_id", "customer_id", "issued_on", "due_on", "amount"],
    "payments": ["payment_id", "invoice_id", "customer_id", "paid_on", "amount"],
}


def imported(case: Sloppy, folder: Path) -> Import:
    export = folder / "export"
    export.mkdir()
    written = case.export if isinstance(case.export, bytes) else case.export.encode(case.encoding)
    (export / "items.csv").write_bytes(written)
    (export / "none.csv").write_text("id,customer,day,amount\n")
    for name, text in case.others.items():
        (export / name).write_text(text, "utf-8")
    (folder / "mapping.yaml").write_text(case.yaml, "utf-8")
    return import_ledger(folder / "mapping.yaml", export, folder / "ledger")


def rows(frame: pd.DataFrame, table: str) -> list[str]:
    """Each row as the cases write it, with its currency behind where it has one."""
    cells = pd.DataFrame(
        {
            name: frame[name].dt.strftime("%Y-%m-%d")
            if name.endswith("_on")
            else (frame[name].astype("float64") / 100).map("{:.2f}".format)
            if name == "amount"
            else frame[name].fillna("")
            for name in COLUMNS[table]
        }
    )
    texts = [",".join(row) for row in cells.to_numpy()]
    return [
        text if pd.isna(currency) else f"{text},{currency}"
        for text, currency in zip(texts, frame["currency"], strict=True)
    ]


def listed(frame: pd.DataFrame) -> list[str]:
    return [f"{row.table}.{row.column}: {row.rule}: {row.value}" for row in frame.itertuples()]


@BY_CASE
def test_a_sloppy_export_comes_in_right_or_is_refused_with_a_sentence(case: Sloppy, tmp_path: Path) -> None:
    if case.stops:
        with pytest.raises(LedgerError) as caught:
            imported(case, tmp_path)
        assert case.stops in str(caught.value)
        assert not (tmp_path / "ledger").exists()
        return
    done = imported(case, tmp_path)
    tables = read_ledger(tmp_path / "ledger").tables
    assert rows(tables["invoices"], "invoices") == list(case.invoices)
    assert rows(tables["payments"], "payments") == list(case.payments)
    assert [f"{row.on:%Y-%m-%d},{row.currency},{row.rate:.10g}" for row in tables["fx_rates"].itertuples()] == list(
        case.rates
    )
    assert listed(done.refused) == list(case.refused)
    assert listed(done.repaired) == list(case.repaired)
    assert all(done.refused["advice"].str.len() > 10)


def test_there_are_enough_cases_and_each_has_its_own_name() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 60
