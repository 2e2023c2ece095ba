"""Law 3: unpaid is not on time. What is not known yet is censored, never a negative."""

import math

import numpy as np
import pytest

from features.labels import InvoiceOutcomes, defaults_within, unpaid_through
from ledger.clock import day_number
from tests.support.view_from_text import LABELS, known_outcomes, night

INVOICE = "invoices\n due_on amount\n 2024-01-31 100.00\n"


def payment(paid_on: str, known_on: str = "-", amount: str = "100.00") -> str:
    return f"payments\n invoice_id paid_on amount known_on\n 1 {paid_on} {amount} {known_on}\n"


def adjustment(kind: str, posted_on: str, amount: str = "100.00") -> str:
    return f"adjustments\n invoice_id kind posted_on amount\n 1 {kind} {posted_on} {amount}\n"


def unpaid(known: InvoiceOutcomes, last_day: str) -> float:
    return float(unpaid_through(known, np.array([0]), np.array([day_number(night(last_day))]))[0])


def default(known: InvoiceOutcomes, as_of: str) -> float:
    return float(defaults_within(known, np.array([0]), day_number(night(as_of)), LABELS)[0])


@pytest.mark.parametrize(("last_day", "label"), [("2024-02-09", 1), ("2024-02-10", 0), ("2024-02-11", 0)])
def test_an_invoice_is_unpaid_until_the_end_of_the_day_before_it_was_paid(last_day, label):
    assert unpaid(known_outcomes(INVOICE + payment("2024-02-10"), "2024-06-01"), last_day) == label


@pytest.mark.parametrize(("trained_on", "label"), [("2024-02-10", math.nan), ("2024-02-11", 1)])
def test_an_unpaid_invoice_is_censored_until_the_day_asked_about_has_passed(trained_on, label):
    assert unpaid(known_outcomes(INVOICE, trained_on), "2024-02-10") == pytest.approx(label, nan_ok=True)


def test_a_paid_invoice_is_censored_too_until_the_day_asked_about_has_passed():
    # Else the paid ones of a window would be known before the unpaid ones, and look more frequent than they are.
    assert math.isnan(unpaid(known_outcomes(INVOICE + payment("2024-02-05"), "2024-02-08"), "2024-02-10"))


@pytest.mark.parametrize(("trained_on", "label"), [("2024-02-15", math.nan), ("2024-02-16", 1)])
def test_a_label_waits_as_long_as_payments_take_to_be_booked(trained_on, label):
    booked_after_5_days = "payments\n invoice_id paid_on amount known_on\n - 2024-01-05 1.00 2024-01-10\n"
    known = known_outcomes(INVOICE + booked_after_5_days, trained_on)
    assert unpaid(known, "2024-02-10") == pytest.approx(label, nan_ok=True)


def test_a_payment_in_part_leaves_an_invoice_unpaid():
    assert unpaid(known_outcomes(INVOICE + payment("2024-02-05", amount="99.99"), "2024-06-01"), "2024-02-10") == 1


@pytest.mark.parametrize("kind", ["write_off", "collection_handover"])
def test_an_invoice_given_up_stays_unpaid(kind):
    known = known_outcomes(INVOICE + adjustment(kind, "2024-03-01"), "2024-06-01")
    assert [unpaid(known, day) for day in ("2024-02-10", "2024-03-10")] == [1, 1]


def test_an_invoice_that_is_discounted_away_was_neither_paid_nor_late():
    known = known_outcomes(INVOICE + adjustment("discount", "2024-02-05"), "2024-06-01")
    assert unpaid(known, "2024-02-04") == 1
    assert math.isnan(unpaid(known, "2024-02-10"))


def test_from_its_cancellation_on_the_outcome_of_an_invoice_is_never_known():
    known = known_outcomes(INVOICE + adjustment("cancellation", "2024-02-20"), "2024-06-01")
    assert unpaid(known, "2024-02-19") == 1
    assert math.isnan(unpaid(known, "2024-02-20"))
    assert math.isnan(unpaid(known, "2024-03-20"))


def test_an_invoice_that_is_not_known_has_no_customer_and_is_never_due():
    known = known_outcomes("invoices\n due_on amount known_on\n 2024-06-30 1.00 2024-06-01\n", "2024-05-01")
    assert known.customer.tolist() == [-1]
    assert known.due_on[0] > day_number(night("2100-01-01"))


# 2024-01-31 and 90 days is 2024-04-30.
@pytest.mark.parametrize(("paid_on", "label"), [("2024-04-29", 0), ("2024-04-30", 1), ("2024-05-05", 1)])
def test_a_customer_defaults_when_an_invoice_is_open_90_days_past_due(paid_on, label):
    assert default(known_outcomes(INVOICE + payment(paid_on), "2025-01-01"), "2024-03-01") == label


@pytest.mark.parametrize(
    ("as_of", "label"), [("2023-11-02", 0), ("2023-11-03", 1), ("2024-04-30", 1), ("2024-05-01", 0)]
)
def test_the_horizon_of_a_default_holds_its_first_day_and_not_its_end(as_of, label):
    assert LABELS.default_horizon_days == 180
    assert default(known_outcomes(INVOICE, "2025-01-01"), as_of) == label


@pytest.mark.parametrize(("posted_on", "label"), [("2024-02-29", 0), ("2024-03-01", 1), ("2024-04-01", 1)])
def test_a_write_off_in_the_horizon_is_a_default(posted_on, label):
    assert default(known_outcomes(INVOICE + adjustment("write_off", posted_on), "2025-01-01"), "2024-03-01") == label


@pytest.mark.parametrize(("paid", "label"), [("98.00", 0), ("97.99", 1)])
def test_a_small_difference_that_stays_open_is_no_default(paid, label):
    known = known_outcomes(INVOICE + payment("2024-01-30", amount=paid), "2025-01-01")
    assert default(known, "2024-03-01") == label


def test_a_small_difference_that_is_written_off_after_90_days_is_no_default():
    text = INVOICE + payment("2024-01-30", amount="98.00") + adjustment("write_off", "2024-06-30", "2.00")
    assert default(known_outcomes(text, "2025-01-01"), "2024-03-01") == 0


def test_a_default_is_not_counted_for_an_invoice_cancelled_before_90_days():
    known = known_outcomes(INVOICE + adjustment("cancellation", "2024-04-01"), "2025-01-01")
    assert default(known, "2024-03-01") == 0


def test_a_small_hand_over_does_not_hide_a_default():
    known = known_outcomes(INVOICE + adjustment("collection_handover", "2024-04-01", "0.01"), "2025-01-01")
    assert default(known, "2024-03-01") == 1


@pytest.mark.parametrize(("trained_on", "label"), [("2024-08-27", math.nan), ("2024-08-28", 1)])
def test_a_default_is_censored_until_the_horizon_has_passed(trained_on, label):
    assert default(known_outcomes(INVOICE, trained_on), "2024-03-01") == pytest.approx(label, nan_ok=True)
