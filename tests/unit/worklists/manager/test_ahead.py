"""Cash of the month, the freshness of payments, and customers by name, from small ledgers."""

import pandas as pd
import pytest

from tests.support.view_from_rows import facts_of
from tests.support.view_from_text import view_of
from worklists.manager import by_name as named
from worklists.manager import cash_so_far as cash
from worklists.manager.by_name import by_name, until

NIGHT = pd.Timestamp("2024-03-13")
CASH = """
    invoices
    invoice_id customer_id due_on amount
    1 c1 2024-01-31 900.00
    payments
    payment_id invoice_id paid_on amount known_on
    before 1 2024-02-01 1.00 2024-02-02
    same 1 2024-02-12 2.00 2024-02-12
    day 1 2024-02-13 4.00 2024-02-13
    booked 1 2024-02-12 8.00 2024-02-13
    month 1 2024-03-01 16.00 2024-03-04
    back 1 2024-03-11 -6.00 2024-03-11
    ahead 1 2024-03-20 32.00 2024-03-12
    later 1 2024-03-12 64.00 2024-03-13
"""


def test_the_month_and_the_same_days_before_have_what_was_known_after_as_many_days() -> None:
    found = cash.cash_so_far(view_of(CASH, NIGHT), pd.Timestamp("2024-02-12"), pd.Timestamp("2024-02-13"))
    assert (found.received, found.month_before, found.of_complete_days) == (10_00, 3_00, 10_00)
    assert (found.booked_on, found.valued_on) == (pd.Timestamp("2024-03-12"), pd.Timestamp("2024-03-11"))


def test_without_payments_there_is_no_booking() -> None:
    nothing = cash.cash_so_far(view_of("\n".join(CASH.splitlines()[:4]), NIGHT), None, NIGHT)
    assert (nothing.booked_on, nothing.valued_on, nothing.received) == (None, None, 0)
    some = cash.cash_so_far(view_of(CASH, NIGHT), None, NIGHT)
    assert cash.added_up([nothing, some]) == some
    assert cash.added_up([nothing, nothing]) == nothing


@pytest.mark.parametrize(
    ("night", "first", "then"),
    [
        ("2024-03-13", "2024-02-01", "2024-02-13"),
        ("2024-01-01", "2023-12-01", "2023-12-01"),
        ("2024-03-31", "2024-02-01", "2024-03-01"),
    ],
)
def test_the_same_days_of_a_shorter_month_are_all_of_it(night: str, first: str, then: str) -> None:
    assert cash.same_days_before(pd.Timestamp(night)) == (pd.Timestamp(first), pd.Timestamp(then))


@pytest.mark.parametrize(
    ("booked", "days"), [("2024-03-12", 1), ("2024-03-11", 2), ("2024-03-08", 3), ("2024-03-10", 2), ("2024-03-07", 4)]
)
def test_the_age_of_a_booking_is_in_working_days(booked: str, days: int) -> None:
    assert cash.working_days_since(pd.Timestamp(booked), NIGHT) == days


@pytest.mark.parametrize(("night", "last"), [("2024-03-11", "2024-03-17"), ("2024-03-15", "2024-03-20")])
def test_promises_are_those_of_the_week_and_of_five_days_at_least(night: str, last: str) -> None:
    assert until(pd.Timestamp(night)) == pd.Timestamp(last)


def ledger_of(customers: int) -> str:
    invoices = [f"    i{n:02} c{n:02} 2024-01-31 {100 + n // 2}.00" for n in range(customers)]
    promises = [f"    p{n:02} c{n:02} 2024-03-01 2024-03-{10 + n} {n + 1}.00" for n in range(customers)]
    payments = [f"    i{n:02} c{n:02} 2024-03-05 2.00" for n in range(0, customers, 2)]
    return "\n".join([
        "    invoices", "    invoice_id customer_id due_on amount", *invoices,
        "    promises", "    promise_id customer_id made_on promised_on amount", *promises,
        "    payments", "    invoice_id customer_id paid_on amount", *payments,
    ])  # fmt: skip


def warnings_of(facts: pd.DataFrame) -> pd.DataFrame:
    """Two warnings of each customer."""
    rows = facts[["customer_id", "open_amount"]]
    return pd.concat([rows.assign(text="Pays later."), rows.assign(text="Uses too much.")], ignore_index=True)


def test_the_largest_are_named_by_amount_and_then_by_id() -> None:
    view = view_of(ledger_of(14), NIGHT)
    facts = facts_of(view)
    found = by_name(view, facts, warnings_of(facts))
    ordered = facts.sort_values(["open_amount", "customer_id"], ascending=[False, True])["customer_id"].tolist()
    assert found.debtors["customer_id"].tolist() == ordered[: named.DEBTORS]
    assert found.warned["customer_id"].tolist() == ordered[: named.WARNED]
    assert found.warned_in_all == 14
    assert found.warned["text"].iloc[0] == "Pays later. Uses too much."


def test_promises_due_are_from_the_night_to_the_end_of_the_week_with_what_came_in() -> None:
    view = view_of(ledger_of(14), NIGHT)
    facts = facts_of(view)
    due = by_name(view, facts, warnings_of(facts)).due
    assert dict(zip(due["promised_on"].dt.day, due["paid"], strict=True)) == {
        13: 0,
        14: 200,
        15: 0,
        16: 200,
        17: 0,
        18: 200,
    }
    sums = by_name(view, facts, warnings_of(facts)).due_sums
    assert sums.to_dict() == {"promises": 6, "amount": (4 + 5 + 6 + 7 + 8 + 9) * 100, "paid": 600}


def test_parts_of_a_portfolio_name_the_same_customers_as_the_whole() -> None:
    view = view_of(ledger_of(14), NIGHT)
    facts = facts_of(view)
    whole = named.added_up([by_name(view, facts, warnings_of(facts))])
    parts = [by_name(view, some, warnings_of(some)) for some in (facts[:5], facts[5:])]
    together = named.added_up(parts)
    pd.testing.assert_frame_equal(together.debtors, whole.debtors)
    pd.testing.assert_frame_equal(together.warned, whole.warned)
    assert together.warned_in_all == whole.warned_in_all
