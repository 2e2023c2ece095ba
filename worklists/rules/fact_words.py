"""The facts that rules may name, declared once, and how their figures are written in a sentence."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from configs.language import DAY, number, translated
from features.declarations import figure
from ledger.minor_units import in_hundredths, minor_units, written_decimals
from ledger.tables import CHANNELS
from ledger.templates import template_parts

FactUnit = Literal["text", "flag", "currency", "days", "days late", "count", "share"]

OF_THE_LADDER = "dunning_level"  # known only once the segment is
RISK_BANDS = ("A", "B", "C", "D", "E")
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Fact:
    """A column of `customer_facts` that rules and sentences may name. Currency facts are cents in memory."""

    name: str
    unit: FactUnit
    meaning: str
    choices: tuple[str, ...] = ()


FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("country", "text", "ISO 3166 code of the customer's country"),
        Fact("industry", "text", "the customer's line of business"),
        Fact("preferred_channel", "text", "how the customer wants to be contacted", CHANNELS),
        Fact("do_not_contact", "flag", "whether the customer must not be contacted"),
        Fact("has_email", "flag", "whether the ledger knows an e-mail address"),
        Fact("has_phone", "flag", "whether the ledger knows a phone number"),
        Fact("open_amount", "currency", "all that is open"),
        Fact("overdue_amount", "currency", "what is open past its due date"),
        Fact("disputed_amount", "currency", "the overdue part in an open dispute"),
        Fact("promised_amount", "currency", "the overdue part under a promise that is not yet due"),
        Fact("credit_amount", "currency", "unapplied cash, open credit notes and overpayments"),
        Fact("collectible_amount", "currency", "overdue less disputed, promised and credit"),
        Fact("days_past_due", "days", "days past due of the oldest overdue invoice"),
        Fact("average_days_late", "days late", "mean days late of paid invoices in the last 365 days, else ever"),
        Fact("days_beyond_habit", "days late", "days past due less average_days_late (0 where none is)"),
        Fact("dunning_level", "count", "steps of the dunning ladder that were done since the oldest debt fell due"),
        Fact("handed_over", "flag", "whether an invoice went to a collection agency in the last 365 days"),
        Fact("written_off", "flag", "whether an invoice was ever written off"),
        Fact("late_share_all", "share", "share of invoices ever missed"),
        Fact("broken_promises_180d", "count", "promises broken in the last 180 days"),
        Fact("dispute_count_365d", "count", "disputes raised in the last 365 days"),
        Fact("relationship_age", "days", "days since the first invoice"),
        Fact("risk_band", "text", "band of the default score, A best", RISK_BANDS),
        Fact("score_points", "count", "points of the default score, more is better"),
        Fact("p_unpaid_30d", "share", "share of the collectible amount expected to be unpaid after 30 days"),
        Fact("p_default", "share", "probability of default"),
    )
}


def money(cents: float, currency: str | None = None) -> str:
    """Cents as an amount with the decimals of its currency, of the reporting one where none is given: '1,250.00'."""
    return number(cents / minor_units(), written_decimals(currency))


def amounts(cents: pd.Series) -> pd.Series:
    """`money` of every row."""
    return cents.map(money).astype("str")


def written_days(days: pd.Series) -> "pd.Series[str]":
    """Days as the language that is spoken writes them; missing where a day is."""
    written: pd.Series[str] = days.dt.strftime(translated(DAY)).astype("str")
    return written


def words(codes: pd.Series) -> pd.Series:
    """Codes such as channels in the language that is spoken; those that it has no words for as they are."""
    return codes.map({code: translated(code) for code in codes.dropna().unique()}).astype("str")


def fact_parts(template: str) -> list[tuple[str, str | None]]:
    """`"Owes {open_amount}."` as [("Owes ", "open_amount"), (".", None)]; ValueError where braces hold no names."""
    return template_parts(template, "facts", "{overdue_amount}")


def sentences(template: str, facts: pd.DataFrame) -> pd.Series:
    """The sentence of every row of `facts`, with its figures; 'unknown' where a figure is missing."""
    named = {name for _, name in fact_parts(template) if name is not None}
    return filled(template, facts.index, **{name: _words(FACTS[name], facts[name]) for name in named})


def filled(template: str, index: pd.Index, **parts: "pd.Series | str | int") -> pd.Series:
    """The template in the language that is spoken, a sentence a row; each part by row, or the same in all."""
    sentence = pd.Series("", index=index, dtype="str")
    for text, name in fact_parts(translated(template)):
        sentence = sentence + text
        if name is not None:
            part = parts[name]
            sentence = sentence + (part if isinstance(part, pd.Series) else str(part))
    return sentence


def _words(fact: Fact, values: pd.Series) -> pd.Series:
    unit, missing = fact.unit, translated(UNKNOWN)
    if unit == "text":
        return (words(values) if fact.choices else values.astype("str")).fillna(missing)
    told = in_hundredths(values) if unit == "currency" else values
    return told.map(lambda value: missing if pd.isna(value) else figure(value, unit)).astype("str")
