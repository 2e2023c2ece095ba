"""What a feature is: a frozen declaration that reads as English, and the words of a reason."""

import re
from dataclasses import KW_ONLY, dataclass, replace
from functools import cache
from typing import Literal

from configs.language import counted, number, percent, spoken_language, translated
from ledger.minor_units import HUNDREDTHS

Entity = Literal["customer", "invoice"]
Unit = Literal[
    "days", "days late", "currency", "count", "share", "ratio", "flag", "day of month", "weekday", "working days"
]

BASE, OTHERS = "base value", "all other features"  # beside features, in what adds up to a score
GAP = "{figure}"  # marks the place of a figure's number in a sentence that many reasons share
ALL_HISTORY = None
TENTH = 0.1  # of the usual: below it one decimal would say that it is nothing
WINDOWS: tuple[int | None, ...] = (30, 90, 180, 365, ALL_HISTORY)
_NUMBER = re.compile(r"-?\d(?:.*\d)?")
_WINDOW = re.compile(r"in the last (\d+) days|in all history")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Feature:
    """One column of the feature matrix.

    A feature is `statistic` of `value` (weighted by `weight`) over the events of `source` in `window` days, or a
    column `value` of the `account` or `invoice` snapshot, or the difference of two features (`minus`).
    `empty` is what a window without events gives (None: missing). `monotone` is +1 where more of it can only mean
    later payment, so that the models keep to that. `sentence` says to a collector what the figure means; `{value}` and
    `{other}` stand for the figure and, in a difference, the figures of both sides; `of_one` says it of a count of one.
    `worse` is +1 where a larger figure is worse news about the customer, -1 where a smaller one is, and 0 where no one
    can say: a collector is not shown those.
    """

    name: str
    _: KW_ONLY
    entity: Entity
    family: str
    unit: Unit
    meaning: str
    sentence: str
    source: str
    value: str = ""
    statistic: str = "current"
    window: int | None = ALL_HISTORY
    weight: str = ""
    empty: float | None = None
    minus: tuple[str, str] | None = None
    monotone: int = 0
    worse: int = 0
    of_one: str = ""


def of_customer(
    name: str,
    *,
    family: str,
    statistic: str,
    value: str = "",
    source: str,
    unit: Unit,
    meaning: str,
    sentence: str,
    weight: str = "",
    empty: float | None = None,
    monotone: int = 0,
    worse: int = 0,
    of_one: str = "",
) -> Feature:
    """A customer's feature: a statistic of a value over the events of a source."""
    return Feature(
        name, entity="customer", family=family, source=source, value=value, statistic=statistic, weight=weight,
        unit=unit, meaning=meaning, sentence=sentence, empty=empty, monotone=monotone,
        worse=worse, of_one=of_one,
    )  # fmt: skip


def of_account(
    name: str, *, unit: Unit, meaning: str, sentence: str, empty: float | None = None, worse: int = 0, of_one: str = ""
) -> Feature:
    """A customer's feature: a figure of the account as it is on the night, under the name that the snapshot has."""
    return Feature(
        name, entity="customer", family="exposure", source="account", value=name, unit=unit, meaning=meaning,
        sentence=sentence, empty=empty, worse=worse, of_one=of_one,
    )  # fmt: skip


def of_invoice(name: str, *, unit: Unit, meaning: str, sentence: str, monotone: int = 0, worse: int = 0) -> Feature:
    """An open invoice's own feature, under the name that the snapshot gives it."""
    return Feature(
        name, entity="invoice", family="invoice", source="invoice", value=name, unit=unit, meaning=meaning,
        sentence=sentence, monotone=monotone, worse=worse,
    )  # fmt: skip


def over_windows(feature: Feature, *, windows: tuple[int | None, ...] = WINDOWS) -> tuple[Feature, ...]:
    """The same feature over several windows; the name, meaning and sentence say which."""
    return tuple(
        replace(
            feature,
            name=f"{feature.name}_{'all' if window is ALL_HISTORY else f'{window}d'}",
            meaning=f"{feature.meaning}, {window_words(window)}",
            sentence=f"{feature.sentence} {window_words(window)}",
            of_one=feature.of_one and f"{feature.of_one} {window_words(window)}",
            window=window,
        )
        for window in windows
    )


def window_words(window: int | None) -> str:
    """A window as a collector says it."""
    return "in all history" if window is ALL_HISTORY else f"in the last {window} days"


def trend(name: str, *, recent: Feature, earlier: Feature, meaning: str) -> Feature:
    """The difference of one statistic over a recent and a longer window."""
    return replace(
        recent,
        name=name,
        meaning=meaning,
        sentence=f"{recent.sentence}; {{other}} {window_words(earlier.window)}",
        of_one="",
        source="difference",
        minus=(recent.name, earlier.name),
        statistic="difference",
    )


def spoken(words: str) -> str:
    """A sentence or meaning of a declaration in the language that is spoken; figures in braces are still to come.

    A window is looked up apart from what is said of it, so that a feature needs one translation and not one a window.
    What has none is shown as it is.
    """
    return _spoken(words, spoken_language())


@cache  # a night writes the same few hundred sentences a million times
def _spoken(words: str, _language: str) -> str:
    said, windows = spoken_apart(words)
    told = translated(said)
    return words if told == said else told + _WINDOW.sub(_spoken_window, windows)


def spoken_apart(words: str) -> tuple[str, str]:
    """What a sentence or meaning says, which is what is translated, and its windows: together they are the whole."""
    window = _WINDOW.search(words)
    said = words if window is None else words[: window.start()].rstrip(" ,")
    return said, words[len(said) :]


def _spoken_window(found: re.Match[str]) -> str:
    days = found.group(1)
    return translated("in the last {days} days").format(days=days) if days else translated("in all history")


def figure(value: float, unit: Unit) -> str:
    """A value as a collector says it: '21 days', '6 days early', '35%', '1,250'; currency comes in hundredths."""
    if unit == "days late":
        return _days_late(round(value))
    if unit == "days":
        return counted("{count} day", "{count} days", round(value))
    if unit == "currency":
        return number(value / HUNDREDTHS)
    if unit == "share":
        return percent(value)
    if unit == "ratio":
        return number(value, 1 if value >= TENTH else 2)
    if unit == "working days":
        return _working_days(round(value))
    if unit == "weekday":
        return translated(WEEKDAYS[int(value)])
    if unit == "flag":
        return translated("yes" if value else "no")
    return number(value)


def apart(told: str) -> tuple[str, str]:
    """A figure's words and its number: '21 days' as '{figure} days' and '21'; as it is and '' where it has none."""
    found = _NUMBER.search(told)
    return (told, "") if found is None else (told[: found.start()] + GAP + told[found.end() :], found.group())


def _days_late(days: int) -> str:
    if days == 0:
        return translated("on the due date")
    if days > 0:
        return counted("{count} day late", "{count} days late", days)
    return counted("{count} day early", "{count} days early", -days)


def _working_days(days: int) -> str:
    if days == 0:
        return translated("today")
    if days > 0:
        return counted("in {count} working day", "in {count} working days", days)
    return counted("{count} working day ago", "{count} working days ago", -days)
