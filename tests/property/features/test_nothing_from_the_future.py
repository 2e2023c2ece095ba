"""Law 2: what is known at or after the night leaves no trace. A batch of nights is one night at a time."""

import random
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

from configs.settings import load_settings
from features.engine import features_at
from features.spine import replay
from ledger.as_of.view import view_as_of
from ledger.frames import Tables
from ledger.portfolio import number
from ledger.simulator import simulate
from ledger.tables import TABLES
from tests.support.at_random.random_ledger import NIGHTS, random_ledger
from tests.support.ledger_from_text import ledger

LABELS = load_settings().labels
NIGHT = pd.Timestamp(NIGHTS[2])
SEEDS = range(4)
PREPAID = """
    invoices
    invoice_id due_on amount known_on
    a 2023-11-30 80.00 2023-10-31
    b 2024-02-10 100.00 2024-01-10
    payments
    invoice_id paid_on amount
    b 2023-12-20 100.00
    promises
    invoice_id made_on promised_on amount
    b 2023-12-15 2024-01-05 150.00
    adjustments
    invoice_id kind posted_on amount
    b credit_applied 2023-12-21 5.00
    disputes
    invoice_id opened_on
    b 2023-12-22
"""
LEDGERS = {
    **{f"random {seed}": random_ledger(seed) for seed in SEEDS},
    "paid before it is known": ledger(PREPAID),
    "simulated": simulate(40, 500, 9).tables,
}
LATER = pd.Timestamp("2025-06-01").as_unit("s")


def bytes_by_identifier(tables: Tables, as_of: pd.Timestamp = NIGHT) -> dict[str, bytes]:
    """Features and balances of every customer with a record and of every open invoice, as bytes."""
    portfolio = number(tables)
    view = view_as_of(portfolio, as_of, "EUR")
    found = features_at(view, LABELS)
    balances = view.balances
    seen: dict[str, bytes] = {}
    for customer_id in known_customers(tables, as_of):
        position = portfolio.customer_ids.get_loc(customer_id)
        seen[customer_id] = found.customers.iloc[position].to_numpy().tobytes()
        seen[f"balances of {customer_id}"] = balances.iloc[position].to_numpy().tobytes()
    for position, values in zip(found.invoices.index, found.invoices.to_numpy(), strict=True):
        seen[str(portfolio.invoice_ids[position])] = values.tobytes()
    return seen


@cache
def unchanged(name: str) -> dict[str, bytes]:
    return bytes_by_identifier(LEDGERS[name])


def known_customers(tables: Tables, as_of: pd.Timestamp) -> set[str]:
    named = (tables[name] for name in ("customers", "invoices", "payments", "promises", "contacts"))
    return {customer_id for frame in named for customer_id in frame.loc[frame["known_on"] < as_of, "customer_id"]}


def later(frame: pd.DataFrame) -> pd.Series:
    return frame["known_on"] >= NIGHT


def scrambled(tables: Tables, table: str, seed: int) -> Tables:
    """The later records with every value but the keys and the day of knowing drawn anew or shuffled."""
    frame = tables[table].copy()
    rows = frame.index[later(frame)]
    draw = np.random.default_rng(seed)
    for column in TABLES[table].columns:
        if column.name in (*TABLES[table].key, "known_on"):
            continue
        if column.kind == "money":
            frame.loc[rows, column.name] = draw.integers(1, 10**8, len(rows))
        elif column.kind == "date":
            days = pd.to_timedelta(draw.integers(-400, 400, len(rows)), unit="D").astype("timedelta64[s]")
            frame.loc[rows, column.name] = (NIGHT + days).astype("datetime64[s]")
        else:
            shuffled = draw.permutation(rows)
            frame.loc[rows, column.name] = frame.loc[shuffled, column.name].array
    return {**tables, table: frame}


def without_later(tables: Tables, table: str) -> Tables:
    return {**tables, table: tables[table][~later(tables[table])]}


