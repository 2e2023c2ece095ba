"""The `monitor` flow: has the world moved away from the champions, and whom do their lists reach?"""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from configs.settings import Settings, load_settings
from configs.settings_form import SECTIONS, MonitorForm
from ledger.as_of.newest import newest_records, require_invoices
from ledger.as_of.view import View, view_as_of
from ledger.atomic_files import require_place
from ledger.minor_units import held_with
from ledger.partitioned.load import Loaded, opened_ledger
from ledger.partitioned.scratch import LedgerScratch
from models.monitoring.effect_checks import level_check, shrunk_checks
from models.monitoring.input_drift import Check
from models.monitoring.watch import Monitored, normal_nights, recent_past, remember, watch, with_segments
from models.night_models import Models
from models.registry import logged_runs
from pipelines.lineage.datasets import of_figures, of_model, of_published
from pipelines.lineage.hooks import Asked, Touched, followed
from pipelines.nightly import load_the_champions
from pipelines.partition_flow import in_partitions
from pipelines.runtime.origin import origin
from pipelines.runtime.prefect_runtime import flow, in_memory_task, log, markdown_artifact, named_by_night, tell
from pipelines.runtime.progress import progress
from pipelines.runtime.records import records
from pipelines.train import load_for_training
from pipelines.train import train as retrain
from worklists.figures.gain_level import gain_level
from worklists.figures.holdout_measurement import watched, whole
from worklists.figures.level_by_group import level_by_group, level_tonight
from worklists.ranking.watched_lists import WatchedLists, watch_lists
from worklists.score_db.audit import address
from worklists.score_db.connection import url_of
from worklists.score_db.earlier_nights import earlier_contact_log, latest_gains, published_segments
from worklists.score_db.tables import CONTACT_LOG, RUNS, SEGMENTS, WORKLIST

EVENT = "duerank.monitor.breached"


def touched(asked: Asked, result: tuple[Monitored, WatchedLists]) -> Touched:
    """The models that were monitored and the score tables that know their lists, and the files of figures."""
    found, out = result[0], Path(asked["out"])
    path = path_of(out, found.as_of)
    read = of_published(url_of(out, asked.get("database")), (RUNS, SEGMENTS, WORKLIST, CONTACT_LOG))
    wrote = [
        of_figures(path, "Figures of a monitored night: what is usual of each, and where its alarm begins."),
        of_figures(fairness_of(path), "Whom the lists reached, at equal debt and equal expected gain."),
    ]
    return Touched([*(of_model(name, version) for name, version in found.versions), *read], wrote)


@flow(name="monitor", flow_run_name=named_by_night("monitor"), **followed(touched))
def monitor(
    ledger: str,
    as_of: date | None,
    out: Path,
    database: str | None = None,
    overrides: list[str] = [],  # noqa: B006
    settings: MonitorForm = {},  # noqa: B006
) -> tuple[Monitored, WatchedLists]:
    """Compare tonight with recent normal months, what the champions said with what became of it, and the lists.

    Args:
        ledger: A ledger folder, or a SQLAlchemy URL.
        as_of: The night: records known before it are seen. Today where empty.
        out: The folder of the nights; OUT/monitoring/as_of=DATE.csv has all figures, and fairness_as_of=DATE.csv
            whom the lists reached.
        database: SQLAlchemy URL of the score tables, which know segments and lists. SQLite OUT/duerank.db where empty.
        overrides: Settings as section.name=value, over those below.
        settings: What a run wants otherwise than configs/default.yaml has it.
    """
    as_of = as_of or date.today()
    in_effect = load_settings(tuple(overrides), settings)
    night = pd.Timestamp(as_of)
    require_place(out)
    models = load_the_champions(night, in_effect)
    with opened_ledger(LedgerScratch, ledger, night, in_effect) as scratch:
        loaded = in_partitions("read for monitoring", load_for_training, scratch)
    require_invoices(newest_records(loaded.portfolio, night), night)
    with held_with(loaded.decimals):
        view, url = view_as_of(loaded.portfolio, night, loaded.reporting_currency), url_of(out, database)
        found = compare(loaded, view, models, url, in_effect)
        lists = look_at_the_lists(view, url, in_effect)
    table = keep(found, lists, out, address(ledger))
    said = summary(found, lists, table)
    log(said)
    markdown_artifact("monitor", f"```\n{said}\n```", "What monitoring found")
    amiss = [*found.breaches, *lists.unequal]
    if amiss:
        tell(EVENT, f"duerank.ledger.{address(ledger)}", {"as_of": str(as_of), "breaches": amiss})
    if found.breaches and in_effect.monitor.retrain:
        of_training = {name: values for name, values in settings.items() if name in SECTIONS["train"]}
        retrain(ledger, as_of, overrides, settings=of_training)
    return found, lists


