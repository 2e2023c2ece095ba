"""The tasks of a night on partitions of customers. Each can be run again, and then gives the same.

A task takes the night's scratch folder and a number, reads what it needs from there, and leaves there what is large.
Where there are several partitions, tasks run side by side on Dask; the results do not hang on who ran them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from configs.language import speaking
from configs.settings import Settings
from features.base_rates import LateCounts, late_counts
from features.engine import features_at
from features.event_streams import matured_events
from features.labels import booking_lags
from ledger.as_of.balances import reconcile
from ledger.as_of.view import View, view_as_of
from ledger.partitioned.distribute import Heads, Layout, Placed, heads_of, place, place_by_invoice
from ledger.partitioned.judge_partitions import Part, Whole, billed_in, judge_part, portfolio_of
from ledger.sources.chunks import Piece
from models.night_scores import scored_night
from pipelines import shared
from pipelines.runtime.prefect_runtime import in_memory_task
from worklists.night_partition import NightPart, night_part
from worklists.score_db.staged_rows import spill

ROWS_OF_A_TASK = 2_000_000  # small pieces are read together


@dataclass(frozen=True)
class Overview:
    """What a partition tells of itself before the whole is known: see `LateCounts` and `booking_lags`."""

    part: Part
    late: LateCounts
    lags: "pd.Series[int]"


@dataclass(frozen=True)
class Decided:
    """What a partition brings to a night, its rows of score tables being on disk; `sizes` are their numbers."""

    part: NightPart
    sizes: dict[str, int]


def each(task: Any, scratch: Path, numbers: Iterable[Any], apart: bool) -> list[Any]:
    """The task for every number, in their order: side by side where `apart`, else one after the other."""
    if not apart:
        return [task(scratch, number) for number in numbers]
    return [future.result() for future in [task.submit(scratch, number) for number in numbers]]


def batches(pieces: Sequence[Piece]) -> list[list[int]]:
    """The numbers of the pieces, in batches of one table each that are read in one task."""
    found: list[list[int]] = []
    rows, table = 0, ""
    for number, piece in enumerate(pieces):
        if rows + piece.rows > ROWS_OF_A_TASK or piece.table != table:
            found.append([])
            rows, table = 0, piece.table
        found[-1].append(number)
        rows += piece.rows
    return found


@in_memory_task(name="find the heads of groups", retries=2)
def find_heads(scratch: Path) -> Heads:
    return heads_of([piece for piece in shared.get(scratch, "intake").source.pieces if piece.table == "customers"])


@in_memory_task(name="read rows into their partitions", retries=2)
def read_pieces(scratch: Path, numbers: list[int]) -> Placed:
    pieces = shared.get(scratch, "intake").source.pieces
    return place([pieces[number] for number in numbers], f"{numbers[0]:05}", shared.get(scratch, "layout"))


@in_memory_task(name="bring adjustments and disputes to their invoices")
def follow_invoices(scratch: Path, waiting: list[Path]) -> None:
    layout: Layout = shared.get(scratch, "layout")
    for file in waiting:
        place_by_invoice(file, layout)


@in_memory_task(name="look up the currencies of a partition")
def look_up_currencies(scratch: Path, partition: int) -> Counter[str]:
    layout: Layout = shared.get(scratch, "layout")
    settings: Settings = shared.get(scratch, "intake").settings
    return billed_in(layout, partition, shared.get(scratch, "placed"), settings.ledger)


@in_memory_task(name="validate a partition, see it as of the night, and reconcile it")
def judge_partition(scratch: Path, partition: int) -> Overview:
    whole: Whole = shared.get(scratch, "whole")
    settings: Settings = shared.get(scratch, "intake").settings
    part = judge_part(whole, partition, settings.ledger)
    view = _see(whole, partition)
    reconcile(view)
    return Overview(part, late_counts(view, matured_events(view, settings.labels)), booking_lags(view))


@in_memory_task(name="compute features, score, explain and decide a partition")
def score_partition(scratch: Path, partition: int) -> Decided:
    settings: Settings = shared.get(scratch, "intake").settings
    plan = shared.get(scratch, "plan")
    view = _see(shared.get(scratch, "whole"), partition)
    # one thread, so that sums are added in one order, whoever adds them
    with threadpool_limits(1), speaking(settings.worklist.language):
        features = features_at(view, settings.labels, shared.get(scratch, "late"))
        night = scored_night(view, features, plan.models, settings)
        part = night_part(
            night,
            shared.get(scratch, f"earlier-{partition}"),
            plan.policy,
            settings,
            shared.get(scratch, "lag"),
        )
    return Decided(part.without_tables(), spill(part.tables, view.as_of, tables_of(scratch, partition)))


def tables_of(scratch: Path, partition: int) -> Path:
    """Where a partition's rows of score tables lie until they are published."""
    return scratch / "tables" / f"{partition:03}"


def _see(whole: Whole, partition: int) -> View:
    return view_as_of(portfolio_of(whole, partition), whole.layout.known_by, whole.reporting_currency)