def with_more(tables: Tables, table: str) -> Tables:
    """A copy of every record, known later, under new identifiers and about the same customers and invoices."""
    frame = tables[table]
    key = TABLES[table].key[0]
    own = {TABLES[table].dated_by: LATER} if table in ("customers", "fx_rates") else {}
    more = frame.assign(known_on=LATER, **own)
    if table != "fx_rates":
        more[key] = "A" + frame[key]  # sorts before, so that positions shift
    return {**tables, table: pd.concat([more, frame], ignore_index=True)}


def assert_unchanged(name: str, changed: Tables) -> None:
    before, after = unchanged(name), bytes_by_identifier(changed)
    assert before.keys() == after.keys()
    assert [key for key in before if before[key] != after[key]] == []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", LEDGERS)
def test_scrambling_what_is_known_later_changes_nothing(name, table):
    assert_unchanged(name, scrambled(LEDGERS[name], table, seed=1))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", LEDGERS)
def test_deleting_what_is_known_later_changes_nothing(name, table):
    assert_unchanged(name, without_later(LEDGERS[name], table))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("name", LEDGERS)
def test_adding_what_is_known_later_changes_nothing(name, table):
    assert_unchanged(name, with_more(LEDGERS[name], table))


@pytest.mark.parametrize("name", LEDGERS)
def test_deleting_everything_that_is_known_later_changes_nothing(name):
    changed = LEDGERS[name]
    for table in TABLES:
        changed = without_later(changed, table)
    assert_unchanged(name, changed)


@pytest.mark.parametrize("name", LEDGERS)
def test_when_a_dispute_closes_later_changes_nothing(name):
    disputes = LEDGERS[name]["disputes"]
    open_still = disputes["closed_on"].isna() | (disputes["closed_on"] >= NIGHT)
    for closed_on in (pd.NaT, NIGHT, LATER):
        changed = disputes.assign(closed_on=disputes["closed_on"].mask(open_still, closed_on).astype("datetime64[s]"))
        assert_unchanged(name, {**LEDGERS[name], "disputes": changed})


@pytest.mark.parametrize("name", LEDGERS)
def test_the_order_of_the_rows_changes_nothing(name):
    shuffled = {table: frame.sample(frac=1, random_state=5) for table, frame in LEDGERS[name].items()}
    assert_unchanged(name, shuffled)


def test_what_is_known_earlier_does_change_the_features():
    changed = {**LEDGERS["simulated"]}
    payments = changed["payments"]
    changed["payments"] = payments.drop(payments.index[~later(payments)][-1])
    assert bytes_by_identifier(changed) != bytes_by_identifier(LEDGERS["simulated"])


@pytest.mark.parametrize("name", ["random 2", "random 3", "simulated"])
def test_a_batch_of_nights_is_one_night_at_a_time(name):
    portfolio = number(LEDGERS[name])
    nights = [pd.Timestamp(night) for night in random.Random(1).sample(NIGHTS, 4)]
    batch = replay(portfolio, nights, LABELS, "EUR")
    alone = [replay(portfolio, [night], LABELS, "EUR") for night in nights]
    for stacked, ones in (
        (batch.customers, [one.customers for one in alone]),
        (batch.invoices, [one.invoices for one in alone]),
    ):
        pd.testing.assert_frame_equal(stacked, pd.concat(ones, ignore_index=True), check_exact=True)


def test_training_and_scoring_see_the_same_features_of_a_night():
    portfolio = number(LEDGERS["simulated"])
    spine = replay(portfolio, [NIGHT], LABELS, "EUR")
    found = features_at(view_as_of(portfolio, NIGHT, "EUR"), LABELS)
    names = list(found.invoices)
    assert (spine.invoices["invoice"].to_numpy() == found.invoices.index.to_numpy()).all()
    pd.testing.assert_frame_equal(
        spine.invoices[names], found.invoices.astype("float32").reset_index(drop=True), check_exact=True
    )


def test_a_night_before_the_first_record_is_empty():
    view = view_as_of(number(LEDGERS["simulated"]), pd.Timestamp(date(2022, 1, 1)), "EUR")
    found = features_at(view, LABELS)
    assert len(found.invoices) == 0
    assert (found.customers["issued_count_all"] == 0).all()
    assert (view.balances == 0).all(axis=None)
