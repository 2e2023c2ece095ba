"""The `backtest` flow: replay nights with models that knew only what was known then, and compare with what happened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
from pydantic import Field

from configs.settings import Settings, load_settings
from configs.settings_form import BacktestForm
from ledger.as_of.newest import newest_records, require_invoices
from ledger.as_of.view import View
from ledger.atomic_files import require_place
from ledger.minor_units import held_with
from ledger.partitioned.lay_out import lay_out
from ledger.partitioned.load import END_OF_TIME, Loaded, load_partitions, opened_ledger
from ledger.partitioned.runner import Runner
from ledger.partitioned.scratch import LedgerScratch
from models.backtesting import after_last_record, whole_view
from models.backtesting import backtest as replay_nights
from models.effect.cases import HABITS
from models.effect.off_policy import contact_residuals
from models.estimators.from_setting import require_classifier
from models.evaluation.calibration_by_group import LEAST_ROWS
from models.evaluation.metrics import first_score_metrics
from models.registry import logged_runs
from pipelines.ledger_flows import read_truth
from pipelines.lineage.datasets import of_figures
from pipelines.lineage.hooks import Asked, Touched, followed
from pipelines.partition_flow import in_partitions
from pipelines.runtime.origin import origin
from pipelines.runtime.prefect_runtime import flow, in_memory_task, log, markdown_artifact
from pipelines.runtime.progress import progress
from pipelines.runtime.records import records
from worklists.backtest.backtest_files import write_backtest
from worklists.backtest.calibration_replayed import calibration_replayed
from worklists.backtest.forecast_errors import OURS, forecast_errors, forecast_night
from worklists.backtest.policies import compare
from worklists.backtest.policy_gains import ESTIMATED, estimated, true_gains
from worklists.backtest.policy_plot import policy_plot
from worklists.backtest.predictions import PolicyNight, customer_predictions, invoice_predictions, policy_night
from worklists.decide.decisions import Policy, judge, load_policy
from worklists.score_db.audit import address

Bar = Callable[[int, int], None]

FIGURES = {  # of `models.evaluation.metrics`, as they are called here
    "auc": "AUC", "brier": "Brier score", "log_loss": "log loss", "calibration_error": "calibration error",
    "lift_at_capacity": "lift at capacity",
}  # fmt: skip
FILES = {
    "predictions.parquet": "Scores of open invoices on replayed nights, and what became of them.",
    "customer_predictions.parquet": "Scores of customers on replayed nights, and what became of them.",
    "forecast.csv": "Forecasts of cash, naive ones, and what was received.",
    "policies.csv": "Ways of ranking customers, and what was at the head of their lists.",
    "policies.png": "The same, drawn.",
    "calibration.csv": "Predicted and observed shares by group.",
}


@dataclass(frozen=True)
class Backtested:
    """Where the predictions were written, how good they are at each invoice's first score, the errors of the cash
    forecasts, the policies, and predicted and observed shares by group."""

    folder: Path
    nights: int
    metrics: dict[str, float]
    forecasts: pd.DataFrame
    policies: pd.DataFrame
    calibration: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Replays:
    """All replayed nights: predictions and forecasts as written, the policies' lists, and the debtors' habits."""

    invoices: pd.DataFrame
    customers: pd.DataFrame
    forecasts: pd.DataFrame
    policies: list[PolicyNight]
    habits: pd.DataFrame
    notes: tuple[str, ...]


def touched(asked: Asked, done: Backtested) -> Touched:
    """The files of a backtest."""
    return Touched([], [of_figures(done.folder / name, meaning) for name, meaning in FILES.items()])


@flow(name="backtest", flow_run_name="backtest {first} to {last}", **followed(touched))
def backtest(
    ledger: str,
    first: date,
    last: date,
    every_days: Annotated[int, Field(ge=1, le=366)],
    out: Path,
    overrides: list[str] = [],  # noqa: B006
    settings: BacktestForm = {},  # noqa: B006
) -> Backtested:
    """Score every open invoice and customer at every date, with models retrained on what was known.

    Args:
        ledger: A ledger folder, or a SQLAlchemy URL.
        first: The first night.
        last: The last night.
        every_days: Days from night to night.
        out: The folder of the predictions.
        overrides: Settings as section.name=value, over those below.
        settings: What a run wants otherwise than configs/default.yaml has it.
    """
    in_effect = load_settings(tuple(overrides), settings)
    require_classifier(in_effect.training)
    policy = load_policy(in_effect)
    require_place(out)
    nights = list(pd.date_range(first, last, freq=f"{every_days}D"))
    with opened_ledger(LedgerScratch, ledger, END_OF_TIME, in_effect) as scratch:
        loaded = in_partitions("read for backtesting", load_the_whole_ledger, scratch)
    require_invoices(newest_records(loaded.portfolio, nights[-1]), nights[-1])
    with held_with(loaded.decimals):
        whole = whole_view(loaded)
        with progress("Replaying nights") as bar:
            replays = replay(loaded, whole, nights, in_effect, policy, bar)
        compared = compare_policies(whole, replays, nights, every_days, ledger, in_effect, policy)
    parameters = {"ledger": address(ledger), "first": str(first), "last": str(last), "every_days": str(every_days)}
    calibration = calibration_replayed(replays.invoices, replays.customers, loaded.portfolio)
    done = write(out, replays, compared, calibration, in_effect, parameters)
    log(summary(done))
    markdown_artifact("backtest", f"```\n{summary(done)}\n```", "How good the scores were")
    return done


def load_the_whole_ledger(scratch: LedgerScratch, runner: Runner) -> Loaded:
    """All partitions of the ledger as one portfolio."""
    lay_out(scratch, runner)
    return runner.once(load_partitions, scratch)


@in_memory_task(name="replay the nights")
def replay(
    loaded: Loaded, whole: View, nights: list[pd.Timestamp], settings: Settings, policy: Policy, bar: Bar
) -> Replays:
    invoices, customers, forecasts, policies, habits, notes = [], [], [], [], [], []
    for night in replay_nights(loaded, whole, nights, settings, bar):
        judged = judge(night.night, policy, settings)
        invoices.append(invoice_predictions(night))
        customers.append(customer_predictions(night, judged))
        forecasts.append(forecast_night(night, whole))
        channel = judged.actions["channel"].reindex(judged.facts.index)
        policies.append(policy_night(night, customers[-1], channel))
        habits.append(night.night.spine.debtors[["customer", "night", *HABITS]])
        notes += [f"{card.name}, naive rule: {card.why}" for card in night.night.models.cards if card.why]
    return Replays(
        pd.concat(invoices, ignore_index=True),
        pd.concat(customers, ignore_index=True),
        pd.concat(forecasts, ignore_index=True),
        policies,
        pd.concat(habits, ignore_index=True),
        tuple(dict.fromkeys((*loaded.notes, *notes))),
    )


@in_memory_task(name="compare the policies")
def compare_policies(
    whole: View, done: Replays, nights: list[pd.Timestamp], every_days: int, ledger: str, settings: Settings,
    policy: Policy,
) -> pd.DataFrame:  # fmt: skip
    table = compare(pd.concat([night.captured for night in done.policies], ignore_index=True))
    everyone = pd.concat([night.members for night in done.policies], ignore_index=True)
    if not len(everyone):
        return table.assign(**dict.fromkeys(ESTIMATED, float("nan")))
    days = contact_residuals(whole, nights[0], done.habits, settings)
    by = everyone.drop_duplicates(["policy", "capacity"])[["policy", "capacity"]]
    table = by.merge(table, how="left").merge(estimated(everyone, days, every_days))
    truth = read_truth(ledger)
    last = done.policies[-1]
    # The truth is about a contact at the end of the last day: that is the night after it.
    if truth is not None and nights[-1] == after_last_record(whole.portfolio) and len(last.listed):
        table = table.merge(true_gains(last.listed, last.members, truth, policy.strategy.channels))
    return table


@in_memory_task(name="write the predictions and policies")
def write(
    out: Path, done: Replays, compared: pd.DataFrame, calibration: pd.DataFrame, settings: Settings,
    parameters: dict[str, str],
) -> Backtested:  # fmt: skip
    predictions = {"predictions": done.invoices, "customer_predictions": done.customers}
    tables = {"forecast": done.forecasts, "policies": compared, "calibration": calibration}
    write_backtest(out, predictions, tables, policy_plot(compared))
    errors = forecast_errors(done.forecasts)
    metrics = first_score_metrics(done.invoices, settings.evaluation.capacity_share)
    figures = {
        f"{name}_{row['policy'].replace(' ', '_')}_{row['capacity']:g}": row[name]
        for row in records(compared)
        for name in ("share_captured", "extra_cash_per_contact", "oracle_share")
        if pd.notna(row.get(name))
    }
    figures |= {
        f"cash_error_{row['part']}_{row['method'].replace(' ', '_')}": row["error_share"]
        for row in records(errors)
        if pd.notna(row["error_share"])
    }
    files = [out / name for name in ("forecast.csv", "policies.csv", "policies.png", "calibration.csv")]
    name = f"backtest {parameters['first']} to {parameters['last']}"
    logged_runs.log_run(name, parameters, metrics | figures, files, origin(parameters["ledger"]))
    return Backtested(out, done.customers["as_of"].nunique(), metrics, errors, compared, calibration, done.notes)


def summary(done: Backtested) -> str:
    """Figures of the first scores, the policies at 10% capacity, and where the predictions lie."""
    captured = [
        f"  {row['policy']}: {row['share_captured']:.1%}{_extra(row)}"
        for row in records(done.policies[done.policies["capacity"] == 0.1])
        if pd.notna(row["share_captured"])
    ]
    return "\n".join(
        [
            f"{done.nights} nights. {_first_scores(done.metrics)}",
            "In the first 10% of the list: share of the money still unpaid after 30 days, what a contact would bring:",
            *(captured or ["  nothing was still unpaid then"]),
            "Cash of the 13 weeks ahead: error of a week as a share of what was received, and of naive forecasts:",
            *(_cash_lines(done.forecasts) or ["  no week that was forecast has passed yet"]),
            "Predicted and observed shares by segment and ageing (rows of 500 and more), the worst of each model:",
            *(_worst_group(done.calibration) or ["  too few outcomes are known yet"]),
            *(f"note: {note}" for note in done.notes),
            f"Predictions: {done.folder / 'predictions.parquet'}, {done.folder / 'customer_predictions.parquet'}",
            f"Forecasts:   {done.folder / 'forecast.csv'}",
            f"Calibration: {done.folder / 'calibration.csv'}",
            f"Policies:    {done.folder / 'policies.csv'}, {done.folder / 'policies.png'}",
        ]
    )


def _first_scores(metrics: dict[str, float]) -> str:
    if not metrics:
        return "p_late of invoices that were not yet late: no outcome is known yet"
    judged = [f"{words} {metrics[name]:.3f}" for name, words in FIGURES.items() if name in metrics]
    figures = ", ".join(judged) or "all had the same outcome"
    days = f"; the day of payment off by {metrics['pay_date_error']:.1f} days" if "pay_date_error" in metrics else ""
    return f"p_late of {metrics['invoices']:,.0f} invoices, at their first score and not yet late: {figures}{days}"


def _worst_group(table: pd.DataFrame) -> list[str]:
    large = table[(table["rows"] >= LEAST_ROWS) & table["field"].isin(["segment", "ageing"])]
    worst = large.sort_values("error").groupby("model", sort=False).tail(1).sort_values("model")
    return [
        f"  {row['model']}, {row['field']} {row['group']}: predicted {row['predicted']:.3f}, observed "
        f"{row['observed']:.3f} (standard error {row['standard_error']:.3f}, {row['rows']:,} rows)"
        for row in records(worst)
    ]


def _cash_lines(forecasts: pd.DataFrame) -> list[str]:
    return [_cash_line(row) for row in records(forecasts) if pd.notna(row["error_share"])]


def _cash_line(row: dict[str, Any]) -> str:
    known = row["method"] != OURS and pd.notna(row["duerank_error_share"])
    ours = f" (duerank in the same weeks: {row['duerank_error_share']:.1%})" if known else ""
    ranges = ""
    if pd.notna(row["inside"]):
        ranges = f"; {row['days_inside']:.0%} of the days and {row['inside']:.0%} of the weeks lay between p10 and p90"
    return f"  {row['part'].replace('_', ' ')}, {row['method']}: {row['error_share']:.1%}{ours}{ranges}"


def _extra(row: dict[str, Any]) -> str:
    estimate = f", what a contact brings is not known from {row['contacts_like_these']:,} contacts with such customers"
    if pd.notna(row["extra_cash_per_contact"]):
        estimate = (
            f", {row['extra_cash_per_contact']:,.2f} a contact ({row['extra_cash_low']:,.2f} to "
            f"{row['extra_cash_high']:,.2f}; {row['contacts_like_these']} contacts)"
        )
    return estimate + (f", truly {row['oracle_share']:.0%} of the best" if "oracle_share" in row else "")
