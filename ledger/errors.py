"""What a ledger, a mapping or an export that cannot be used raises."""

import difflib
from collections.abc import Iterable

NAMES_LISTED, LONGEST_NAME = 100, 200


class LedgerError(ValueError):
    """The data were refused as a whole; the message says what is wrong, where, and what to do."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `name` probably means, ignoring case and separators; None where none is close."""
    plain = {_plain(candidate): candidate for candidate in known}
    close = difflib.get_close_matches(_plain(name), plain, n=1, cutoff=0.4)
    return plain[close[0]] if close else None


def closest(name: str, known: Iterable[str]) -> str:
    """`nearest` as a sentence that starts with a space; empty where no name is close."""
    found = nearest(name, known)
    return f" The closest is {found!r}." if found is not None else ""


def listed(names: Iterable[str]) -> str:
    """Names for a message, `none` where there are none; the first ones where they are many or long."""
    every = list(names)
    some = [name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…" for name in every[:NAMES_LISTED]]
    more = len(every) - len(some)
    return ", ".join([*some, f"and {more:,} more"] if more else some) or "none"


def first_line(error: BaseException) -> str:
    """What a library's error says, in one line; its kind where it says nothing."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())
