"""Facts for a call: families are summed first, the figure speaks for the sum, trifles are left out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features.catalogue import BY_NAME
from models.curves.pay_curve import question
from models.risk import explain
from models.risk.call_facts import LEAST_SHARE, NOTICEABLE, call_facts
from models.risk.risk_model import RiskModel
from tests.support import small_models

FEATURES = [
    "delay_mean_90d",
    "delay_mean_365d",
    "delay_trend",
    "broken_promises_180d",
    "due_weekday",
    "amount_to_usual",
]
USUAL = {"delay_mean_90d": 5.0, "delay_mean_365d": 5.0, "broken_promises_180d": 0.2, "due_weekday": 2.0,
         "amount_to_usual": 1.0}  # fmt: skip


class Scorer:
    features = FEATURES


def facts(contributions: list[float], figures: list[float], most: int = 2) -> list[tuple[str, str]]:
    """Family and text of what is said of one customer."""
    parts = np.array([[*contributions, -1.0]])
    model = RiskModel(Scorer(), None, replace(small_models.late_rule().card, usual=USUAL))  # type: ignore[arg-type]
    told = call_facts(model, parts, pd.DataFrame([figures], columns=FEATURES), most)
    return list(zip(told["family"], told["text"], strict=True))


def test_windows_of_one_habit_are_one_reason_and_compete_by_their_sum() -> None:
    found = facts([0.3, 0.3, 0.3, 0.5, 0.0, 0.0], [25.0, 20.0, 5.0, 2.0, 0.0, 1.0])
    assert found == [
        ("delay", "Paid 25 days late on average in the last 90 days; 5 days late is usual (raises the risk)"),
        ("promises", "Broke 2 promises in the last 180 days; 0 is usual (raises the risk)"),
    ]


def test_the_direction_is_that_of_the_sum_and_the_figure_does_not_contradict_it() -> None:
    """The early figure alone raises the risk, but all that is said of the habit lowers it."""
    found = facts([0.2, -0.6, 0.0, 0.0, 0.0, 0.0], [-8.0, -6.0, -2.0, 0.0, 0.0, 1.0])
    assert found == [
        ("delay", "Paid 6 days early on average in the last 365 days; 5 days late is usual (lowers the risk)")
    ]
    assert facts([0.6, -0.2, 0.0, 0.0, 0.0, 0.0], [-8.0, -6.0, -2.0, 0.0, 0.0, 1.0]) == []


def test_a_change_of_habit_is_said_with_both_figures() -> None:
    found = facts([0.1, 0.0, 0.5, 0.0, 0.0, 0.0], [21.0, 6.0, 15.0, 0.0, 0.0, 1.0])
    assert found == [
        (
            "delay",
            "Paid 21 days late on average in the last 90 days; 6 days late in the last 365 days (raises the risk)",
        )
    ]


def test_trifles_and_figures_that_are_no_news_are_not_said() -> None:
    assert facts([1.0, 0.0, 0.0, 0.05, 0.0, 0.0], [25.0, 5.0, 0.0, 2.0, 0.0, 1.0])[1:] == []
    assert facts([0.0, 0.0, 0.0, 0.0, 0.9, 0.0], [5.0, 5.0, 0.0, 0.0, 0.0, 1.0]) == []  # a weekday is neither
    assert facts([0.9, 0.0, 0.0, 0.0, 0.0, 0.0], [6.0, 5.0, 1.0, 0.0, 0.0, 1.0]) == []  # 6 days late is as usual


def test_one_promise_is_said_as_one() -> None:
    found = facts([0.0, 0.0, 0.0, 0.9, 0.0, 0.0], [5.0, 5.0, 0.0, 1.0, 0.0, 1.0])
    assert found == [("promises", "Broke one promise in the last 180 days; 0 is usual (raises the risk)")]


@pytest.mark.parametrize("kind", ["trees", "rule"])
def test_on_real_rows_no_fact_contradicts_the_sum_of_its_family(kind: str) -> None:
    model = small_models.late_models()[kind]
    rows = question(small_models.past().invoices, np.full(len(small_models.past().invoices), 30)).head(2_000)
    parts = explain.contributions(model, rows)
    told = call_facts(model, parts, rows, 2)
    assert len(told) > 300
    family = np.array([BY_NAME[name].family for name in model.scorer.features])
    values = rows.reset_index(drop=True)
    for fact in told.itertuples():
        total = parts[fact.row, :-1][family == fact.family].sum()
        assert fact.total == pytest.approx(total)
        assert fact.text.endswith("(raises the risk)" if total > 0 else "(lowers the risk)")
        declared, value = BY_NAME[fact.feature], values.loc[fact.row, fact.feature]
        beside = 0.0 if declared.minus else model.card.usual[fact.feature]
        assert (value - beside) * declared.worse * total > 0
        assert abs(value - beside) >= NOTICEABLE.get(declared.unit, 1.0)
        moved = sum(abs(parts[fact.row, :-1][family == one].sum()) for one in set(family) - {"question"})
        assert abs(total) >= LEAST_SHARE * moved
    by_row = told.groupby("row")["total"].agg(lambda totals: list(totals.abs()))
    assert all(sizes == sorted(sizes, reverse=True) for sizes in by_row)
