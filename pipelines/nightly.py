"""The `nightly` flow: score one night and write its worklist, score tables and report, whole or not at all."""

import shutil
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from configs.language import speaking
from configs.settings import Settings, load_settings
from configs.settings_form import NightlyForm
from ledger.minor_units import counted_in
from ledger.partitioned.checked_tables import CheckedTable
from ledger.partitioned.load import opened_ledger
from ledger.sources.connections import open_engine, shown
from models.champions import champions
from models.night_models import Models
from pipelines.lineage.datasets import of_model, of_night
from pipelines.lineage.hooks import Asked, Touched, followed
from pipelines.partition_flow import in_partitions_later
from pipelines.runtime.origin import linked_version
from pipelines.runtime.prefect_runtime import (
    flow,
    in_memory_task,
    log,
    markdown_artifact,
    named_by_night,
    table_artifact,
    tell,
)
from pipelines.runtime.processes import beside
from pipelines.runtime.records import records
from worklists import kept_night
from worklists.decide.decisions import Policy, load_policy
from worklists.drafts.company import Company, load_company
from worklists.drafts.of_night import drafts_of_night
from worklists.night import AssembledNight, NightPlan, NightScratch, run_night
from worklists.outcomes.filled_before import filled_before
from worklists.pages.night_folder import folder_name, prepare_night, put_in_place, sole_run
from worklists.pages.report import SEEN, render_report
from worklists.pages.short_report import short_report
from worklists.score_db.audit import address
from worklists.score_db.connection import url_of
from worklists.score_db.publish import Packed, packing, publish
from worklists.score_db.schema import declared
from worklists.score_db.tables import SCORE_TABLES

STALE = "duerank.ledger.stale"
LONGEST_SECONDS = 24 * 3_600  # by then the next night begins; what hangs so long holds its place
HEAD_ROWS = 10
# Of the head, for Prefect's page: no names, and no figures of a person.
SHOWN = ["rank", "customer_id", "segment", "risk_band", "action", "channel"]


@dataclass(frozen=True)
class PublishedNight:
    """Where a night was written, its run, the head of its worklist (cents), and the files of an earlier run of it that
    stay, since people saved them there; `page` is the night in short (Markdown), without names, and `models` are the
    names and versions of those that scored it; `checked` is what was found in the ledger's tables."""

    folder: Path
    database: str
    run: dict[str, Any]
    head: pd.DataFrame
    kept: list[str]
    page: str
    models: tuple[tuple[str, str], ...]
    checked: dict[str, CheckedTable]


@dataclass(frozen=True)
class Destination:
    """Where a night goes: the folder of the nights, the score tables, the folders that go with its files, and whether
    its CSV files begin with a byte order mark."""

    out: Path
    night: pd.Timestamp
    database: str
    extras: dict[str, Path]
    mark: bool


def touched(asked: Asked, night: PublishedNight) -> Touched:
    """The models that a night was scored by, what it wrote, and what it found in the ledger."""
    counted = {"invoice_scores": "invoices_scored", "customer_scores": "customers_scored", "worklist": "worklist_rows"}
    rows = {table: int(night.run[name]) for table, name in counted.items()}
    wrote = of_night(url_of(Path(asked["out"]), asked.get("database")), night.folder, rows)
    return Touched([of_model(name, version) for name, version in night.models], wrote, night.checked)


@flow(
    name="nightly",
    flow_run_name=named_by_night("night"),
    timeout_seconds=LONGEST_SECONDS,
    **followed(touched),
)
def nightly(
    ledger: str,
    as_of: date | None,
    out: Path,
    database: str | None = None,
    overrides: list[str] = [],  # noqa: B006
    settings: NightlyForm = {},  # noqa: B006
) -> PublishedNight:
    """Score every open invoice and customer of one night, rank the worklist, and publish all of it.

    Args:
        ledger: A ledger folder, or a SQLAlchemy URL.
        as_of: The night: records known before it are seen. Today where empty.
        out: The folder of the nights.
        database: SQLAlchemy URL of the score tables. SQLite OUT/duerank.db where empty.
        overrides: Settings as section.name=value, over those below.
        settings: What a run wants otherwise than configs/default.yaml has it.
    """
    as_of = as_of or date.today()
    in_effect = load_settings(tuple(overrides), settings)
    policy, company = load_policy(in_effect), load_company(in_effect.drafts.company)
    night = pd.Timestamp(as_of)
    url = url_of(out, database)
    quarantine = out / "refused" / f"as_of={as_of}"
    with sole_run(out, night), opened_ledger(NightScratch, ledger, night, in_effect) as scratch:
        docs, drafts = scratch.folder.here / "data_docs", scratch.folder.here / "drafts"
        with in_partitions_later("partitions", run_night, scratch) as score_and_decide:
            models = load_the_champions(night, in_effect)
            key = kept_night.key_of(ledger, scratch.request.source, night, models, in_effect)
            if kept_night.take(out, key, scratch):
                log("Ledger, models and code are those of the last run of this night: its scores are used again.")
            scratch.plan = NightPlan(policy, models, url, docs, quarantine, keeps=key is not None)
            assembled = score_and_decide()
        currency = records(assembled.tables["runs"])[0]["reporting_currency"]
        packing_rows = packing(assembled.staged, url, scratch.folder.here / "packed.db")
        with (
            speaking(in_effect.worklist.language),
            counted_in(currency or None),
            beside(packing_rows, in_effect.scale.workers) as packed,
        ):
            assembled = with_drafts(assembled, policy, company, in_effect, drafts)
            extras = {"quarantine": quarantine, "data_docs": docs, "drafts": drafts}
            destination = Destination(out, night, url, extras, in_effect.worklist.byte_order_mark)
            page = short_report(assembled.tables)
            folder, kept = bring_out(destination, assembled, packed, ledger)
        # The night is published: nothing must stop it any more.
        shutil.rmtree(quarantine, ignore_errors=True)
        if key is not None:
            with suppress(OSError):
                kept_night.keep(out, key, scratch)
    tables = assembled.tables
    head = tables["worklist"].head(HEAD_ROWS)
    run, database = records(tables["runs"])[0], shown(open_engine(url))
    done = PublishedNight(folder, database, run, head, kept, page, models.versions, assembled.checked)
    log(summary(done))
    _artifacts(done)
    if assembled.stale:
        tell(STALE, f"duerank.ledger.{address(ledger)}", {"as_of": str(as_of), "tables": assembled.stale})
    return done


