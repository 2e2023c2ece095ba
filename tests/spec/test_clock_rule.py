"""The clock rule: a night sees what was known before it, and a window of w days is [as_of - w, as_of)."""

import pandas as pd
import pytest

from ledger.clock import ALL_HISTORY, in_window, known_before
from tests.support.ledger_from_text import ledger
from tests.support.view_from_text import features, night

NIGHT = night("2024-03-01")


@pytest.mark.parametrize(("paid_on", "seen"), [("2024-02-29", 1), ("2024-03-01", 0), ("2024-03-02", 0)])
def test_a_night_sees_the_day_before_and_nothing_of_its_own_day(paid_on, seen):
    tables = ledger(f"invoices\n due_on amount\n 2024-01-31 100.00\n payments\n paid_on amount\n {paid_on} 10.00")
    assert len(known_before(tables, NIGHT)["payments"]) == seen


@pytest.mark.parametrize(("known_on", "seen"), [("2024-02-29", 1), ("2024-03-01", 0)])
def test_a_payment_booked_late_is_seen_once_it_is_known(known_on, seen):
    tables = ledger(f"payments\n paid_on amount known_on\n 2024-02-20 10.00 {known_on}")
    assert len(known_before(tables, NIGHT)["payments"]) == seen


@pytest.mark.parametrize(("closed_on", "closed"), [("2024-02-29", True), ("2024-03-01", False), ("2024-04-01", False)])
def test_that_a_dispute_closes_is_known_once_it_has(closed_on, closed):
    tables = ledger(f"disputes\n invoice_id opened_on closed_on\n 1 2024-02-01 {closed_on}")
    assert known_before(tables, NIGHT)["disputes"]["closed_on"].notna().tolist() == [closed]


def test_a_customer_without_an_onboarding_day_is_always_known():
    tables = ledger("customers\n customer_id onboarded_on\n A -\n B 2024-02-29\n C 2024-03-01")
    assert known_before(tables, NIGHT)["customers"]["customer_id"].tolist() == ["A", "B"]


def test_a_window_holds_its_first_day_and_not_the_night():
    days = pd.Series(pd.to_datetime(["2024-01-30", "2024-01-31", "2024-02-29", "2024-03-01"]))
    assert in_window(days, NIGHT, 30).tolist() == [False, True, True, False]
    assert in_window(days, NIGHT, ALL_HISTORY).tolist() == [True, True, True, False]


@pytest.mark.parametrize(
    ("paid_on", "count"), [("2024-01-30", 0), ("2024-01-31", 1), ("2024-02-29", 1), ("2024-03-01", 0)]
)
def test_a_feature_over_30_days_holds_the_30_days_before_the_night(paid_on, count):
    found = features(f"payments\n paid_on amount\n {paid_on} 10.00", NIGHT)
    assert found["payment_count_30d"] == count
    assert found["paid_amount_30d"] == 1000 * count


def test_a_payment_entered_ahead_is_known_but_counts_from_its_value_date():
    found = features("payments\n paid_on amount known_on\n 2024-03-05 10.00 2024-02-20", NIGHT)
    assert (found["payment_count_all"], found["credit_amount"]) == (0, 0)
    found = features("payments\n paid_on amount known_on\n 2024-03-05 10.00 2024-02-20", night("2024-03-06"))
    assert (found["payment_count_all"], found["credit_amount"]) == (1, 1000)
