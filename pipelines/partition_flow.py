"""A ledger into partitions, judged: where every flow that takes a ledger of any size begins."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from configs.settings import Settings
from ledger.partitioned.distribute import Layout, Placed, waiting_files
from ledger.partitioned.judge_partitions import Whole, billed_unsurveyed, survey
from ledger.partitioned.partition_files import partitions_for
from ledger.sources.chunks import Source, opened
from pipelines import partition_tasks as on
from pipelines import shared
from pipelines.partition_tasks import Overview, each
from pipelines.runtime.prefect_runtime import dask_runner, in_memory_task

FILES_OF_A_TASK = 32  # each has the few adjustments or disputes of a piece


@dataclass(frozen=True)
class Intake:
    """A ledger that is about to be read as it was known before `known_by`, in a scratch folder of this run alone."""

    scratch: Path
    source: Source
    partitions: int
    known_by: pd.Timestamp
    settings: Settings


@contextmanager
def taken_in(ledger: str, known_by: pd.Timestamp, settings: Settings) -> Iterator[Intake]:
    """Open a ledger, and a folder for its partitions that is gone in the end. LedgerError where it cannot be read."""
    folder = settings.scale.scratch
    with tempfile.TemporaryDirectory(prefix="duerank-", dir=folder) as scratch, opened(ledger) as source:
        partitions = partitions_for(source.rows, settings.scale.rows_per_partition)
        intake = Intake(Path(scratch), source, partitions, known_by, settings)
        shared.put(intake.scratch, "intake", intake)
        yield intake


def in_partitions(flow: Any, intake: Intake) -> Any:
    """Run a flow of (scratch, apart): on Dask where there are several partitions, and somebody to share them with."""
    scale = intake.settings.scale
    workers = scale.workers or len(os.sched_getaffinity(0))
    if intake.partitions == 1 or (workers == 1 and scale.scheduler is None):
        return flow(intake.scratch, False)
    with dask_runner(workers, scale.scheduler) as runner:
        return flow.with_options(task_runner=runner)(intake.scratch, True)


def judge_all(scratch: Path, apart: bool) -> tuple[Whole, list[Overview]]:
    """The ledger laid out and every partition judged; to be called within a flow."""
    whole = lay_out(scratch, apart)
    return whole, each(on.judge_partition, scratch, range(whole.layout.partitions), apart)


def lay_out(scratch: Path, apart: bool) -> Whole:
    """Every row of the ledger in the partition of its customer, and what all partitions must know of the whole."""
    intake: Intake = shared.get(scratch, "intake")
    layout = Layout(scratch / "ledger", intake.partitions, intake.known_by, on.find_heads(scratch))
    shared.put(scratch, "layout", layout)
    pieces = intake.source.pieces
    placed: list[Placed] = each(on.read_pieces, scratch, on.batches(pieces), apart)
    layout.keys("invoices").merge()
    waiting = waiting_files(layout)
    together = FILES_OF_A_TASK if apart else max(len(waiting), 1)
    batches_of_files = [waiting[first : first + together] for first in range(0, len(waiting), together)]
    each(on.follow_invoices, scratch, batches_of_files, apart)
    billed = billed_unsurveyed(placed)
    if billed is None:
        shared.put(scratch, "placed", placed)
        billed = sum(each(on.look_up_currencies, scratch, range(intake.partitions), apart), Counter())
    return know_the_whole(layout, placed, billed, intake)


@in_memory_task(name="know the whole ledger")
def know_the_whole(layout: Layout, placed: list[Placed], billed: Counter[str], intake: Intake) -> Whole:
    whole = survey(layout, placed, billed, intake.settings.ledger, intake.source.notes)
    shared.put(intake.scratch, "whole", whole)
    return whole
