"""Whom to forget: what names a customer, and whether a text does."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

REMOVED = "(forgotten)"
STILL = "it names the customer still"
IN_WORKBOOKS = re.compile(r"_x[0-9A-Fa-f]{4}_")  # how a workbook writes a character that it cannot have
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\ufeff]")


def plain_id(text: object) -> str:
    """An id without what programs add to it: blanks, a ' before it, .0 behind it, characters that no one sees."""
    seen = UNSEEN.sub("", IN_WORKBOOKS.sub("", str(text))).strip()
    return re.sub(r"(?<=\d)\.0+$", "", seen.removeprefix("'"))


@dataclass(frozen=True)
class Person:
    """What names a customer: the id, the names that worklists showed, and the ids of invoices."""

    customer: str
    names: frozenset[str] = frozenset()
    invoices: frozenset[str] = frozenset()

    @property
    def ids(self) -> frozenset[str]:
        return self.invoices | {self.customer}

    @cached_property
    def plain_ids(self) -> frozenset[str]:
        return frozenset(map(plain_id, self.ids)) - {""}

    def is_customer(self, cell: object) -> bool:
        """Whether a cell is the customer's id, however a program spelled it."""
        return bool(cell is not None and plain_id(cell) == plain_id(self.customer) != "")

    def is_named_by(self, text: str) -> bool:
        """Whether a text is one of these, or has one in it as a word; a bare number there may be anything."""
        return text in self.names or plain_id(text) in self.plain_ids or bool(self._words.search(text))

    def without(self, text: str) -> str:
        """A text in which none of the words names the person any more."""
        return self._words.sub(REMOVED, text)

    def is_still_in(self, text: str) -> bool:
        """Whether the id or a name is a word of a text; it may be a whole file, in which thousands of invoices are not
        looked for."""
        return bool(self._own_words.search(text))

    @cached_property
    def _words(self) -> "re.Pattern[str]":
        return _as_words(self.ids | self.names)

    @cached_property
    def _own_words(self) -> "re.Pattern[str]":
        return _as_words(self.names | {self.customer})


def _as_words(names: Iterable[str]) -> "re.Pattern[str]":
    """What finds the names as words; a bare number may be anything."""
    kept = [name for name in sorted(names) if not name.isdigit() and any(letter.isalnum() for letter in name)]
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, kept))})(?![\w-])" if kept else r"(?!)")


@dataclass(frozen=True)
class Cleaned:
    """A file without the person: its bytes, or None where nothing of it is left, how many rows or values went, and why
    it may name the person still."""

    content: bytes | None
    removed: int
    left: str | None = None
