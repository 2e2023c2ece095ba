"""How the dates of a column are written: by formats that none of the cells contradicts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ledger.importing.cells.date_formats import ISO, days_by, disagreement
from ledger.importing.cells.dates import read_days

NUMERIC_FORMATS = (
    *("%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y", "%d-%m-%y"),
    *("%m-%d-%y", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d %m %Y"),
)
TIMES = ("", " %H:%M", " %H:%M:%S", " %I:%M:%S %p", " %I:%M %p")
WORD_FORMATS = (
    *("%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %y", "%b %d, %Y", "%b %d %Y", "%d %B %Y", "%d. %B %Y", "%B %d, %Y"),
    *("%d. %b %Y", "%d/%b/%Y", "%d.%b.%Y", "%a, %d %b %Y"),
)
LANGUAGES = (None, "de", "fr", "es", "it", "nl", "pt", "pl")
NOTHING = frozenset(
    (
        "-",
        "--",
        "n/a",
        "na",
        "null",
        "none",
        "nan",
        "nat",
        "0",
        "00.00.0000",
        "0000-00-00",
        "00/00/0000",
        "00000000",
        ".",
    )
)
FIRST_YEAR, LAST_YEAR = np.datetime64("1990-01-01", "s"), np.datetime64("2100-12-31", "s")
MOST_FORMATS_OF_A_COLUMN = 4
ENOUGH = 0.95  # of the cells must be readable, or the column is something else
MOST_WRONG_DAYS = 0.25  # of the cells may be days that no month has
DATE_LIKE = re.compile(r"(?=.*\d)[\w.,/: -]{6,40}")


@dataclass(frozen=True)
class Dates:
    """The formats of a column's dates (none where they are in ISO form), `other` where each cell could also be read so;
    placeholders that mean no date, and how many cells no format reads."""

    formats: tuple[str, ...]
    language: str | None = None
    other: str | None = None
    nothing: tuple[str, ...] = ()
    unread: int = 0
    example: str = ""


def share_of(text: pd.Series, counts: pd.Series, pattern: re.Pattern[str]) -> float:
    """The share of the cells with the most frequent texts that have a shape."""
    few = text.head(50)
    shaped = few.map(lambda cell: bool(pattern.fullmatch(cell))).to_numpy(dtype=bool)
    cells = counts.reindex(few).to_numpy()
    return float(cells[shaped].sum() / cells.sum())


def guessed_dates(text: pd.Series, counts: pd.Series) -> Dates | None:
    """How dates are written, by formats that no cell contradicts."""
    nothing = [cell for cell in text if cell.casefold() in NOTHING]
    text = text[~text.isin(nothing)]
    if not len(text) or share_of(text, counts, DATE_LIKE) < ENOUGH:
        return None
    formats: list[str] = []
    left, language, other = text, None, None
    first_days: pd.Series | None = None
    while len(left) and len(formats) < MOST_FORMATS_OF_A_COLUMN:
        each = _readings(left, formats, language)
        if not each:
            break
        pattern, spoken, days = each[0]
        if first_days is None:
            other = _contradicting(each)
        first_days = days if first_days is None else first_days
        formats.append(pattern)
        language = language or spoken
        left = left[days.isna().to_numpy()]
    if not formats:
        return None
    cells = int(counts.reindex(list(left)).sum()) if len(left) else 0
    total = int(counts.reindex(list(text)).sum())
    words = [cell for cell in left if not any(letter.isdigit() for letter in cell)]
    if len(left) == len(words) <= 3 and len(words):
        nothing, left, cells = [*nothing, *words], left[:0], 0
    if cells > (1 - ENOUGH) * total and not (cells <= MOST_WRONG_DAYS * total and _alike(left, text)):
        return None
    all_days, _ = read_days(text, formats, language)
    early = text[((all_days < FIRST_YEAR) | (all_days > LAST_YEAR)).to_numpy()]
    if len(early) > 3 or len(early) == len(text):
        return None
    written = () if formats == [ISO] else tuple(formats)
    return Dates(written, language, other, (*nothing, *early), cells, str(left.iloc[0]) if len(left) else "")


def _alike(left: pd.Series, text: pd.Series) -> bool:
    """Whether the texts that no format reads have the shape of those that one does, such as 31.02.2024."""
    shape = text.str.replace("[0-9]", "9", regex=True)
    return bool(shape[left.index].isin(shape.drop(left.index)).all())


def _readings(text: pd.Series, before: list[str], language: str | None) -> list[tuple[str, str | None, pd.Series]]:
    """The formats that read most of the texts, with the language of their months and the days."""
    found: list[tuple[int, str, str | None, pd.Series]] = []
    few = text.head(40)

    def attempt(pattern: str, spoken: str | None) -> None:
        if pattern in before or any(disagreement(one, pattern) for one in before):
            return
        if _days_or_none(few, pattern, spoken).isna().all() and len(text) == len(few):
            return
        days = _days_or_none(text, pattern, spoken)
        if days.notna().any():
            found.append((int(days.notna().sum()), pattern, spoken, days))

    attempt(ISO, None)
    if text.str.contains(r"[^\W\d_]{3}").any():
        for spoken in LANGUAGES if language is None else (language,):
            for pattern in WORD_FORMATS:
                attempt(pattern, spoken)
    if not text.str.contains(r"[^\W\d_]{3}").all():
        for pattern in NUMERIC_FORMATS:
            for clock in TIMES if text.str.contains(":").any() else TIMES[:1]:
                attempt(pattern + clock, None)
    most = max((read for read, *_ in found), default=0)
    return [(pattern, spoken, days) for read, pattern, spoken, days in found if read == most]


def _days_or_none(text: pd.Series, pattern: str, language: str | None) -> pd.Series:
    """The days of the texts that have the format."""
    if language is None:
        return days_by(text, pattern)
    days, _ = read_days(text, [pattern], language)
    return days.where(days_by(text, ISO).isna())


def _contradicting(each: Sequence[tuple[str, str | None, pd.Series]]) -> str | None:
    """Another format that reads the same cells as other days."""
    pattern, _, days = each[0]
    for other, _, others in each[1:]:
        if other != pattern and (days.dropna() != others.reindex(days.index)[days.notna()]).any():
            return other
    return None


def decided(dates: Dates, proofs: Sequence[Dates]) -> Dates:
    """The same dates in the order of day and month that another column of the file proves."""
    if dates.other is None:
        return dates
    proved = {pattern for one in proofs if one.other is None for pattern in one.formats}
    shape = {
        pattern: re.sub(" %[HI].*", "", pattern).replace("%y", "%Y")
        for pattern in (*proved, *dates.formats, dates.other)
    }
    shapes = {shape[pattern] for pattern in proved}
    mine, its = shape[dates.formats[0]], shape[dates.other]
    if (mine in shapes) == (its in shapes):
        return dates
    chosen = dates.formats[0] if mine in shapes else dates.other
    return Dates((chosen, *dates.formats[1:]), dates.language, None, dates.nothing, dates.unread, dates.example)
