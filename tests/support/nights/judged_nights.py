"""Nights computed twice, by the engine and by the oracle, and the comparison of the two."""

import math
from dataclasses import dataclass
from datetime import date

import pandas as pd

from configs.settings import load_settings
from features.engine import features_at
from ledger.as_of.view import view_as_of
from ledger.frames import Tables
from ledger.portfolio import number
from tests import oracle

LABELS = load_settings().labels


@dataclass(frozen=True)
class JudgedNight:
    """One night of one ledger, by the engine and by the oracle; frames by customer_id and invoice_id."""

    name: str
    customers: pd.DataFrame
    invoices: pd.DataFrame
    balances: pd.DataFrame
    expected_customers: pd.DataFrame
    expected_invoices: pd.DataFrame
    expected_balances: pd.DataFrame


def judged(name: str, tables: Tables, as_of: date, reporting_currency: str | None) -> JudgedNight:
    portfolio = number(tables)
    view = view_as_of(portfolio, pd.Timestamp(as_of), reporting_currency)
    found = features_at(view, LABELS)
    book = oracle.Book(tables, as_of, reporting_currency, LABELS.grace_days)
    customers = oracle.customer_features(book)
    return JudgedNight(
        f"{name} as of {as_of}",
        found.customers.set_axis(portfolio.customer_ids, axis=0),
        found.invoices.set_axis(portfolio.invoice_ids[found.invoices.index], axis=0),
        view.balances.set_axis(portfolio.customer_ids, axis=0),
        pd.DataFrame.from_dict(customers, orient="index"),
        pd.DataFrame.from_dict(oracle.invoice_features(book, customers), orient="index"),
        pd.DataFrame.from_dict(oracle.customer_balances(book), orient="index"),
    )


def assert_same(found: pd.Series, expected: pd.Series, exact: bool, where: str) -> None:
    for key, value in expected.items():
        got = float(found[key])
        same = (
            math.isnan(got)
            if math.isnan(value)
            else got == value
            if exact
            else math.isclose(got, value, rel_tol=1e-9, abs_tol=1e-9)
        )
        assert same, f"{where}, {key}: the engine says {got}, the records say {value}"
