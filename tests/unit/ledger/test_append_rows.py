"""Rows are added to a ledger in the form that each of its tables has; adding again changes nothing."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from ledger.errors import LedgerError
from ledger.importing import sole_writer as locked
from ledger.importing.append_rows import append_rows
from ledger.importing.sole_writer import sole_writer
from ledger.reading.read import read_rows
from ledger.sources.csv_and_parquet import RawRows
from ledger.tables import TABLES
from tests.support.judged_in_memory import read_ledger

INVOICES = "invoice_id,customer_id,issued_on,due_on,amount\nI1,C1,2024-01-01,2024-01-31,100\n"
PAYMENTS = "payment_id,customer_id,paid_on,amount\nP1,C1,2024-01-05,1\n"


def contacts(*ids: str, outcome: str = "reached") -> dict[str, pd.DataFrame]:
    raw = pd.DataFrame(
        {"contact_id": ids, "customer_id": "C1", "contacted_on": "2024-02-01", "channel": "call", "outcome": outcome}
    )
    return {"contacts": read_rows(TABLES["contacts"], "test", RawRows(raw)).rows}


@pytest.fixture(params=["absent", "csv", "parquet", "parts"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A ledger whose contacts have each form once; where they are, there is one already, with a column of its own."""
    (tmp_path / "invoices.csv").write_text(INVOICES)
    (tmp_path / "payments.csv").write_text(PAYMENTS)
    there = pd.DataFrame(
        {
            "contact_id": ["K0"],
            "customer_id": ["C1"],
            "contacted_on": ["2024-01-31"],
            "channel": ["sms"],
            "mood": ["fair"],
        }
    )
    if request.param == "csv":
        (tmp_path / "contacts.csv").write_text(there.to_csv(index=False) + "a line of another kind\n")
    if request.param == "parquet":
        there.to_parquet(tmp_path / "contacts.parquet", index=False)
    if request.param == "parts":
        (tmp_path / "contacts").mkdir()
        there.to_parquet(tmp_path / "contacts" / "0.parquet", index=False)
    return tmp_path


def held(ledger: Path) -> list[tuple[str, str]]:
    rows = read_ledger(ledger).tables["contacts"]
    return sorted(
        zip(rows["contact_id"], rows["outcome"].astype(object).where(rows["outcome"].notna(), "none"), strict=True)
    )


def test_added_rows_are_read_with_those_that_were_there(ledger: Path) -> None:
    before = held(ledger)
    append_rows(contacts("K1", "K2"), ledger)
    assert held(ledger) == sorted([*before, ("K1", "reached"), ("K2", "reached")])


def test_adding_again_changes_nothing_and_a_correction_replaces(ledger: Path) -> None:
    append_rows(contacts("K1", "K2"), ledger)
    files = {path: path.read_bytes() for path in ledger.rglob("*") if path.is_file()}
    append_rows(contacts("K1", "K2"), ledger)
    assert {path: path.read_bytes() for path in ledger.rglob("*") if path.is_file()} == files
    append_rows(contacts("K2", outcome="refused"), ledger)
    assert dict(held(ledger))["K2"] == "refused" and dict(held(ledger))["K1"] == "reached"


def test_rows_that_the_added_ones_are_instead_of_go_and_others_with_a_like_key_stay(ledger: Path) -> None:
    before = held(ledger)
    append_rows(contacts("K1-2", "K1-2-a", "K1-20", "K1-20-a", "X"), ledger)
    append_rows({"contacts": contacts("K1")["contacts"].head(0)}, ledger, instead_of=["K1-2", "K0-1"])
    kept = [("K1-20", "reached"), ("K1-20-a", "reached"), ("X", "reached")]
    assert held(ledger) == sorted([*before, *kept])


def test_what_was_there_stays_as_it_was(ledger: Path) -> None:
    append_rows(contacts("K1"), ledger)
    if (ledger / "contacts.csv").exists():
        lines = (ledger / "contacts.csv").read_text().splitlines()
        assert lines[1].startswith("K0,C1,2024-01-31,sms,fair") and lines[2] == "a line of another kind"
    if (ledger / "contacts.parquet").exists() and "mood" in pd.read_parquet(ledger / "contacts.parquet"):
        assert pd.read_parquet(ledger / "contacts.parquet")["mood"][0] == "fair"
    assert not list(ledger.rglob(".*"))


def test_no_rows_write_no_file(tmp_path: Path) -> None:
    append_rows({"contacts": contacts("K1")["contacts"].head(0)}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_and_a_table_without_its_key_are_errors(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no such folder"):
        append_rows(contacts("K1"), tmp_path / "absent")
    (tmp_path / "contacts.csv").write_text("customer_id\nC1\n")
    with pytest.raises(LedgerError, match="the column contact_id is missing"):
        append_rows(contacts("K1"), tmp_path)


def test_what_is_added_side_by_side_is_all_there(ledger: Path) -> None:
    before, added = held(ledger), [f"K{number}" for number in range(1, 21)]
    with ThreadPoolExecutor(4) as writers:
        list(writers.map(lambda one: append_rows(contacts(one), ledger), added))
    assert held(ledger) == sorted([*before, *((one, "reached") for one in added)])


def test_a_ledger_that_another_holds_for_long_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locked, "LONGEST_WAIT_SECONDS", 0.1)
    with sole_writer(tmp_path), pytest.raises(LedgerError, match=f"process {os.getpid()} on .* has been writing"):
        append_rows(contacts("K1"), tmp_path)
    append_rows(contacts("K1"), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["contacts.parquet"]


def test_a_hold_leaves_no_folder_that_it_made_and_nothing_was_written_to(tmp_path: Path) -> None:
    with sole_writer(tmp_path / "ledger"):
        pass
    assert list(tmp_path.iterdir()) == []
