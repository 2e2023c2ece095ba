"""The `backtest` flow: replay nights with models that knew only what was known then, and compare with what happened."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import Field

from configs.settings import Settings, load_settings
from ledger.loading import END_OF_TIME, Loaded, load_ledger
from models.backtesting import backtest as replay_nights
from models.evaluate import first_score_metrics
from pipelines.prefect_runtime import flow, in_memory_task, markdown_artifact
from pipelines.progress import progress
from worklists.decisions import Policy, load_policy
from worklists.outputs import write_backtest
from worklists.policies import compare
from worklists.replayed import customer_predictions, invoice_predictions, policy_night


@dataclass(frozen=True)
class Backtested:
    """Where the predictions were written, how good they are at each invoice's first score, and the policies."""

    folder: Path
    nights: int
    metrics: dict[str, float]
    policies: pd.DataFrame
    notes: tuple[str, ...]


@flow(name="backtest")
def backtest(
    ledger: str,
    first: date,
    last: date,
    every_days: Annotated[int, Field(ge=1, le=366)],
    out: Path,
    overrides: list[str] = [],  # noqa: B006
) -> Backtested:
    """Score every open invoice and customer at every date, with models retrained on what was known.

    Args:
        ledger: A ledger folder, or a SQLAlchemy URL.
        first: The first night.
        last: The last night.
        every_days: Days from night to night.
        out: The folder of the predictions.
        overrides: Settings as section.name=value.
    """
    settings = load_settings(tuple(overrides))
    policy = load_policy(settings)
    nights = list(pd.date_range(first, last, freq=f"{every_days}D"))
    loaded = read(ledger, settings)
    done = replay(loaded, nights, settings, policy, out)
    markdown_artifact("backtest", f"```\n{summary(done)}\n```", "How good the scores were")
    return done


@in_memory_task(name="read and validate the ledger", retries=2)
def read(ledger: str, settings: Settings) -> Loaded:
    return load_ledger(ledger, END_OF_TIME, settings.ledger)


@in_memory_task(name="replay the nights")
def replay(loaded: Loaded, nights: list[pd.Timestamp], settings: Settings, policy: Policy, out: Path) -> Backtested:
    invoices, customers, policies, notes = [], [], [], []
    with progress("Replaying nights") as bar:
        for night in replay_nights(loaded, nights, settings, bar):
            invoices.append(invoice_predictions(night))
            customers.append(customer_predictions(night, policy, settings))
            policies.append(policy_night(night, customers[-1]))
            notes += [f"{card.name}, naive rule: {card.why}" for card in night.night.models.cards if card.why]
    predictions = pd.concat(invoices, ignore_index=True)
    compared = compare(pd.concat(policies, ignore_index=True))
    write_backtest(out, predictions, pd.concat(customers, ignore_index=True), compared)
    metrics = first_score_metrics(predictions, settings.evaluation.capacity_share)
    return Backtested(out, len(nights), metrics, compared, tuple(dict.fromkeys((*loaded.notes, *notes))))


def summary(done: Backtested) -> str:
    """Figures of the first scores, the policies at 10% capacity, and where the predictions lie."""
    figures = ", ".join(f"{name} {value:.4f}" for name, value in done.metrics.items()) or "no outcome is known yet"
    top = done.policies[done.policies["capacity"] == 0.1]
    captured = [f"  {row.policy}: {row.share_captured:.1%}" for row in top.dropna().itertuples()]
    return "\n".join(
        [
            f"{done.nights} nights. p_late at each invoice's first score, where it was not yet late: {figures}",
            "Share of the money still unpaid after 30 days that stands in the first 10% of the list:",
            *(captured or ["  nothing was still unpaid then"]),
            *(f"note: {note}" for note in done.notes),
            f"Predictions: {done.folder / 'predictions.parquet'}, {done.folder / 'customer_predictions.parquet'}",
            f"Policies:    {done.folder / 'policies.csv'}",
        ]
    )
