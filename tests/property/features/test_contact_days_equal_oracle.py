"""Customer-days, and what was paid after them, are what plain arithmetic over the records gives."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from features.contact_days import NO_CHANNEL, STATE, ContactDays, contact_days, overdue_now
from features.labels import paid_after
from ledger.as_of.view import View, view_as_of
from ledger.clock import NEVER
from ledger.frames import Tables
from ledger.portfolio import number
from ledger.tables import CHANNELS
from tests import oracle
from tests.support.at_random.random_ledger import FIRST_DAY, NIGHTS, random_ledger

SEEDS = range(30)
DAYS_BEFORE = 150  # the oracle is slow
EPOCH = date(1970, 1, 1)
WINDOWS = [(0, 30, True), (0, 30, False), (7, 14, True), (14, 30, True), (0, 7, False)]


@dataclass(frozen=True)
class Case:
    name: str
    book: oracle.Book
    view: View
    days: ContactDays
    expected: dict[tuple[str, date], dict[str, float]]

    def keys(self) -> list[tuple[str, date]]:
        ids = self.view.portfolio.customer_ids
        rows = self.days.rows
        return [
            (ids[customer], EPOCH + timedelta(days=int(day)))
            for customer, day in zip(rows["customer"], rows["day"], strict=True)
        ]


def with_more_contacts(tables: Tables, seed: int) -> Tables:
    """Contacts in clusters, some on one day, some with a logged propensity: few days of a random ledger meet any."""
    draw = np.random.default_rng(seed)
    made = tables["contacts"]
    more = [made]
    for name, later in (("a", 0), ("b", 1), ("z", 9), ("y", 40)):
        some = made[draw.random(len(made)) < 0.6]
        moved = (some["contacted_on"] + pd.Timedelta(days=later)).astype("datetime64[s]")
        known_on = moved + pd.to_timedelta(draw.integers(0, 3, len(some)), unit="D")
        more.append(
            some.assign(
                contact_id=name + some["contact_id"],
                contacted_on=moved,
                known_on=known_on.astype("datetime64[s]"),
                channel=pd.Series(draw.choice(CHANNELS, len(some)), index=some.index, dtype=some["channel"].dtype),
            )
        )
    contacts = pd.concat(more, ignore_index=True)
    logged = np.where(draw.random(len(contacts)) < 0.4, draw.random(len(contacts)), np.nan)
    contacts["propensity"] = pd.Series(logged).astype(contacts["propensity"].dtype)
    return {**tables, "contacts": contacts}


@cache
def cases() -> list[Case]:
    found = []
    for seed in SEEDS:
        as_of = NIGHTS[1 + seed % (len(NIGHTS) - 1)]
        tables = with_more_contacts(random_ledger(seed), seed)
        first = max(as_of - timedelta(days=DAYS_BEFORE), FIRST_DAY)
        book = oracle.Book(tables, as_of, "EUR", grace_days=5)
        view = view_as_of(number(tables), pd.Timestamp(as_of), "EUR")
        days = contact_days(view, (first - EPOCH).days)
        found.append(Case(f"ledger {seed} as of {as_of}", book, view, days, oracle.contact_days(book, first)))
    return found


def same(found: float, expected: float) -> bool:
    return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)


def test_the_days_on_which_a_customer_owed_something_are_those_of_the_records():
    for case in cases():
        assert case.keys() == sorted(case.expected), case.name
    assert sum(len(case.expected) for case in cases()) > 5_000


@pytest.mark.parametrize("column", STATE)
def test_what_was_owed_and_when_the_customer_was_contacted_is_what_the_records_say(column):
    for case in cases():
        for key, found in zip(case.keys(), case.days.rows[column], strict=True):
            assert same(found, case.expected[key][column]), (case.name, key, column, found, case.expected[key])


def test_the_contact_of_a_day_and_the_next_one_are_those_of_the_log():
    seen = set()
    for case in cases():
        for key, row in zip(case.keys(), case.days.rows.to_dict("records"), strict=True):
            expected = case.expected[key]
            channel = NO_CHANNEL if expected["channel"] is None else expected["channel"]
            following = NEVER if expected["next_contact"] is None else (expected["next_contact"] - EPOCH).days
            assert (row["channel"], row["next_contact"]) == (channel, following), (case.name, key)
            if expected["propensity"] is None:
                assert math.isnan(row["propensity"]), (case.name, key)
            else:
                assert row["propensity"] == expected["propensity"], (case.name, key)
            seen.add((channel != NO_CHANNEL, expected["propensity"] is not None, following != NEVER))
    assert len(seen) == 6, "the ledgers hold too few kinds of days"


@pytest.mark.parametrize(("begin", "end", "until_next_contact"), WINDOWS)
def test_what_was_paid_after_a_day_is_what_the_records_say(begin, end, until_next_contact):
    shares = set()
    for case in cases():
        known_before = case.book.as_of - timedelta(days=oracle.booking_lag(case.book))
        expected = oracle.paid_after(case.book, case.expected, begin, end, until_next_contact, known_before)
        found = paid_after(case.view, case.days, begin, end, until_next_contact=until_next_contact)
        for key, share, exposure in zip(case.keys(), found.share, found.exposure, strict=True):
            told = expected[key]
            if told is None:
                assert math.isnan(share) and math.isnan(exposure), (case.name, key)
                continue
            assert same(share, told[0]), (case.name, key, share, told)
            assert same(exposure, told[1]), (case.name, key, exposure, told)
            shares.add(round(share, 6))
    assert {0.0, 1.0} < shares


def test_customers_who_are_not_kept_leave_the_days_of_the_others_as_they_are():
    case = max(cases(), key=lambda one: one.days.rows["customer"].nunique())
    keep = np.arange(case.view.customers) % 2 == 0
    first = int(case.days.rows["day"].min())
    kept = contact_days(case.view, first, keep).rows
    expected = case.days.rows[keep[case.days.rows["customer"]]].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, expected, check_exact=True)


def test_what_is_overdue_now_is_what_the_balances_of_the_night_say_without_what_is_disputed():
    seen = 0
    for case in cases():
        now, view = overdue_now(case.view), case.view
        free, disputes = view.invoices, view.tables["disputes"]
        disputed = free["invoice"].isin(disputes.loc[disputes["closed_on"].isna(), "invoice"])
        free = free[(free["kind"] == "invoice") & (free["overdue_amount"] > 0) & ~disputed]
        worth = (free["overdue_amount"] * free["rate"]).groupby(free["customer"])
        assert now.index.tolist() == sorted(worth.groups)
        np.testing.assert_allclose(now["owed"], worth.sum())
        oldest = free.groupby("customer")["days_past_due"].max()
        np.testing.assert_array_equal(now["oldest"], oldest)
        made = view.tables["contacts"].groupby("customer")["contacted_on"].max().reindex(now.index)
        since = (view.as_of - made).dt.days.fillna(365).clip(upper=365)
        np.testing.assert_array_equal(now["days_since_contact"], since)
        seen += len(now)
    assert seen > 20
