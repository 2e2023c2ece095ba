"""What people saved into a night's folder stays when the night is run again."""

import csv
from pathlib import Path

import openpyxl
import pytest

from tests.support.nights.call_sheets import call_sheet_of
from tests.support.nights.worklists import NIGHT, handovers, worklist
from worklists.outcomes.filled_before import filled_before
from worklists.pages.night_folder import prepare_night, put_in_place, sole_run


def run(folder: Path, note: str = "report") -> Path:
    """A run of the night, as the flow does it."""
    with sole_run(folder, NIGHT):
        fresh = prepare_night(folder, NIGHT, worklist(), handovers(), call_sheet_of("C1", "C2"), note, {})
        return put_in_place(fresh, NIGHT, filled_before(fresh.with_name(f"as_of={NIGHT.date()}"), fresh))


def fill_csv(path: Path, outcome: str) -> bytes:
    head, *rows = csv.reader(path.read_text("utf-8-sig").splitlines())
    rows[0][head.index("outcome")] = outcome
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([head, *rows])
    return path.read_bytes()


def fill_workbook(path: Path) -> bytes:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    place = next(cell.column for cell in sheet[1] if cell.value == "Outcome" or cell.value == "outcome")
    sheet.cell(2, place, "reached")
    book.save(path)
    return path.read_bytes()


def names(night: Path) -> set[str]:
    return {path.name for path in night.iterdir()}


def test_a_night_that_no_one_touched_is_replaced_and_nothing_of_it_stays(tmp_path: Path) -> None:
    run(tmp_path)
    assert names(run(tmp_path, "again")) == {"worklist.csv", "worklist.xlsx", "handovers.csv", "report.html"}


def test_filled_in_worklists_stay_under_a_name_of_their_own_over_several_runs(tmp_path: Path) -> None:
    night = run(tmp_path)
    written = (night / "worklist.csv").read_bytes()
    first, book = fill_csv(night / "worklist.csv", "reached"), fill_workbook(night / "worklist.xlsx")
    night = run(tmp_path)
    assert (night / "worklist.csv").read_bytes() == written
    assert (night / "worklist-filled-1.csv").read_bytes() == first
    assert (night / "worklist-filled-1.xlsx").read_bytes() == book
    second = fill_csv(night / "worklist.csv", "paid")
    night = run(tmp_path)
    assert (night / "worklist-filled-1.csv").read_bytes() == first
    assert (night / "worklist-filled-2.csv").read_bytes() == second
    assert not (night / "worklist-filled-2.xlsx").exists()


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0 with a password", b"PK\x03\x04 cut off"])
def test_a_workbook_that_cannot_be_read_any_more_stays(tmp_path: Path, content: bytes) -> None:
    (run(tmp_path) / "worklist.xlsx").write_bytes(content)
    assert (run(tmp_path) / "worklist-filled-1.xlsx").read_bytes() == content


def test_copies_that_people_made_stay_and_what_a_program_put_beside_an_open_file_does_not(tmp_path: Path) -> None:
    night = run(tmp_path)
    for name in ("Ann.ods", "worklist (copy).csv", "~$worklist.xlsx", ".~lock.worklist.csv#"):
        (night / name).write_bytes(b"x")
    assert names(run(tmp_path)) - {"worklist.csv", "worklist.xlsx", "handovers.csv", "report.html"} == {
        "Ann.ods", "worklist (copy).csv",
    }  # fmt: skip
