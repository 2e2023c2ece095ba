"""Days as people write them: 31.12.2024, 31.12., 31/12/2024, 4 March 2024, 2024-12-31, a spreadsheet's day number."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from babel.dates import get_month_names

from configs.language import LANGUAGES
from worklists.outcomes.numbers import Unreadable

DAY_FIRST, MONTH_FIRST = "day first", "month first"
WEEKDAY = r"(?:[^\W\d]{2,10}[.,]?\s+)?"
TIME = r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?"
ISO = re.compile(rf"(\d{{4}})([-./]?)(\d{{1,2}})\2(\d{{1,2}}){TIME}")
# 15.1 may be the number that a program made of 15.10, so that a month at the end has two digits, or a point.
DOTS = re.compile(rf"{WEEKDAY}(\d{{1,2}})\.\s*(\d{{1,2}}(?=\.)|\d{{2}})\.?\s*(\d{{4}}|\d{{2}})?{TIME}", re.IGNORECASE)
SLASHES = re.compile(rf"{WEEKDAY}(\d{{1,2}})([/-])(\d{{1,2}})(?:\2(\d{{4}}|\d{{2}}))?{TIME}", re.IGNORECASE)
NAMED = re.compile(rf"{WEEKDAY}(\d{{1,2}})\.?\s*([^\W\d]{{3,10}})\.?,?\s*(\d{{4}}|\d{{2}})?")
NAME_FIRST = re.compile(r"([^\W\d]{3,10})\.?\s+(\d{1,2})(?:,?\s+(\d{4}))?")
DAY_NUMBER = re.compile(r"[34567]\d{4}(?:[.,]0+)?")  # 1982 to 2118: no other day is written with five digits
FIRST_DAY = date(1899, 12, 30)  # of spreadsheet programs, since they count a 29 February 1900
MONTHS = {
    name.casefold().strip("."): number
    for language in LANGUAGES
    for width in ("wide", "abbreviated")
    for number, name in get_month_names(width, locale=language).items()
}


def day_order(texts: Iterable[str]) -> str | None:
    """Whether days with slashes begin with the day or the month, by those that can only be one; None where unknown."""
    found = set()
    for text in texts:
        if written := SLASHES.fullmatch(text.strip()):
            first, second = int(written[1]), int(written[3])
            found |= {DAY_FIRST} if first > 12 else {MONTH_FIRST} if second > 12 else set()
    return found.pop() if len(found) == 1 else None


def day_of(value: object, night: date, order: str | None) -> date:
    """The day that a cell says; without a year it is the one nearest to the night.

    Unreadable where it is no day, or cannot be decided by `order` (see `day_order`).
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise Unreadable
    text = " ".join(value.split())
    if DAY_NUMBER.fullmatch(text):
        return FIRST_DAY + timedelta(days=int(text[:5]))
    if found := ISO.fullmatch(text):
        return _day(found[1], int(found[3]), int(found[4]), night)
    if found := DOTS.fullmatch(text):
        return _day(found[3], int(found[2]), int(found[1]), night)
    if found := SLASHES.fullmatch(text):
        return _with_slashes(int(found[1]), int(found[3]), found[4], night, order)
    if (found := NAMED.fullmatch(text)) and found[2].casefold() in MONTHS:
        return _day(found[3], MONTHS[found[2].casefold()], int(found[1]), night)
    if (found := NAME_FIRST.fullmatch(text)) and found[1].casefold() in MONTHS:
        return _day(found[3], MONTHS[found[1].casefold()], int(found[2]), night)
    raise Unreadable


def _with_slashes(first: int, second: int, year: str | None, night: date, order: str | None) -> date:
    if first > 12 or second > 12 or first == second or order is not None:
        day_first = first > 12 or (second <= 12 and order != MONTH_FIRST)
        return _day(year, second, first, night) if day_first else _day(year, first, second, night)
    readings = (_day(year, second, first, night), _day(year, first, second, night))
    raise Unreadable(*(day.isoformat() for day in sorted(readings)))


def _day(year: str | None, month: int, day: int, night: date) -> date:
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        near = [_or_none(other, month, day) for other in (night.year - 1, night.year, night.year + 1)]
        return min((one for one in near if one), key=lambda one: abs(one - night))
    except ValueError:
        raise Unreadable from None


def _or_none(year: int, month: int, day: int) -> date | None:
    """29 February is not in every year."""
    try:
        return date(year, month, day)
    except ValueError:
        return None