@in_memory_task(name="compare tonight and matured nights")
def compare(loaded: Loaded, view: View, models: Models, url: str, settings: Settings) -> Monitored:
    portfolio, night = loaded.portfolio, view.as_of
    with progress("Replaying recent nights") as bar:
        past = recent_past(loaded, night, settings, bar)
    nights = normal_nights(portfolio, night, settings.monitor)
    customer_ids = portfolio.customer_ids[np.unique(past.spine.customers["customer"])]
    spine = with_segments(past.spine, portfolio, published_segments(url, nights, customer_ids))
    found = watch(spine, past.known, models, night, settings)
    drawn = whole([watched(view, earlier_contact_log(url, night), settings.holdout)])
    return found.with_outcomes(models.contact_effect.card.name, effect_checks(drawn, latest_gains(url, night)))


def effect_checks(drawn: pd.DataFrame, tonight: pd.DataFrame) -> list[Check]:
    """What the random draw says of the expected gain; nothing as long as it is not measured."""
    level, low, high = gain_level(drawn, tonight).rows["value"]
    if pd.isna(level):
        return []
    groups = level_by_group(drawn, tonight)
    shrunk = {"tonight": level_tonight(groups), **dict(zip(groups["group"], groups["level"], strict=True))}
    return [level_check(level, low, high), *shrunk_checks(shrunk)]


@in_memory_task(name="look at the lists of earlier nights")
def look_at_the_lists(view: View, url: str, settings: Settings) -> WatchedLists:
    return watch_lists(view, url, settings.monitor)


@in_memory_task(name="keep what was found")
def keep(found: Monitored, lists: WatchedLists, out: Path, ledger: str) -> Path:
    path = path_of(out, found.as_of)
    path.parent.mkdir(parents=True, exist_ok=True)
    found.checks.to_csv(path, index=False)
    of_lists = fairness_of(path)
    lists.fairness.to_csv(of_lists, index=False)
    figures = {
        f"{row['model']}_{row['figure']}_{row['of']}".replace(" ", "_"): float(row["value"])
        for row in records(found.checks)
        if row["of"] in ("all", "score", "tonight") and pd.notna(row["value"])
    }
    parameters = {"as_of": str(found.as_of.date()), "ledger": ledger, "models": found.models}
    figures |= {"breaches": float(len(found.breaches)), **lists.figures}
    logged_runs.log_run(f"monitor {parameters['as_of']}", parameters, figures, [path, of_lists], origin(ledger))
    remember(found)
    return path


def path_of(out: Path, night: pd.Timestamp) -> Path:
    """Where the figures of a night's monitoring lie."""
    return out / "monitoring" / f"as_of={night.date()}.csv"


def fairness_of(path: Path) -> Path:
    """Where it lies whom the lists reached, beside the figures of the same night."""
    return path.with_name(f"fairness_{path.name}")


def summary(found: Monitored, lists: WatchedLists, table: Path) -> str:
    """What is out of its limits, how many figures were checked, what is to be said of the lists, and where all is."""
    counts = found.checks.groupby("clock").size()
    looked = ", ".join(f"{counts.get(clock, 0)} of {clock}" for clock in ("inputs", "estimate", "outcomes"))
    lines = [f"Night of {found.as_of.date()}, {found.models}: {len(found.checks)} figures ({looked})."]
    if not counts.get("outcomes", 0):
        lines.append("  no outcome of a night since the champions were trained is known yet")
    lines += [f"  out of limits: {breach}" for breach in found.breaches] or ["  nothing is out of its limits"]
    return "\n".join([*lines, *lists.sentences, f"Figures: {table}"])
