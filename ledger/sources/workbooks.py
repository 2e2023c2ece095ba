"""Rows out of a workbook (.xlsx): cells as the text that a CSV would have, days as 2024-01-31."""

import hashlib
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from configs.near_names import closest
from ledger.errors import LedgerError, first_line, listed
from ledger.sources.csv_and_parquet import RawRows, named_columns

MOST_BYTES = 2 << 30  # of the parts of a workbook when they are unpacked


def read_workbook(path: Path, sheet: str | None = None, skip_rows: int = 0) -> RawRows:
    """The rows of a sheet, the first one unless named, below its line of column names; blank rows are left out.

    LedgerError where the file is no workbook, has no such sheet, or has no line of column names.
    """
    book = _opened(path)
    try:
        if sheet is not None and sheet not in book.sheetnames:
            raise LedgerError(
                f"{path}: there is no sheet {sheet!r}.{closest(sheet, book.sheetnames)} "
                f"Sheets found: {listed(book.sheetnames)}"
            )
        rows = _rows(book[sheet] if sheet is not None else book.worksheets[0], skip_rows)
        head = next(rows, [])
        while head and head[-1] is None:
            head.pop()
        names = named_columns(path, ["" if name is None else name for name in head])
        cells = [row[: len(names)] + [None] * (len(names) - len(row)) for row in rows]
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise LedgerError(f"{path}: the workbook cannot be read: {first_line(error)}") from None
    finally:
        book.close()
    return RawRows(pd.DataFrame(cells, columns=names, dtype="str"))


def hash_workbook(path: Path) -> bytes:
    """SHA-256 of a workbook's bytes. LedgerError where the file cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError as error:
        raise LedgerError(f"{path}: the workbook cannot be read: {first_line(error)}") from None


def first_rows_of_sheets(path: Path, most: int) -> Iterator[tuple[str, list[list[str | None]], bool]]:
    """Each sheet's name, its first rows as texts, blank ones too, and whether these are all. LedgerError as in
    `read_workbook`."""
    book = _opened(path)
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = [[_text(cell) for cell in row] for row in islice(sheet.iter_rows(values_only=True), most + 1)]
            yield sheet.title, rows[:most], len(rows) <= most
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise LedgerError(f"{path}: the workbook cannot be read: {first_line(error)}") from None
    finally:
        book.close()


def require_not_larger(path: Path, most: int = MOST_BYTES) -> None:
    """LedgerError where a workbook's parts have more bytes than `most` when they are unpacked; BadZipFile, OSError."""
    with zipfile.ZipFile(path) as parts:
        size = sum(part.file_size for part in parts.infolist())
    if size > most:
        raise LedgerError(f"{path}: unpacked the workbook has {size:,} bytes, and at most {most:,} are read.")


def _opened(path: Path) -> Any:
    try:
        require_not_larger(path)
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, openpyxl.utils.exceptions.InvalidFileException):
        raise LedgerError(f"{path}: this is no workbook (.xlsx) that can be read. Save it as .xlsx or CSV.") from None


def _rows(sheet: Any, skip_rows: int) -> Iterator[list[str | None]]:
    """The rows that are not blank, as texts."""
    sheet.reset_dimensions()  # programs write dimensions that are too small
    for row in islice(sheet.iter_rows(values_only=True), skip_rows, None):
        cells = [_text(cell) for cell in row]
        if any(cell is not None for cell in cells):
            yield cells


def _text(cell: object) -> str | None:
    match cell:
        case None:
            return None
        case bool():
            return "true" if cell else "false"
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case datetime() | date() | time():
            return cell.isoformat()
        case float():
            return repr(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    return str(cell).strip() or None
