"""Which currency a ledger reports in, and which of its currencies cannot be converted into it."""

from collections import Counter
from collections.abc import Collection

import pandas as pd

from configs.settings import LedgerSettings
from ledger.frames import Tables


def billed_currencies(tables: Tables) -> pd.Series:
    """The currency of every invoice: its own, else its customer's, else null (the reporting currency).

    `customers` must have unique keys.
    """
    invoices = tables["invoices"]
    if invoices["currency"].notna().all():  # as in most ledgers: no need to look for the customers
        return invoices["currency"]
    of_customer = tables["customers"].set_index("customer_id")["currency"]
    return invoices["currency"].fillna(invoices["customer_id"].map(of_customer).astype("str"))


def reporting_currency(
    billed: Counter[str], rates: pd.DataFrame, settings: LedgerSettings, rated: Collection[str] = ()
) -> str | None:
    """The currency in which amounts are added up; `billed` says how many invoices are in each currency.

    `rated` are the currencies that have a rate on any day at all, also one that `rates` does not know yet: which
    currency the books are in must not turn with the night.

    The setting where given; else the only currency of the invoices; else the one that fx_rates has no rate for, and
    where several have none, the one of most invoices; else the only one whose rate is always 1. None where the ledger
    does not say.
    """
    if settings.reporting_currency is not None:
        return settings.reporting_currency
    span = rates.groupby("currency")["rate"].agg(["min", "max"])
    without = sorted(set(billed) - {*span.index, *rated} if len(billed) > 1 else billed)
    if without:
        return max(without, key=lambda currency: billed[currency])
    always_one = set(billed) & set(span.index[(span["min"] == 1.0) & (span["max"] == 1.0)])
    return always_one.pop() if len(always_one) == 1 else None


def without_rate(
    billed: Counter[str], rates: pd.DataFrame, settings: LedgerSettings, rated: Collection[str] = ()
) -> frozenset[str]:
    """The billed currencies that are neither the reporting currency nor in `rates`: no total can hold them."""
    reporting = reporting_currency(billed, rates, settings, rated)
    return frozenset(set(billed) - {reporting, *rates["currency"].dropna()})


def counted(currencies: pd.Series) -> Counter[str]:
    """How often each currency comes; rows without one are not counted."""
    return Counter({str(currency): int(rows) for currency, rows in currencies.value_counts().items()})
