"""The early-warning list: worse scores and worse habits, with their figures."""

import pandas as pd
import pytest

from configs.settings import load_settings
from features.engine import FeatureTables, features_at
from ledger.as_of.view import View
from tests.support.view_from_rows import Row, facts_of, view_of
from worklists.rules.early_warning import COLUMNS, SUGGESTION, TRIGGERS, ReviewTerms, early_warnings
from worklists.rules.segments import load_segments
from worklists.rules.strategy import load_strategy

RULES = ReviewTerms(bands_worse=1, points_fallen=40, days_later=10, broken_promises=2, credit_use=0.9)
NOTHING = pd.DataFrame({"customer_id": [], "score_points": [], "risk_band": []})
ONE: list[Row] = [{"amount": 10_000}]


def warned(
    view: View, earlier: pd.DataFrame = NOTHING, features: FeatureTables | None = None, **scores: object
) -> list[tuple[str, str, str]]:
    found = features_at(view, load_settings().labels) if features is None else features
    rows = early_warnings(view, facts_of(view, **scores), found, RULES, earlier)
    assert list(rows) == COLUMNS and set(rows["trigger"]) <= set(TRIGGERS) and rows["suggestion"].eq(SUGGESTION).all()
    return list(rows[["customer_id", "trigger", "text"]].itertuples(index=False, name=None))


def before(points: float, band: str) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": ["c1", "gone"], "score_points": [points, 1.0], "risk_band": [band, "A"]})


@pytest.mark.parametrize(
    ("points", "band", "told"),
    [
        (620, "C", []),
        (639.9, "C", []),
        (640, "C", ["Risk band C with 600 points; it was C with 640 points."]),
        (610, "B", ["Risk band C with 600 points; it was B with 610 points."]),
        (590, "D", []),
    ],
)
def test_a_score_is_worse_by_bands_or_by_points(points: float, band: str, told: list[str]) -> None:
    view = view_of("2024-02-05", invoices=ONE)
    assert [text for _, _, text in warned(view, before(points, band))] == told


def test_without_an_earlier_night_no_score_is_compared() -> None:
    view = view_of("2024-02-05", invoices=ONE)
    assert warned(view) == []
    assert warned(view, before(900, "A").iloc[1:]) == []


def test_paying_later_than_in_the_own_year_is_told_with_both_figures() -> None:
    paid = [("2023-06-30", "2023-06-30"), ("2023-07-31", "2023-07-31"), ("2024-01-10", "2024-02-03")]
    invoices: list[Row] = [{"amount": 100, "issued_on": "2023-06-01", "due_on": due} for due, _ in paid]
    payments: list[Row] = [
        {"invoice_id": f"i{place}", "amount": 100, "paid_on": on} for place, (_, on) in enumerate(paid, start=1)
    ]
    view = view_of("2024-02-05", invoices=invoices, payments=payments)
    assert warned(view) == [
        ("c1", "pays_later", "Paid 24 days late on average in the last 90 days; 8 days late in the last year.")
    ]
    assert warned(view_of("2024-02-05", invoices=invoices[2:], payments=[payments[2] | {"invoice_id": "i1"}])) == []


def test_broken_promises_count_where_they_rise() -> None:
    recent: list[Row] = [
        {"promised_on": day, "made_on": "2023-08-01", "amount": 50} for day in ("2024-01-10", "2024-01-20")
    ]
    old: list[Row] = [
        {"promised_on": day, "made_on": "2023-08-01", "amount": 50} for day in ("2023-10-10", "2023-10-20")
    ]
    invoices: list[Row] = [{"amount": 10_000, "issued_on": "2023-07-01", "due_on": "2023-07-31"}]
    assert warned(view_of("2024-02-05", invoices=invoices, promises=[*recent, old[0]])) == [
        ("c1", "promises_broken", "Broke 2 promises in the last 90 days; 1 in the 90 days before.")
    ]
    assert warned(view_of("2024-02-05", invoices=invoices, promises=[*recent, *old])) == []
    assert warned(view_of("2024-02-05", invoices=invoices, promises=recent[:1])) == []


def test_a_used_up_limit_is_told_in_the_reporting_currency_and_no_limit_is_no_use() -> None:
    customers: list[Row] = [
        {"customer_id": "c1", "credit_limit": 20_000, "currency": "USD"},
        {"customer_id": "c2", "credit_limit": 100_000},
        {"customer_id": "c3"},
    ]
    invoices: list[Row] = [{"amount": 9_500, "customer_id": name} for name in ("c1", "c2", "c3")]
    rates: list[Row] = [{"currency": "USD", "rate": 0.5}]
    invoices[0]["currency"] = "EUR"
    view = view_of("2024-02-05", customers=customers, invoices=invoices, fx_rates=rates)
    assert warned(view) == [("c1", "credit_used_up", "Uses 95% of the credit limit of 100.")]
    features = features_at(view, load_settings().labels)
    rows = early_warnings(view, facts_of(view), features, RULES, before(700, "A").replace("gone", "c3"))
    assert rows[["customer_id", "trigger", "open_amount"]].values.tolist() == [
        ["c1", "score_worse", 9_500], ["c1", "credit_used_up", 9_500], ["c3", "score_worse", 9_500],
    ]  # fmt: skip
    assert rows["credit_limit"].tolist() == [10_000, 10_000, pd.NA]


def test_nobody_is_warned_of_in_an_empty_ledger() -> None:
    assert warned(view_of("2024-02-05")) == []


def test_the_strategies_say_from_when() -> None:
    assert load_strategy("b2b", load_segments("standard")).review_terms == RULES
