"""The `nightly` flow: score one night and write its worklist, score tables and report, whole or not at all."""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from configs.settings import Settings, load_settings
from features.engine import FeatureTables, features_at
from ledger.balances import reconcile
from ledger.databases import open_engine, shown
from ledger.loading import Loaded, load_ledger
from ledger.view import View, view_as_of
from models import tracking
from models.night_models import Models
from models.night_scores import ScoredNight, scored_night
from pipelines.prefect_runtime import flow, in_memory_task, link_artifact, markdown_artifact, table_artifact
from worklists.decisions import Policy, load_policy
from worklists.night import Earlier, night_tables
from worklists.outputs import write_night
from worklists.previous import earlier_contact_log, previous_night
from worklists.publishing import publish
from worklists.report import render_report

HEAD_ROWS = 10


@dataclass(frozen=True)
class Night:
    """Where a night was written, and the head of its worklist (cents)."""

    folder: Path
    database: str
    tables: dict[str, pd.DataFrame]


@flow(name="nightly")
def nightly(
    ledger: str,
    as_of: date | None,
    out: Path,
    database: str | None = None,
    overrides: list[str] = [],  # noqa: B006
) -> Night:
    """Score every open invoice and customer of one night, rank the worklist, and publish all of it.

    Args:
        ledger: A ledger folder, or a SQLAlchemy URL.
        as_of: The night: records known before it are seen. Today where empty.
        out: The folder of the nights.
        database: SQLAlchemy URL of the score tables. SQLite OUT/duerank.db where empty.
        overrides: Settings as section.name=value.
    """
    as_of = as_of or date.today()
    settings = load_settings(tuple(overrides))
    policy = load_policy(settings)
    night = pd.Timestamp(as_of)
    models = champions()
    quarantine = out / "refused" / f"as_of={as_of}"
    with tempfile.TemporaryDirectory() as scratch:
        loaded = read(ledger, night, settings, Path(scratch) / "data_docs", quarantine)
        view = see(loaded, night)
        features = compute_features(view, settings)
        scored = score(view, features, models, settings)
        url = database or f"sqlite:///{(out / 'duerank.db').resolve()}"
        tables = build_tables(scored, loaded, look_back(url, night), policy, settings)
        publish_tables(tables, url)
        folder = write_files(out, night, tables, {"quarantine": quarantine, "data_docs": Path(scratch) / "data_docs"})
    shutil.rmtree(quarantine)
    _artifacts(tables, folder)
    return Night(folder, shown(open_engine(url)), tables)


@in_memory_task(name="load the champions")
def champions() -> Models:
    return tracking.champions()


@in_memory_task(name="read and validate the ledger")
def read(ledger: str, night: pd.Timestamp, settings: Settings, data_docs: Path, quarantine: Path) -> Loaded:
    quarantine.mkdir(parents=True, exist_ok=True)
    return load_ledger(ledger, night, settings.ledger, data_docs, quarantine)


@in_memory_task(name="see the ledger as of the night, and reconcile it")
def see(loaded: Loaded, night: pd.Timestamp) -> View:
    view = view_as_of(loaded.portfolio, night, loaded.reporting_currency)
    reconcile(view)
    return view


@in_memory_task(name="compute features")
def compute_features(view: View, settings: Settings) -> FeatureTables:
    return features_at(view, settings.labels)


@in_memory_task(name="score invoices and customers")
def score(view: View, features: FeatureTables, models: Models, settings: Settings) -> ScoredNight:
    return scored_night(view, features, models, settings)


@in_memory_task(name="read what earlier nights published", retries=2)
def look_back(url: str, night: pd.Timestamp) -> Earlier:
    return Earlier(previous_night(url, night), earlier_contact_log(url, night))


@in_memory_task(name="decide, rank, explain and forecast")
def build_tables(
    night: ScoredNight, loaded: Loaded, earlier: Earlier, policy: Policy, settings: Settings
) -> dict[str, pd.DataFrame]:
    return night_tables(night, loaded, earlier, policy, settings)


@in_memory_task(name="publish the score tables", retries=2)
def publish_tables(tables: dict[str, pd.DataFrame], url: str) -> None:
    publish(tables, url)


@in_memory_task(name="write the worklist, report, quarantine and data docs")
def write_files(out: Path, night: pd.Timestamp, tables: dict[str, pd.DataFrame], extras: dict[str, Path]) -> Path:
    run = tables["runs"].iloc[0]
    report = render_report(tables, run["reporting_currency"], run["notes"].splitlines())
    return write_night(out, night, tables["worklist"], report, extras)


def _artifacts(tables: dict[str, pd.DataFrame], folder: Path) -> None:
    head = tables["worklist"].head(HEAD_ROWS).astype(str)
    table_artifact("worklist-head", head.to_dict("records"), f"The first {HEAD_ROWS} rows of the worklist")
    link_artifact("report", (folder / "report.html").resolve().as_uri(), "The night's report")
    markdown_artifact("notes", tables["runs"].iloc[0]["notes"], "What to know about this night")


def summary(night: Night) -> str:
    """The night in a few lines: size, notes, and where everything lies."""
    run = night.tables["runs"].iloc[0]
    return "\n".join(
        [
            f"Night of {run['as_of'].date()}: {run['worklist_rows']:,} customers to contact, "
            f"{run['invoices_scored']:,} open invoices and {run['customers_scored']:,} customers scored.",
            *(f"  note: {note}" for note in run["notes"].splitlines()),
            f"Worklist:     {night.folder / 'worklist.csv'}",
            f"Report:       {night.folder / 'report.html'}",
            f"Quarantine:   {night.folder / 'quarantine'}",
            f"Data docs:    {night.folder / 'data_docs' / 'index.html'}",
            f"Score tables: {night.database}",
            f"Run:          {run['run_id']} ({run['model_versions']})",
        ]
    )
