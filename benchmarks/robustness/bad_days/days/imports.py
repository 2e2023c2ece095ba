"""Foreign exports and the mappings that read them."""

import os
import textwrap
from collections.abc import Callable

import openpyxl

from benchmarks.robustness.bad_days.day import Day
from benchmarks.robustness.bad_days.edits import Harm, all_of
from benchmarks.robustness.bad_days.place import Place, Said

MAPPING = textwrap.dedent(
    """
    files:
      items:
        path: "items.csv"
        delimiter: ";"
        decimal_comma: true
    tables:
      invoices:
        file: items
        columns:
          invoice_id: Beleg
          customer_id: Konto
          issued_on: {column: Datum, format: "%d.%m.%Y"}
          due_on: {column: Faellig, format: "%d.%m.%Y"}
          amount: Betrag
          currency: {constant: EUR}
      payments:
        file: items
        where: {column: Bezahlt, not_empty: true}
        columns:
          payment_id: {template: "pay-{Beleg}"}
          invoice_id: Beleg
          customer_id: Konto
          paid_on: {column: Bezahlt, format: "%d.%m.%Y"}
          amount: Betrag
    """
)
HEAD = "Beleg;Konto;Datum;Faellig;Betrag;Bezahlt\n"
ITEMS = HEAD + "".join(
    f"R{n};K{n % 7};01.03.2023;31.03.2023;{n},50;{'05.04.2023' if n % 2 else ''}\n" for n in range(1, 101)
)
IMPORT = ("import", "{place}/mapping.yaml", "--input", "{place}/export", "--out", "{place}/imported")


def export(text: str | bytes = ITEMS, mapping: str = MAPPING) -> Harm:
    """An export and its mapping."""

    def harm(place: Place) -> None:
        (place.folder / "mapping.yaml").write_text(mapping, "utf-8")
        (place.folder / "export").mkdir()
        (place.folder / "export" / "items.csv").write_bytes(text.encode() if isinstance(text, str) else text)

    return harm


def with_query(statement: str) -> Harm:
    """A mapping whose invoices come of a query."""
    first = MAPPING.index("    file: items\n    columns:")
    rest = MAPPING.index("  payments:")
    return export(mapping=f'{MAPPING[:first]}    query: "{statement}"\n{MAPPING[rest:]}')


def other(was: str, becomes: str) -> Harm:
    assert was in MAPPING
    return export(mapping=MAPPING.replace(was, becomes, 1))


def no_ledger(place: Place, _said: Said) -> str:
    return "a ledger was written" if (place.folder / "imported" / "invoices.parquet").exists() else ""


def earlier_ledger(place: Place) -> None:
    """A ledger was imported before."""
    export()(place)
    assert place.duerank(*IMPORT).code == 0


def then(change: Callable[[Place], object]) -> Harm:
    """An earlier import, and then something done to the export or the mapping."""
    return all_of(earlier_ledger, change)


def the_earlier_stays(place: Place, _said: Said) -> str:
    return "" if (place.folder / "imported" / "invoices.parquet").exists() else "the earlier ledger is gone"


def items(text: str | bytes) -> Callable[[Place], object]:
    return lambda place: (place.folder / "export" / "items.csv").write_bytes(
        text.encode() if isinstance(text, str) else text
    )


def four_at_once(place: Place) -> Said:
    """Four imports into one ledger, side by side: each ends well, or says who is at work."""
    begun = [place.start(*IMPORT) for _ in range(4)]
    said = [process.communicate() for process in begun]
    texts = "".join(text.decode() for both in said for text in both)
    codes = {process.returncode for process in begun}
    return Said(0 if 0 in codes and codes <= {0, 2, 3} else max(codes), texts, "")


def a_workbook(place: Place) -> None:
    """A workbook with the name of a CSV."""
    export()(place)
    book = openpyxl.Workbook()
    book.save(place.folder / "export" / "items.csv")


def out_is_code(place: Place) -> None:
    """The place of the ledger is a folder of Python code."""
    export()(place)
    (place.folder / "imported").mkdir()
    (place.folder / "imported" / "__init__.py").write_text("")


def out_is_a_file(place: Place) -> None:
    export()(place)
    (place.folder / "imported").write_text("no folder")


def read_only(place: Place) -> None:
    export()(place)
    (place.folder / "imported").mkdir(mode=0o555)


def a_link_to(place: Place) -> None:
    """The mapping that a draft would write is a link that someone planted."""
    (place.folder / "precious").write_text("precious")
    (place.folder / "draft.yaml").symlink_to(place.folder / "precious")
    export()(place)


def precious(place: Place, _said: Said) -> str:
    return "" if (place.folder / "precious").read_text() == "precious" else "what the link leads to was written"


def an_empty_export(place: Place) -> None:
    (place.folder / "export").mkdir()


