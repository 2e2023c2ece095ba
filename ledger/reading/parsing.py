"""Columns of raw values (text of a CSV, native values of Parquet or SQL) parsed into text, money, days and numbers.

Each function gives the parsed values and a mask of the rows that hold something it cannot read. A missing
value stays missing and is not in the mask.
"""

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ledger.minor_units import HUNDREDTHS, decimals, minor_units
from ledger.reading.byte_scan import glance
from ledger.reading.plain_amounts import plain_amounts
from ledger.tables import LARGEST_AMOUNT

Mask = npt.NDArray[np.bool_]

PLAIN_AMOUNT = r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})"
EXACTLY = Context(prec=64)  # holds every digit of a plain amount
NUMBER = PLAIN_AMOUNT + r"(?:[eE][+-]?[0-9]{1,3})?"
ISO_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
TIME_OF_DAY = r"[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"
ZONE = r" ?(?:Z|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)"
ISO_DATE = f"{ISO_DAY}(?:{TIME_OF_DAY}(?:{ZONE})?)?"

YES = ("true", "1", "yes")
NO = ("false", "0", "no")


def as_text(values: pd.Series) -> pd.Series:
    """Trimmed text, missing where empty. Whole numbers have no decimals, whatever type holds them."""
    if not isinstance(values.dtype, pd.StringDtype):
        values = pd.Series([spelled(value) for value in values.astype(object)], index=values.index, dtype="str")
    text = values.astype("str")
    if not glance(text).untrimmed:
        return text
    text = text.str.strip()
    return text.where((text != "").fillna(False))


def as_id(values: pd.Series) -> pd.Series:
    """Text as in `as_text`, 17 for 17.0: tools that keep numbers with gaps as floats write so."""
    text = as_text(values)
    return text.str.replace(r"^([0-9]+)\.0$", r"\1", regex=True) if glance(text).points else text


def spelled(value: Any) -> str | None:
    """One native value as the text that a CSV would hold; None where it is missing."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")  # other bytes stay another text
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, float | np.floating):
        return _spelled_float(float(value))
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def to_money(values: pd.Series) -> tuple[pd.Series, Mask]:
    """Currency units as whole minor units of the ledger (Int64), rounded half-even; amounts beyond the bounds come out
    just beyond them."""
    if _is_decimal(values) or _is_number(values):
        amounts = _as_float(values)
        # The first rounding undoes the error of the product, so that a float is rounded like the text that it prints.
        return _whole(np.rint(np.round(amounts * minor_units(), 4))), np.isinf(amounts)
    text = as_text(values)
    _, exact, units = plain_amounts(text, ".", decimals())
    unread = text.notna().to_numpy() & ~exact
    if unread.any():
        left = text[unread]
        shaped = _matches(left, PLAIN_AMOUNT)
        rounded = np.flatnonzero(unread)[shaped]
        units[rounded] = [_exactly(amount) for amount in left[shaped]]
        exact[rounded], unread[rounded] = True, False
    most = _just_too_large()
    return pd.Series(pd.arrays.IntegerArray(np.clip(units, -most, most), ~exact)), unread


def to_numbers(values: pd.Series) -> tuple[pd.Series, Mask]:
    """float64; a number that is not finite is not readable."""
    if _is_decimal(values) or _is_number(values):
        numbers = _as_float(values)
        readable = ~np.isinf(numbers)
    else:
        text = as_text(values)
        shaped = _matches(text, NUMBER)
        numbers = np.full(len(text), np.nan)
        numbers[shaped] = _floats(text[shaped])
        readable = text.isna().to_numpy() | (shaped & np.isfinite(numbers))
    return pd.Series(np.where(readable, numbers, np.nan), index=values.index), ~readable


def to_days(values: pd.Series) -> tuple[pd.Series, Mask]:
    """datetime64[s] at midnight, from native dates or ISO text. A time keeps its date, in its own zone."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_localize(None)
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return values.dt.floor("D").astype("datetime64[s]"), np.zeros(len(values), dtype=bool)
    text = as_text(values)
    days = by_distinct(text, _iso_days)
    return days, (text.notna() & days.isna()).to_numpy()


def by_distinct(text: pd.Series, work: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """What `work` makes of each text, done once for texts that are alike: a column has few dates and codes. A missing
    text stays missing."""
    places, distinct = pd.factorize(text)
    made = work(pd.Series(distinct, dtype="str"))
    return pd.Series(made.array.take(places, allow_fill=True), index=text.index)


def to_flags(values: pd.Series) -> tuple[pd.Series, Mask]:
    """bool, false where missing."""
    text = as_text(values).str.casefold()
    yes = text.isin(YES)
    return yes.astype("bool"), (text.notna() & ~yes & ~text.isin(NO)).to_numpy()


def _iso_days(text: pd.Series) -> pd.Series:
    shaped = _matches(text, ISO_DATE)
    days = pd.to_datetime(text.where(shaped).str.slice(0, 10), format="%Y-%m-%d", errors="coerce")
    return days.astype("datetime64[s]")


def _spelled_float(value: float) -> str | None:
    if np.isnan(value):
        return None
    if np.isinf(value):
        return str(value)
    return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")


def _is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)


def _is_decimal(values: pd.Series) -> bool:
    return (
        isinstance(values.dtype, pd.ArrowDtype)
        and pa.types.is_decimal(values.dtype.pyarrow_dtype)
        and values.dtype.pyarrow_dtype.scale <= decimals()
    )


def _as_float(values: pd.Series) -> npt.NDArray[np.float64]:
    if isinstance(values.dtype, pd.ArrowDtype):
        return np.asarray(pc.cast(pa.array(values), pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)
    return values.to_numpy(dtype="float64", na_value=np.nan)


def _floats(text: pd.Series) -> npt.NDArray[np.float64]:
    floats = pc.cast(pa.array(text.str.removeprefix("+"), pa.string()), pa.float64())
    return np.asarray(floats.to_numpy(zero_copy_only=False), dtype=np.float64)


def _matches(text: pd.Series, pattern: str) -> Mask:
    found = pc.match_substring_regex(pa.array(text, pa.string()), rf"\A(?:{pattern})\z")
    return np.asarray(pc.fill_null(found, False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def _exactly(amount: str) -> int:
    found = Decimal(amount).scaleb(decimals(), EXACTLY).quantize(Decimal(1), ROUND_HALF_EVEN, EXACTLY)
    most = Decimal(_just_too_large())
    return int(max(-most, min(most, found)))


def _whole(amounts: npt.NDArray[np.float64]) -> pd.Series:
    held = np.clip(amounts, -_just_too_large(), _just_too_large())
    return pd.Series(held).astype("Int64")


def _just_too_large() -> int:
    return int(LARGEST_AMOUNT * minor_units() / HUNDREDTHS) + 1
