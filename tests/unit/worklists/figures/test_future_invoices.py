"""Cash from invoices that are not issued yet: the last 13 weeks again, paid as the portfolio pays."""

import numpy as np
import pandas as pd
import pytest

from ledger.as_of.view import View
from ledger.clock import NEVER
from models.curves.portfolio_curve import (
    EARLIEST_DELAY,
    LATEST_DELAY,
    UnpaidCurve,
    curve_of,
    delay_counts,
    unpaid_curve,
)
from tests.support import small_models
from tests.support.view_from_rows import Row, view_of
from worklists.figures.future_invoices import billed_together, billing, not_yet_issued

DELAYS = np.arange(EARLIEST_DELAY, LATEST_DELAY + 1)
# Half is paid on the due date, half five days later.
CURVE = UnpaidCurve(tuple(np.select([DELAYS < 0, DELAYS < 5], [1.0, 0.5], 0.0)))


def invoice(issued_on: str, due_on: str, amount: int, customer: str = "c1") -> Row:
    return {"issued_on": issued_on, "due_on": due_on, "amount": amount, "customer_id": customer}


def seen(*invoices: Row, **more: list[Row]) -> View:
    return view_of("2024-04-01", invoices=list(invoices), **more)


def expected(view: View, days: int = 91, *segments: str) -> pd.DataFrame:
    segment = pd.Series(segments or ["A"] * view.customers)
    return not_yet_issued(billing(view, segment), CURVE, days).expected


def test_an_invoice_is_billed_again_after_thirteen_weeks_with_its_terms() -> None:
    # issued 2024-01-11, again on 2024-04-11, which is day 10; due after 14 days
    days = expected(seen(invoice("2024-01-11", "2024-01-25", 10_000))).loc["A"]
    assert days[days != 0].to_dict() == pytest.approx({24: 5_000, 29: 5_000})


def test_what_is_paid_before_the_issue_comes_with_it() -> None:
    days = expected(seen(invoice("2024-01-11", "2024-01-08", 10_000))).loc["A"]
    assert days[days != 0].to_dict() == pytest.approx({10: 5_000, 15: 5_000})


def test_only_the_last_thirteen_weeks_count_and_no_cancelled_or_credit_note() -> None:
    view = seen(
        invoice("2024-01-01", "2024-01-02", 1_000),
        invoice("2023-12-31", "2024-01-02", 10_000),
        invoice("2024-02-01", "2024-02-02", 100_000),
        {**invoice("2024-02-01", "2024-02-02", -1_000_000), "kind": "credit_note"},
        adjustments=[{"invoice_id": "i3", "kind": "cancellation", "amount": 100_000}],
    )
    assert expected(view).to_numpy().sum() == pytest.approx(1_000)


def test_a_longer_horizon_bills_them_once_more() -> None:
    days = expected(seen(invoice("2024-01-11", "2024-01-11", 10_000)), 182).loc["A"]
    assert days[days != 0].to_dict() == pytest.approx({10: 5_000, 15: 5_000, 101: 5_000, 106: 5_000})


def test_segments_stand_apart_and_parts_of_a_portfolio_add_up() -> None:
    mine, theirs = invoice("2024-01-11", "2024-01-25", 600), invoice("2024-02-11", "2024-02-25", 4_000, "c2")
    both = expected(seen(mine, theirs), 91, "A", "B")
    assert both.sum(axis=1).to_dict() == pytest.approx({"A": 600, "B": 4_000})
    parts = [billing(seen(one), pd.Series([name])) for one, name in ((mine, "A"), (theirs, "B"))]
    pd.testing.assert_frame_equal(not_yet_issued(billed_together(parts), CURVE, 91).expected, both)


def test_a_portfolio_that_bills_nothing_expects_nothing() -> None:
    assert len(expected(seen(invoice("2023-01-11", "2023-01-25", 600)))) == 0


def test_the_curve_of_two_halves_is_the_curve_of_the_whole() -> None:
    known = small_models.known()
    halves = []
    for half in (0, 1):
        due_on = np.where(known.customer % 2 == half, known.due_on, NEVER)
        halves.append(delay_counts(type(known)(**{**vars(known), "due_on": due_on})))
    assert curve_of(halves) == unpaid_curve(known)
