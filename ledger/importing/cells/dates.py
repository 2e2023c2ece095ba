"""Dates as people write them: by the formats that the mapping states, in their order."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd
from babel import Locale

from ledger.importing.cells.date_formats import EXCEL, ISO, days_by, disagreement
from ledger.reading.parsing import Mask, by_distinct

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# What spreadsheets write and CLDR does not know.
FURTHER_NAMES = {"de": {"mrz": 3, "jänner": 1}}
SHORTEST_START = 3
WORD = r"[^\W\d_]+"


def read_days(text: pd.Series, formats: Sequence[str], language: str | None = None) -> tuple[pd.Series, Mask]:
    """The days of trimmed texts as datetime64[s], each by the first format that reads it, and which none of them reads.

    ISO dates (2024-01-31, with or without a time) are read besides, as the cells of workbooks and databases come,
    unless a stated format reads such texts as other days. `language` is that of month names.
    """

    def read(each: pd.Series) -> pd.Series:
        days = pd.Series(np.datetime64("NaT", "s"), index=each.index, dtype="datetime64[s]")
        for pattern in _with_iso(tuple(formats)):
            for written in _in_english(each, pattern, language):
                left = days.isna()
                days = days.where(~left, days_by(written.where(left), pattern))
        return days

    found = by_distinct(text, read)
    return found, (text.notna() & found.isna()).to_numpy()


@cache
def _with_iso(formats: tuple[str, ...]) -> tuple[str, ...]:
    if ISO in formats or any(disagreement(pattern, ISO) for pattern in formats):
        return formats
    return (*formats, ISO)


def _in_english(text: pd.Series, pattern: str, language: str | None) -> list[pd.Series]:
    """The texts with English month names, with the point behind a name and without it."""
    if language is None or pattern in (EXCEL, ISO) or not re.search("%[bB]", pattern):
        return [text]
    numbers = month_numbers(language)
    length = None if "%B" in pattern else len("Jan")

    def translated(found: re.Match[str]) -> str:
        number = _month_of(_folded(found[0]), numbers)
        return found[0] if number is None else MONTHS[number - 1][:length]

    without_points = text.str.replace(rf"({WORD})\.", r"\1", regex=True)
    return [each.str.replace(WORD, translated, regex=True) for each in (text, without_points)]


@cache
def month_numbers(language: str) -> dict[str, int]:
    """The number of each month by its names in a language, in small letters without accents."""
    months = Locale.parse(language).months
    names = {
        _folded(str(name).rstrip(".")): int(number)
        for context in ("format", "stand-alone")
        for width in ("abbreviated", "wide")
        for number, name in months[context][width].items()
    }
    return names | {_folded(name): number for name, number in FURTHER_NAMES.get(language, {}).items()}


def _month_of(word: str, numbers: dict[str, int]) -> int | None:
    """The month that a word names, or is the start of the only one that starts so."""
    if word in numbers:
        return numbers[word]
    started = {number for name, number in numbers.items() if name.startswith(word)}
    return next(iter(started)) if len(word) >= SHORTEST_START and len(started) == 1 else None


def _folded(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
