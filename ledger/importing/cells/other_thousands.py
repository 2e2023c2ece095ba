"""Amounts of a file that has thousands where its mapping has decimals, as after a program's language was changed: 1.234
would come in as 1.23."""

from collections.abc import Sequence

import pandas as pd

from ledger.importing.cells.amounts import matching
from ledger.minor_units import USUAL, decimals
from ledger.reading.plain_amounts import plain_amounts
from ledger.reading.refusals import Problem

THREE_DIGITS, TENTH_OF_A_CENT = (rf"[+-]?[1-9][0-9]{{0,2}}\.{digits}" for digits in ("[0-9]{3}", "[0-9]{2}[1-9]"))
ADVICE = (
    "three digits follow every mark here: if 1.234 is 1234, state `thousands` and `decimal_comma` as this file has "
    "them; if it is 1.23, round the amounts where they are exported"
)


def thousands_problems(columns: Sequence[tuple[str, pd.Series, pd.Series]]) -> list[Problem]:
    """What is wrong with amounts of which no one can say whether they are thousands.

    `columns` has of each its name in the ledger, the amounts as `read_amounts` gives them, and as they were written.
    Three digits follow each mark of all columns, and a tenth of a cent is among them, which no one posts. Nothing is
    wrong where money is held with three decimals: some of the currencies have these.
    """
    plain = [amounts for _, amounts, _ in columns]
    if decimals() > USUAL or not any(map(_has_a_tenth_of_a_cent, plain)):
        return []
    marked = [amounts.str.contains(".", regex=False, na=False).to_numpy(dtype=bool) for amounts in plain]
    if not all(matching(amounts[those], THREE_DIGITS).all() for amounts, those in zip(plain, marked, strict=True)):
        return []
    return [
        Problem(name, "thousands or decimals", ADVICE, bad, shown=written)
        for (name, _, written), bad in zip(columns, marked, strict=True)
    ]


def _has_a_tenth_of_a_cent(plain: pd.Series) -> bool:
    cents = plain_amounts(plain, ".", decimals=USUAL).exact
    return bool(matching(plain[~cents], TENTH_OF_A_CENT).any())
