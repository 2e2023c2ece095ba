"""The cells of a row read as what their column holds: a choice, a day, an amount, a number, a text."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from babel.numbers import get_currency_name, get_currency_symbol
from openpyxl.cell.cell import ERROR_CODES

from configs.language import LANGUAGES, translated
from ledger.declarations import Column
from ledger.minor_units import decimals
from ledger.tables import LONGEST_TEXT
from worklists.outcomes.choice_words import choice_of, likely_choice, plain_word, spoken_choices, words_of
from worklists.outcomes.days import day_of
from worklists.outcomes.numbers import Unreadable, number_of, without_unit

EXAMPLES = {"date": "2024-12-31, 31.12.2024", "money": "1234.50, 1.234,50", "number": "7.5, 7,5"}
MINUTE_WORDS = ("", "m", "min", "mins", "minute", "minutes", "minuten")


@dataclass(frozen=True)
class Habits:
    """How a file writes: the mark before decimals and the order of days with slashes, None where unknown."""

    mark: str | None
    order: str | None


class NotReadable(ValueError):
    """A cell that cannot be read; the message says why and what would do, in the language that is spoken."""


def read_cell(column: Column, value: Any, night: date, currency: str, habits: Habits) -> Any:
    """What a cell says: str, date, or Decimal. NotReadable where it says nothing that its column can hold."""
    if isinstance(value, str) and value in ERROR_CODES:
        raise NotReadable(translated("this is an error of the spreadsheet; write the value itself"))
    if isinstance(value, bool | time | timedelta):
        raise NotReadable(_expected(column))
    try:
        if column.kind == "choice":
            return _choice(column, str(value))
        if column.kind == "text":
            return _text(value)
        if column.kind == "date":
            return day_of(value, night, habits.order)
        return _amount(value, currency, habits) if column.kind == "money" else _minutes(value, habits)
    except Unreadable as unreadable:
        if unreadable.ambiguous:
            one, other = unreadable.ambiguous
            raise NotReadable(
                translated("this can be {one} or {other}; write it as {example}").format(
                    one=one, other=other, example=EXAMPLES[column.kind]
                )
            ) from None
        raise NotReadable(_expected(column)) from None


def _expected(column: Column) -> str:
    template = {
        "choice": translated("this is none of the words for it"),
        "date": translated("this is no day; write it as {example}"),
        "money": translated("this is no amount; write it as {example}"),
        "number": translated("this is no number; write it as {example}"),
        "text": translated("this is no text"),
    }
    return template[column.kind].format(example=EXAMPLES.get(column.kind, ""))


def _choice(column: Column, text: str) -> str:
    words = _words_of(column)
    chosen = choice_of(text, words)
    if chosen is None:
        near, every = likely_choice(text, words), spoken_choices(column.choices)
        unknown = translated("this is none of the words for it")
        meant = translated("did you mean {word}?").format(word=near) + " " if near else ""
        raise NotReadable(f"{unknown}; {meant}{translated('expected: {words}').format(words=every)}")
    return chosen


@cache
def _words_of(column: Column) -> dict[str, str]:
    return words_of(column)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = value.date().isoformat() if isinstance(value, datetime) else str(value)
    if len(text) > LONGEST_TEXT:
        raise NotReadable(
            translated("this has {length} characters; shorten it to {most}").format(length=len(text), most=LONGEST_TEXT)
        )
    if "\x00" in text:
        raise NotReadable(translated("this has a character that no text has; write it anew"))
    return text


def _amount(value: Any, currency: str, habits: Habits) -> Decimal:
    if isinstance(value, int | float):
        return _finite(value)
    text, unit = without_unit(_as_text(value))
    if unit and not _means(unit, currency):
        raise NotReadable(translated("the amounts of the worklist are in {currency}").format(currency=currency))
    return number_of(text, habits.mark, decimals())


def _minutes(value: Any, habits: Habits) -> Decimal:
    if isinstance(value, int | float):
        return _finite(value)
    text, unit = without_unit(_as_text(value))
    if unit.casefold() not in MINUTE_WORDS:
        raise Unreadable
    return number_of(text, habits.mark)


def _as_text(value: Any) -> str:
    """Text of a cell for a figure; a day is none, though a program may have made one of `7.5`."""
    if not isinstance(value, str):
        raise Unreadable
    return value


def _finite(value: float) -> Decimal:
    found = Decimal(repr(value))
    if not found.is_finite():
        raise Unreadable
    return found


def _means(unit: str, currency: str) -> bool:
    """Whether a unit names the currency: its code, its sign or its name in any language."""
    signs = {currency, *(get_currency_symbol(currency, locale=one) for one in LANGUAGES)}
    names = {get_currency_name(currency, count=count, locale=one) for one in LANGUAGES for count in (1, 2)}
    known = {sign.casefold() for sign in signs | names}
    return (
        unit.casefold() in known
        or plain_word(unit) in map(plain_word, names)
        or (unit == "$" and any(sign.endswith("$") for sign in signs))
    )
