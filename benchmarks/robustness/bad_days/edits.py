"""What can be done to a sound ledger: cells, rows, whole files."""

from collections.abc import Callable

from benchmarks.robustness.bad_days.place import Place, Row

Harm = Callable[[Place], object]
UNPAID_BEFORE = "2024-01-01"


def cells(table: str, at: int = 0, **changed: str) -> Harm:
    """Other cells in the row at that place."""

    def harm(place: Place) -> None:
        rows = place.rows(table)
        rows[at].update(changed)
        place.write(table, rows)

    return harm


def open_invoice(**changed: str) -> Harm:
    """Other cells in an invoice that is open on the night: what becomes of it moves the balance."""

    def harm(place: Place) -> None:
        rows = place.rows("invoices")
        unpaid(place, rows).update(changed)
        place.write("invoices", rows)

    return harm


def unpaid(place: Place, rows: list[Row]) -> Row:
    """The latest of the invoices before the night for which nothing was paid."""
    paid = {row["invoice_id"] for table in ("payments", "adjustments", "instalments") for row in place.rows(table)}
    known = (row for row in reversed(rows) if row["kind"] == "invoice" and row["known_on"] < UNPAID_BEFORE)
    return next(row for row in known if row["invoice_id"] not in paid)


def every(table: str, column: str, value: Callable[[int, str], str]) -> Harm:
    """Other values in a whole column, by row number and old value."""

    def harm(place: Place) -> None:
        rows = place.rows(table)
        place.write(table, [row | {column: value(number, row[column])} for number, row in enumerate(rows)])

    return harm


def add(table: str, **changed: str) -> Harm:
    """One more row: the first one with other cells."""

    def harm(place: Place) -> None:
        rows = place.rows(table)
        place.write(table, [*rows, rows[0] | changed])

    return harm


def only_heads(*tables: str) -> Harm:
    """Tables with their column names and no row."""

    def harm(place: Place) -> None:
        for table in tables:
            text(table, lambda whole: whole.splitlines()[0] + "\n")(place)

    return harm


def text(table: str, change: Callable[[str], str], encoding: str = "utf-8") -> Harm:
    """Another text in a table's file."""

    def harm(place: Place) -> None:
        path = place.ledger / f"{table}.csv"
        path.write_bytes(change(path.read_text("utf-8")).encode(encoding))

    return harm


def content(table: str, change: Callable[[bytes], bytes]) -> Harm:
    """Other bytes in a table's file."""

    def harm(place: Place) -> None:
        path = place.ledger / f"{table}.csv"
        path.write_bytes(change(path.read_bytes()))

    return harm


def without(table: str, form: str = "csv") -> Harm:
    """A table that is not there."""
    return lambda place: (place.ledger / f"{table}.{form}").unlink()


def all_of(*harms: Harm) -> Harm:
    """One thing after the other."""
    return lambda place: [harm(place) for harm in harms]
