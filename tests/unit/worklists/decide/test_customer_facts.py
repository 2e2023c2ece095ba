"""What a customer's facts say of how late it is."""

from configs.settings import load_settings
from features.engine import features_at
from tests.support.view_from_rows import scores_of, view_of
from worklists.decide.customer_facts import customer_facts

ONE_EURO = 100


def days_past_due(*invoices: tuple[str, int], first_paid: int = 0) -> int:
    """Of one customer, by due date and cents of each invoice, where no one is asked for less than a euro; `first_paid`
    is what was paid of the first one."""
    rows = [{"due_on": due_on, "amount": amount} for due_on, amount in invoices]
    paid = [{"invoice_id": "i1", "amount": first_paid, "paid_on": "2024-01-01"}] if first_paid else []
    view = view_of("2024-03-01", customers=[{"customer_id": "c1"}], invoices=rows, payments=paid)
    facts = customer_facts(view, features_at(view, load_settings().labels), scores_of(view), ONE_EURO)
    return int(facts["days_past_due"].iloc[0])


def test_a_cent_that_was_left_of_an_old_invoice_makes_no_one_months_late() -> None:
    assert days_past_due(("2023-06-30", 1), ("2024-02-29", 2_870_613)) == 1


def test_where_nothing_but_cents_are_left_they_are_as_old_as_they_are() -> None:
    assert days_past_due(("2023-12-31", 1), ("2024-02-29", 2)) == 61


def test_a_small_difference_that_was_left_of_an_old_invoice_makes_no_one_months_late() -> None:
    old, new = ("2023-06-30", 25_000), ("2024-02-29", 80_000)
    assert days_past_due(old, new, first_paid=24_500) == 1  # 5.00, and 2 % of the invoice
    assert days_past_due(old, new, first_paid=24_499) == 245
    assert days_past_due(old, ("2024-03-09", 80_000), first_paid=24_500) == 245  # nothing else is overdue
