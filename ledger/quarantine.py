"""Refused rows on disk, and CSV text that a spreadsheet cannot take for a formula."""

import csv
import re
from pathlib import Path

import pandas as pd

# Spreadsheets take a cell for a formula by its first character, also after spaces, which some strip, and also in the
# full-width form that East Asian versions read as the plain one.
FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")


def spreadsheet_safe(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with a leading ' in every text cell that a spreadsheet could take for a formula; other cells stay."""
    return pd.DataFrame({name: _safe(frame[name]) for name in frame.columns}, index=frame.index)


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """A UTF-8 CSV whose cells cannot become formulas.

    Text is always quoted: an unquoted carriage return inside a cell would start a new one.
    """
    spreadsheet_safe(frame).to_csv(
        path, index=False, encoding="utf-8", lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC
    )


def write_quarantine(refused: pd.DataFrame, folder: Path) -> None:
    """Refused rows as one CSV per table in `folder`; a table without refused rows has no file, not even an old one."""
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.glob("*.csv"):
        earlier.unlink()
    for table, rows in refused.groupby("table", sort=True):
        write_csv(rows, folder / f"{table}.csv")


def _safe(values: pd.Series) -> pd.Series:
    if not pd.api.types.is_string_dtype(values.dtype) and not isinstance(values.dtype, pd.CategoricalDtype):
        return values
    return values.astype(object).map(_safe_cell)


def _safe_cell(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell
