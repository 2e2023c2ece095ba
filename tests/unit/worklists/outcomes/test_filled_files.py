"""A filled-in worklist is read whatever program saved it, and whatever was done to its layout."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from ledger.errors import LedgerError
from tests.support.nights.filled_worklists import COLUMNS, outcomes_in, plain
from worklists.outcomes import filled_files
from worklists.outcomes.filled_files import HEADS, plain_head, read_sheets
from worklists.pages.outcome_columns import OUTCOME_NAMES
from worklists.score_db.tables import WORKLIST

GERMAN = {
    "run_id": "a", "rank": "1", "outcome": "Zusage", "contacted_on": "04.03.2024", "minutes_spent": "7,5",
    "promised_on": "20.03.2024", "promised_amount": "1.234,50", "spoke_with": "Frau Müller",
    "note": 'zahlt nach Prüfung;\nsagt "sicher"',
}  # fmt: skip
SAID = [("2024-03-04", "2024-03-20", 123_450)]


def lines(row: dict[str, str], separator: str = ";", head: list[str] | None = None) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    names = head or COLUMNS
    writer.writerow(names)
    writer.writerow([row.get(name, "") for name in names])
    return text.getvalue()


@pytest.mark.parametrize(
    ("separator", "encoding", "before"),
    [
        (";", "cp1252", ""),  # "CSV (Trennzeichen-getrennt)" of a German Excel
        (";", "utf-8-sig", ""),  # "CSV UTF-8" of the same
        ("\t", "utf-16", ""),  # "Unicode-Text" of Excel
        ("\t", "utf-16-le", ""),
        (",", "utf-8", ""),  # LibreOffice
        (";", "cp1252", "sep=;\r\n"),
        ("|", "utf-8", ""),
    ],
)
def test_every_way_of_saving_text_says_the_same(tmp_path: Path, separator: str, encoding: str, before: str) -> None:
    path = tmp_path / "liste.csv"
    path.write_bytes((before + lines(GERMAN, separator)).encode(encoding))
    found = outcomes_in(path)
    assert plain(found.tables["promises"], "made_on", "promised_on", "amount") == SAID
    assert plain(found.tables["contacts"], "minutes", "spoke_with", "note") == [
        (7.5, "Frau Müller", 'zahlt nach Prüfung;\nsagt "sicher"')
    ]


def test_the_numbers_that_a_program_wrote_decide_what_a_group_of_three_is(tmp_path: Path) -> None:
    row = {**GERMAN, "promised_amount": "5.000", "minutes_spent": "", "open_amount": "6000,00"}
    for separator in (";", "\t"):
        (tmp_path / "a.csv").write_text(lines(row, separator, [*COLUMNS, "open_amount"]))
        assert plain(outcomes_in(tmp_path / "a.csv").tables["promises"], "amount") == [(500_000,)]
    (tmp_path / "a.csv").write_text(lines({**row, "open_amount": "6000.00"}, ",", [*COLUMNS, "open_amount"]))
    (refused,) = outcomes_in(tmp_path / "a.csv").refused
    assert "this can be 5 or 5000" in refused.why


def test_moved_added_and_dropped_columns_do_not_matter(tmp_path: Path) -> None:
    head = ["My own", "note", "outcome", "rank", "promised amount", "Promised On", "run_id", "contacted_on", ""]
    row = {"My own": "x", "outcome": "promise", "rank": "1", "run_id": "a", "contacted_on": "4.3.2024", "": ""}
    (tmp_path / "a.csv").write_text(
        lines({**row, "promised amount": "1234.50", "Promised On": "20.3."}, ",", head), "utf-8"
    )
    found = outcomes_in(tmp_path / "a.csv")
    assert plain(found.tables["promises"], "made_on", "promised_on", "amount") == SAID


def test_a_number_with_a_separator_that_is_not_quoted_is_refused_and_not_read_shifted(tmp_path: Path) -> None:
    text = "run_id,rank,outcome,minutes_spent,note\na,1,reached,7,5,ok\na,2,reached,7.5,ok\na,3\n"
    (tmp_path / "a.csv").write_text(text)
    found = outcomes_in(tmp_path / "a.csv")
    assert [refused.place.row for refused in found.refused] == [2] and "more cells" in found.refused[0].why
    assert plain(found.tables["contacts"], "contact_id") == [("a-2",)]


def workbook(tmp_path: Path, fill: Callable[[openpyxl.Workbook], None]) -> Path:
    book = openpyxl.Workbook()
    fill(book)
    book.save(tmp_path / "worklist.xlsx")
    return tmp_path / "worklist.xlsx"


def test_sheets_of_all_collectors_are_read_hidden_ones_too_and_others_left_alone(tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active.title = "Notes"
        book.active.append(["Please call before noon", None, "outcome"])
        ann = book.create_sheet("Ann")
        ann.append(["Team North, 1 March"])
        ann.append([])
        ann.append(COLUMNS)
        ann.append(["a", 1, None, "reached"])
        bob = book.create_sheet("Bob")
        bob.sheet_state = "hidden"
        bob.append(COLUMNS)
        bob.append(["a", 2.0, None, "what"])

    found = outcomes_in(workbook(tmp_path, fill))
    assert plain(found.tables["contacts"], "contact_id") == [("a-1",)] and found.places["a-1"].row == 4
    assert (found.refused[0].place.sheet, found.refused[0].place.row) == ("Bob", 2)


def test_cells_of_a_workbook_are_read_by_what_they_hold_whatever_their_format(tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        sheet = book.active
        sheet.append(
            ["run_id", "rank", "outcome", "contacted_on", "promised_on", "promised_amount", "minutes_spent", "note"]
        )
        sheet.append(["a", "1", "promise", datetime(2024, 3, 4, 9, 30), 45371, "1,234.50", "7.5", 4930123456])
        sheet.append(["a", 2, "reached", "4.3.", None, None, 5, None])
        sheet.append(["a", 3, "reached", None, None, None, "#N/A", None])
        sheet.append(["a", 4, "promise", None, 15.3, 10, True, None])

    found = outcomes_in(workbook(tmp_path, fill))
    assert plain(found.tables["promises"], "made_on", "promised_on", "amount") == SAID
    assert plain(found.tables["contacts"], "contacted_on", "minutes", "note") == [
        ("2024-03-04", 7.5, "4930123456"),
        ("2024-03-04", 5.0, None),
    ]
    assert [(one.place.row, one.column, one.value) for one in found.refused] == [
        (4, "minutes_spent", "#N/A"), (5, "minutes_spent", "True"), (5, "promised_on", "15.3"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("absent.csv", None, "there is no such file"),
        ("worklist.xlsx", b"not a workbook", "not a readable workbook"),
        ("worklist.xlsx", b"PK\x03\x04 cut off", "not a readable workbook"),
        ("worklist.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save it as .xlsx without one"),
        ("worklist.csv", b"run_id,rank\na,1\n", "the column 'outcome' is missing"),
        ("worklist.csv", b"rank,outcome,note,minutes_spent\n1,reached\n", "the column 'run_id' is missing"),
        ("worklist.csv", b"run_id,rank,outcome,Outcome\na,1,reached,paid\n", "the column 'outcome' is there more than"),
        ("worklist.csv", b'run_id,rank,outcome\na,1,reached\na,2,"open\n', "row 3 is not readable as CSV"),
        ("worklist.csv", b"", "the column 'run_id' is missing"),
        ("worklist.csv", b"run_id,rank,outcome\na,1,\x81\n", "neither UTF-8, UTF-16 nor of Windows"),
    ],
)
def test_a_file_that_is_no_worklist_is_an_error_that_says_why(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(LedgerError, match=said):
        read_sheets(tmp_path / name)


def test_a_workbook_without_the_columns_of_a_worklist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no sheet has the columns of a worklist"):
        read_sheets(workbook(tmp_path, lambda book: book.active.append(["a", "b"])))


def test_heads_far_below_a_title_and_heads_once_more_between_the_rows_are_heads(tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        for number in range(40):
            book.active.append([f"Note {number} to the team"])
        for rank in (1, 2):
            book.active.append(COLUMNS)
            book.active.append(["a", rank, None, "reached"])

    assert plain(outcomes_in(workbook(tmp_path, fill)).tables["contacts"], "contact_id") == [("a-1",), ("a-2",)]


def test_a_sheet_with_rows_of_a_worklist_and_no_heads_is_an_error_and_not_passed_over(tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        book.active.append(COLUMNS)
        book.active.append(["0123456789abcdef", 1, None, "reached"])
        book.create_sheet("Bob").append(["0123456789abcdef", 2, None, "reached"])

    with pytest.raises(LedgerError, match="sheet Bob: row 1 is of a worklist, but no row above it has the heads"):
        read_sheets(workbook(tmp_path, fill))


def test_a_workbook_that_unpacks_to_more_than_any_worklist_is_an_error_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filled_files, "MOST_BYTES", 100_000)
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("it was read"))
    with zipfile.ZipFile(tmp_path / "worklist.xlsx", "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", bytes(1_000_000))
    with pytest.raises(LedgerError, match="unpacked the workbook has 1,000,000 bytes, and at most 100,000 are read"):
        read_sheets(tmp_path / "worklist.xlsx")


def test_no_two_columns_have_the_same_plain_head() -> None:
    names = [*WORKLIST.names, *OUTCOME_NAMES]
    assert len({plain_head(name) for name in names}) == len(names)
    assert set(HEADS.values()) == set(names)
