"""Worklists as collectors fill them in, with the advice that they were given."""

import csv
import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from configs.language import speaking
from configs.settings import load_settings
from worklists.outcomes.read_filled import FilledOutcomes, outcomes_of, read_filled
from worklists.pages.outcome_columns import OUTCOME_NAMES
from worklists.score_db.past_advice import Advice

ADVICE = Advice(
    pd.DataFrame(
        {
            "run_id": "a",
            "as_of": pd.Timestamp("2024-03-01"),
            "rank": [1, 2, 3, 4],
            "customer_id": ["C1", "C2", "C3", "C4"],
            "customer_name": ["Miller Ltd", "Oak & Sons", None, "Birch"],
            "collector_id": ["ann", "ann", None, None],
            "channel": ["call", "email", "sms", "call"],
            "currency": "EUR",
            "open_amount": [600_000, 10_050, 30_000, 40_000],
            "collectible_amount": [10_050, 10_000, 30_000, 40_000],
            "propensity": [0.97, 0.97, 0.97, None],
        }
    ),
    pd.DataFrame(
        {
            "run_id": "a",
            "customer_id": ["C1", "C3", "C3", "C3", "C4", "C4"],
            "invoice_id": ["I1", "I3", "I4", "I5", "42 #1", "RE-007"],
            "days_past_due": [3, 12, -4, 40, 5, 5],
        }
    ),
)
COLUMNS = ["run_id", "rank", "customer_id", *OUTCOME_NAMES]
HEAD = ",".join(COLUMNS)
TODAY = date(2024, 12, 31)


def filled_row(rank: object, **cells: str) -> str:
    """A line of a CSV with the columns of `HEAD`; the customer is the one of the rank."""
    line = io.StringIO()
    row = {"run_id": "a", "rank": str(rank), **cells}
    csv.writer(line, lineterminator="").writerow([row.get(name, "") for name in COLUMNS])
    return line.getvalue()


def outcomes(tmp_path: Path, *lines: str, head: str = HEAD) -> FilledOutcomes:
    path = tmp_path / "worklist.csv"
    path.write_text("\n".join([head, *lines]), "utf-8")
    return outcomes_in(path)


def outcomes_in(
    path: Path, today: date = TODAY, advice: Advice = ADVICE, rates: Mapping[tuple[date, str], float] | None = None
) -> FilledOutcomes:
    """What a filled-in file says, with the default limits; all in one currency where no rates are given."""
    filled = read_filled(path)
    with speaking(filled.language):
        return outcomes_of(filled, advice, rates or {}, load_settings().outcomes, today, path.name)


def plain(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    shown = frame[list(columns)].astype(object).where(frame[list(columns)].notna(), None)
    return [
        tuple(str(value.date()) if isinstance(value, pd.Timestamp) else value for value in row)
        for row in shown.to_numpy()
    ]
