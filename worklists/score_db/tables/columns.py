"""Columns that several tables of a night have."""

from ledger import declarations
from ledger.declarations import Column, day, number, probability, text, whole


def money(name: str, meaning: str, *, optional: bool = False) -> Column:
    """An amount in the reporting currency."""
    return declarations.money(name, meaning, unit="reporting currency", optional=optional)


def in_currency(name: str, meaning: str) -> Column:
    """An amount in the currency that the row names."""
    return declarations.money(name, meaning, unit="currency")


RUN_ID = text("run_id", "the run that wrote the row; the same night has the same id")
AS_OF = day("as_of", "the night: what was known before this day")
CUSTOMER_ID = text("customer_id", "the customer")
CUSTOMER_NAME = text("customer_name", "as the collector knows the customer", optional=True)
OPEN_AMOUNT = money("open_amount", "open amount of the customer's invoices")
OVERDUE_AMOUNT = money("overdue_amount", "open amount past its due date")
COLLECTIBLE_AMOUNT = money(
    "collectible_amount",
    "overdue less disputed, held, on its way, promised and not yet due, and unapplied credit; never below zero",
)
P_UNPAID_30D = probability(
    "p_unpaid_30d",
    "share of the collectible amount (of the open amount where nothing is collectible) expected to be still unpaid "
    "after 30 days without a contact; empty where nothing is open",
    optional=True,
)
P_DEFAULT = probability("p_default", "probability of default within the default horizon (180 days)")
RISK_BAND = text("risk_band", "band of p_default")
SEGMENT = text("segment", "segment of the customer: risk, value and behaviour")
EXPECTED_GAIN = money(
    "expected_gain",
    "extra cash expected within 30 days because of the contact; an assumed one where no effect is learned, see "
    "gain_basis",
)
WEIGHT = number(
    "weight", "what a unit of the gain is worth compared with one of the usual loss rate, to four digits", "ratio"
)
VALUE_PER_MINUTE = number(
    "value_per_minute",
    "what the rank is by: expected_gain x weight / minutes, to four digits; 0 for a reminder before the due date",
    "currency units a minute",
)
MINUTES = whole("minutes", "the collector's time for the action by this channel", "minutes")
GAIN_BASIS = text(
    "gain_basis",
    "how fine the effect is known: customer, age of the debt, portfolio, other channels, no comparable contact; or "
    "share of value at risk where no effect is learned; or nothing is overdue yet",
)
MODEL_VERSIONS = text("model_versions", "the models and rules that scored, each with its version")
