"""Worklists as collectors fill them in, with the advice that they were given."""

from pathlib import Path

import pandas as pd

from worklists.pages.outcome_columns import OUTCOME_NAMES
from worklists.pages.read_outcomes import FilledOutcomes, outcomes_of, read_filled
from worklists.score_db.past_advice import Advice

ADVICE = Advice(
    pd.DataFrame(
        {
            "run_id": "a",
            "as_of": pd.Timestamp("2024-03-01"),
            "rank": [1, 2, 3, 4],
            "customer_id": ["C1", "C2", "C3", "C4"],
            "collector_id": ["ann", "ann", None, None],
            "channel": ["call", "email", "sms", "call"],
            "collectible_amount": [10_050, 20_000, 30_000, 40_000],
            "propensity": [0.97, 0.97, 0.97, None],
        }
    ),
    pd.DataFrame(
        {
            "run_id": "a",
            "customer_id": ["C1", "C3", "C3", "C3"],
            "invoice_id": ["I1", "I3", "I4", "I5"],
            "days_past_due": [3, 12, -4, 40],
        }
    ),
)
HEAD = ",".join(["run_id", "rank", *OUTCOME_NAMES])


def outcomes(tmp_path: Path, *lines: str, head: str = HEAD) -> FilledOutcomes:
    path = tmp_path / "worklist.csv"
    path.write_text("\n".join([head, *lines]), "utf-8")
    return outcomes_of(read_filled(path), ADVICE, "worklist.csv")


def plain(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    shown = frame[list(columns)].astype(object).where(frame[list(columns)].notna(), None)
    return [
        tuple(str(value.date()) if isinstance(value, pd.Timestamp) else value for value in row)
        for row in shown.to_numpy()
    ]
