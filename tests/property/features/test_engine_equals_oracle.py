"""The engine gives what plain arithmetic over the records gives, for every feature and every balance."""

import math
from collections.abc import Iterator
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from features.catalogue import CATALOGUE
from features.engine import features_at
from ledger.as_of.balances import PARTS
from ledger.as_of.view import view_as_of
from ledger.portfolio import number
from ledger.simulator import simulate
from tests.support.at_random.random_ledger import NIGHTS, random_ledger, slow_spring
from tests.support.nights.judged_nights import LABELS, JudgedNight, assert_same, judged

SEEDS = range(40)
EXACT_UNITS = ("count", "currency", "flag", "weekday", "day of month", "working days")


@cache
def cases() -> list[JudgedNight]:
    return list(_cases())


def _cases() -> Iterator[JudgedNight]:
    for seed in SEEDS:
        for as_of in (NIGHTS[seed % len(NIGHTS)], NIGHTS[(seed + 2) % len(NIGHTS)]):
            yield judged(f"random ledger {seed}", random_ledger(seed), as_of, "EUR")
    yield judged("no reporting currency", random_ledger(1), NIGHTS[3], None)
    yield judged("a slow spring", slow_spring(), date(2024, 4, 15), "EUR")
    for world in ("b2b", "consumer"):
        yield judged(f"simulated {world}", simulate(25, 400, 5, world).tables, date(2023, 12, 11), "EUR")


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
