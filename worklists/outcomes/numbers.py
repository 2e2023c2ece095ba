"""Numbers as people write them: `7,5`, `5.000,50`, `1'200.50`, `€ 500`, `500,-`."""

import re
from collections.abc import Iterable
from decimal import Decimal

MARKS = (".", ",")
BLANKS = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009", " ") | {"’": "'", "−": "-", "–": "-"})
WITH_UNIT = re.compile(r"(?P<before>[^\d.,'+\s-]*)\s*(?P<number>[+-]?[\d.,' ]*\d)(?:[.,]-+)?\s*(?P<after>[^\d,'\s+-]*)")
WHOLE = r"[+-]?(?:\d+|[1-9]\d{0,2}(?:(?P<group>[%s])\d{3})(?:(?P=group)\d{3})*)"
SHAPES = {mark: re.compile(WHOLE % f"{other}' " + rf"(?:[{mark}](?P<fraction>\d+))?")
          for mark, other in zip(MARKS, reversed(MARKS), strict=True)}  # fmt: skip


class Unreadable(ValueError):
    """What a cell says cannot be read; `ambiguous` holds the readings where it says two things."""

    def __init__(self, *ambiguous: str) -> None:
        super().__init__()
        self.ambiguous = ambiguous


def without_unit(text: str) -> tuple[str, str]:
    """A text's number and the unit before or after it: ('500', '€') of `€ 500`. Unreadable where it is no number."""
    found = WITH_UNIT.fullmatch(text.translate(BLANKS).strip())
    if found is None or (found["before"] and found["after"]):
        raise Unreadable
    return found["number"].strip(), (found["before"] or found["after"]).strip(".").strip()


def decimal_mark(texts: Iterable[str]) -> str | None:
    """The mark before the decimals in all numbers that can be read in one way only; None where they do not agree."""
    found = set()
    for text in texts:
        try:
            readings = _readings(without_unit(text)[0])
        except Unreadable:
            continue
        if len(readings) == 1:
            found |= set(readings)
    return found.pop() if len(found) == 1 else None


def number_of(text: str, mark: str | None, most_decimals: int | None = None) -> Decimal:
    """What a number without a unit says; `mark` decides where it could be read in two ways, such as 5.000.

    Three decimals where at most `most_decimals` are written are in doubt, too: 5.000 euros are hardly five. Unreadable
    where it is no number, or cannot be decided.
    """
    readings = _readings(text)
    values = set(readings.values())
    if not values:
        raise Unreadable
    if len(values) == 1:
        return values.pop()
    chosen = readings.get(mark or "")
    if chosen is None or (most_decimals is not None and -_exponent(chosen) > most_decimals):
        raise Unreadable(*(f"{value.normalize():f}" for value in sorted(values)))
    return chosen


def _readings(text: str) -> dict[str, Decimal]:
    """The values that a text can have, by the mark before the decimals."""
    found = {}
    for mark, shape in SHAPES.items():
        if shape.fullmatch(text):
            found[mark] = Decimal("".join(letter for letter in text if letter not in "' " and (
                letter not in MARKS or letter == mark)).replace(mark, "."))  # fmt: skip
    return found


def _exponent(value: Decimal) -> int:
    return int(value.as_tuple().exponent)
