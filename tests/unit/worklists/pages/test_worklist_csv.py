"""worklist.csv reads as a person writes, and is safe to open."""

import csv
from pathlib import Path

import pandas as pd
import pytest

from tests.support.nights.worklists import NIGHT, worklist
from worklists.pages.outcome_columns import OUTCOME_NAMES
from worklists.pages.worklist_csv import write_worklist
from worklists.score_db.tables import WORKLIST


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_csv_has_the_declared_columns_in_order_of_rank(tmp_path: Path) -> None:
    write_worklist(worklist()[sorted(WORKLIST.names)], tmp_path / "worklist.csv")
    rows = read(tmp_path / "worklist.csv")
    assert list(rows[0]) == [*WORKLIST.names, *OUTCOME_NAMES]
    assert all(row[name] == "" for row in rows for name in OUTCOME_NAMES)
    assert [(row["rank"], row["customer_id"]) for row in rows] == [("1", "C1"), ("2", "C2")]


def test_amounts_probabilities_and_dates_read_as_a_person_writes_them(tmp_path: Path) -> None:
    frame = worklist(open_amount=[5, 123450], last_contact_on=[pd.NaT, NIGHT], average_days_late=[None, 21.26])
    write_worklist(frame, tmp_path / "worklist.csv")
    first, second = read(tmp_path / "worklist.csv")
    assert (first["open_amount"], second["open_amount"]) == ("1234.50", "0.05")
    assert first["p_default"] == "0.3333"
    assert (first["as_of"], first["last_contact_on"], second["last_contact_on"]) == ("2024-03-01", "2024-03-01", "")
    assert (first["average_days_late"], second["average_days_late"]) == ("21.3", "")


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", " =1", "=1+1"])
def test_no_cell_can_become_a_formula(tmp_path: Path, name: str) -> None:
    texts = [column.name for column in WORKLIST.columns if column.kind == "text"]
    write_worklist(worklist(**dict.fromkeys(texts, name)), tmp_path / "worklist.csv")
    assert all(row[text] == f"'{name}" for row in read(tmp_path / "worklist.csv") for text in texts)


def test_an_empty_worklist_is_a_csv_with_a_heading(tmp_path: Path) -> None:
    write_worklist(worklist().head(0), tmp_path / "worklist.csv")
    assert (tmp_path / "worklist.csv").read_text("utf-8-sig").splitlines() == [
        ",".join(f'"{name}"' for name in [*WORKLIST.names, *OUTCOME_NAMES])
    ]


def test_a_mark_tells_spreadsheets_that_it_is_utf_8_unless_a_program_reads_it(tmp_path: Path) -> None:
    for mark in (True, False):
        write_worklist(worklist(), tmp_path / "worklist.csv", mark)
        assert (tmp_path / "worklist.csv").read_bytes().startswith(b"\xef\xbb\xbf") == mark
