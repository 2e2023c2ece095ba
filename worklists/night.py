"""A night from the ledger to the score tables: laid out, judged, scored and decided by partition, then put together.

Each function whose name is a step is carried out by the runner: here, or on a worker that has the scratch folder.
"""

import pickle
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
from threadpoolctl import threadpool_limits

from configs.language import speaking
from features.base_rates import LateCounts, late_counts
from features.base_rates import added_up as added_up_counts
from features.engine import features_at
from features.event_streams import matured_events
from features.labels import booking_lags, usual_lag
from ledger.as_of.newest import newest_of_parts, newest_records, require_invoices
from ledger.as_of.view import View
from ledger.minor_units import counted_in
from ledger.partitioned.checked_tables import CheckedTable, checked_tables
from ledger.partitioned.judge_partitions import (
    AcceptedLedger,
    JudgedPartition,
    accept,
    all_verdicts,
    refusals_by_rule,
)
from ledger.partitioned.lay_out import judge_and_reconcile_partition, lay_out
from ledger.partitioned.partition_files import partition_of
from ledger.partitioned.runner import Runner, tried_again
from ledger.partitioned.scratch import HandedOver, LedgerScratch, ScratchFolder
from ledger.partitioned.shared_folder import SharedFolder
from ledger.validation.data_docs import write_docs
from models.night_models import Models
from models.night_scores import scored_night
from worklists.assemble_night import About, whole_tables
from worklists.call_sheet.gather import ITEMS, CallSheet
from worklists.call_sheet.keep import keep, of_listed
from worklists.decide.decisions import Policy
from worklists.facts.of_partition import facts_of
from worklists.figures.freshness import refuse_stale, stale_tables
from worklists.figures.trends import Trends
from worklists.figures.trends import added_up as added_up_moves
from worklists.manager.of_night import ManagerPart, for_the_manager, manager_part
from worklists.night_partition import NightPartition, PartitionScores, night_partition, partition_scores
from worklists.pages.report import Beside
from worklists.score_db.earlier_facts import EarlierFacts, earlier_facts
from worklists.score_db.earlier_nights import Earlier, Previous, look_back
from worklists.score_db.schema import declared
from worklists.score_db.staged_rows import StagedRows, stage
from worklists.score_db.tables import OPEN_ITEMS


@dataclass(frozen=True)
class NightPlan:
    """What a night is decided with, and where it looks back and writes; folders may be None where not wanted.

    `keeps` the scores of its partitions in the scratch, for a second run (`worklists.kept_night`).
    """

    policy: Policy
    models: Models
    database: str
    docs: Path | None
    quarantine: Path | None
    keeps: bool = False


@dataclass(frozen=True)
class Survey:
    """What a partition says of itself before the whole is known: see `LateCounts`, `booking_lags`, `newest_records`."""

    judged: JudgedPartition
    late: LateCounts
    lags: "pd.Series[int]"
    newest: "pd.Series[pd.Timestamp]"


@dataclass(frozen=True)
class DecidedPartition:
    """What a partition brings to a night and to the manager's page, its rows of score tables being on disk; `sizes` are
    their numbers."""

    part: NightPartition
    manager: ManagerPart
    sizes: dict[str, int]


@dataclass(frozen=True)
class AssembledNight:
    """The tables of the whole portfolio, ready to publish, the rows that wait on disk, what a report adds, the call
    sheet of the listed and of the queue of the hand-overs, what was found in the ledger's tables, and which of them are
    stale."""

    tables: dict[str, pd.DataFrame]
    staged: StagedRows
    beside: Beside
    sheet: CallSheet
    checked: dict[str, CheckedTable]
    stale: Sequence[str] = ()

    def with_notes(self, notes: Sequence[str]) -> "AssembledNight":
        """The night with further notes."""
        runs = self.tables["runs"]
        lines = [*runs["notes"].dropna(), *notes]
        return replace(self, tables=self.tables | {"runs": runs.assign(notes="\n".join(lines))})


class PartitionScratch(ScratchFolder):
    """What is handed to one partition alone."""

    earlier = HandedOver[Earlier]()
    facts = HandedOver[EarlierFacts]()


