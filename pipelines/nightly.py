"""The `nightly` flow: score one night and write its worklist, score tables and report, whole or not at all."""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from configs.language import speaking
from configs.settings import Settings, load_settings
from features import base_rates
from features.labels import usual_lag
from ledger.partitioned.distribute import Layout
from ledger.partitioned.judge_partitions import Accepted, Whole, accept, rules_broken
from ledger.partitioned.partition_files import partition_of
from ledger.sources.connections import open_engine, shown
from models.champions import champions as read_champions
from models.night_models import Models
from pipelines import partition_tasks as on
from pipelines import shared
from pipelines.partition_flow import in_partitions, judge_all, taken_in
from pipelines.partition_tasks import Decided, Overview, each
from pipelines.runtime.prefect_runtime import flow, in_memory_task, link_artifact, markdown_artifact, table_artifact
from worklists.assemble_night import About, whole_tables
from worklists.decide.decisions import Policy, load_policy
from worklists.figures.trends import Trends, added_up
from worklists.pages.night_folder import prepare_night, put_in_place, sole_run
from worklists.pages.report import SEEN, Beside, render_report, top_rows
from worklists.score_db.connection import url_of
from worklists.score_db.earlier_nights import Earlier, Previous
from worklists.score_db.earlier_nights import look_back as read_earlier
from worklists.score_db.publish import publish
from worklists.score_db.schema import declared
from worklists.score_db.staged_rows import Spilled

HEAD_ROWS = 10
# Of the head, for Prefect's page: no names, and no figures of a person.
SHOWN = ["rank", "customer_id", "segment", "risk_band", "action", "channel"]


@dataclass(frozen=True)
class Night:
    """Where a night was written, its run, and the head of its worklist (cents)."""

    folder: Path
    database: str
    run: "pd.Series[str]"
    head: pd.DataFrame


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
    models = champions(night, settings)
    url = url_of(out, database)
    quarantine = out / "refused" / f"as_of={as_of}"
    with sole_run(out, night), taken_in(ledger, night, settings) as intake:
        extras = {"quarantine": quarantine, "data_docs": intake.scratch / "data_docs"}
        shared.put(intake.scratch, "plan", Plan(policy, models, url, extras))
        tables, beside = in_partitions(run_partitions, intake)
        spilled = Spilled(tuple(on.tables_of(intake.scratch, partition) for partition in range(intake.partitions)))
        with speaking(settings.worklist.language):
            folder = bring_out(Files(out, night, extras), tables, beside, spilled, url, ledger)
        shutil.rmtree(quarantine)
    done = Night(folder, shown(open_engine(url)), tables["runs"].iloc[0], tables["worklist"].head(HEAD_ROWS))
    _artifacts(done)
    return done


@dataclass(frozen=True)
class Plan:
    """What a night is to be decided with, and where it goes."""

    policy: Policy
    models: Models
    url: str
    extras: dict[str, Path]


@flow(name="partitions")
def run_partitions(scratch: Path, apart: bool) -> tuple[dict[str, pd.DataFrame], Beside]:
    """All partitions of a night through all steps; `apart`: side by side, as the task runner lets them."""
    whole, seen = judge_all(scratch, apart)
    accepted = accept_ledger(whole, seen, scratch)
    earlier = look_back(whole.layout, scratch)
    shared.put(scratch, "late", base_rates.added_up([one.late for one in seen]))
    shared.put(scratch, "lag", usual_lag(pd.concat([one.lags for one in seen]).groupby(level=0).sum()))
    decided: list[Decided] = each(on.score_partition, scratch, range(whole.layout.partitions), apart)
    trends = Trends(earlier.previous.as_of, earlier.figures, added_up([one.part.moved for one in decided]))
    refused = rules_broken(whole, [one.part for one in seen])
    beside = Beside(trends, shared.get(scratch, "plan").models, refused)
    return assign_and_rank(decided, accepted, earlier, scratch), beside


@in_memory_task(name="load the champions")
def champions(night: pd.Timestamp, settings: Settings) -> Models:
    return read_champions(night, settings)


