"""The formats in which a mapping may say that dates are written: each gives a day, and no two of them disagree."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import cache

import numpy as np
import pandas as pd

from ledger.reading.parsing import to_days

EXCEL = "excel"
ISO = "iso"
MOST_FORMATS = 10
# Days of a spreadsheet count from here; its day 60 (29.02.1900) does not exist, so that only later ones agree.
EXCEL_START = np.datetime64("1899-12-30", "s")
EXCEL_FIRST = 61
# Directives side by side, as in %Y%m%d: without its zeros, 2024111 would be two days.
RUN_TOGETHER = re.compile("%[dmyYjHMS]%[dmyYjHMS]")


def require_date_formats(formats: Sequence[str]) -> None:
    """ValueError, with what would do, where a format gives no day or two formats read one cell as different days."""
    if not 1 <= len(formats) <= MOST_FORMATS:
        raise ValueError(f"format: write one to {MOST_FORMATS} formats, found {len(formats)}")
    for pattern in formats:
        if pattern not in (EXCEL, ISO):
            _require_a_day(pattern)
    for place, first in enumerate(formats):
        for second in formats[place + 1 :]:
            example = disagreement(first, second)
            if example is not None:
                raise ValueError(
                    f"format: {first!r} and {second!r} read {example!r} as different days; keep the one "
                    "that the export has, or read the rows of each with a rule of their own"
                )


def days_by(text: pd.Series, pattern: str) -> pd.Series:
    """The days of texts in one format as datetime64[s], missing where a text does not have it."""
    if pattern == ISO:
        return to_days(text)[0]
    if pattern == EXCEL:
        shaped = text.str.fullmatch(r"[0-9]{2,6}(?:[.,][0-9]*)?").fillna(False).astype(bool)
        serial = text.where(shaped).str.replace(",", ".", regex=False).astype("float64")
        whole = np.floor(serial.where(serial >= EXCEL_FIRST).to_numpy(dtype="float64"))
        days = EXCEL_START + np.nan_to_num(whole, nan=0).astype("timedelta64[D]")
        return pd.Series(days.astype("datetime64[s]"), index=text.index).where(~np.isnan(whole))
    if RUN_TOGETHER.search(pattern):
        text = text.where(text.str.len() == len(datetime(2013, 11, 28).strftime(pattern)))
    read = pd.to_datetime(text, format=pattern, errors="coerce")
    return read.dt.floor("D").astype("datetime64[s]")


@cache
def disagreement(first: str, second: str) -> str | None:
    """A text that both formats read, as different days; None where there is none."""
    for one, other in ((first, second), (second, first)):
        texts, days = _samples(one)
        read = days_by(texts, other)
        differs = read.notna().to_numpy() & (read.to_numpy() != days)
        if differs.any():
            return str(texts[differs].iloc[0])
    return None


def _samples(pattern: str) -> tuple[pd.Series, np.ndarray]:
    """Every day of twelve years, whose two last digits could be days and months, as a format writes it."""
    days = pd.date_range("2001-01-01", "2012-12-31", unit="s")
    if pattern == EXCEL:
        days = pd.date_range("1990-01-01", "2099-12-31", unit="s")
        serial = (days.to_numpy() - EXCEL_START).astype("timedelta64[D]").astype("int64")
        return pd.Series(serial.astype(str), dtype="str"), days.to_numpy()
    written = days.strftime("%Y-%m-%d" if pattern == ISO else pattern)
    return pd.Series(written, dtype="str"), days.to_numpy()


def _require_a_day(pattern: str) -> None:
    sample = datetime(2013, 11, 28)
    try:
        written = sample.strftime(pattern)
        # By Python's reader and by the one that reads the export: each knows directives that the other does not.
        gives = {datetime.strptime(written, pattern), pd.to_datetime(written, format=pattern).to_pydatetime()}
    except (ValueError, TypeError, re.error):  # re.error: a directive that is there twice
        gives = set()
    if gives != {sample}:
        raise ValueError(
            f"format {pattern!r} does not give a day; write it like '%d.%m.%Y' (28.11.2013), '%m/%d/%Y', '%Y%m%d', "
            "'excel' (41606) or 'iso'"
        )
