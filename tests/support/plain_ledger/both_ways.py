"""Figures of a small ledger written as text, asked of the product and of the plain oracle."""

from collections.abc import Callable
from datetime import date

import pandas as pd

from ledger.as_of.view import View, view_as_of
from ledger.portfolio import number
from tests.support.ledger_from_text import rows_of, tables_of
from tests.support.plain_ledger.balances import accounts, paid_toward
from tests.support.plain_ledger.book import Book
from tests.support.plain_ledger.days_late import average_days_late
from tests.support.view_from_rows import facts_of

Amounts = dict[str, float]
Habit = tuple[int, float | None]


def product_parts(text: str, night: str, customer: str = "C") -> Amounts:
    """The parts that are not zero, in currency units: open, overdue, disputed, …"""
    view = _view(text, night)
    row = view.balances.set_axis(view.portfolio.customer_ids, axis=0).to_dict("index")[customer]
    return _shown({str(name): int(cents) for name, cents in row.items()})


def plain_parts(text: str, night: str, customer: str = "C") -> Amounts:
    """As `product_parts`, by adding up."""
    return _shown(accounts(_book(text, night))[customer].figures)


def product_habit(text: str, night: str, customer: str = "C") -> Habit:
    """Days past due of what is left after credit, and the average days late."""
    facts = facts_of(_view(text, night)).set_index("customer_id").to_dict("index")[customer]
    late = facts["average_days_late"]
    return int(facts["collectible_days_past_due"]), None if pd.isna(late) else float(late)


def plain_habit(text: str, night: str, customer: str = "C") -> Habit:
    """As `product_habit`, by adding up."""
    book = _book(text, night)
    return accounts(book)[customer].days_past_due(book.as_of), average_days_late(book)[customer]


def product_paid(text: str, night: str) -> list[float]:
    """What came in toward each promise, in currency units."""
    return [int(cents) / 100 for cents in _view(text, night).tables["promises"]["paid"]]


def plain_paid(text: str, night: str) -> list[float]:
    """As `product_paid`, by adding up."""
    book = _book(text, night)
    return [paid_toward(book, row) / 100 for row in book.promises]


PARTS_BY: dict[str, Callable[..., Amounts]] = {"product": product_parts, "adding up": plain_parts}
HABIT_BY: dict[str, Callable[..., Habit]] = {"product": product_habit, "adding up": plain_habit}
PAID_BY: dict[str, Callable[[str, str], list[float]]] = {"product": product_paid, "adding up": plain_paid}


def _shown(figures: dict[str, int]) -> Amounts:
    return {name.removesuffix("_amount"): cents / 100 for name, cents in figures.items() if cents}


def _view(text: str, night: str) -> View:
    return view_as_of(number(tables_of(rows_of(text))), pd.Timestamp(night), "EUR")


def _book(text: str, night: str) -> Book:
    return Book(rows_of(text), date.fromisoformat(night))
