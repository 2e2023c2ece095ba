"""The cells of a filled-in worklist, from what spreadsheet programs and editors save: XLSX, or CSV of any kind."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from babel.numbers import get_decimal_symbol
from openpyxl.utils.datetime import WINDOWS_EPOCH, from_excel

from configs.language import ENGLISH, LANGUAGES, in_any_language, speaking, translated
from configs.near_names import closest
from ledger.errors import LedgerError, first_line
from ledger.sources.workbooks import require_not_larger
from worklists.outcomes.numbers import decimal_mark
from worklists.pages.outcome_columns import OUTCOME_COLUMNS, OUTCOME_NAMES
from worklists.score_db.tables import WORKLIST

WHERE = ("run_id", "rank")
NEEDED = (*WHERE, "outcome")
NAMED = ("as_of", "customer_id", "customer_name", *WHERE, *OUTCOME_NAMES)
SEPARATORS = (",", ";", "\t", "|")
ROWS_BEFORE_THE_HEADS = 200  # a title, or notes to the team, may stand above
DAY_NUMBERS = (30_000, 80_000)  # 1982 to 2119, as a spreadsheet program numbers days
MOST_BYTES = 1 << 30  # of the parts of a workbook when they are unpacked: twice that of the longest worklist
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
RUN_ID = re.compile(r"[0-9a-f]{16}")
DATES = tuple(column.name for column in OUTCOME_COLUMNS if column.kind == "date")
FIGURES = tuple(column.name for column in WORKLIST.columns if column.kind in ("money", "number", "probability"))


def plain_head(head: object) -> str:
    """A head without case, blanks, underscores and line breaks."""
    return "".join(letter for letter in str(head).casefold() if letter.isalnum())


HEADS = {plain_head(head): name for head, name in in_any_language((*WORKLIST.names, *OUTCOME_NAMES)).items()}


@dataclass(frozen=True)
class Row:
    """Row `number`, as a spreadsheet program counts them, and its cells by column; empty ones are left out."""

    number: int
    cells: dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook, or a CSV, whose name is empty.

    `heads` has each column's head as it is in the file; `rows` are those with something in an outcome column;
    `language` is that of the heads, and `mark` the one before decimals in what a program wrote, None where unknown.
    """

    name: str
    heads: dict[str, str]
    rows: list[Row]
    language: str
    mark: str | None
    misshaped: list[Row] = field(default_factory=list)


def read_sheets(path: Path) -> list[Sheet]:
    """The sheets of a filled-in worklist. LedgerError where it cannot be read, or has no outcome columns."""
    if not path.is_file():
        raise LedgerError(f"{path}: there is no such file; expected a worklist (.csv or .xlsx) that was filled in.")
    content = path.read_bytes()
    if content.startswith(OLD_WORKBOOK):
        raise LedgerError(f"{path}: this workbook is of the old kind, or has a password; save it as .xlsx without one.")
    if content.startswith(b"PK") or path.suffix.casefold() in (".xlsx", ".xlsm"):
        sheets = list(_workbook(path, content))
    else:
        sheets = [_text_file(path, content)]
    if not sheets:
        raise LedgerError(f"{path}: no sheet has the columns of a worklist. Fill in the worklist as it was written.")
    return sheets


def _workbook(path: Path, content: bytes) -> Iterator[Sheet]:
    try:
        require_not_larger(path, MOST_BYTES)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        tables = [(sheet.title, _rows(sheet)) for sheet in book.worksheets]
        epoch = book.epoch
    except LedgerError:
        raise
    except zipfile.BadZipFile:
        raise LedgerError(f"{path}: this is not a readable workbook; it may have been cut off.") from None
    except Exception as error:  # whatever a damaged file does to the library
        raise LedgerError(f"{path}: this is not a readable workbook ({type(error).__name__}).") from None
    for name, rows in tables:
        heads = _find_heads(rows)
        if heads is None:
            _require_no_worklist(f"{path}, sheet {name}", rows)
            continue
        place, columns = heads
        _require(f"{path}, sheet {name}", columns, rows[place])
        yield _sheet(name, rows, place, columns, _mark_of(_language(rows[place])), epoch)


def _rows(sheet: Any) -> list[tuple[Any, ...]]:
    sheet.reset_dimensions()  # some programs write a wrong size, and rows beyond it would be lost
    return list(sheet.iter_rows(values_only=True))


def _text_file(path: Path, content: bytes) -> Sheet:
    text = _decoded(path, content)
    first, _, rest = text.partition("\n")
    if first.casefold().startswith("sep="):  # a line for Excel, which shows no row for it
        text = rest
    tables = [(separator, _split(path, text, separator)) for separator in SEPARATORS]
    found = [(separator, rows, *heads) for separator, rows in tables if (heads := _find_heads(rows))]
    if not found:
        lines = [rows[0] for _, rows in tables if rows]
        widest: list[str] = max(lines, key=len, default=[])
        found = [(",", [widest], 0, {HEADS[plain]: 0 for head in widest if (plain := plain_head(head)) in HEADS})]
    separator, rows, place, columns = max(found, key=lambda one: len(one[3]))
    _require(str(path), columns, rows[place])
    figures = [
        row[at] for row in rows[place + 1 :] for name, at in columns.items() if name in FIGURES and at < len(row)
    ]
    language = _language(rows[place])
    usual = "," if separator == ";" else _mark_of(language)
    return _sheet("", rows, place, columns, decimal_mark(figures) or usual, WINDOWS_EPOCH)


