"""What falls due soon and is to be reminded of: once for each invoice, of the customer's or of its whole group's."""

import pytest

from tests.support.view_from_rows import Row, facts_of, invoice_scores_of, view_of
from worklists.decide.parent_groups import contact_heads
from worklists.decide.reminders import due_soon

SOON: list[Row] = [
    {"amount": 100, "due_on": "2024-02-03", "customer_id": "one"},
    {"amount": 20, "due_on": "2024-02-05", "customer_id": "one"},
    {"amount": 3, "due_on": "2024-02-04", "customer_id": "two"},
]
GROUP: list[Row] = [
    {"customer_id": "head"}, {"customer_id": "one", "parent_id": "head"}, {"customer_id": "two", "parent_id": "head"},
]  # fmt: skip


@pytest.mark.parametrize(
    ("contact", "alone", "together"),
    [
        ({"customer_id": "one", "contacted_on": "2024-01-28"}, [0, 120, 3], [0, 120, 3]),
        ({"customer_id": "one", "contacted_on": "2024-01-29"}, [0, 20, 3], [0, 20, 3]),
        ({"customer_id": "one", "contacted_on": "2024-01-31"}, [0, 0, 3], [0, 0, 0]),
        ({"customer_id": "one", "contacted_on": "2024-01-31", "invoice_id": "i2"}, [0, 100, 3], [0, 100, 3]),
        ({"customer_id": "one", "contacted_on": "2024-01-31", "outcome": "bounced"}, [0, 120, 3], [0, 120, 3]),
        ({"customer_id": "head", "contacted_on": "2024-01-31"}, [0, 120, 3], [0, 0, 0]),
    ],
)
def test_an_invoice_is_reminded_of_once_within_the_days_before_it_falls_due(
    contact: Row, alone: list[int], together: list[int]
) -> None:
    view = view_of("2024-02-01", customers=GROUP, invoices=SOON, contacts=[contact])
    heads = contact_heads(view, facts_of(view), "parent")
    scores = invoice_scores_of(view)
    assert due_soon(view, scores, 5)["amount"].tolist() == alone
    assert due_soon(view, scores, 5, heads)["amount"].tolist() == together
