"""A customer taken out of files: worklists, reports, refused rows, data docs. What is about others keeps its bytes.

But for a workbook: one that lists the customer goes, since its CSV says the same.
"""

import csv
import html
import io
import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

LISTINGS = ("worklist.csv", "handovers.csv")  # a row for each customer
csv.field_size_limit(sys.maxsize)  # a row may be refused because a text in it is too long

REMOVED = "(forgotten)"
REPORT_ROW = re.compile(r'<(tbody|tr)[^>]* data-customer="([^"]*)">.*?</\1>\n', re.DOTALL)
DOCS_EXAMPLE = re.compile(r'(<div class="show-scrollbars">)([^<]*)(</div>)')


@dataclass(frozen=True)
class Person:
    """What names a customer: the id, the names that worklists showed, and the ids of invoices."""

    customer: str
    names: frozenset[str] = frozenset()
    invoices: frozenset[str] = frozenset()

    @property
    def ids(self) -> frozenset[str]:
        return self.invoices | {self.customer}

    def is_named_by(self, text: str) -> bool:
        """Whether a text is one of these, or has one in it as a word; a bare number there may be anything."""
        return text in self.ids or text in self.names or bool(self._words.search(text))

    @cached_property
    def _words(self) -> "re.Pattern[str]":
        words = [re.escape(word) for word in sorted(self.ids | self.names) if word and not word.isdigit()]
        return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])" if words else r"(?!)")


@dataclass(frozen=True)
class Cleaned:
    """A file without the person: its text, or None where nothing of it is left, and how many rows or values went."""

    text: str | None
    removed: int


def clean_folder(folder: Path, person: Person) -> dict[Path, Cleaned]:
    """The files of a night's folder, or of a folder of refused rows, that name the person, by their path in it."""
    files_with_customer = {
        path.relative_to(folder): _clean(path, person)
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".csv", ".html", ".xlsx") and path.is_file()
    }
    return {path: cleaned for path, cleaned in files_with_customer.items() if cleaned.removed}


def names_in(listing: Path, customer: str) -> set[str]:
    """The names under which one of `LISTINGS` lists a customer; none where there is no such file."""
    records = _records(_read(listing)) if listing.is_file() else []
    listed = (dict(zip(_cells(records[0]), _cells(record), strict=False)) for record in records[1:])
    return {_plain(row["customer_name"]) for row in listed if _lists(row, Person(customer))} - {""}


def _clean(path: Path, person: Person) -> Cleaned:
    if path.suffix == ".xlsx":
        return Cleaned(None, _rows_of(path, person))
    text = _read(path)
    if path.suffix == ".csv":
        head, *rows = _records(text) or [""]
        named = _lists if path.name in LISTINGS else _refuses
        columns = _cells(head)
        kept = [row for row in rows if not named(dict(zip(columns, _cells(row), strict=False)), person)]
        # A table without refused rows has no file; a listing is one without rows, too.
        gone = not kept and path.name not in LISTINGS
        return Cleaned(None if gone else "".join([head, *kept]), len(rows) - len(kept))
    if path.name == "report.html":
        customer = _escaped(person.customer)
        return _without(REPORT_ROW, lambda row: "" if row[2] == customer else row[0], text)
    return _without(
        DOCS_EXAMPLE,
        lambda cell: cell[1] + (REMOVED if person.is_named_by(html.unescape(cell[2]).strip()) else cell[2]) + cell[3],
        text,
    )


def _rows_of(workbook: Path, person: Person) -> int:
    """How many rows of a workbook have the customer's id in a cell."""
    sheets = pd.read_excel(workbook, sheet_name=None, dtype=str, engine="openpyxl")
    return sum(int((sheet == person.customer).any(axis=1).sum()) for sheet in sheets.values())


def _without(pattern: "re.Pattern[str]", replaced: Callable[["re.Match[str]"], str], text: str) -> Cleaned:
    pieces, removed, end = [], 0, 0
    for match in pattern.finditer(text):
        fresh = replaced(match)
        removed += fresh != match[0]
        pieces += [text[end : match.start()], fresh]
        end = match.end()
    return Cleaned("".join([*pieces, text[end:]]), removed)


def _lists(row: dict[str, str], person: Person) -> bool:
    return _plain(row.get("customer_id", "")) == person.customer


def _refuses(row: dict[str, str], person: Person) -> bool:
    """Whether a refused row is the person's, or names it: by an id in a column of ids, or in words."""
    try:
        record: dict[str, Any] = json.loads(row.get("row", ""))
    except ValueError:
        return any(map(person.is_named_by, row.values()))
    if "line" in record:  # a line that could not be split is searched as it is, field by field
        return person.is_named_by(record["line"]) or not person.ids.isdisjoint(re.split(r'[,;\t|"]', record["line"]))
    by_id = (str(value) in person.ids for name, value in record.items() if name.casefold().endswith("id"))
    return any(by_id) or any(person.is_named_by(str(value)) for value in record.values() if not _number(value))


def _number(value: object) -> bool:
    return value is None or bool(re.fullmatch(r"[-+\d.,]*", str(value)))


def _read(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:  # line ends stay as they are
        return file.read()


def _records(text: str) -> list[str]:
    """The records of a CSV as they are written, each with its line end; a quoted cell may go over several lines."""
    records, lines = [], list[str]()
    for line in io.StringIO(text, newline="\n"):
        lines.append(line)
        if sum(part.count('"') for part in lines) % 2 == 0:
            records.append("".join(lines))
            lines = []
    return [*records, *lines]


def _cells(record: str) -> list[str]:
    return next(csv.reader(io.StringIO(record, newline="")), [])


def _plain(cell: str) -> str:
    """The text of a cell without the ' that keeps a spreadsheet from taking it for a formula."""
    return cell[1:] if cell.startswith("'") else cell


def _escaped(text: str) -> str:
    """As the report's template escapes."""
    return html.escape(text, quote=False).replace('"', "&#34;").replace("'", "&#39;")
