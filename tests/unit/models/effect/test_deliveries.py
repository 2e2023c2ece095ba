"""Contacts that came back count nothing, and make the next one by that channel worth less."""

import numpy as np
import pytest

from ledger.tables import CHANNELS
from models.effect.deliveries import ARRIVED, CAME_BACK, TAKEN_FOR_DEAD, arriving, came_back, preferred_channels
from tests.support.view_from_text import night, view_of

EMAIL, CALL = CHANNELS.index("email"), CHANNELS.index("call")
LEDGER = """
    invoices
    invoice_id customer_id due_on     amount
    1          A           2024-01-01 100
    2          B           2024-01-01 100
    contacts
    customer_id contacted_on channel outcome
    A           2024-02-01   email   bounced
    A           2024-02-02   call    reached
    A           2024-02-09   email   bounced
    B           2024-02-03   email   bounced
    B           2024-02-10   email   no_answer
    B           2024-02-17   email   -
"""


def test_what_arrives_is_counted_by_what_became_of_the_contact_before_it_by_the_same_channel():
    share = arriving(view_of(LEDGER, night("2024-03-01")))
    assert share.shape == (2, len(CHANNELS))
    assert share[ARRIVED, EMAIL] == pytest.approx((1 + 1) / (3 + 1))  # B's third arrived; both first came back
    assert share[CAME_BACK, EMAIL] == pytest.approx(1 / (2 + TAKEN_FOR_DEAD))
    assert share[ARRIVED, CALL] == 1
    assert share[CAME_BACK, CALL] == 0


def test_a_channel_came_back_where_the_last_contact_by_it_did():
    found = came_back(view_of(LEDGER, night("2024-03-01")))
    assert found.sum() == 1
    assert found[0, EMAIL]
    earlier = came_back(view_of(LEDGER, night("2024-02-04")))
    assert earlier[:, EMAIL].tolist() == [True, True]


def test_without_any_contact_everything_arrives_until_one_comes_back():
    share = arriving(view_of(LEDGER, night("2024-01-15")))
    np.testing.assert_array_equal(share, [[1.0] * len(CHANNELS), [0.0] * len(CHANNELS)])


def test_what_a_customer_asks_for_is_known_by_its_place():
    view = view_of(
        """
    customers
    customer_id preferred_channel
    A           call
    B           -
    """
        + LEDGER,
        night("2024-03-01"),
    )
    assert preferred_channels(view).tolist() == [CALL, -1]
