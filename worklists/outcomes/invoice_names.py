"""The invoices that a cell names, as people write numbers of documents."""

import re
from collections.abc import Mapping

BETWEEN = re.compile(r"[,;\n&+]|\s(?:and|und)\s", re.IGNORECASE)
ALL = ("all", "alle", "every", "sämtliche")


class NotOpen(ValueError):
    """The name of an invoice that was not open for the customer."""


def invoices_named(text: str, invoices: Mapping[str, str]) -> tuple[str, ...]:
    """The ids in the ledger that a text names; `invoices` has them by the id on the worklist's night.

    Case, blanks, dashes and leading zeros do not matter where only one invoice can be meant: spreadsheet programs drop
    zeros, and people the rest. NotOpen where a name is none of them.
    """
    if text.casefold() in ALL:
        return tuple(dict.fromkeys(invoices.values()))
    known = _by_plain_name(invoices)
    found: list[str] = []
    for name in (part.strip() for part in BETWEEN.split(text)):
        if name:
            words = [name] if plain_id(name) in known else name.split()
            found += [_one(word, known) for word in words]
    return tuple(dict.fromkeys(found))


def plain_id(name: str) -> str:
    """An id without case, marks and leading zeros."""
    letters = "".join(letter for letter in name.casefold() if letter.isalnum() or letter == "#")
    return letters.lstrip("0") or letters


def _by_plain_name(invoices: Mapping[str, str]) -> dict[str, set[str]]:
    known: dict[str, set[str]] = {}
    for on_night, in_ledger in invoices.items():
        for name in (on_night, in_ledger):
            known.setdefault(plain_id(name), set()).add(in_ledger)
    return known


def _one(word: str, known: dict[str, set[str]]) -> str:
    meant = known.get(plain_id(word), set())
    if len(meant) != 1:
        raise NotOpen(word)
    return next(iter(meant))
