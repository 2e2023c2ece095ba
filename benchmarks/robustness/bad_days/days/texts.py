"""Texts and ids that programs stumble over, in rows of a customer who is on the list."""

import re
from collections.abc import Callable

import openpyxl

from benchmarks.robustness.bad_days.day import NIGHT, NIGHTLY, Day
from benchmarks.robustness.bad_days.edits import Harm, cells, every, text
from benchmarks.robustness.bad_days.place import Place, Said

LISTED = "C00009"  # a customer that the sound night lists
IN_TABLES = ("customers", "invoices", "payments", "holds", "people", "promises", "contacts")
HARMFUL = {
    "with a slash": "C/9",
    "that climbs out of the folder": "../../../../tmp/C9",
    "of one point": ".",
    "of two points": "..",
    "that is a device's name": "/dev/null",
    "that is a formula": "=cmd|' /C calc'!A0",
    "of emoji": "🦊🦊",
    "written from right to left": "\u202eC9\u202c",
    "in Arabic": "عميل٩",
    "with a quote": "C'9\"; DROP TABLE runs; --",
    "with a line break": "C\n9",
    "with a tab": "C\t9",
    "with a control character": "C\x019",
    "with an escape of terminals": "C\x1b[2J9",
    "with marks of the console (rich)": "[/b][red]C9",
    "with a percent and braces": "C%s{0}9",
    "with a zero-width blank": "C\u200b9",
    "with a combining accent": "Mu\u0308ller",
    "of the word NA": "NA",
    "of the word None": "None",
    "of the word null": "null",
    "of the word TRUE": "TRUE",
    "with zeros before it": "00009",
    "that looks like a date": "1-2",
}


def renamed(new: str) -> Harm:
    """The listed customer under another id, in every table."""

    def harm(place: Place) -> None:
        for table in IN_TABLES:
            rows = place.rows(table)
            place.write(table, [row | {"customer_id": new} if row["customer_id"] == LISTED else row for row in rows])

    return harm


def named(new: str) -> Harm:
    """Another name for the listed customer."""
    number = int(LISTED[1:]) - 1
    return cells("customers", number, name=new)


def stays_in_its_place(place: Place, _said: Said) -> str:
    """Nothing was written outside the day's folders, the workbook opens, and the report runs nothing."""
    night = place.out / f"as_of={NIGHT}"
    strange = [path for path in place.folder.iterdir() if path.name not in ("ledger", "home", "nights")]
    if strange:
        return f"there is {strange} beside the nights"
    openpyxl.load_workbook(night / "worklist.xlsx", read_only=True).close()
    page = (night / "report.html").read_text("utf-8")
    if re.search(r"<script>alert|<img src=x", page):
        return "the report holds markup of the ledger"
    return ""


def lists_it(new: str) -> Callable[[Place, Said], str]:
    """A check: the customer is on the worklist under its id."""

    def still(place: Place, said: Said) -> str:
        listed = (place.out / f"as_of={NIGHT}" / "worklist.csv").read_text("utf-8-sig")
        plain, listed = (
            new.replace('"', '""').replace("'", ""),
            listed.replace("'", ""),
        )  # which keep cells from formulas
        return stays_in_its_place(place, said) or ("" if plain in listed else "the customer is not on the worklist")

    return still


TEXTS = (
    *(Day(f"an id {name}", renamed(value), NIGHTLY, still=lists_it(value)) for name, value in HARMFUL.items()),
    *(Day(f"an id of {count:,} letters", renamed("C" * count), NIGHTLY, 3, ("characters",)) for count in (250, 1000)),
    Day("a NUL byte in an id", renamed("C\x009"), NIGHTLY, 3, ("NUL",)),
    Day("a NUL byte in a name", named("Miller\x00 Ltd"), NIGHTLY, says=("NUL byte in text",)),
    Day("a name of 10,000 letters", named("M" * 10_000), NIGHTLY, says=("text too long",)),
    Day(
        "a name that is a script",
        named("<script>alert(1)</script><img src=x onerror=alert(1)>"),
        NIGHTLY,
        still=stays_in_its_place,
    ),
    Day("a name that is a formula", named('=HYPERLINK("http://evil")'), NIGHTLY, still=stays_in_its_place),
    Day("a name that empties the terminal", named("\x1b[2J\x1b]0;gone\x07"), NIGHTLY, still=stays_in_its_place),
    Day(
        "names of emoji, from right to left, and with breaks",
        every("customers", "name", lambda n, _was: ("🦊‍🔥", "\u202eevil\u202c", "a\r\nb", "\ufeff", "ﷺ" * 50)[n % 5]),
        NIGHTLY,
        still=stays_in_its_place,
    ),
    Day(
        "all customers with one name",
        every("customers", "name", lambda _n, _was: "Miller"),
        NIGHTLY,
        still=stays_in_its_place,
    ),
    Day(
        "a column with marks of the console (rich)",
        text("invoices", lambda whole: whole.replace("known_on", "[/b]", 1)),
        NIGHTLY,
        says=("[/b]",),
    ),
    Day(
        "a column with an escape of terminals",
        text("invoices", lambda whole: whole.replace("known_on", "\x1b[2Jx", 1)),
        NIGHTLY,
        says=("[2Jx",),
        still=lambda _place, said: "the terminal gets it" if "\x1b" in said.text else "",
    ),
    Day(
        "a mail address with a line break and a header",
        cells("customers", int(LISTED[1:]) - 1, email="a@b.example\nBcc: evil@example.com"),
        NIGHTLY,
        still=stays_in_its_place,
    ),
    Day(
        "a phone number of 500 letters",
        cells("customers", int(LISTED[1:]) - 1, phone="9" * 500),
        NIGHTLY,
        still=stays_in_its_place,
    ),
)
