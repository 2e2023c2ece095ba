"""Refused rows on disk, and CSV text that a spreadsheet cannot take for a formula."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

# Spreadsheets take a cell for a formula by its first character, also after spaces, which some strip, and also in the
# full-width form that East Asian versions read as the plain one.
FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@＝＋－＠]")


def spreadsheet_safe(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with a leading ' in every text cell that a spreadsheet could take for a formula; other cells stay."""
    return pd.DataFrame({name: _safe(frame[name]) for name in frame.columns}, index=frame.index)


def write_csv(frame: pd.DataFrame, path: Path, *, append: bool = False) -> None:
    """A UTF-8 CSV whose cells cannot become formulas; or further rows of one.

    Text is always quoted: an unquoted carriage return inside a cell would start a new one.
    """
    spreadsheet_safe(frame).to_csv(
        path,
        index=False,
        encoding="utf-8",
        lineterminator="\n",
        quoting=csv.QUOTE_NONNUMERIC,
        mode="a" if append else "w",
        header=not append,
    )


def write_quarantine(refused: Iterable[pd.DataFrame], folder: Path) -> None:
    """Refused rows, which may come in parts, as one CSV per table in `folder`.

    A table without refused rows has no file, not even an old one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.glob("*.csv"):
        earlier.unlink()
    for part in refused:
        for table, rows in part.groupby("table", sort=True):
            path = folder / f"{table}.csv"
            write_csv(rows, path, append=path.exists())


def _safe(values: pd.Series) -> pd.Series:
    if not pd.api.types.is_string_dtype(values.dtype) and not isinstance(values.dtype, pd.CategoricalDtype):
        return values
    return values.astype(object).map(_safe_cell)


def _safe_cell(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and FORMULA.match(cell) else cell
