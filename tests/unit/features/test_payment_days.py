"""The days on which an invoice waited: what came in on each, by value date, and which contact was fresh."""

import numpy as np
import pandas as pd

from features.payment_days import LAGS, NO_CONTACT, STATES, PaymentDays, payment_days, state_of
from ledger.clock import day_number
from ledger.tables import CHANNELS
from tests.support.view_from_text import night, view_of

NIGHT = night("2024-03-20")
INVOICE = """
    invoices
    invoice_id due_on     amount
    1          2024-03-01 100
"""


def days_of(text: str) -> PaymentDays:
    return payment_days(view_of(text, NIGHT), 0)


def paid_on(days: PaymentDays) -> dict[str, float]:
    """The days with a payment, as text, with the share that came."""
    return {
        str(pd.Timestamp(int(day), unit="D").date()): round(float(share), 4)
        for day, share in zip(days.day, days.share, strict=True)
        if share
    }


def test_an_invoice_waits_from_a_week_before_it_is_due_to_the_day_before_the_night():
    days = days_of(INVOICE)
    assert days.age.tolist() == list(range(-7, 19))
    assert (days.day - days.age == day_number(pd.Timestamp("2024-03-01"))).all()
    assert not days.share.any()
    assert (days.state == NO_CONTACT).all()


def test_an_invoice_waits_until_it_is_paid_and_each_share_is_of_what_was_open_that_morning():
    days = days_of(
        INVOICE
        + """
    payments
    invoice_id paid_on    amount
    1          2024-03-04 25
    1          2024-03-11 75
    """
    )
    assert paid_on(days) == {"2024-03-04": 0.25, "2024-03-11": 1.0}
    assert days.age.max() == 10


def test_a_payment_counts_from_its_value_date_and_not_from_the_day_on_which_it_was_booked():
    days = days_of(
        INVOICE
        + """
    payments
    invoice_id paid_on    amount known_on
    1          2024-03-04 100    2024-03-18
    """
    )
    assert paid_on(days) == {"2024-03-04": 1.0}


def test_cash_on_account_counts_on_its_own_day_for_the_invoice_that_it_was_used_for_later():
    days = days_of(
        INVOICE
        + """
    payments
    invoice_id paid_on    amount
    -          2024-03-05 100
    adjustments
    invoice_id kind           posted_on  amount
    1          credit_applied 2024-03-15 100
    """
    )
    assert paid_on(days) == {"2024-03-05": 1.0}
    assert days.age.max() == 4


def test_cash_on_account_that_is_not_used_yet_belongs_to_the_invoice_of_its_amount_or_else_to_the_oldest():
    two = """
    invoices
    invoice_id due_on     amount
    1          2024-03-01 100
    2          2024-03-08 40
    payments
    invoice_id paid_on    amount
    -          2024-03-12 {}
    """
    exact, other = days_of(two.format(40)), days_of(two.format(50))
    assert (paid_on(exact), paid_on(other)) == ({"2024-03-12": 1.0}, {"2024-03-12": 0.5})
    assert exact.age[exact.share > 0].tolist() == [4]
    assert other.age[other.share > 0].tolist() == [11]


def test_a_credit_note_or_a_write_off_lowers_what_waits_and_is_no_payment():
    days = days_of(
        INVOICE
        + """
    payments
    invoice_id paid_on    amount
    1          2024-03-11 60
    adjustments
    invoice_id kind      posted_on  amount
    1          write_off 2024-03-06 40
    """
    )
    assert paid_on(days) == {"2024-03-11": 1.0}


def test_days_in_dispute_are_left_out():
    days = days_of(
        INVOICE
        + """
    disputes
    invoice_id opened_on  closed_on
    1          2024-03-05 2024-03-08
    """
    )
    assert days.age.tolist() == [age for age in range(-7, 19) if age not in (4, 5, 6)]


def test_a_contact_is_fresh_from_the_day_after_it_for_thirty_days_and_the_last_one_counts():
    days = days_of(
        """
    invoices
    invoice_id due_on     amount
    1          2024-02-01 100
    contacts
    contacted_on channel outcome
    2024-02-03   email   no_answer
    2024-02-10   call    reached
    2024-02-12   letter  bounced
    """
    )
    call, email = CHANNELS.index("call"), CHANNELS.index("email")
    state = dict(zip(days.age.tolist(), days.state.tolist(), strict=True))
    assert state[2] == NO_CONTACT
    assert state[3] == 1 + email * len(LAGS)
    assert state[9] == 1 + email * len(LAGS) + 1
    assert state[10] == 1 + call * len(LAGS)
    assert state[12] == 1 + call * len(LAGS)  # the letter came back
    assert state[9 + 30] == 1 + call * len(LAGS) + 3
    assert state[9 + 31] == NO_CONTACT


def test_every_channel_and_span_has_a_state_of_its_own():
    states = {int(state_of(np.array(channel), np.array(lag))) for channel in range(len(CHANNELS)) for lag in LAGS}
    assert states == set(range(1, STATES))


def test_what_is_known_on_the_night_or_later_leaves_no_trace():
    later = """
    payments
    invoice_id paid_on    amount known_on
    1          2024-03-04 100    2024-03-20
    contacts
    contacted_on channel
    2024-03-20   call
    """
    for with_later, without in zip(
        vars(days_of(INVOICE + later)).values(), vars(days_of(INVOICE)).values(), strict=True
    ):
        np.testing.assert_array_equal(with_later, without)


def test_a_contact_says_nothing_of_an_invoice_that_is_not_overdue_yet():
    days = days_of(
        INVOICE
        + """
    contacts
    contacted_on channel outcome
    2024-02-27   call    reached
    """
    )
    assert not days.state[days.age <= 0].any()
    assert days.state[(days.age > 0) & (days.age <= 25)].all()


def test_a_contact_is_alone_where_none_was_made_in_the_thirty_days_before_it():
    contacts = """
    invoices
    invoice_id due_on     amount
    1          2024-01-01 100
    contacts
    contacted_on channel outcome
    2024-01-02   email   no_answer
    {}   call    reached
    """
    within, later = days_of(contacts.format("2024-02-01")), days_of(contacts.format("2024-02-02"))
    after = day_number(pd.Timestamp("2024-02-02"))
    for days in (within, later):
        assert days.alone[(days.day <= after - 2) & (days.age > 1)].all()
    assert not within.alone[within.day >= after].any()
    assert later.alone[(later.day > after) & (later.day <= after + 30)].all()
    assert not later.alone[later.day > after + 30].any()
