"""Every kind of bad input gets the answer that it should, and every row and cent of it is accounted for."""

import csv
import json
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pandas as pd
import pyarrow.parquet
import pytest

from configs.settings import load_settings
from ledger.as_of.reconcile import reconcile
from ledger.as_of.view import view_as_of
from ledger.errors import LedgerError
from ledger.partitioned.load import END_OF_TIME, Loaded, load_ledger
from tests.support.faults.bad_input_page import cases, table_of_cases
from tests.support.faults.bad_inputs import BadInput, Kept, Quarantined, Repaired, Stops, write
from tests.support.faults.odd_ledgers import MANY_INVOICES
from tests.support.repository import ROOT

SETTINGS = load_settings(("ledger.max_quarantined_share=0.05",))
NIGHT = pd.Timestamp("2024-01-08")

CASES = {case.name: case for case in cases()}
BY_NAME = pytest.mark.parametrize("name", CASES)


def came(folder: Path, table: str) -> list[dict[str, str]]:
    """A table's rows as they lie on the disk, by the standard library where they are text."""
    if (folder / f"{table}.csv").is_file():
        with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    paths = sorted((folder / table).glob("*.parquet"))
    return [row for path in paths for row in pyarrow.parquet.read_table(path).to_pylist()]


def total(amounts: list[object]) -> Decimal:
    """The sum of what can be read as whole cents; no one can say what the rest amounts to."""
    return sum((amount for amount in map(readable, amounts) if amount is not None), Decimal())


def readable(amount: object) -> Decimal | None:
    """To the cent, halves to the even one; None for what is not a plain number."""
    try:
        value = Decimal(str(amount))
        return value.quantize(Decimal("0.01")) if value.is_finite() else None
    except InvalidOperation:
        return None


def unaccounted(folder: Path, table: str, loaded: Loaded) -> tuple[int, Decimal]:
    """Rows and money of a table that came, and are neither used nor in quarantine."""
    rows = came(folder, table)
    refused = [json.loads(row) for row in loaded.refused.loc[loaded.refused["table"] == table, "row"]]
    used = loaded.counts.loc[table, "used"]
    used_money = Decimal(int(loaded.counts.loc[table, "used_cents"])) / 100
    fits = [row for row in rows if None not in row]
    money = total([row["amount"] for row in fits]) - total([row.get("amount") for row in refused]) - used_money
    return len(rows) - len(refused) - int(used), money


def test_there_are_at_least_sixty_kinds_and_no_name_comes_twice() -> None:
    assert len(list(cases())) == len(CASES) >= 60


@BY_NAME
def test_bad_input_gets_the_answer_that_it_should(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    folder = write(case, tmp_path / "ledger")
    if isinstance(case.expected, Stops):
        with pytest.raises(LedgerError) as caught:
            load_ledger(str(folder), END_OF_TIME, SETTINGS)
        assert case.expected.told in str(caught.value)
        return
    answered(case, folder)


@pytest.mark.slow
def test_a_customer_with_200_000_invoices(tmp_path: Path) -> None:
    answered(MANY_INVOICES, write(MANY_INVOICES, tmp_path / "ledger"))


def answered(case: BadInput, folder: Path) -> None:
    loaded = load_ledger(str(folder), END_OF_TIME, SETTINGS)
    refused = Counter(zip(loaded.refused["table"], loaded.refused["rule"], strict=True))
    repaired = Counter(zip(loaded.repaired["table"], loaded.repaired["rule"], strict=True))
    assert isinstance(case.expected, Repaired) or repaired == {}
    match case.expected:
        case Quarantined(table, rule, rows):
            assert refused == {(table, rule): rows}
            assert loaded.refused["advice"].str.len().min() > 10
        case Repaired(table, rule, cells):
            assert refused == {}
            assert repaired == {(table, rule): cells}
            assert loaded.repaired["advice"].str.len().min() > 10
        case Kept(expected_note):
            assert refused == {}
            assert any(expected_note in note for note in loaded.notes) or not expected_note, loaded.notes
    for table in ("invoices", "payments"):
        assert unaccounted(folder, table, loaded) == (0, 0), table
    reconcile(view_as_of(loaded.portfolio, NIGHT, loaded.reporting_currency))


def test_the_page_of_bad_input_tells_of_every_case() -> None:
    page = ROOT / "docs" / "bad-input.md"
    assert page.read_text("utf-8") == table_of_cases(), (
        "run python -m tests.support.faults.bad_input_page > docs/bad-input.md"
    )
