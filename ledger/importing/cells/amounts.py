"""Amounts as people write them: in the form that the mapping states for the file, or not at all."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ledger.importing.cells.cell_form import CellForm
from ledger.importing.cells.currency_marks import CODES, SIGNS, code_of
from ledger.reading.parsing import Mask

# Characters that mean the same separator in exports: hard and narrow spaces, typographic apostrophes.
SEPARATORS = {".": ".", ",": ",", " ": " \u00a0\u2007\u2009\u202f", "'": "'\u2019\u02bc"}
MINUS = "-\u2212\u2013"
BLANKS = f"[{SEPARATORS[' ']}\t]*"


class Amounts(NamedTuple):
    """Texts such as -1234.56, missing where a cell is empty or `unread`; `currencies` are the codes (or signs of
    several currencies) that the cells name themselves, missing where they name none."""

    plain: pd.Series
    unread: Mask
    currencies: pd.Series


def read_amounts(text: pd.Series, form: CellForm) -> Amounts:
    """The amounts of trimmed texts.

    Read in every file: a sign before or behind, brackets for a minus, a sign or code of a currency. What the mapping
    has to state: the decimal mark, the thousands separator, letters that mean a sign.
    """
    size = _size(form)
    bare = _found(text, rf"[+-]?{size}|{_signable(form)} ?-")
    plain = _without_separators(text.where(bare), form)
    # SAP and other systems write the minus behind the amount.
    plain = plain.where(~plain.str.endswith("-", na=False), "-" + plain.str.rstrip("- "))
    currencies = pd.Series(None, index=text.index, dtype="str")
    other = text[~bare].dropna()
    if len(other):
        found = _dressed(other.drop_duplicates(), form)
        plain = plain.where(bare, text.map(found.plain.to_dict()).astype("str"))
        currencies = text.where(~bare).map(found.currencies.to_dict()).astype("str")
    return Amounts(plain, text.notna().to_numpy() & plain.isna().to_numpy(), currencies)


def negated(plain: pd.Series) -> pd.Series:
    """The same amounts with the other sign."""
    return plain.str.removeprefix("-").where(plain.str.startswith("-", na=False), "-" + plain.str.removeprefix("+"))


def _found(text: pd.Series, pattern: str) -> Mask:
    found = pc.match_substring_regex(pa.array(text, pa.string()), rf"\A(?:{pattern})\z")
    return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _size(form: CellForm) -> str:
    """The pattern of an amount without its sign."""
    mark = re.escape(_mark(form))
    return rf"(?:(?:{_whole(form)})(?:{mark}[0-9]*)?|{mark}[0-9]+)"


def _signable(form: CellForm) -> str:
    """As `_size`, for a minus behind it: 5.- is five francs in Zurich, and five on the other side elsewhere."""
    mark = re.escape(_mark(form))
    return rf"(?:(?:{_whole(form)})(?:{mark}[0-9]+)?|{mark}[0-9]+)"


def _whole(form: CellForm) -> str:
    groups = [kind for kind in SEPARATORS if form.thousands in (kind, "any") and kind != _mark(form)]
    patterns = [rf"[0-9]{{1,3}}(?:[{SEPARATORS[kind]}][0-9]{{3}})+" for kind in groups]
    if "," in groups:  # lakh and crore: 12,34,567
        patterns.append("[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")
    return "|".join([*patterns, "[0-9]+"])


def _mark(form: CellForm) -> str:
    return "," if form.decimal_comma else "."


def _without_separators(text: pd.Series, form: CellForm) -> pd.Series:
    if form.thousands is not None:
        kinds = "".join(SEPARATORS.values()) if form.thousands == "any" else SEPARATORS[form.thousands]
        away = kinds.replace(_mark(form), "")
        text = text.str.replace(f"(?<=[0-9])[{away}](?=[0-9])", "", regex=True)
    return text.str.replace(",", ".", regex=False) if form.decimal_comma else text


def _dressed(text: pd.Series, form: CellForm) -> "_Read":
    """Amounts with brackets, letters or currencies; each text is there once."""
    letters = "|".join(re.escape(one) for one in sorted(form.signs, key=len, reverse=True))
    letters = f"|(?i:{letters})" if letters else ""
    signs = "|".join(re.escape(one) for one in sorted(SIGNS, key=len, reverse=True))
    currency = f"(?:{signs}|(?i:{'|'.join(sorted(CODES))}))"
    before, behind = f"(?:[{MINUS}+(]{letters})", f"(?:[{MINUS}+)]{letters})"
    number = rf"(?:(?P<signed>{_signable(form)}){BLANKS}(?P<sign3>{behind})|(?P<unsigned>{_size(form)}))"
    pattern = (
        rf"\A(?P<sign1>{before})?{BLANKS}(?P<currency1>{currency})?{BLANKS}(?P<sign2>{before})?{BLANKS}{number}"
        rf"{BLANKS}(?P<currency2>{currency})?{BLANKS}(?P<sign4>{behind})?\z"
    )
    parts = pc.extract_regex(pa.array(text, pa.string()), pattern).to_pylist()
    read = [_put_together(part, form) for part in parts]
    plain = pd.Series([amount for amount, _ in read], index=text.array, dtype="str")
    currencies = pd.Series([code for _, code in read], index=text.array, dtype="str")
    return _Read(_without_separators(plain, form), currencies)


class _Read(NamedTuple):
    plain: pd.Series
    currencies: pd.Series


def _put_together(part: dict[str, str] | None, form: CellForm) -> tuple[str | None, str | None]:
    """The amount with its sign in front, and the currency; nothing where signs or currencies contradict each other."""
    if part is None:
        return None, None
    marks = [part[name] for name in ("sign1", "sign2", "sign3", "sign4") if part[name]]
    if len(marks) > 1 and not (len(marks) == 2 and marks[0] == "(" and marks[1] == ")"):
        return None, None
    if len(marks) == 1 and marks[0] in "()":
        return None, None
    by_letters = {letters.upper(): sign for letters, sign in form.signs.items()}
    size = part["signed"] or part["unsigned"]
    if part["sign4"] and part["sign4"] in MINUS and size.endswith(_mark(form)):
        return None, None
    minus = bool(marks) and (marks[0] in MINUS or marks[0] == "(" or by_letters.get(marks[0].upper()) == "-")
    currencies = {code_of(part[name]) for name in ("currency1", "currency2") if part[name]}
    codes = currencies & CODES
    if len(codes or currencies) > 1:
        return None, None
    return ("-" if minus else "") + size, next(iter(codes or currencies), None)