class NightScratch(LedgerScratch):
    """A ledger on its way into partitions, with all that a night needs beside it."""

    plan = HandedOver[NightPlan]()
    surveys = HandedOver[list[Survey]]()
    late_counts = HandedOver[LateCounts]()
    booking_lag = HandedOver[int]()

    def of_partition(self, partition: int) -> PartitionScratch:
        return PartitionScratch(self.folder / "partitions" / f"{partition:03}")

    @property
    def scores(self) -> SharedFolder:
        """Where the scores of partitions lie, if they are kept."""
        return self.folder / "scores"

    def staged(self, partition: int) -> SharedFolder:
        """Where a partition's rows of score tables lie until they are published."""
        return self.folder / "tables" / f"{partition:03}"

    def call_sheets(self, partition: int) -> SharedFolder:
        """Where the call sheets of a partition lie until it is known who is listed."""
        return self.folder / "call_sheets" / f"{partition:03}"


def run_night(scratch: NightScratch, runner: Runner) -> AssembledNight:
    """All partitions of a night through all steps; the scratch has its request and its plan, and surveys and scores
    where an earlier run of the same night kept them."""
    if not hasattr(scratch, "surveys"):
        ledger = lay_out(scratch, runner)
        scratch.surveys = runner.each(judge_and_survey_partition, scratch, range(ledger.layout.partitions))
    ledger, surveys = scratch.ledger, scratch.surveys
    judged = [survey.judged for survey in surveys]
    newest = newest_of_parts([survey.newest for survey in surveys])
    accepted = runner.once(accept_or_refuse_the_ledger, scratch, judged, newest)
    if scratch.plan.docs is not None and not scratch.plan.docs.exists():
        write_docs(all_verdicts(ledger, judged), scratch.plan.docs)
    return score_and_assemble(scratch, runner, surveys, accepted, newest)


def score_and_assemble(
    scratch: NightScratch,
    runner: Runner,
    surveys: Sequence[Survey],
    accepted: AcceptedLedger,
    newest: "pd.Series[pd.Timestamp]",
) -> AssembledNight:
    """A night of a ledger that was accepted: scored and decided by partition, then put together."""
    ledger, judged = scratch.ledger, [survey.judged for survey in surveys]
    partitions = range(ledger.layout.partitions)
    scratch.booking_lag = usual_lag(pd.concat([survey.lags for survey in surveys]).groupby(level=0).sum())
    earlier = runner.once(read_earlier_nights, scratch)
    published = runner.once(read_earlier_facts, scratch)
    scratch.late_counts = added_up_counts([survey.late for survey in surveys])
    decided = runner.each(score_and_decide_partition, scratch, partitions)
    moved = added_up_moves([one.part.moved for one in decided])
    trends = Trends(earlier.previous.as_of, earlier.figures, moved)
    manager = for_the_manager(
        [one.manager for one in decided],
        earlier,
        scratch.booking_lag,
        scratch.request.settings.worklist.month_target,
    )
    tables = runner.once(assign_rank_and_forecast, scratch, decided, accepted, newest, earlier, published)
    kept = [scratch.call_sheets(partition) for partition in partitions]
    staged = StagedRows(tuple(scratch.staged(partition) for partition in partitions))
    listed = [tables["worklist"]["customer_id"], staged.frame("handovers", ["customer_id"])["customer_id"]]
    sheet = of_listed(kept, pd.concat(listed, ignore_index=True))
    run = tables["runs"].iloc[0]
    items = declared(OPEN_ITEMS.name, sheet[ITEMS], run["run_id"], run["as_of"])
    return AssembledNight(
        tables=tables | {OPEN_ITEMS.name: items},
        staged=staged,
        beside=Beside(trends, scratch.plan.models, refusals_by_rule(ledger, judged), manager),
        sheet=sheet,
        checked=checked_tables(ledger, judged, accepted.counts["came"]),
        stale=stale_tables(newest, run["as_of"], scratch.request.settings.freshness),
    )


def judge_and_survey_partition(scratch: NightScratch, partition: int) -> Survey:
    """Validate a partition, prove its balances, and count what the whole portfolio's base rates need."""
    judged = judge_and_reconcile_partition(scratch, partition)
    view = scratch.view(partition)
    late = late_counts(view, matured_events(view, scratch.request.settings.labels))
    return Survey(judged, late, booking_lags(view), newest_records(view.portfolio, view.as_of))


def accept_or_refuse_the_ledger(
    scratch: NightScratch, judged: Sequence[JudgedPartition], newest: "pd.Series[pd.Timestamp]"
) -> AcceptedLedger:
    plan, request = scratch.plan, scratch.request
    require_invoices(newest, request.known_by)
    refuse_stale(newest, request.known_by, request.settings.freshness)
    if plan.quarantine is not None:
        plan.quarantine.mkdir(parents=True, exist_ok=True)
    return accept(scratch.ledger, judged, request.settings.ledger, plan.quarantine)


