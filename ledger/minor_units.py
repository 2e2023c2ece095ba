"""In what units a ledger's money is held: hundredths of a currency unit, or finer where one of its currencies is.

Amounts are whole numbers of minor units everywhere, whatever their currency: a ledger has one number of decimals. What
is called cents elsewhere are these minor units.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import numpy.typing as npt
import pandas as pd

USUAL = 2  # decimals; a currency with fewer, such as JPY, is held in hundredths, too
HUNDREDTHS = 10**USUAL
# The currencies with other decimals, by ISO 4217. Babel knows those of prices in shops (CLDR), and they are others:
# none for the Iraqi dinar, whose books have three.
DECIMALS_OF = {
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4,
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
    "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip

Amounts = TypeVar("Amounts", pd.Series, npt.NDArray[Any])

_held: ContextVar[int] = ContextVar("decimals", default=USUAL)
_counted_in: ContextVar[str | None] = ContextVar("currency", default=None)


@contextmanager
def held_with(decimals: int) -> Iterator[None]:
    """All money within is held, read and written with so many decimals; `USUAL` elsewhere, and in every new thread or
    process."""
    before = _held.set(decimals)
    try:
        yield
    finally:
        _held.reset(before)


@contextmanager
def counted_in(currency: str | None) -> Iterator[None]:
    """Amounts within that name no currency are in this one, the ledger's own; in an unknown one elsewhere."""
    before = _counted_in.set(currency)
    try:
        yield
    finally:
        _counted_in.reset(before)


def decimals_for(currencies: Iterable[str]) -> int:
    """The most decimals of any of these currencies, `USUAL` at least."""
    return max([USUAL, *(DECIMALS_OF.get(currency, USUAL) for currency in currencies)])


def decimals() -> int:
    """With how many decimals money is held now."""
    return _held.get()


def written_decimals(currency: str | None = None) -> int:
    """With how many decimals an amount is written for people: those of its currency, or of the one that is counted in;
    those that it is held with, where no currency is known."""
    own = currency or _counted_in.get()
    return min(DECIMALS_OF.get(own, USUAL), decimals()) if own else decimals()


def minor_units() -> int:
    """How many minor units a currency unit has now: 100, or 1,000."""
    return int(10 ** _held.get())


def as_units(amount: float) -> str:
    """Minor units as currency units with all decimals: '1234.50'."""
    return f"{amount / minor_units():.{decimals()}f}"


def in_hundredths(amounts: Amounts) -> Amounts:
    """Minor units as hundredths of a currency unit, with a fraction where they are finer.

    What models see and say of money is in these, so that a model may score any ledger.
    """
    if decimals() == USUAL:
        return amounts
    hundredths: Amounts = amounts * HUNDREDTHS / minor_units()  # the product first: it is exact
    return hundredths
