"""A system's export written in a test's own text, imported through the shipped source."""

from pathlib import Path

import pandas as pd

from ledger.as_of.view import view_as_of
from ledger.frames import Tables
from ledger.importing.import_export import import_ledger
from ledger.importing.shipped_sources import mapping_file
from ledger.portfolio import number
from tests.support.judged_in_memory import read_ledger


def imported(system: str, folder: Path, **tables: str) -> Tables:
    """`tables` are CSV with blanks around the commas, by name; AssertionError where a row was refused."""
    export = folder / "export"
    export.mkdir()
    for name, text in tables.items():
        lines = [",".join(cell.strip() for cell in line.split(",")) for line in text.strip().splitlines()]
        (export / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    result = import_ledger(mapping_file(system), export, folder / "ledger")
    assert result.refused.empty and result.repaired.empty, result.refused.to_string()
    return read_ledger(folder / "ledger").tables


def open_on(tables: Tables, night: str, currency: str = "EUR") -> dict[str, float]:
    """What is open of each document on a night, in whole units of its currency; settled ones left out."""
    invoices = view_as_of(number(tables), pd.Timestamp(night), currency).invoices
    opened = invoices.set_index("invoice_id")["open_amount"] / 100
    return opened[opened != 0].to_dict()


def on_account(tables: Tables, night: str, currency: str = "EUR") -> float:
    """All customers' unapplied cash, in units of the reporting currency."""
    return float(view_as_of(number(tables), pd.Timestamp(night), currency).unapplied_cash.sum() / 100)