DRAFT = ("draft-mapping", "{place}/export", "--out", "{place}/draft.yaml")
IMPORTS = (
    Day(
        "half of the amounts with a point",
        export(ITEMS.replace(",50;", ".50;", 40)),
        IMPORT,
        3,
        ("were refused",),
        no_ledger,
    ),
    Day("one amount that is none", export(ITEMS.replace("7,50;", "seven;", 1)), IMPORT, 0, ("1 refused",)),
    Day(
        "a column that the export does not have",
        other("amount: Betrag", "amount: Summe"),
        IMPORT,
        3,
        ("Summe",),
        no_ledger,
    ),
    Day("a file that the export does not have", other("items.csv", "lines.csv"), IMPORT, 3, ("lines.csv",), no_ledger),
    Day(
        "a file outside of the export", other("items.csv", "../../../../etc/passwd"), IMPORT, 3, ("passwd",), no_ledger
    ),
    Day("a mapping that says nothing", export(mapping=""), IMPORT, 3, ("mapping.yaml",), no_ledger),
    Day("a mapping with tabs", other("  items:\n", "\titems:\n"), IMPORT, 3, ("mapping.yaml",), no_ledger),
    Day("a mapping with a word that is misspelt", other("where:", "were:"), IMPORT, 3, ("were",), no_ledger),
    Day("a mapping with a table that is misspelt", other("payments:", "payment:"), IMPORT, 3, ("payment",), no_ledger),
    Day("a mapping with a wrong form of days", other("%d.%m.%Y", "%m/%d/%Y"), IMPORT, 3, ("were refused",), no_ledger),
    Day(
        "a mapping that runs code",
        other("EUR", "!!python/object/apply:os.system [id]"),
        IMPORT,
        3,
        ("mapping.yaml",),
        no_ledger,
    ),
    Day(
        "a query that reads another file",
        with_query("select content as Beleg from read_text('/etc/passwd')"),
        IMPORT,
        3,
        ("query",),
        lambda place, said: "the file was read" if "root:" in said.text else no_ledger(place, said),
    ),
    Day(
        "a query that writes a file",
        with_query("copy (select 1) to 'stolen.csv'"),
        IMPORT,
        3,
        ("query",),
        lambda place, said: "a file was written" if list(place.folder.rglob("stolen.csv")) else no_ledger(place, said),
    ),
    Day("a query that is no SQL", with_query("selekt nothing"), IMPORT, 3, ("query",), no_ledger),
    Day(
        "an export in Windows' encoding",
        export((ITEMS + "R999;Müller;01.03.2023;31.03.2023;1,00;\n").encode("cp1252")),
        IMPORT,
        3,
        ("encoding: cp1252",),
        no_ledger,
    ),
    Day("an export of heads alone", export(HEAD), IMPORT, 0, ("invoices: 0 rows in",)),
    Day("an export of zero bytes", export(b""), IMPORT, 3, ("items.csv",), no_ledger),
    Day("an export that is a workbook", a_workbook, IMPORT, 3, ("items.csv",), no_ledger),
    Day(
        "an export that is not there",
        lambda place: (place.folder / "mapping.yaml").write_text(MAPPING),
        IMPORT,
        3,
        ("export",),
        no_ledger,
    ),
    Day(
        "an export that is a database that is down",
        lambda place: (place.folder / "mapping.yaml").write_text(MAPPING),
        ("import", "odoo", "--input", "postgresql://reader:s3cret@127.0.0.1:1/odoo", "--out", "{place}/imported"),
        3,
        ("127.0.0.1",),
        no_ledger,
    ),
    Day(
        "an export of another system than is said",
        export(),
        ("import", "odoo", "--input", "{place}/export", "--out", "{place}/imported"),
        3,
        ("account_move",),
        no_ledger,
    ),
    Day(
        "a system that no one knows",
        export(),
        ("import", "datev9", "--input", "{place}/export", "--out", "{place}/imported"),
        3,
        ("datev9",),
        no_ledger,
    ),
    Day("an export that was cut off since yesterday", then(items(ITEMS[: len(ITEMS) - 20])), IMPORT, 0, ("1 refused",)),
    Day(
        "an export that became empty since yesterday",
        then(items(HEAD)),
        IMPORT,
        3,
        ("the export has no row for invoices",),
        the_earlier_stays,
    ),
    Day(
        "an export that was cut off at the end of a line",
        then(items("".join(ITEMS.splitlines(keepends=True)[:40]))),
        IMPORT,
        0,
        ("invoices: 39 rows came, and the ledger had 100",),
    ),
    Day(
        "an export that cannot be read since yesterday",
        then(items(b"\0" * 900)),
        IMPORT,
        3,
        ("items.csv",),
        the_earlier_stays,
    ),
    Day(
        "four imports into one ledger at once", export(), four_at_once, 0, ("invoices: 100 rows in",), the_earlier_stays
    ),
    Day("a ledger in a folder of code", out_is_code, IMPORT, 2, ("code",)),
    Day("a ledger in a file", out_is_a_file, IMPORT, 2, ("file",)),
    Day("a ledger in a folder that is read-only", read_only, IMPORT, 2, ("Permission denied",)),
    Day(
        "a look at an export that cannot be read",
        export(b"\xff\xfe\x00"),
        (*IMPORT, "--check"),
        3,
        ("items.csv",),
        no_ledger,
    ),
    Day(
        "a draft over a mapping that is there",
        all_of(export(), lambda place: (place.folder / "draft.yaml").write_text("mine")),
        DRAFT,
        2,
        ("--force",),
        lambda place, _said: "" if (place.folder / "draft.yaml").read_text() == "mine" else "it is gone",
    ),
    Day("a draft through a link", a_link_to, (*DRAFT, "--force"), 0, ("draft.yaml",), precious),
    Day("a draft of an empty folder", an_empty_export, DRAFT, 3, ("export",)),
    Day("a draft of random bytes", export(bytes(range(256)) * 9), DRAFT, 3, ("items.csv",)),
    Day("a draft of a pipe", lambda place: os.mkfifo(place.folder / "export"), DRAFT, 3, ("a pipe or a device",)),
    Day(
        "a draft of a table without money",
        export("name;colour\nx;red\n"),
        DRAFT,
        3,
        ("no file has what an invoice needs",),
    ),
)
