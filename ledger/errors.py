"""What a ledger, a mapping or an export that cannot be used raises."""

import re
from collections.abc import Iterable

NO_FILE = "this is a pipe or a device, whose rows cannot be read twice. Write them to a file."
NAMES_LISTED, LONGEST_NAME = 100, 200


class LedgerError(ValueError):
    """The data were refused as a whole; the message says what is wrong, where, and what to do."""


class WrongPlace(LedgerError):
    """What is to be written would go to a place that is taken: nothing is wrong with the data."""


class NoAnswer(LedgerError):
    """A database does not answer, or went away meanwhile: nothing is known to be wrong with the data, and the same may
    succeed a little later."""


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


def without_login(text: str) -> str:
    """A text with *** for the user and password of each address in it."""
    return re.sub(r"//[^/@\s]*@", "//***@", text)
