"""Amounts as people write them: in the form that the mapping states for the file, or not at all."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ledger.importing.cells.cell_form import CellForm
from ledger.importing.cells.currency_marks import NAMED, SIGNS, code_of
from ledger.reading.iso_codes import CURRENCIES
from ledger.reading.parsing import Mask, by_distinct
from ledger.reading.plain_amounts import plain_amounts

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
    plain = text.str.replace(",", ".", regex=False) if form.decimal_comma else text
    currencies = pd.Series(None, index=text.index, dtype="str")
    other = text.notna().to_numpy() & ~plain_amounts(text, _mark(form), decimals=0).plain
    if other.any():
        plain, currencies = plain.copy(), currencies.copy()
        plain[other], currencies[other] = _read(text[other], form)
    return Amounts(plain, other & plain.isna().to_numpy(), currencies)


def _read(text: pd.Series, form: CellForm) -> tuple[pd.Series, pd.Series]:
    """Plain texts, and currencies, of texts none of which is missing."""
    bare = matching(text, rf"[+-]?{_size(form)}|{_signable(form)} ?-")
    plain = _without_separators(text.where(bare), form)
    # SAP and other systems write the minus behind the amount.
    plain = plain.where(~plain.str.endswith("-", na=False), "-" + plain.str.rstrip("- "))
    currencies = pd.Series(None, index=text.index, dtype="str")
    if not bare.all():
        places, distinct = pd.factorize(text[~bare])
        read, named = _dressed(pd.Series(distinct, dtype="str"), form)
        plain[~bare], currencies[~bare] = read.array.take(places), named.array.take(places)
    return plain, currencies


def negated(plain: pd.Series) -> pd.Series:
    """The same amounts with the other sign."""
    return plain.str.removeprefix("-").where(plain.str.startswith("-", na=False), "-" + plain.str.removeprefix("+"))


def matching(text: pd.Series, pattern: str) -> Mask:
    """Which texts are wholly of a pattern; a missing one is not."""
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
    """Amounts without their thousands separators, which stand between digits only, and with a decimal point."""
    if form.thousands is not None:
        kinds = "".join(SEPARATORS.values()) if form.thousands == "any" else SEPARATORS[form.thousands]
        away = kinds.replace(_mark(form), "")
        text = text.str.replace(f"[{away}]", "", regex=True)
    return text.str.replace(",", ".", regex=False) if form.decimal_comma else text


def _dressed(text: pd.Series, form: CellForm) -> tuple[pd.Series, pd.Series]:
    """Amounts with brackets, letters or currencies, and these; missing where signs or currencies contradict each
    other."""
    part = _parts(text, form)
    front, behind = part["sign1"] + part["sign2"], part["sign3"] + part["sign4"]
    brackets = (front == "(") & (behind == ")")
    # One mark at most, since those of letters are no longer than a single one.
    one = pd.Series(front + behind).str.upper()
    minus_letters = [letters.upper() for letters, sign in form.signs.items() if sign == "-"]
    plus_letters = [letters.upper() for letters, sign in form.signs.items() if sign == "+"]
    minus = brackets | one.isin([*MINUS, *minus_letters])
    clear = minus | one.isin(["", "+", *plus_letters])
    size = part["signed"] + part["unsigned"]
    swiss = part["sign4"].isin(list(MINUS)) & size.str.endswith(_mark(form))
    first, second = (
        by_distinct(part[name], lambda each: each.map(code_of).astype("str")) for name in ("currency1", "currency2")
    )
    known = first.isin(NAMED) & second.isin(NAMED)
    # A code and a sign of several currencies name one together: $5 USD.
    same = (first == "") | (second == "") | (first == second) | (first.isin(CURRENCIES) != second.isin(CURRENCIES))
    readable = (size != "") & clear & ~swiss & known & same
    plain = _without_separators(size, form).where(~minus, "-" + _without_separators(size, form)).where(readable)
    code = second.where((first == "") | (second.isin(CURRENCIES) & ~first.isin(CURRENCIES)), first)
    return plain, code.where(readable & (code != ""))


def _parts(text: pd.Series, form: CellForm) -> pd.DataFrame:
    """The parts of each text, empty where they are not there; all are where it is no amount."""
    letters = "|".join(re.escape(one) for one in sorted(form.signs, key=len, reverse=True))
    letters = f"|(?i:{letters})" if letters else ""
    signs = "|".join(re.escape(one) for one in sorted(SIGNS, key=len, reverse=True))
    currency = f"(?:{signs}|[A-Za-z]{{3}})"
    before, behind = f"(?:[{MINUS}+(]{letters})", f"(?:[{MINUS}+)]{letters})"
    number = rf"(?:(?P<signed>{_signable(form)}){BLANKS}(?P<sign3>{behind})|(?P<unsigned>{_size(form)}))"
    pattern = (
        rf"\A(?P<sign1>{before})?{BLANKS}(?P<currency1>{currency})?{BLANKS}(?P<sign2>{before})?{BLANKS}{number}"
        rf"{BLANKS}(?P<currency2>{currency})?{BLANKS}(?P<sign4>{behind})?\z"
    )
    found = pc.extract_regex(pa.array(text, pa.string()), pattern)
    columns = {
        found.type.field(place).name: pc.fill_null(pc.struct_field(found, place), "").to_pandas().astype("str").array
        for place in range(found.type.num_fields)
    }
    return pd.DataFrame(columns)
