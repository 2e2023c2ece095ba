"""What collectors fill in, and where it could be lost."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl

from benchmarks.robustness.bad_days.day import BEFORE, LEDGER, Day
from benchmarks.robustness.bad_days.edits import Harm, all_of
from benchmarks.robustness.bad_days.place import Place, Row, Said

FILLED = "{place}/filled.csv"
SCORES = ("--database", "sqlite:///{out}/duerank.db")
IMPORT = ("import-outcomes", FILLED, "--ledger", LEDGER, *SCORES)
WORKBOOK = ("import-outcomes", "{place}/filled.xlsx", "--ledger", LEDGER, *SCORES)
AGAIN = ("nightly", LEDGER, "--as-of", BEFORE, "--out", "{out}", "--set", "scale.workers=1", "--set", "holdout.share=0")


def worklist(place: Place) -> list[Row]:
    """The rows of the night's worklist."""
    with (place.out / f"as_of={BEFORE}" / "worklist.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def save(path: Path, rows: Sequence[Row], before: str = "", separator: str = ",", encoding: str = "utf-8") -> None:
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes((before + written.getvalue()).encode(encoding, "replace"))


def filled(second: Row, change: Callable[[list[Row]], list[Row]] = list, **how: str) -> Harm:
    """The first row worked as it should be, other cells in the second, and something done to all rows."""

    def harm(place: Place) -> None:
        rows = worklist(place)
        rows[0] |= {"outcome": "reached", "contacted_on": BEFORE}
        rows[1] |= second
        save(place.folder / "filled.csv", change(rows), **how)

    return harm


def contacts_of(place: Place) -> list[str]:
    """The ids of the contacts that were imported, in the ledger's order."""
    return [row["contact_id"] for row in place.rows("contacts") if not row["contact_id"].startswith("K")]


def holds(count: int) -> Callable[[Place, Said], str]:
    """A check: so many contacts were added to the ledger, none of them twice."""

    def still(place: Place, _said: Said) -> str:
        added = contacts_of(place)
        return "" if len(added) == len(set(added)) == count else f"the ledger has {added}"

    return still


def as_workbook(change: Callable[[openpyxl.Workbook], object] = lambda _book: None, name: str = "filled.xlsx") -> Harm:
    """The night's workbook, its first row worked."""

    def harm(place: Place) -> None:
        book = openpyxl.load_workbook(place.out / f"as_of={BEFORE}" / "worklist.xlsx")
        sheet = book.worksheets[0]
        heads = {str(cell.value).casefold(): cell.column for cell in sheet[1]}
        sheet.cell(2, heads["outcome"], "reached")
        change(book)
        book.save(place.folder / name)

    return harm


def bomb(place: Place) -> None:
    """A workbook of a few MB whose sheet is 3 GB when it is unpacked."""
    as_workbook()(place)
    with (
        zipfile.ZipFile(place.folder / "filled.xlsx", "a", zipfile.ZIP_DEFLATED) as book,
        book.open("xl/worksheets/sheet99.xml", "w", force_zip64=True) as sheet,
    ):
        for _ in range(3_000):
            sheet.write(b" " * 1_000_000)


def no_workbook(content: bytes) -> Harm:
    return lambda place: (place.out, (place.folder / "filled.xlsx").write_bytes(content))


def four_at_once(place: Place) -> Said:
    """Four imports of four collectors' files, side by side."""
    rows = worklist(place)
    for number in range(4):
        mine = [row | {"outcome": "reached"} if place_ == number else row for place_, row in enumerate(rows)]
        save(place.folder / f"filled{number}.csv", mine)
    begun = [
        place.start("import-outcomes", f"{{place}}/filled{number}.csv", "--ledger", LEDGER, *SCORES)
        for number in range(4)
    ]
    said = [process.communicate() for process in begun]
    texts = "".join(text.decode() for both in said for text in both)
    return Said(max(process.returncode for process in begun), texts, "")


def twice(place: Place) -> Said:
    place.duerank(*IMPORT)
    return place.duerank(*IMPORT)


def in_the_night(place: Place) -> None:
    """Filled in within the night's own folder."""
    path = place.out / f"as_of={BEFORE}" / "worklist.csv"
    rows = worklist(place)
    rows[0] |= {"outcome": "reached", "note": "calls back"}
    save(path, rows, encoding="utf-8-sig")


def kept_in_the_night(place: Place, _said: Said) -> str:
    kept = place.out / f"as_of={BEFORE}" / "worklist-filled-1.csv"
    return "" if kept.is_file() and "calls back" in kept.read_text("utf-8-sig") else "what was filled in is gone"


def still_in_the_night(place: Place, _said: Said) -> str:
    listed = (place.out / f"as_of={BEFORE}" / "worklist.csv").read_text("utf-8-sig")
    return "" if "calls back" in listed else "what was filled in for another customer is gone"


def of_another_customer(rows: list[Row]) -> list[Row]:
    rows[0]["customer_id"], rows[0]["customer_name"] = rows[2]["customer_id"], rows[2]["customer_name"]
    return rows


def read_only_ledger(place: Place) -> None:
    filled({})(place)
    place.ledger.chmod(0o555)
    place.afterwards.append(lambda: place.ledger.chmod(0o755))


def forget_another(place: Place) -> Said:
    return place.duerank("forget", worklist(place)[1]["customer_id"], "--out", "{out}")


NO_OUTCOMES: Row = {}
OUTCOMES = (
    Day(
        "a promise for the year 2131",
        filled({"outcome": "promise", "promised_on": "2131-01-01"}),
        IMPORT,
        3,
        ("1 row was taken", "1 row was refused", "2131-01-01"),
        holds(1),
    ),
    Day(
        "a promise for the 31st of February",
        filled({"outcome": "promise", "promised_on": "31.02.2024"}),
        IMPORT,
        3,
        ("31.02.2024",),
        holds(1),
    ),
    Day("an outcome that no one knows", filled({"outcome": "blub"}), IMPORT, 3, ("blub",), holds(1)),
    Day(
        "a contact next year",
        filled({"outcome": "reached", "contacted_on": "2031-01-01"}),
        IMPORT,
        3,
        ("2031-01-01",),
        holds(1),
    ),
    Day("minutes below zero", filled({"outcome": "reached", "minutes_spent": "-5"}), IMPORT, 3, ("-5",), holds(1)),
    Day(
        "a channel that is none",
        filled({"outcome": "reached", "contacted_by": "pigeon"}),
        IMPORT,
        3,
        ("pigeon",),
        holds(1),
    ),
    Day(
        "a promised amount that is none",
        filled({"outcome": "promise", "promised_on": "2024-01-20", "promised_amount": "lots"}),
        IMPORT,
        3,
        ("lots",),
        holds(1),
    ),
    Day(
        "a dispute of an unknown invoice",
        filled({"outcome": "dispute", "disputed_invoices": "I999"}),
        IMPORT,
        3,
        ("I999",),
        holds(1),
    ),
    Day(
        "a note of 100,000 letters",
        filled({"outcome": "reached", "note": "x" * 100_000}),
        IMPORT,
        3,
        ("note",),
        holds(1),
    ),
    Day(
        "a note that is a formula, with emoji",
        filled({"outcome": "reached", "note": "=cmd|'/C calc'!A0 🦊"}),
        IMPORT,
        0,
        ("2 rows were taken",),
        holds(2),
    ),
    Day(
        "a row whose customer is another than its rank says",
        filled(NO_OUTCOMES, of_another_customer),
        IMPORT,
        3,
        ("1 row was refused",),
        holds(0),
    ),
    Day(
        "a row that was copied",
        filled(NO_OUTCOMES, lambda rows: [rows[0], *rows]),
        IMPORT,
        0,
        ("1 row was taken",),
        holds(1),
    ),
    Day(
        "a row that was copied, with another outcome in the copy",
        filled(NO_OUTCOMES, lambda rows: [rows[0] | {"outcome": "refused"}, *rows]),
        IMPORT,
        3,
        ("0 rows were taken", "Row 2", "Row 3"),
        holds(0),
    ),
    Day(
        "a row of an earlier run of its night",
        filled({"outcome": "reached", "run_id": "0000000000000000"}),
        IMPORT,
        0,
        ("1 row is of an earlier run",),
        holds(2),
    ),
    Day(
        "a file without one outcome",
        all_of(lambda place: place.out, lambda place: save(place.folder / "filled.csv", worklist(place))),
        IMPORT,
        3,
        ("no row has an outcome",),
        holds(0),
    ),
    Day(
        "a title above the heads",
        filled(NO_OUTCOMES, before="Team South, week 2\n\n"),
        IMPORT,
        0,
        ("1 row was taken",),
        holds(1),
    ),
    Day(
        "semicolons and Windows' encoding",
        filled({"outcome": "reached", "note": "Müller"}, separator=";", encoding="cp1252"),
        IMPORT,
        0,
        ("2 rows were taken",),
        holds(2),
    ),
    Day(
        "UTF-16 with tabs",
        filled(NO_OUTCOMES, separator="\t", encoding="utf-16"),
        IMPORT,
        0,
        ("1 row was taken",),
        holds(1),
    ),
    Day("a file that is not there", lambda place: place.out, IMPORT, 3, ("there is no such file",)),
    Day(
        "a folder in the place of the file",
        all_of(lambda place: place.out, lambda place: (place.folder / "filled.csv").mkdir()),
        IMPORT,
        3,
        ("filled.csv",),
    ),
    Day(
        "a file of zero bytes",
        all_of(lambda place: place.out, lambda place: (place.folder / "filled.csv").touch()),
        IMPORT,
        3,
        ("filled.csv",),
    ),
    Day("a workbook that is none", no_workbook(b"PK\x03\x04 but no more"), WORKBOOK, 3, ("filled.xlsx",)),
    Day("a workbook of random bytes", no_workbook(bytes(range(256)) * 10), WORKBOOK, 3, ("filled.xlsx",)),
    Day("a workbook that grows to 3 GB", bomb, WORKBOOK, 3, ("filled.xlsx",)),
    Day(
        "a workbook with a copied sheet",
        as_workbook(lambda book: book.copy_worksheet(book.worksheets[0])),
        WORKBOOK,
        0,
        ("1 row was taken",),
        holds(1),
    ),
    Day(
        "a workbook with a title row",
        as_workbook(lambda book: book.worksheets[0].insert_rows(1)),
        WORKBOOK,
        0,
        ("1 row was taken",),
        holds(1),
    ),
    Day("the ledger cannot be written", read_only_ledger, IMPORT, 2, ("Permission denied",)),
    Day(
        "the ledger is a database",
        filled(NO_OUTCOMES),
        ("import-outcomes", FILLED, "--ledger", "sqlite:///x.db", *SCORES),
        3,
        ("sqlite",),
    ),
    Day(
        "score tables that are down",
        filled(NO_OUTCOMES),
        ("import-outcomes", FILLED, "--ledger", LEDGER, "--database", "postgresql://u:s3cret@127.0.0.1:1/d"),
        1,
        ("127.0.0.1",),
        holds(0),
    ),
    Day("the same file twice", filled(NO_OUTCOMES), twice, 0, ("1 row was taken",), holds(1)),
    Day("four imports side by side", lambda place: place.out, four_at_once, 0, ("1 row was taken",), holds(4)),
    Day(
        "filled in within the night's folder, and the night run again",
        in_the_night,
        AGAIN,
        0,
        ("kept, since people saved it there",),
        kept_in_the_night,
        changes=True,
    ),
    Day(
        "filled in within the night's folder, and another customer forgotten",
        in_the_night,
        forget_another,
        0,
        ("Forgot",),
        still_in_the_night,
        changes=True,
    ),
)
