"""The engine gives what plain arithmetic over the records gives, for every feature and every balance."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from features.catalogue import CATALOGUE
from features.engine import features_at
from ledger.as_of.balances import PARTS
from ledger.as_of.view import view_as_of
from ledger.frames import Tables
from ledger.portfolio import number
from ledger.simulator import simulate
from tests import oracle
from tests.support.random_ledger import NIGHTS, random_ledger, slow_spring

LABELS = load_settings().labels
SEEDS = range(40)
EXACT_UNITS = ("count", "currency", "flag", "weekday", "day of month", "working days")


@dataclass(frozen=True)
class Case:
    """One night of one ledger, by the engine and by the oracle; frames by customer_id and invoice_id."""

    name: str
    customers: pd.DataFrame
    invoices: pd.DataFrame
    balances: pd.DataFrame
    expected_customers: pd.DataFrame
    expected_invoices: pd.DataFrame
    expected_balances: pd.DataFrame


def judged(name: str, tables: Tables, as_of: date, reporting_currency: str | None) -> Case:
    portfolio = number(tables)
    view = view_as_of(portfolio, pd.Timestamp(as_of), reporting_currency)
    found = features_at(view, LABELS)
    book = oracle.Book(tables, as_of, reporting_currency, LABELS.grace_days)
    customers = oracle.customer_features(book)
    return Case(
        f"{name} as of {as_of}",
        found.customers.set_axis(portfolio.customer_ids, axis=0),
        found.invoices.set_axis(portfolio.invoice_ids[found.invoices.index], axis=0),
        view.balances.set_axis(portfolio.customer_ids, axis=0),
        pd.DataFrame.from_dict(customers, orient="index"),
        pd.DataFrame.from_dict(oracle.invoice_features(book, customers), orient="index"),
        pd.DataFrame.from_dict(oracle.customer_balances(book), orient="index"),
    )


@cache
def cases() -> list[Case]:
    return list(_cases())


def _cases() -> Iterator[Case]:
    for seed in SEEDS:
        for as_of in (NIGHTS[seed % len(NIGHTS)], NIGHTS[(seed + 2) % len(NIGHTS)]):
            yield judged(f"random ledger {seed}", random_ledger(seed), as_of, "EUR")
    yield judged("no reporting currency", random_ledger(1), NIGHTS[3], None)
    yield judged("a slow spring", slow_spring(), date(2024, 4, 15), "EUR")
    for world in ("b2b", "consumer"):
        yield judged(f"simulated {world}", simulate(25, 400, 5, world).tables, date(2023, 12, 11), "EUR")


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


@pytest.mark.parametrize(
    "feature", [feature for feature in CATALOGUE if feature.entity == "customer"], ids=lambda f: f.name
)
def test_every_customer_feature_is_what_the_records_say(feature):
    for case in cases():
        exact = feature.unit in EXACT_UNITS and feature.statistic in ("count", "total", "current", "streak")
        assert_same(case.customers[feature.name], case.expected_customers[feature.name], exact, case.name)


@pytest.mark.parametrize(
    "feature", [feature for feature in CATALOGUE if feature.entity == "invoice"], ids=lambda f: f.name
)
def test_every_invoice_feature_is_what_the_records_say(feature):
    for case in cases():
        assert list(case.invoices.index) == list(case.expected_invoices.index), case.name
        if len(case.invoices):
            exact = feature.unit in EXACT_UNITS
            assert_same(case.invoices[feature.name], case.expected_invoices[feature.name], exact, case.name)


@pytest.mark.parametrize("part", PARTS)
def test_every_balance_is_what_the_records_say_to_the_cent(part):
    for case in cases():
        assert case.balances[part].dtype == np.int64
        assert_same(case.balances[part], case.expected_balances[part], True, case.name)


def test_an_invoice_has_the_features_of_its_customer():
    tables = random_ledger(3)
    portfolio = number(tables)
    found = features_at(view_as_of(portfolio, pd.Timestamp(NIGHTS[3]), "EUR"), LABELS)
    owner = tables["invoices"].set_index("invoice_id")["customer_id"]
    for position, row in found.invoices.iterrows():
        of_customer = found.customers.loc[portfolio.customer_ids.get_loc(owner[portfolio.invoice_ids[position]])]
        pd.testing.assert_series_equal(row[of_customer.index], of_customer, check_names=False)


@pytest.mark.parametrize("feature", CATALOGUE, ids=lambda feature: feature.name)
def test_the_random_ledgers_give_every_feature_a_value_that_is_not_trivial(feature):
    frames = [case.expected_customers if feature.entity == "customer" else case.expected_invoices for case in cases()]
    values = {value for frame in frames if len(frame) for value in frame[feature.name] if not math.isnan(value)}
    assert len(values) >= 2
