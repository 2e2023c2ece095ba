"""Files of a ledger that are not what they should be."""

import gzip
import io
import os
import shutil
import zipfile

import pandas as pd

from benchmarks.robustness.bad_days.day import NIGHTLY, VALIDATE, Day
from benchmarks.robustness.bad_days.edits import Harm, all_of, content, text, without
from benchmarks.robustness.bad_days.place import Place

LOGIN_PAGE = "<!doctype html><html><title>Log in</title><body>Your session has ended, please log in</body></html>\n"


def instead(make: object) -> Harm:
    """Something else in the place of invoices.csv; `make` gets its path."""

    def harm(place: Place) -> None:
        path = place.ledger / "invoices.csv"
        path.unlink()
        make(path)

    return harm


def zipped(whole: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as file:
        file.writestr("invoices.csv", whole)
    return written.getvalue()


def parquet(place: Place) -> None:
    """The invoices as Parquet."""
    frame = pd.DataFrame(place.rows("invoices"))
    frame["amount"] = frame["amount"].astype(float)
    frame.to_parquet(place.ledger / "invoices.parquet", index=False)
    (place.ledger / "invoices.csv").unlink()


def cut_parquet(place: Place) -> None:
    parquet(place)
    path = place.ledger / "invoices.parquet"
    path.write_bytes(path.read_bytes()[:-100])


def both_forms(place: Place) -> None:
    whole = (place.ledger / "invoices.csv").read_bytes()
    parquet(place)
    (place.ledger / "invoices.csv").write_bytes(whole)


def unreadable(place: Place) -> None:
    (place.ledger / "invoices.csv").chmod(0)


def of_a_link(place: Place) -> None:
    path = place.ledger / "invoices.csv"
    shutil.move(path, place.ledger / "elsewhere.txt")
    path.symlink_to(place.ledger / "elsewhere.txt")


def emptied(place: Place) -> None:
    for path in place.ledger.iterdir():
        path.unlink()


def head(change: str, to: str) -> Harm:
    return text("invoices", lambda whole: whole.replace(change, to, 1))


INVOICES = ("invoices.csv",)
FILES = (
    Day("no file of invoices", without("invoices"), VALIDATE, 3, ("'invoices' is missing",)),
    Day("no file of payments", without("payments"), VALIDATE, 3, ("'payments' is missing",)),
    Day("an empty folder", emptied, VALIDATE, 3, ("'invoices' is missing",)),
    Day("a file of zero bytes", content("invoices", lambda _whole: b""), VALIDATE, 3, ("is empty (0 bytes)",)),
    Day(
        "a file of NUL bytes, as a crash leaves them",
        content("invoices", lambda whole: b"\0" * len(whole)),
        VALIDATE,
        3,
        INVOICES,
    ),
    Day(
        "NUL bytes at the end, as a crash leaves them",
        content("invoices", lambda whole: whole + b"\0" * 4096),
        NIGHTLY,
        says=("invoices",),
    ),
    Day(
        "a file cut off within a row",
        content("payments", lambda whole: whole[: len(whole) - 40]),
        NIGHTLY,
        says=("wrong number of fields",),
    ),
    Day("UTF-16", text("invoices", str, "utf-16"), VALIDATE, 3, ("not utf-8",)),
    Day(
        "Windows' encoding",
        text("customers", lambda whole: whole + "C1,Müller" + "," * 10 + "\n", "cp1252"),
        VALIDATE,
        3,
        ("not utf-8",),
    ),
    Day("a byte order mark", content("invoices", lambda whole: b"\xef\xbb\xbf" + whole), NIGHTLY),
    Day("line ends of Windows", content("invoices", lambda whole: whole.replace(b"\n", b"\r\n")), NIGHTLY),
    Day("line ends of an old Macintosh", content("invoices", lambda whole: whole.replace(b"\n", b"\r")), NIGHTLY),
    Day("blank lines between rows", text("invoices", lambda whole: whole.replace("\n", "\n\n")), NIGHTLY),
    Day(
        "semicolons", text("invoices", lambda whole: whole.replace(",", ";")), VALIDATE, 3, ("not separated by commas",)
    ),
    Day("tabs", text("invoices", lambda whole: whole.replace(",", "\t")), VALIDATE, 3, ("not separated by commas",)),
    Day("the line sep=, before the heads", text("invoices", lambda whole: "sep=,\n" + whole), VALIDATE, 3, INVOICES),
    Day(
        "a title above the heads",
        text("invoices", lambda whole: "Open items of 8 January\n" + whole),
        VALIDATE,
        3,
        INVOICES,
    ),
    Day(
        "a line of totals at the end",
        text("invoices", lambda whole: whole + "Total,,,,,123456.00,,\n"),
        NIGHTLY,
        says=("missing",),
    ),
    Day(
        "a quote that never closes",
        text("invoices", lambda whole: whole + 'IX,"C00001,invoice,2023-12-01,2023-12-31,5,EUR,\n'),
        NIGHTLY,
        says=("wrong number of fields",),
    ),
    Day(
        "a field too many",
        text("payments", lambda whole: whole + "PX,,C00001,2023-12-01,1,234.56,,,\n"),
        NIGHTLY,
        says=("wrong number of fields",),
    ),
    Day("a column that is there twice", head("currency", "amount"), VALIDATE, 3, ("is there more than once",)),
    Day("a column that is missing", head("due_on", "due"), VALIDATE, 3, ("due_on",)),
    Day(
        "heads in capitals",
        text("invoices", lambda whole: whole.split("\n", 1)[0].upper() + "\n" + whole.split("\n", 1)[1]),
        VALIDATE,
        3,
        ("invoice_id",),
    ),
    Day(
        "two thousand more columns",
        text(
            "holds",
            lambda whole: "\n".join(
                line + ("," + ",".join(f"c{n}" for n in range(2000)) if number == 0 else "," * 2000)
                for number, line in enumerate(whole.splitlines())
            ),
        ),
        NIGHTLY,
        says=("ignored",),
    ),
    Day(
        "a login page in the place of the export",
        content("invoices", lambda _whole: LOGIN_PAGE.encode()),
        VALIDATE,
        3,
        INVOICES,
    ),
    Day("JSON named CSV", content("invoices", lambda _whole: b'[{"invoice_id": "I1"}]'), VALIDATE, 3, INVOICES),
    Day("gzip named CSV", content("invoices", gzip.compress), VALIDATE, 3, INVOICES),
    Day("a zip named CSV", content("invoices", zipped), VALIDATE, 3, INVOICES),
    Day("random bytes named CSV", content("invoices", lambda whole: bytes(range(256)) * 40), VALIDATE, 3, INVOICES),
    Day("a folder named CSV", instead(lambda path: path.mkdir()), VALIDATE, 3, INVOICES),
    Day("a pipe named CSV", instead(os.mkfifo), VALIDATE, 3, ("a pipe or a device",)),
    Day("a device named CSV", instead(lambda path: path.symlink_to("/dev/zero")), VALIDATE, 3, ("a pipe or a device",)),
    Day("a link to nothing", instead(lambda path: path.symlink_to("nowhere.csv")), VALIDATE, 3, ("invoices",)),
    Day("a link to itself", instead(lambda path: path.symlink_to(path)), VALIDATE, 3, ("invoices",)),
    Day("a link to the file", of_a_link, NIGHTLY),
    Day("a file that may not be read", unreadable, VALIDATE, 3, ("cannot be read: Permission denied",)),
    Day("Parquet that was cut off", cut_parquet, VALIDATE, 3, ("not a whole Parquet file",)),
    Day(
        "random bytes named Parquet",
        all_of(
            without("invoices"), lambda place: (place.ledger / "invoices.parquet").write_bytes(bytes(range(256)) * 40)
        ),
        VALIDATE,
        3,
        ("invoices.parquet",),
    ),
    Day("a table both as CSV and as Parquet", both_forms, VALIDATE, 3, ("is there more than once",)),
    Day(
        "an empty folder of Parquet parts",
        all_of(without("invoices"), lambda place: (place.ledger / "invoices").mkdir()),
        VALIDATE,
        3,
        ("holds no Parquet parts",),
    ),
    Day(
        "a line of five million letters",
        text("people", lambda whole: whole + "PX,C00001," + "x" * 5_000_000 + ",,,,,,\n"),
        NIGHTLY,
        says=("too long",),
    ),
    *(
        Day(
            f"a ledger that is {name}",
            lambda place: place.ledger,
            ("validate", address, "--out", "{place}/validated"),
            code,
            (words,),
        )
        for name, address, code, words in (
            ("a file", "{ledger}/invoices.csv", 3, "no such folder"),
            ("not there", "{place}/nowhere", 3, "no such folder"),
            ("a web address", "http://127.0.0.1:1/ledger", 3, "http"),
            ("a database of an unknown kind", "nosuch://user:s3cret@host/db", 3, "nosuch"),
            ("an address that is misspelt", "postgresql//user:s3cret@host/db", 2, "the database URL cannot be read"),
            ("an SQLite file that is not there", "sqlite:///{place}/no.db", 3, "no such SQLite file"),
            ("a CSV named as SQLite", "sqlite:///{ledger}/invoices.csv", 3, "cannot be read"),
            ("an empty word", "", 2, "is empty"),
        )
    ),
)
