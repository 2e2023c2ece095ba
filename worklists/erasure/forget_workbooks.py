"""A customer taken out of a workbook. What others filled in stays: only the customer's rows are emptied."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell.cell import MergedCell

from configs.language import in_any_language
from ledger.errors import LedgerError
from ledger.sources.workbooks import require_not_larger
from worklists.erasure.person import STILL, Cleaned, Person
from worklists.pages.outcome_columns import OUTCOME_NAMES

AS_WRITTEN = "worklist.xlsx"
NOT_READ = "it cannot be read: it has a password, is damaged, or is of another kind"
Row = Sequence[Any]


def plain_head(head: object) -> str:
    """A head without case, blanks and marks."""
    return "".join(letter for letter in str(head).casefold() if letter.isalnum())


CUSTOMER_HEADS = {plain_head(head) for head in in_any_language(("customer_id",))}
OUTCOME_HEADS = {plain_head(head) for head in in_any_language(OUTCOME_NAMES)}


def clean_workbook(path: Path, person: Person) -> Cleaned:
    """The workbook without the person: gone where it is a worklist as it was written, since the CSV says the same; else
    the person's rows are empty, and words that name the person elsewhere are replaced."""
    try:
        require_not_larger(path)
        book = openpyxl.load_workbook(path, read_only=True)
        sheets = {sheet.title: _values(sheet) for sheet in book.worksheets}
        book.close()
    except LedgerError as error:
        return Cleaned(None, 0, str(error))
    except Exception:  # whatever a damaged file does to the library
        return Cleaned(None, 0, NOT_READ)
    gone = {title: _rows_of(rows, person) for title, rows in sheets.items()}
    removed = sum(map(len, gone.values()))
    if not removed:  # a word alone may be anyone's
        return Cleaned(None, 0, STILL if any(_names(row, person) for rows in sheets.values() for row in rows) else None)
    if path.name == AS_WRITTEN and not any(map(_filled, sheets.values())):
        return Cleaned(None, removed)
    return Cleaned(_without(path, gone, person), removed)


def _values(sheet: Any) -> list[Row]:
    sheet.reset_dimensions()  # some programs write a wrong size
    return list(sheet.iter_rows(values_only=True))


def _rows_of(rows: Sequence[Row], person: Person) -> set[int]:
    """The numbers of the person's rows, from 1: those with its id, in the column of customers where there is one, and
    the block of open items below its title."""
    found, column, in_block = set(), None, False
    for number, row in enumerate(rows, start=1):
        said = [value for value in row if value not in (None, "")]
        heads = [place for place, value in enumerate(row) if plain_head(value) in CUSTOMER_HEADS]
        column = heads[0] if heads else column
        in_block = bool(said) and (in_block or (len(said) == 1 and _is_title(said[0], person)))
        cells = row[column : column + 1] if column is not None else [value for value in said if isinstance(value, str)]
        if in_block or any(map(person.is_customer, cells)):
            found.add(number)
    return found


def _is_title(value: object, person: Person) -> bool:
    """Whether it is the title of a customer's open items: the id, two blanks, the name."""
    return person.is_customer(str(value).split("  ")[0])


def _names(row: Row, person: Person) -> bool:
    return any(isinstance(value, str) and person.is_still_in(value) for value in row)


def _filled(rows: Iterable[Row]) -> bool:
    """Whether a cell below a head of an outcome column is not empty."""
    columns: list[int] = []
    for row in rows:
        heads = [place for place, value in enumerate(row) if plain_head(value) in OUTCOME_HEADS]
        if len(heads) > len(columns):
            columns = heads
        elif any(row[place] not in (None, "") for place in columns if place < len(row)):
            return True
    return False


def _without(path: Path, gone: dict[str, set[int]], person: Person) -> bytes:
    book = openpyxl.load_workbook(path, keep_vba=path.suffix.casefold() == ".xlsm")
    for sheet in book.worksheets:
        for number, row in enumerate(sheet.iter_rows(), start=1):
            for cell in row:
                if isinstance(cell, MergedCell):
                    continue
                if number in gone.get(sheet.title, ()):
                    cell.value, cell.comment, cell.hyperlink = None, None, None
                elif isinstance(cell.value, str):
                    cell.value = person.without(cell.value)
                if cell.comment is not None and person.is_named_by(cell.comment.text):
                    cell.comment = None
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