@in_memory_task(name="draft mails, letters and text messages")
def with_drafts(
    assembled: AssembledNight, policy: Policy, company: Company, settings: Settings, folder: Path
) -> AssembledNight:
    """The night, with drafts for its worklist in a folder, and with what came up while they were made in its notes."""
    folder.mkdir()
    notes = drafts_of_night(assembled.tables["worklist"], assembled.sheet, policy, company, settings, folder)
    return assembled.with_notes(notes)


@in_memory_task(name="load the champions")
def load_the_champions(night: pd.Timestamp, settings: Settings) -> Models:
    return champions(night, settings)


def bring_out(
    destination: Destination, assembled: AssembledNight, packed: Packed, ledger: str
) -> tuple[Path, list[str]]:
    """Files aside first, then the score tables in one transaction, then the files in their place by one rename.

    What can fail for want of room fails while readers still see only what was there before. The night's folder, and the
    names of what stays in it of an earlier run.
    """
    aside = write_files(destination, assembled)
    try:
        publish_tables(destination, assembled, packed, ledger)
        kept = filled_before(aside.with_name(folder_name(destination.night)), aside)
        return put_in_place(aside, destination.night, kept), list(kept)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@in_memory_task(name="publish the score tables", retries=2)
def publish_tables(destination: Destination, assembled: AssembledNight, packed: Packed, ledger: str) -> None:
    publish(assembled.tables, destination.database, assembled.staged, ledger, packed)


@in_memory_task(name="write the worklist, report, quarantine and data docs")
def write_files(destination: Destination, assembled: AssembledNight) -> Path:
    tables, staged = assembled.tables, assembled.staged
    run_id = str(tables["runs"]["run_id"].iloc[0])
    held = pd.concat([staged.frame("suppressions", SEEN["suppressions"]), tables["suppressions"]], ignore_index=True)
    of_partitions = {
        "customer_scores": staged.frame("customer_scores", SEEN["customer_scores"]),
        "suppressions": held,
    }
    queue = declared("handovers", staged.frame("handovers", SCORE_TABLES["handovers"].names), run_id, destination.night)
    report = render_report(tables | of_partitions | {"handovers": queue}, assembled.beside, assembled.sheet)
    return prepare_night(
        destination.out,
        destination.night,
        tables["worklist"],
        queue,
        assembled.sheet,
        report,
        destination.extras,
        destination.mark,
    )


def _artifacts(night: PublishedNight) -> None:
    table_artifact(
        "worklist-head", records(night.head[SHOWN].astype(str)), f"The first {HEAD_ROWS} rows of the worklist"
    )
    versions = ", ".join(linked_version(name, version) for name, version in night.models)
    whole = f"The whole report: `{(night.folder / 'report.html').resolve()}` on {socket.gethostname()}"
    markdown_artifact("report", f"{night.page}\n\nScored by {versions}. {whole}", "The night in short, without names")


def summary(night: PublishedNight) -> str:
    """The night in a few lines: size, notes, and where everything lies."""
    run = night.run
    return "\n".join(
        [
            f"Night of {run['as_of'].date()}: {run['worklist_rows']:,} customers to contact, "
            f"{run['invoices_scored']:,} open invoices and {run['customers_scored']:,} customers scored.",
            *(f"  note: {note}" for note in run["notes"].splitlines()),
            *(f"  kept, since people saved it there before this run: {night.folder / name}" for name in night.kept),
            f"Worklist:     {night.folder / 'worklist.csv'}",
            f"Report:       {night.folder / 'report.html'}",
            f"Quarantine:   {night.folder / 'quarantine'}",
            f"Data docs:    {night.folder / 'data_docs' / 'index.html'}",
            f"Score tables: {night.database}",
            f"Run:          {run['run_id']} ({run['model_versions']})",
        ]
    )
