"""Which name was probably meant. Every room may import this module: it imports none of them."""

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], at_least: float = 0.4) -> str | None:
    """The one of `known` that `name` probably means, ignoring case and separators; None where none is close, by a ratio
    from 0, nothing alike, to 1."""
    plain = {_plain(candidate): candidate for candidate in known}
    close = difflib.get_close_matches(_plain(name), plain, n=1, cutoff=at_least)
    return plain[close[0]] if close else None


def closest(name: str, known: Iterable[str]) -> str:
    """`nearest` as a sentence that starts with a space; empty where no name is close."""
    found = nearest(name, known)
    return f" The closest is {found!r}." if found is not None else ""


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
