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
    """The currency in which amounts are added up.

    The setting where given; else the only currency of the invoices; else the only one that fx_rates has no rate for;
    else the only one whose rate is always 1. None where the ledger does not say.
    """
    if settings.reporting_currency is not None:
        return settings.reporting_currency
    billed = set(billed_currencies(tables).dropna())
    if len(billed) > 1:
        rates = tables["fx_rates"].groupby("currency")["rate"].agg(["min", "max"])
        rated = set(rates.index)
        always_one = rates.index[(rates["min"] == 1.0) & (rates["max"] == 1.0)]
        billed = billed - rated if billed - rated else billed & set(always_one)
    return billed.pop() if len(billed) == 1 else None


def currencies_without_rate(tables: Tables, settings: LedgerSettings) -> frozenset[str]:
    """The billed currencies that are neither the reporting currency nor in fx_rates: no total can hold them."""
    rated = {reporting_currency(tables, settings), *tables["fx_rates"]["currency"].dropna()}
    return frozenset(billed_currencies(tables).dropna()) - rated
