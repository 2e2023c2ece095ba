"""How the report writes a figure, a name of the tables and a day, in the language that is spoken."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from configs.language import DAY, number, percent, translated
from ledger.minor_units import minor_units, written_decimals

NONE = "–"
NOT_ASKED = {"disputed": "disputed", "held": "on hold", "promised": "promised", "coming": "on its way"}


def shown(value: Any, form: str, currency: str | None = None) -> str:
    """A figure for a reader, a dash where there is none; `cents` are of the reporting currency where none is given,
    `round` is cents shown without decimals."""
    if pd.isna(value):
        return NONE
    if form == "cents":
        return number(value / minor_units(), written_decimals(currency))
    if form == "round":
        return number(value / minor_units())
    if form == "percent":
        return percent(value)
    if form == "tenths of percent":
        return percent(value, 1)
    if form == "day":
        day: str = value.strftime(translated("%d %b"))
        return day
    if form == "date":
        dated: str = value.strftime(translated(DAY))
        return dated
    if form == "hundredths":
        return number(value, 2)
    if form == "thousandths":
        return number(value, 3)
    if form == "count":
        return number(value)
    return str(value) or NONE


def given(text: Any) -> bool:
    """Whether there is a text at all."""
    return isinstance(text, str) and text != ""


def not_asked(item: Mapping[str, Any]) -> str:
    """What of an open item is not asked for, and why: '1,200.00 disputed; 300.00 promised'; '' where all of it is."""
    parts = [(item[f"{name}_amount"], translated(words)) for name, words in NOT_ASKED.items()]
    return "; ".join(f"{shown(cents, 'cents', item['currency'])} {words}" for cents, words in parts if cents)


def with_unit(value: float, unit: str) -> str:
    if pd.isna(value):
        return NONE
    if unit == "share":
        return percent(value)
    if unit == "percent":
        return percent(value / 100)
    return number(value) if unit in ("currency", "count") else f"{number(value, 1)} {translated(unit)}"


def words(name: str) -> str:
    """A name of the tables in words: best_possible_dso -> Best possible DSO, roll_1_30_to_91_up -> Roll 1–30 to 91+."""
    words = translated(name)
    if words == name:
        ranges = re.sub(r"(\d+)_up\b", r"\1+", re.sub(r"(\d+)_(\d+)", r"\1–\2", name))
        words = re.sub(r"\bdso\b", "DSO", ranges.replace("_", " "))
    return words[:1].upper() + words[1:]


def day(day: str | None) -> str | None:
    return None if day is None else pd.Timestamp(day).strftime(translated(DAY))


def first_day(bucket: str) -> int:
    number = re.match(r"\d+", bucket)
    return int(number.group()) if number else 0


def bucket_words(bucket: str) -> str:
    if bucket.endswith("_up"):
        return translated("{days} days and more").format(days=first_day(bucket))
    if not first_day(bucket):
        return translated("not past due")
    first, last = bucket.split("_")
    return translated("{first} to {last} days").format(first=first, last=last)
