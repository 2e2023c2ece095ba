"""A night as the report is given it, in figures that a test can count, and the page as a browser sees it."""

from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pandas as pd

from tests.support.small_nights import nothing_beside
from worklists.figures.trends import Trends
from worklists.manager.by_name import PROMISE, ByName
from worklists.manager.cash_so_far import Cash
from worklists.manager.of_night import ForTheManager
from worklists.manager.since_last_night import BY_COLLECTOR, BY_SEGMENT, Results
from worklists.pages.report import Beside
from worklists.score_db.earlier_nights import Expected
from worklists.score_db.tables import SCORE_TABLES

Frames = dict[str, pd.DataFrame]
NIGHT = pd.Timestamp("2024-03-01").as_unit("s")
PLAIN = {"text": "plain", "date": NIGHT, "money": 123456, "probability": 0.25, "number": 2.5, "whole": 4}


def frame(table: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows of a score table: plain values, with those given laid over them."""
    columns = SCORE_TABLES[table].columns
    plain = {column.name: PLAIN[column.kind] for column in columns}
    return pd.DataFrame([{**plain, **row} for row in rows], columns=[column.name for column in columns])


def night(customers: int = 30, notes: str = "note") -> Frames:
    numbers = range(1, customers + 1)
    figures = [
        {"name": "dso", "value": 41.26, "unit": "days"},
        {"name": "promise_kept_rate", "value": None, "unit": "share"},
        {"name": "roll_31_60_to_61_90", "value": 0.5, "unit": "share"},
        {"name": "best_possible_dso", "value": 30.0, "unit": "days"},
        {"name": "ageing_91_up", "value": 500.0, "unit": "currency"},
        {"name": "ageing_current", "value": 2000.0, "unit": "currency"},
        {"name": "ageing_1_30", "value": 1000.0, "unit": "currency"},
    ]
    days = pd.date_range(NIGHT, periods=20, unit="s")
    return {
        "runs": frame(
            "runs",
            [
                {
                    "run_id": "run-1",
                    "model_versions": "late_payment 3; default 1",
                    "reporting_currency": "EUR",
                    "notes": notes,
                }
            ],
        ),
        "invoice_scores": frame("invoice_scores", []),
        "customer_scores": frame(
            "customer_scores", [{"customer_id": f"C{i}", "segment": "key" if i % 3 else "rest"} for i in numbers]
        ),
        "segments": frame("segments", []),
        "worklist": frame(
            "worklist", [{"rank": i, "customer_id": f"C{i}", "customer_name": f"Name {i}."} for i in reversed(numbers)]
        ),
        "explanations": frame("explanations", [{"entity": f"C{i}", "model": "unpaid_30d"} for i in numbers]),
        "reason_sentences": frame("reason_sentences", []),
        "suppressions": frame(
            "suppressions", [{"customer_id": "C1", "reason": reason} for reason in ("dispute", "dispute", "promise")]
        ),
        "handovers": frame("handovers", [{"customer_id": "C77", "customer_name": "Westhafen AG"}]),
        "key_figures": frame("key_figures", figures),
        "cash_forecast": frame(
            "cash_forecast",
            [{"day": day, "expected": 100000 + i, "p10": 0, "p90": 390000} for i, day in enumerate(days)],
        ),
        "cash_forecast_parts": frame(
            "cash_forecast_parts",
            [
                {"day": day, "part": part, "segment": "key", "expected": cents}
                for day in days
                for part, cents in (("open", 100000), ("not_yet_issued", 50000))
            ],
        ),
    }


def everything_beside(text: str) -> Beside:
    """Two earlier nights, moves between segments and refused rows; the text is wherever a ledger's could be."""
    names = [row["name"] for row in night()["key_figures"].to_dict("records")]
    earlier = [pd.Timestamp("2024-01-31"), pd.Timestamp("2024-02-28")]
    figures = [{"as_of": when, "name": name, "value": i} for i, when in enumerate(earlier) for name in names]
    moved = pd.DataFrame({"before": [text], "now": ["rest"], "customers": [7], "overdue_amount": [123400]})
    refused = pd.DataFrame({"table": ["invoices"], "rule": [text], "rows": [3]})
    trends = Trends(earlier[1], pd.DataFrame(figures), moved)
    return replace(nothing_beside(), trends=trends, refused=refused, manager=managed(text))


def managed(text: str = "C1", collector: str | None = None) -> ForTheManager:
    """What a manager sees the morning after a night; the text is wherever a ledger's could be: as customer, and as
    collector and segment where there is no other.
    """
    agent = text if collector is None else collector
    nothing, day = nothing_beside().manager, NIGHT - pd.Timedelta(days=1)
    counts = [3, 20.5, 2, 500000, 1, 150000, 1, 40000]
    customer = {"customer_id": [text], "customer_name": [text], "open_amount": [1234567]}
    promise = {
        "promise_id": [text],
        "promised_on": [NIGHT],
        "amount": [50000],
        "paid": [20000],
        "collector_id": [agent],
    }
    debtor = {"overdue_amount": [400000], "risk_band": ["D"], "p_default": [0.125], "last_contact_on": [pd.NaT]}
    return replace(
        nothing,
        results=Results(
            day,
            pd.DataFrame([counts, counts], columns=list(BY_COLLECTOR), index=[agent, ""]),
            pd.DataFrame([[90000, 60000]], columns=list(BY_SEGMENT), index=[agent]),
            pd.Series(["C2", "C77"]),
        ),
        cash=Cash(day, day, 700000, 800000, 110000),
        by_name=ByName(
            pd.DataFrame(customer | debtor),
            pd.DataFrame(customer | {"text": [text]}),
            1,
            pd.DataFrame(customer | promise)[PROMISE],
            pd.Series({"promises": 1, "amount": 50000, "paid": 20000}),
        ),
        listed_before=pd.Series(["C1", "C2", "C99", "C98"]),
        expected=expected_of(day, NIGHT, agent),
        complete=expected_of(day - pd.Timedelta(days=2), day, agent),
        lag=2,
    )


def expected_of(night: pd.Timestamp, until: pd.Timestamp, segment: str) -> Expected:
    """A forecast of 1,000 a day from open invoices of the segment, and 50 from those not issued yet."""
    days = pd.date_range(night, until, unit="s", inclusive="left")
    together = pd.DataFrame({"day": days, "expected": 100000, "p10": 70000, "p90": 140000})
    opened = pd.DataFrame({"day": days, "part": "open", "segment": segment, "expected": 100000})
    later = pd.DataFrame({"day": days, "part": "not_yet_issued", "segment": "rest", "expected": 5000})
    return Expected(night, until, together, pd.concat([opened, later], ignore_index=True))


class RenderedPage(HTMLParser):
    """What a browser would see: tags with attributes, and text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data