def _decoded(path: Path, content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        codecs = ["utf-16"]
    elif content[1:200:2].count(0) > 50:
        codecs = ["utf-16-le"]
    elif content[0:200:2].count(0) > 50:
        codecs = ["utf-16-be"]
    else:
        codecs = ["utf-8-sig", "cp1252"]
    for codec in codecs:
        try:
            return content.decode(codec)
        except UnicodeError:
            continue
    raise LedgerError(f"{path}: the text is neither UTF-8, UTF-16 nor of Windows; save it as CSV UTF-8.")


def _split(path: Path, text: str, separator: str) -> list[list[str]]:
    """The lines as cells; none where this cannot be the separator."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
    except csv.Error as error:
        if rows and _find_heads(rows):
            raise LedgerError(
                f"{path}: row {len(rows) + 1} is not readable as CSV ({first_line(error)}): a quotation mark is open "
                f"or not doubled."
            ) from None
        return []
    return rows


def _find_heads(rows: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]] | None:
    """Which row has the heads, and where each column is; None where the rows are no worklist."""
    for place, row in enumerate(rows[:ROWS_BEFORE_THE_HEADS]):
        columns = {
            HEADS[plain]: at for at, head in reversed(list(enumerate(row))) if (plain := plain_head(head)) in HEADS
        }
        if len(columns) >= len(NEEDED) and ("outcome" in columns or set(WHERE) <= set(columns)):
            return place, columns
    return None


def _require(origin: str, columns: dict[str, int], heads: Sequence[Any]) -> None:
    """LedgerError where a column that is needed is missing, or one is there twice."""
    written = [str(head) for head in heads if head is not None]
    for name in NEEDED:
        if name not in columns:
            raise LedgerError(
                f"{origin}: the column {name!r} is missing.{closest(name, written)} Fill in the worklist as it was "
                f"written, with all its columns."
            )
    named = [HEADS[plain] for head in written if (plain := plain_head(head)) in HEADS]
    for name in NAMED:
        if named.count(name) > 1:
            raise LedgerError(f"{origin}: the column {translated(name)!r} is there more than once; keep one of them.")


def _require_no_worklist(origin: str, rows: Sequence[Sequence[Any]]) -> None:
    """LedgerError where rows without heads are rows of a worklist: what is filled in there would be passed over."""
    for number, row in enumerate(rows, start=1):
        if any(isinstance(cell, str) and RUN_ID.fullmatch(cell.strip()) for cell in row):
            raise LedgerError(
                f"{origin}: row {number} is of a worklist, but no row above it has the heads of one. Put the line of "
                f"heads back, or delete the sheet."
            )


def _language(heads: Sequence[Any]) -> str:
    """The language of most heads; English where they are the codes that every language has."""
    written = {plain_head(head) for head in heads if head is not None}
    votes = {}
    for language in LANGUAGES:
        with speaking(language):
            words = {plain_head(translated(name)): plain_head(name) for name in HEADS.values()}
        votes[language] = sum(word in written for word, code in words.items() if word != code)
    chosen = max(votes, key=lambda language: votes[language])
    return chosen if votes[chosen] else ENGLISH


def _mark_of(language: str) -> str:
    return get_decimal_symbol(language)


def _sheet(
    name: str, rows: Sequence[Sequence[Any]], place: int, columns: dict[str, int], mark: str | None, epoch: Any
) -> Sheet:
    heads = rows[place]
    wanted = {column: at for column, at in columns.items() if column in NAMED}
    found: list[Row] = []
    misshaped: list[Row] = []
    for number, row in enumerate(rows[place + 1 :], start=place + 2):
        cells = {
            column: value
            for column, at in wanted.items()
            if at < len(row) and (value := _cell(row[at], column, epoch)) is not None
        }
        too_long = any(_cell(cell, "", epoch) is not None for cell in row[len(heads) :])
        heads_again = cells and all(HEADS.get(plain_head(value)) == column for column, value in cells.items())
        if heads_again or (not any(column in cells for column in OUTCOME_NAMES) and not too_long):
            continue
        (misshaped if too_long and not name else found).append(Row(number, cells))
    written = {column: str(heads[at]).strip() for column, at in columns.items()}
    return Sheet(name, written, found, _language(heads), mark, misshaped)


def _cell(value: Any, column: str, epoch: Any) -> Any:
    """A cell without what cannot be seen; None where it is empty. A number in a column of days is a day."""
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\u200b", "").replace("\ufeff", "").strip()
        return text or None
    if column in DATES and isinstance(value, int | float) and not isinstance(value, bool):
        return from_excel(int(value), epoch) if DAY_NUMBERS[0] <= value < DAY_NUMBERS[1] else f"{value:.15g}"
    return value
