"""A customer who must be forgotten, and the traces that are left easily."""

import io
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import openpyxl

from benchmarks.robustness.bad_days.day import BEFORE, NIGHT, NIGHTLY, Day
from benchmarks.robustness.bad_days.days.at_once import standing_still
from benchmarks.robustness.bad_days.days.outcomes import worklist
from benchmarks.robustness.bad_days.days.texts import LISTED, renamed
from benchmarks.robustness.bad_days.edits import Harm, all_of
from benchmarks.robustness.bad_days.place import Place, Said

FORGET = ("forget", LISTED, "--out", "{out}")
PACKED = (".xlsx", ".xlsm")


def traces(folder: Path, words: str) -> list[str]:
    """Where a word still is: in files, in workbooks unpacked, in the bytes of databases."""
    word = re.compile(rf"(?<![\w.-]){re.escape(words)}(?![\w-])".encode())
    return [
        str(path.relative_to(folder))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and word.search(_unpacked(path))
    ]


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix in PACKED and zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            return b"\n".join(book.read(name) for name in book.namelist())
    return content


def gone(customer: str = LISTED) -> Callable[[Place, Said], str]:
    """A check: nothing in the nights' folder names the customer, but for its pseudonym."""

    def still(place: Place, _said: Said) -> str:
        left = traces(place.out, customer)
        return f"{customer} is still in {left}" if left else ""

    return still


def a_name_is_listed(place: Place) -> str:
    """The night before lists the customer: else nothing would be proven."""
    assert any(row["customer_id"] == LISTED for row in worklist(place)), f"{LISTED} is not listed"
    return LISTED


def noted(place: Place) -> None:
    """The customer is quoted in the note of a night."""
    a_name_is_listed(place)
    with closing(sqlite3.connect(place.out / "duerank.db")) as connection, connection:
        connection.execute("update runs set notes = notes || ?", (f"\nthe row of {LISTED} is odd",))


def in_other_folders(place: Place) -> None:
    """The night copied, moved under another name, and what a killed run left."""
    night = place.out / f"as_of={BEFORE}"
    shutil.copytree(night, place.out / f"Copy of as_of={BEFORE}")
    shutil.copytree(night, place.out / "archive" / f"as_of={BEFORE}")
    shutil.copytree(night, place.out / f".as_of={BEFORE}-tmp-x1y2")
    shutil.copytree(night, place.out / f".as_of={BEFORE}-old")


def refused(place: Place) -> None:
    """Refused rows that name the customer as programs spell an id."""
    folder = place.out / "refused" / f"as_of={NIGHT}"
    folder.mkdir(parents=True)
    lines = [f'"payments","P{n}","amount","not an amount","x","advice","{{""customer_id"": ""{spelled}""}}"'
             for n, spelled in enumerate((LISTED, f" {LISTED}", f"{LISTED} "))]  # fmt: skip
    (folder / "payments.csv").write_text(
        "\n".join(['"table","record","column","rule","value","advice","row"', *lines]) + "\n"
    )


def locks(place: Place) -> None:
    """The lock files of spreadsheet programs lie beside the worklists."""
    night = place.out / f"as_of={BEFORE}"
    (night / "~$worklist.xlsx").write_bytes(b"\x05Miller" + b" " * 159)
    (night / ".~lock.worklist.csv#").write_text(",miller,desk,05.01.2024 09:00,file:///home/miller;")


def with_a_password(place: Place) -> None:
    """A workbook that no one can read."""
    (place.out / f"as_of={BEFORE}" / "team south.xlsx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"encrypted" * 50
    )


def a_fault_names_it(place: Place) -> None:
    (place.home / "last-fault.txt").write_text(f"Traceback\nKeyError: '{LISTED}'\n")


def no_fault_left(place: Place, said: Said) -> str:
    left = place.home / "last-fault.txt"
    return "the fault names the customer still" if left.exists() and LISTED in left.read_text() else gone()(place, said)


def an_outcome_of_it(place: Place) -> None:
    """A workbook in which two customers were worked, in the night's folder under another name."""
    night = place.out / f"as_of={BEFORE}"
    book = openpyxl.load_workbook(night / "worklist.xlsx")
    sheet = book.worksheets[0]
    heads = {str(cell.value).casefold(): cell.column for cell in sheet[1]}
    for row in (2, 3, 4):
        sheet.cell(row, heads["outcome"], "reached")
        sheet.cell(row, heads["note"], f"like {LISTED}, calls back")
    book.save(night / "worklist anna.xlsx")


def others_notes_stay(place: Place, said: Said) -> str:
    book = openpyxl.load_workbook(place.out / f"as_of={BEFORE}" / "worklist anna.xlsx")
    texts = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    kept = sum("calls back" in text for text in texts)
    return gone()(place, said) or ("" if kept >= 2 else "the outcomes of other customers are gone")