@tried_again
def read_earlier_nights(scratch: NightScratch) -> Earlier:
    """What earlier nights published; each partition is handed what is about its own customers."""
    layout = scratch.layout
    earlier = look_back(scratch.plan.database, layout.known_by, scratch.booking_lag)
    previous = earlier.previous
    of_scores = partition_of(layout.heads.hashes(previous.customers["customer_id"]), layout.partitions)
    of_log, of_line = (
        partition_of(layout.heads.hashes(rows["customer_id"]), layout.partitions)
        for rows in (earlier.log, earlier.line)
    )
    for partition in range(layout.partitions):
        own = Previous(previous.as_of, previous.worklist[:0], previous.customers[of_scores == partition])
        log, line = earlier.log[of_log == partition], earlier.line[of_line == partition]
        scratch.of_partition(partition).earlier = replace(
            earlier,
            previous=own,
            log=log,
            line=line,
            figures=earlier.figures[:0],
            since=earlier.since.without_rows(),
            complete=earlier.complete.without_rows(),
        )
    return earlier


@tried_again
def read_earlier_facts(scratch: NightScratch) -> list[int]:
    """What earlier nights published of the facts; each partition is handed its own, and a digest of all is returned."""
    layout = scratch.layout
    default_days = scratch.request.settings.labels.default_horizon_days
    facts = earlier_facts(scratch.plan.database, layout.known_by, default_days)
    places = {
        name: partition_of(layout.heads.hashes(rows["customer_id"]), layout.partitions)
        for name, rows in facts.rows.items()
    }
    for partition in range(layout.partitions):
        scratch.of_partition(partition).facts = facts.only({name: of == partition for name, of in places.items()})
    return facts.digest()


def score_and_decide_partition(scratch: NightScratch, partition: int) -> DecidedPartition:
    """Features, scores, reasons and all that can be decided about each customer of a partition alone."""
    settings, plan, view = scratch.request.settings, scratch.plan, scratch.view(partition)
    # one thread, so that sums are added in one order, whoever adds them
    with threadpool_limits(1), speaking(settings.worklist.language), counted_in(view.reporting_currency):
        scored = scores_of(scratch, partition, view)
        earlier = scratch.of_partition(partition).earlier
        part = night_partition(view, plan.models, scored, earlier, plan.policy, settings, scratch.booking_lag)
        published = scratch.of_partition(partition).facts
        facts = facts_of(view, published, settings.labels, scratch.booking_lag)
        manager = manager_part(view, part.tables | facts, earlier, published)
    keep(part.sheet, scratch.call_sheets(partition))
    sizes = stage(part.tables | facts, view.as_of, scratch.staged(partition))
    return DecidedPartition(part.without_tables(), manager, sizes)


def scores_of(scratch: NightScratch, partition: int, view: View) -> PartitionScores:
    """The scores of a partition: those that an earlier run kept, or new ones."""
    settings, plan = scratch.request.settings, scratch.plan
    kept = scratch.scores.find(f"{partition:03}")
    if kept is not None:
        found: PartitionScores = pickle.loads(kept.read_bytes())
        return found
    features = features_at(view, settings.labels, scratch.late_counts)
    scored = partition_scores(scored_night(view, features, plan.models, settings), settings)
    if plan.keeps:
        scratch.scores.write(f"{partition:03}", lambda path: path.write_bytes(pickle.dumps(scored)))
    return scored


def assign_rank_and_forecast(
    scratch: NightScratch,
    decided: Sequence[DecidedPartition],
    accepted: AcceptedLedger,
    newest: "pd.Series[pd.Timestamp]",
    earlier: Earlier,
    published: list[int],
) -> dict[str, pd.DataFrame]:
    """What depends on all partitions together: the worklist, the figures of the whole, and the run."""
    request, plan = scratch.request, scratch.plan
    about = About(
        request.known_by,
        accepted.reporting_currency,
        accepted.data_hash,
        accepted.refused,
        accepted.notes,
        plan.models,
        newest,
        published,
    )
    totals = pd.DataFrame([one.sizes for one in decided]).sum()
    sizes = {str(name): int(rows) for name, rows in totals.items()}
    with speaking(request.settings.worklist.language), counted_in(accepted.reporting_currency):
        tables = whole_tables([one.part for one in decided], sizes, about, earlier, plan.policy, request.settings)
    run_id = str(tables["runs"]["run_id"].iloc[0])
    return {name: declared(name, frame, run_id, about.as_of) for name, frame in tables.items()}