@in_memory_task(name="accept or refuse the ledger")
def accept_ledger(whole: Whole, seen: list[Overview], scratch: Path) -> Accepted:
    intake, plan = shared.get(scratch, "intake"), shared.get(scratch, "plan")
    docs, quarantine = plan.extras["data_docs"], plan.extras["quarantine"]
    quarantine.mkdir(parents=True, exist_ok=True)
    return accept(whole, [one.part for one in seen], intake.settings.ledger, docs, quarantine)


@in_memory_task(name="read what earlier nights published", retries=2)
def look_back(layout: Layout, scratch: Path) -> Earlier:
    earlier = read_earlier(shared.get(scratch, "plan").url, layout.known_by)
    previous = earlier.previous
    of_scores = partition_of(layout.heads.hashes(previous.customers["customer_id"]), layout.partitions)
    of_log = partition_of(layout.heads.hashes(earlier.log["customer_id"]), layout.partitions)
    for partition in range(layout.partitions):
        some = Previous(previous.as_of, previous.worklist[:0], previous.customers[of_scores == partition])
        shared.put(
            scratch, f"earlier-{partition}", Earlier(some, earlier.log[of_log == partition], earlier.figures[:0])
        )
    return earlier


@in_memory_task(name="assign, rank and forecast")
def assign_and_rank(
    decided: list[Decided], accepted: Accepted, earlier: Earlier, scratch: Path
) -> dict[str, pd.DataFrame]:
    intake, plan = shared.get(scratch, "intake"), shared.get(scratch, "plan")
    about = About(
        intake.known_by, accepted.reporting_currency, accepted.data_hash, accepted.refused, accepted.notes, plan.models
    )
    sizes = pd.DataFrame([one.sizes for one in decided]).sum().astype(int).to_dict()
    with speaking(intake.settings.worklist.language):
        tables = whole_tables([one.part for one in decided], sizes, about, earlier, plan.policy, intake.settings)
    run_id = str(tables["runs"]["run_id"].iloc[0])
    return {name: declared(name, frame, run_id, about.as_of) for name, frame in tables.items()}


@dataclass(frozen=True)
class Files:
    """Where a night's files go, and what goes with them."""

    out: Path
    night: pd.Timestamp
    extras: dict[str, Path]


def bring_out(
    files: Files, tables: dict[str, pd.DataFrame], beside: Beside, spilled: Spilled, url: str, ledger: str
) -> Path:
    """Files aside first, then the score tables in one transaction, then the files in their place by one rename.

    What can fail for want of room fails while readers still see only what was there before.
    """
    aside = write_files(files, tables, beside, spilled)
    try:
        publish_tables(tables, spilled, url, ledger)
        return put_in_place(aside, files.night)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@in_memory_task(name="publish the score tables", retries=2)
def publish_tables(tables: dict[str, pd.DataFrame], spilled: Spilled, url: str, ledger: str) -> None:
    publish(tables, url, spilled, ledger)


@in_memory_task(name="write the worklist, report, quarantine and data docs")
def write_files(files: Files, tables: dict[str, pd.DataFrame], beside: Beside, spilled: Spilled) -> Path:
    listed = top_rows(tables["worklist"])["customer_id"].to_list()
    held = pd.concat([spilled.frame("suppressions", SEEN["suppressions"]), tables["suppressions"]], ignore_index=True)
    seen = {
        "customer_scores": spilled.frame("customer_scores", SEEN["customer_scores"]),
        "suppressions": held,
        "reasons": spilled.frame("reasons", SEEN["reasons"], only={"entity": listed}),
    }
    return prepare_night(files.out, files.night, tables["worklist"], render_report(tables | seen, beside), files.extras)


def _artifacts(night: Night) -> None:
    table_artifact(
        "worklist-head", night.head[SHOWN].astype(str).to_dict("records"), f"The first {HEAD_ROWS} rows of the worklist"
    )
    link_artifact("report", (night.folder / "report.html").resolve().as_uri(), "The night's report")
    markdown_artifact("notes", night.run["notes"], "What to know about this night")


def summary(night: Night) -> str:
    """The night in a few lines: size, notes, and where everything lies."""
    run = night.run
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
