"""The language of what people read: sentences by template from `languages/*.po`, numbers and days as it writes them.

Every room may import this module: it imports none of them. English is what the code and the rules say themselves; what
a language has no words for is shown in English.
"""

import gettext
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol

ENGLISH = "en"
DAY = "%Y-%m-%d"
_FOLDER = files(__package__) / "languages"
LANGUAGES = (ENGLISH, *sorted(Path(file.name).stem for file in _FOLDER.iterdir() if file.name.endswith(".po")))

_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """All texts within are written in one of `LANGUAGES`; English elsewhere, and in every new thread or process."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken_language() -> str:
    """The language that is spoken now, as HTML's `lang` wants it."""
    return _spoken.get().replace("_", "-")


def translated(template: str) -> str:
    """A template, or a code, in the language that is spoken: translate first, then fill in."""
    return _messages(_spoken.get()).gettext(template) if template else ""


def sentence(clause: str) -> str:
    """A clause with a capital and a full stop; '' of none."""
    return f"{clause[:1].upper()}{clause[1:]}." if clause else ""


def counted(one: str, many: str, count: int) -> str:
    """The number with its noun: counted("{count} day", "{count} days", 21) is '21 days'."""
    return _counted(_spoken.get(), one, many, count)


@lru_cache(maxsize=100_000)  # most counts are small, and finding a plural takes longer than all else
def _counted(language: str, one: str, many: str, count: int) -> str:
    return _messages(language).ngettext(one, many, abs(count)).format(count=number(count))


def number(value: float, decimals: int = 0) -> str:
    """'1,250.50' in English, '1.250,50' in German; grouped by thousands in every language."""
    english = f"{value:,.{decimals}f}"
    marks = _marks(_spoken.get())
    return english if marks is None else english.translate(marks)


def percent(value: float, decimals: int = 0) -> str:
    """A share as '35%', or as the language writes it."""
    return translated("{number}%").format(number=number(100 * value, decimals))


def in_any_language(codes: Iterable[str]) -> dict[str, str]:
    """The code that a word stands for, by the word in small letters: its translations, and the code itself."""
    known = list(codes)
    code_of_word: dict[str, str] = {}
    for language in LANGUAGES:
        with speaking(language):
            code_of_word |= {translated(code).casefold(): code for code in known}
    return code_of_word


@cache
def catalogue(language: str) -> Catalog:
    """What the file of a language says; of English, nothing."""
    if language == ENGLISH:
        return Catalog(locale=ENGLISH)
    with (_FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def _messages(language: str) -> gettext.NullTranslations:
    if language == ENGLISH:
        return gettext.NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def _marks(language: str) -> dict[int, str] | None:
    """What stands for the comma and the point of English; None where those do."""
    marks = {",": get_group_symbol(language), ".": get_decimal_symbol(language)}
    return None if marks == {",": ",", ".": "."} else str.maketrans(marks)
