"""What an amount means, read letter by letter: a slow twin of `ledger.importing.cells.amounts`."""

from decimal import Decimal

from ledger.importing.cells.cell_form import CellForm
from ledger.importing.cells.currency_marks import SIGNS, code_of
from ledger.reading.iso_codes import CURRENCIES

BLANKS = " \u00a0\u2007\u2009\u202f\t"
KINDS = {" ": " \u00a0\u2007\u2009\u202f", "'": "'\u2019\u02bc", ",": ",", ".": "."}


def slow_amount(text: str, form: CellForm) -> Decimal | None:
    """The amount of a trimmed text; None where it cannot be read."""
    digits = [place for place, letter in enumerate(text) if letter in "0123456789"]
    if not digits:
        return None
    mark = "," if form.decimal_comma else "."
    first, last = digits[0], digits[-1]
    if first > 0 and text[first - 1] == mark and not _ends_with_a_sign(text[:first]):
        first -= 1
    point_behind = text[last + 1 : last + 2] == mark
    size = _size(text[first : last + 1], mark, form)
    if point_behind and mark in text[first : last + 1]:
        return None
    before = _marks(text[:first], form)
    behind = _marks(text[last + 1 + point_behind :], form)
    if size is None or before is None or behind is None:
        return None
    signs, currencies = before[0] + behind[0], before[1] + behind[1]
    if len(before[1]) > 1 or len(behind[1]) > 1 or len(before[0]) > 2:
        return None
    if point_behind and behind[0] == ["minus"]:
        return None
    if len(currencies) == 2 and not _one_currency(*currencies):
        return None
    if signs == ["open", "close"] and len(before[0]) == 1:
        return -size
    if len(signs) > 1 or signs in (["open"], ["close"]):
        return None
    return -size if signs in (["minus"], ["letters-"]) else size


def _ends_with_a_sign(text: str) -> bool:
    """Whether the point belongs to the sign of a currency: Rs.5."""
    return any(text.endswith(sign) for sign in SIGNS if sign.endswith("."))


def _one_currency(first: str, second: str) -> bool:
    if code_of(first) == code_of(second):
        return True
    return (code_of(first) in CURRENCIES) != (code_of(second) in CURRENCIES)


def _size(text: str, mark: str, form: CellForm) -> Decimal | None:
    whole, _, rest = text.partition(mark)
    if any(letter not in "0123456789" for letter in rest):
        return None
    used = {letter for letter in whole if letter not in "0123456789"}
    if used:
        kinds = {kind for kind, letters in KINDS.items() if used & set(letters)}
        if len(kinds) != 1 or not used <= set(KINDS[next(iter(kinds))]):
            return None
        kind = next(iter(kinds))
        if kind == mark or form.thousands not in (kind, "any"):
            return None
        groups = "".join("|" if letter in KINDS[kind] else letter for letter in whole).split("|")
        lengths = [len(group) for group in groups]
        thousands = 1 <= lengths[0] <= 3 and set(lengths[1:]) == {3}
        lakhs = kind == "," and 1 <= lengths[0] <= 2 and lengths[-1] == 3 and set(lengths[1:-1]) == {2}
        if not thousands and not lakhs:
            return None
        whole = "".join(groups)
    return Decimal((whole or "0") + "." + (rest or "0"))


def _marks(text: str, form: CellForm) -> tuple[list[str], list[str]] | None:
    """The signs and currencies of what is before or behind the digits, in their order; None where there is more."""
    signs: list[str] = []
    currencies: list[str] = []
    while text := text.strip(BLANKS):
        if text[0] in "-\u2212\u2013+()":
            signs.append({"+": "plus", "(": "open", ")": "close"}.get(text[0], "minus"))
            text = text[1:]
            continue
        letters = [one for one in form.signs if text.upper().startswith(one.upper())]
        marks = [sign for sign in SIGNS if text.startswith(sign)]
        if text[:3].upper() in CURRENCIES:
            marks.append(text[:3])
        if letters:
            found = max(letters, key=len)
            signs.append("letters" + form.signs[found])
        elif marks:
            found = max(marks, key=len)
            currencies.append(found)
        else:
            return None
        text = text[len(found) :]
    return signs, currencies
