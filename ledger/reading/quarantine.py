"""Refused rows on disk, and CSV text that a spreadsheet cannot take for a formula."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

REPAIRED = "repaired"

# Spreadsheets take a cell for a formula by its first character, also after spaces, which some strip, or characters that
# no one sees, and also in the full-width and small forms that East Asian versions read as the plain one.
UNSEEN = r"\s\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
SIGN = "[=+\\-@＝＋－＠﹦﹢﹣﹫−]"
FORMULA = re.compile(rf"[\t\r\n]|[{UNSEEN}]*{SIGN}")
# Where semicolons part columns, as in much of Europe, a spreadsheet does not see our quotes around ;=1+1, nor those
# around a line end: a cell begins behind either.
FORMULA_INSIDE = re.compile(rf"(?<=.)(;|\r\n?|\n)(?=[{UNSEEN}\"]*{SIGN})", re.DOTALL)


def spreadsheet_safe(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with a ' before whatever a spreadsheet could take for a formula in a text cell; other cells stay."""
    return pd.DataFrame({name: _safe(frame[name]) for name in frame.columns}, index=frame.index)


def write_csv(frame: pd.DataFrame, path: Path, *, append: bool = False, mark: bool = False) -> None:
    """A UTF-8 CSV whose cells cannot become formulas; or further rows of one. With a `mark` (the byte order mark)
    spreadsheet programs read its umlauts.

    Text is always quoted: an unquoted carriage return inside a cell would start a new one.
    """
    spreadsheet_safe(frame).to_csv(
        path,
        index=False,
        encoding="utf-8-sig" if mark else "utf-8",
        lineterminator="\n",
        quoting=csv.QUOTE_NONNUMERIC,
        mode="a" if append else "w",
        header=not append,
    )


def write_quarantine(refused: Iterable[pd.DataFrame], folder: Path, repaired: Iterable[pd.DataFrame] = ()) -> None:
    """Refused rows, which may come in parts, as one CSV per table in `folder`; repaired cells so in a folder within.

    A table without refused rows has no file, not even an old one.
    """
    _write_listing(refused, folder)
    cells = folder / REPAIRED
    _write_listing(repaired, cells)
    if not any(cells.iterdir()):
        cells.rmdir()


def _write_listing(listing: Iterable[pd.DataFrame], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for earlier in folder.glob("*.csv"):
        earlier.unlink()
    for part in listing:
        for table, rows in part.groupby("table", sort=True):
            path = folder / f"{table}.csv"
            write_csv(rows, path, append=path.exists())


def _safe(values: pd.Series) -> pd.Series:
    if not pd.api.types.is_string_dtype(values.dtype) and not isinstance(values.dtype, pd.CategoricalDtype):
        return values
    number, different = pd.factorize(values.astype(object))  # most texts are in many cells
    safe = pd.Series([*map(_safe_cell, different), None], dtype=object)
    return safe.iloc[number].set_axis(values.index).where(values.notna(), values)


def _safe_cell(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    text = FORMULA_INSIDE.sub(r"\1'", cell)
    return f"'{text}" if FORMULA.match(text) else text
