"""Which currency a ledger reports in, and which of its currencies cannot be converted into it."""

import pandas as pd

from configs.settings import LedgerSettings
from ledger.frames import Tables


def billed_currencies(tables: Tables) -> pd.Series:
    """The currency of every invoice: its own, else its customer's, else null (the reporting currency).

    `customers` must have unique keys.
    """
    invoices = tables["invoices"]
    of_customer = tables["customers"].set_index("customer_id")["currency"]
    return invoices["currency"].fillna(invoices["customer_id"].map(of_customer).astype("str"))


def reporting_currency(tables: Tables, settings: LedgerSettings) -> str | None:
    """The currency in which amounts are added up; see `reporting_currency_of`."""
    return reporting_currency_of(_billed(tables), tables["fx_rates"], settings)


def reporting_currency_of(billed: frozenset[str], rates: pd.DataFrame, settings: LedgerSettings) -> str | None:
    """The currency in which amounts are added up.

    The setting where given; else the only currency of the invoices; else the only one that fx_rates has no rate for;
    else the only one whose rate is always 1. None where the ledger does not say.
    """
    if settings.reporting_currency is not None:
        return settings.reporting_currency
    if len(billed) > 1:
        span = rates.groupby("currency")["rate"].agg(["min", "max"])
        always_one = span.index[(span["min"] == 1.0) & (span["max"] == 1.0)]
        billed = billed - set(span.index) or billed & set(always_one)
    return next(iter(billed)) if len(billed) == 1 else None


def currencies_without_rate(tables: Tables, settings: LedgerSettings) -> frozenset[str]:
    """The billed currencies that are neither the reporting currency nor in fx_rates: no total can hold them."""
    return without_rate(_billed(tables), tables["fx_rates"], settings)


def without_rate(billed: frozenset[str], rates: pd.DataFrame, settings: LedgerSettings) -> frozenset[str]:
    """The same of the currencies of all invoices."""
    return billed - {reporting_currency_of(billed, rates, settings), *rates["currency"].dropna()}


def _billed(tables: Tables) -> frozenset[str]:
    return frozenset(billed_currencies(tables).dropna())
