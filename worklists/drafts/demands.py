"""What a draft asks for: every invoice that counts, credits, totals by currency, interest stated apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pandas as pd
from babel.dates import format_date
from babel.numbers import format_decimal

from ledger.minor_units import minor_units, written_decimals
from worklists.call_sheet.on_account import COMING, PAID_BACK, PROMISED, RECEIVED
from worklists.drafts.addressees import plain
from worklists.rules.interest import Interest

BEFORE_DUE = "pre_due_reminder"
WITH_INTEREST = ("firm_demand", "final_notice")  # a reminder that claims interest is none
OF_THE_ACCOUNT = (RECEIVED, PAID_BACK, COMING, PROMISED)
LEFT_OUT = ("disputed_amount", "promised_amount", "held_amount", "coming_amount")


@dataclass(frozen=True)
class Line:
    """An invoice, or a credit with a negative `asked`, as it is written; `kind` is that of what names no document."""

    number: str
    issued_on: str
    due_on: str
    amount: str
    open: str
    currency: str
    days_past_due: int
    asked: int = field(repr=False)
    kind: str = ""


@dataclass(frozen=True)
class Total:
    """What is asked for in a currency, as it is written; `interest` and `fee` are empty where none is claimed."""

    currency: str
    amount: str
    interest: str
    fee: str
    together: str


@dataclass(frozen=True)
class Demand:
    """What one customer is asked for. `reduced`: a part is disputed, promised, on hold or on its way, and not
    asked for."""

    invoices: list[Line]
    credits: list[Line]
    totals: list[Total]
    reduced: bool


def asked_for(items: pd.DataFrame, action: str, interest: Interest | None, days_before_due: int) -> pd.DataFrame:
    """The items that a draft of the action is about, with `asked` and `interest` in minor units of their currency.

    `items` has open items, as `render_drafts` describes them; those of all customers may come at once. Overdue ones
    count, before the due date those due within `days_before_due`; less what is disputed, promised, on hold or on its
    way. Credits (open amounts below zero) lower what is asked for in their currency.
    """
    left = items["open_amount"] - items[list(LEFT_OUT)].sum(axis=1).where(items["open_amount"] > 0, 0)
    due = items["days_past_due"] > 0
    if action == BEFORE_DUE:
        due = items["days_past_due"].between(-days_before_due, 0)
    wanted = (due & (left > 0)) | (items["open_amount"] < 0)
    found = items[wanted].assign(asked=left[wanted])
    claimed = interest.on(found["asked"], found["days_past_due"]) if interest and action in WITH_INTEREST else 0
    return found.assign(interest=claimed).sort_values(["customer_id", "currency", "due_on", "invoice_id"])


def account_lines(on_account: pd.DataFrame) -> pd.DataFrame:
    """What names no document (`call_sheet.on_account`), as rows of `asked_for`: it lowers what is asked for."""
    lines = on_account[["customer_id", "kind", "currency"]].assign(asked=-on_account["amount"], interest=0)
    return lines.sort_values(["customer_id", "currency", "kind"])


def customers_with_less(items: pd.DataFrame) -> set[str]:
    """The customers of whom a part of what is overdue is disputed, promised, on hold or on its way."""
    overdue = (items["days_past_due"] > 0) & (items["open_amount"] > 0)
    return set(items.loc[overdue & (items[list(LEFT_OUT)] > 0).any(axis=1), "customer_id"])


def demand_of(found: Sequence[Mapping[Any, Any]], reduced: bool, fee: int, fee_in: str, locale: str) -> Demand | None:
    """The demand on one customer from its rows of `asked_for`; None where credits leave nothing to ask for.

    The fee (minor units) is once for all, in the currency `fee_in` where something is asked for in it.
    """
    sums: dict[str, list[int]] = {}
    for row in found:
        of_currency = sums.setdefault(row["currency"], [0, 0])
        of_currency[0] += int(row["asked"])
        of_currency[1] += int(row["interest"])
    positive = {currency: both for currency, both in sums.items() if both[0] > 0}
    if not positive:
        return None
    charged_in = fee_in if fee_in in positive else next(iter(positive))
    lines = [_line(row, locale) for row in found if row["currency"] in positive]
    return Demand(
        [line for line in lines if line.asked > 0],
        [line for line in lines if line.asked < 0],
        [
            _total(currency, asked, interest, fee if currency == charged_in else 0, locale)
            for currency, (asked, interest) in positive.items()
        ],
        reduced,
    )


def _total(currency: str, asked: int, interest: int, fee: int, locale: str) -> Total:
    return Total(
        currency,
        money(asked, currency, locale),
        money(interest, currency, locale) if interest else "",
        money(fee, currency, locale) if fee else "",
        money(asked + interest + fee, currency, locale),
    )


def money(minor: int, currency: str, locale: str) -> str:
    """'1,250.00 EUR' in English, '1.250,00 EUR' in German."""
    value = Decimal(int(minor)) / minor_units()
    form = f"#,##0.{'0' * written_decimals(currency)}".rstrip(".")
    return f"{format_decimal(value, form, locale=locale)} {currency}"


@lru_cache(maxsize=10_000)
def day(value: date, locale: str) -> str:
    """'31 Dec 2024' in English: 12/31 is not understood everywhere; '31.12.2024' in German."""
    return str(format_date(value, "medium", locale="en_GB" if locale == "en" else locale))


def _line(row: Mapping[Any, Any], locale: str) -> Line:
    currency = row["currency"]
    if isinstance(row.get("kind"), str) and row["kind"] in OF_THE_ACCOUNT:
        asked = int(row["asked"])
        return Line("", "", "", "", money(asked, currency, locale), currency, 0, asked, row["kind"])
    return Line(
        plain(row["invoice_id"]) or "",
        day(row["issued_on"].date(), locale),
        day(row["due_on"].date(), locale),
        money(row["amount"], currency, locale),
        money(row["asked"], currency, locale),
        currency,
        int(row["days_past_due"]),
        int(row["asked"]),
    )
