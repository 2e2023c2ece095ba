"""A night of a small ledger written as text (see tests.support.ledger_from_text.ledger)."""

import pandas as pd

from configs.settings import load_settings
from features.engine import features_at
from features.labels import InvoiceOutcomes, outcomes
from ledger.as_of.view import View, view_as_of
from ledger.portfolio import number
from tests.support.ledger_from_text import ledger

LABELS = load_settings().labels


def night(day: str) -> pd.Timestamp:
    return pd.Timestamp(day)


def view_of(text: str, as_of: pd.Timestamp) -> View:
    """The view of one night, in euro."""
    return view_as_of(number(ledger(text)), as_of, "EUR")


def invoice(text: str, as_of: pd.Timestamp) -> pd.Series:
    """The first invoice as the night sees it."""
    return view_of(text, as_of).invoices.iloc[0]


def balances(text: str, as_of: pd.Timestamp) -> dict[str, float]:
    """The parts of the first customer's collectible amount, in currency units."""
    return {part: cents / 100 for part, cents in view_of(text, as_of).balances.iloc[0].items()}


def features(text: str, as_of: pd.Timestamp) -> pd.Series:
    """The features of the first customer."""
    return features_at(view_of(text, as_of), LABELS).customers.iloc[0]


def known_outcomes(text: str, trained_on: str) -> InvoiceOutcomes:
    """The outcomes that a night knows."""
    return outcomes(view_of(text, night(trained_on)))