def of_id(customer: str) -> tuple[Harm, Callable[[Place], Said]]:
    """A night of a ledger in which the customer has that id, then the customer forgotten."""

    def run(place: Place) -> Said:
        place.duerank(*NIGHTLY)
        return place.duerank("forget", customer, "--out", "{out}")

    return all_of(lambda place: place.out, renamed(customer)), run


def not_in_tables(customer: str) -> Callable[[Place, Said], str]:
    """A check: no table has the id in a column of customers; as a word it may be anything."""

    def still(place: Place, _said: Said) -> str:
        with closing(sqlite3.connect(place.out / "duerank.db")) as connection:
            for table in ("worklist", "customer_scores", "customers_dim", "open_items", "receipts", "suppressions"):
                if connection.execute(f"select 1 from {table} where customer_id = ?", (customer,)).fetchone():
                    return f"{table} has {customer!r}"
        book = openpyxl.load_workbook(place.out / f"as_of={NIGHT}" / "worklist.xlsx", read_only=True) if (
            place.out / f"as_of={NIGHT}" / "worklist.xlsx").exists() else None  # fmt: skip
        rows = [cell for sheet in book or () for row in sheet.iter_rows(values_only=True) for cell in row]
        return f"the workbook has {customer!r}" if customer in rows else ""

    return still


def while_a_night_runs(place: Place) -> Said:
    """A night of another day is under way, and stands still, while the customer is to be forgotten."""
    with standing_still(place):
        return place.duerank(*FORGET)


def twice(place: Place) -> Said:
    first = place.duerank(*FORGET)
    assert first.code == 0, first.text
    return place.duerank(*FORGET)


def linked(place: Place) -> None:
    """A night that was linked from elsewhere."""
    elsewhere = place.folder / "elsewhere" / f"as_of={BEFORE}"
    shutil.copytree(place.out / f"as_of={BEFORE}", elsewhere)
    (place.out / f"linked as_of={BEFORE}").symlink_to(elsewhere)


SOUND = lambda place: place.out  # noqa: E731
ERASURE = (
    Day("a customer who is on the list", a_name_is_listed, FORGET, 0, (f"Forgot {LISTED}",), gone(), changes=True),
    Day("a customer whom a note quotes", noted, FORGET, 0, (f"Forgot {LISTED}",), gone(), changes=True),
    Day("copied, moved and killed night folders", in_other_folders, FORGET, 0, (LISTED,), gone(), changes=True),
    Day("a linked night folder", linked, FORGET, 0, ("link",), changes=True),
    Day("refused rows that name the customer", refused, FORGET, 0, (f"Forgot {LISTED}",), gone(), changes=True),
    Day(
        "lock files of spreadsheet programs", locks, FORGET, 0, ("open in a spreadsheet program",), gone(), changes=True
    ),
    Day("a workbook with a password", with_a_password, FORGET, 0, ("Took", "cannot be read"), gone(), changes=True),
    Day(
        "a fault's text that names the customer",
        a_fault_names_it,
        FORGET,
        0,
        ("last-fault.txt",),
        no_fault_left,
        changes=True,
    ),
    Day("a workbook with outcomes of others", an_outcome_of_it, FORGET, 0, (LISTED,), others_notes_stay, changes=True),
    Day("forgotten while a night is under way", SOUND, while_a_night_runs, 2, ("is being written",)),
    Day("forgotten twice", SOUND, twice, 2, ("nothing was changed",), gone(), changes=True),
    Day(
        "score tables that are down",
        SOUND,
        (*FORGET, "--database", "postgresql://u:s3cret@127.0.0.1:1/d"),
        1,
        ("127.0.0.1",),
    ),
    Day(
        "score tables that are not there",
        lambda place: (place.out / "duerank.db").unlink(),
        FORGET,
        2,
        ("there is no such SQLite file",),
    ),
    Day(
        "nights that may not be written",
        lambda place: (
            (place.out / f"as_of={BEFORE}").chmod(0o555),
            place.out.chmod(0o555),
            place.afterwards.append(lambda: (place.out.chmod(0o755), (place.out / f"as_of={BEFORE}").chmod(0o755))),
        ),
        FORGET,
        2,
        ("Permission denied",),
    ),
    *(
        Day(
            f"the id {name}",
            harm,
            run,
            0,
            (f"Took {customer} out".replace("\x01", "\N{REPLACEMENT CHARACTER}"),),
            not_in_tables(customer),
            changes=True,
        )
        for name, customer in (
            ("NA", "NA"),
            ("null", "null"),
            ("with a control character", "C\x019"),
            ("4711", "4711"),
            ("of marks of patterns", "C.*(9)"),
        )
        for harm, run in (of_id(customer),)
    ),
)
