"""A customer is found in files whatever programs did to them; what cannot be searched is said, and never done."""

import csv
import json
from email.message import EmailMessage
from pathlib import Path

import openpyxl
import pytest

from worklists.erasure.forget_files import clean_folder
from worklists.erasure.person import Cleaned, Person

HEAD = ["rank", "customer_id", "customer_name", "outcome"]


def cleaned(path: Path, person: Person) -> Cleaned:
    return clean_folder(path.parent, person).get(Path(path.name), Cleaned(None, 0))


def workbook(path: Path, *rows: list[object]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("spelled", ["4711", " 4711", "4711.0", "'4711", "4711\u200b"])
def test_a_row_of_a_saved_worklist_goes_however_it_was_saved_and_others_keep_their_bytes(
    tmp_path: Path, separator: str, encoding: str, spelled: str
) -> None:
    lines = ["A title", separator.join(HEAD), separator.join(["1", spelled, "x", ""]), separator.join("2üy "), ""]
    path = tmp_path / "worklist-filled-1.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding, "ignore"))
    found = cleaned(path, Person("4711"))
    assert (found.removed, found.left) == (1, None)
    assert found.content == "\r\n".join([*lines[:2], *lines[3:]]).encode(encoding, "ignore")


@pytest.mark.parametrize(
    ("row", "named"),
    [
        ({"customer_id": " 4711"}, True), ({"customer_id": "4711.0"}, True), ({"amount": "4711"}, False),
        ({"customer_id": None}, False), ({"customer_id": "47110"}, False),
    ],
)  # fmt: skip
def test_a_refused_row_is_the_customers_however_the_id_is_spelled(
    tmp_path: Path, row: dict[str, object], named: bool
) -> None:
    with (tmp_path / "invoices.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["table", "row"], ["invoices", json.dumps(row)], ["invoices", "{}"]])
    for customer in ("4711", "None"):
        expected = named and customer == "4711"
        assert cleaned(tmp_path / "invoices.csv", Person(customer)).removed == expected


@pytest.mark.parametrize("customer", ["NA", "None", "null", "nan", "C\x011"])
def test_ids_that_libraries_take_for_nothing_are_found_in_a_workbook(tmp_path: Path, customer: str) -> None:
    spelled = customer.replace("\x01", "_x0001_")
    path = workbook(tmp_path / "worklist.xlsx", HEAD, [1, spelled, "x", None], [2, "C2", None, None])
    assert cleaned(path, Person(customer)) == Cleaned(None, 1)
    assert cleaned(path, Person("C3")) == Cleaned(None, 0)


def test_what_others_have_filled_in_stays_in_a_workbook(tmp_path: Path) -> None:
    rows = [[1, "C1", "Ann", "reached"], [2, "C2", "Bob", "paid"], [3, "C3", "Cid", "ask Ann"]]
    path = workbook(tmp_path / "worklist.xlsx", HEAD, *rows)
    found = cleaned(path, Person("C1", frozenset({"Ann"})))
    assert found.content is not None and (found.removed, found.left) == (1, None)
    (tmp_path / "cleaned.xlsx").write_bytes(found.content)
    sheet = openpyxl.load_workbook(tmp_path / "cleaned.xlsx").active
    assert list(sheet.iter_rows(values_only=True)) == [
        tuple(HEAD), (None,) * 4, tuple(rows[1]), (3, "C3", "Cid", "ask (forgotten)"),
    ]  # fmt: skip


def test_the_open_items_of_a_customer_go_with_its_rows_and_those_of_the_next_stay(tmp_path: Path) -> None:
    items = [["C1  Ann"], ["Invoice", "Open"], ["I1", 5], [], ["C10  Bob"], ["Invoice", "Open"], ["I2", 7]]
    found = cleaned(workbook(tmp_path / "items.xlsx", *items), Person("C1"))
    assert found.content is not None
    (tmp_path / "cleaned.xlsx").write_bytes(found.content)
    sheet = openpyxl.load_workbook(tmp_path / "cleaned.xlsx").active
    kept = [row for row in sheet.iter_rows(values_only=True) if any(row)]
    assert kept == [("C10  Bob", None), ("Invoice", "Open"), ("I2", 7)]


def test_drafts_to_the_customer_go_and_those_to_others_stay(tmp_path: Path) -> None:
    for name, text in (("C1.eml", "Dear all"), ("moved.eml", "Dear Ann"), ("C2.eml", "Dear Bob")):
        mail = EmailMessage()
        mail.set_content(text)
        (tmp_path / name).write_bytes(mail.as_bytes())
    letters = [f'<section class="letter" lang="en">\n<p>Dear {name}</p>\n</section>\n' for name in ("Ann", "Bob")]
    (tmp_path / "letters.html").write_text("".join(letters))
    found = clean_folder(tmp_path, Person("C1", frozenset({"Ann"})))
    assert found == {
        Path("C1.eml"): Cleaned(None, 1), Path("moved.eml"): Cleaned(None, 1),
        Path("letters.html"): Cleaned(letters[1].encode(), 1),
    }  # fmt: skip


def test_what_cannot_be_searched_is_said(tmp_path: Path) -> None:
    (tmp_path / "worklist.xlsx").write_bytes(b"\xd0\xcf\x11\xe0 has a password")
    (tmp_path / "Ann.ods").write_bytes(b"PK")
    (tmp_path / "call.txt").write_text("C1 rang back")
    (tmp_path / "other.txt").write_text("C2 rang back")
    found = clean_folder(tmp_path, Person("C1"))
    assert {path.name: one.left for path, one in found.items()} == {
        "worklist.xlsx": "it cannot be read: it has a password, is damaged, or is of another kind",
        "Ann.ods": "it cannot be read: it has a password, is damaged, or is of another kind",
        "call.txt": "it names the customer still",
    }


def test_what_a_program_puts_beside_an_open_file_stops_nothing_and_a_link_is_said(tmp_path: Path) -> None:
    night, elsewhere = tmp_path / "night", tmp_path / "elsewhere.csv"
    night.mkdir()
    for path in (elsewhere, night / "worklist.csv", night / "alone.csv"):
        path.write_text(",".join(HEAD) + "\n1,C1,,\n2,C2,,\n")
    (night / "linked.csv").symlink_to(elsewhere)
    (night / "~$worklist.xlsx").write_bytes(b"\x05Ann")
    (night / ".~lock.worklist.csv#").write_text(",ann,host;")
    found = clean_folder(night, Person("C1"))
    assert {path.name: one.left for path, one in found.items()} == {
        "alone.csv": None,
        "linked.csv": f"it was a link: {elsewhere} is as it was",
        "worklist.csv": "it is open in a spreadsheet program: whoever saves it brings the customer back",
    }
