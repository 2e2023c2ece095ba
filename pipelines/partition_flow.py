"""Work on a ledger in partitions as a flow of its own, in this process or on Dask."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from configs.threads import cores
from ledger.partitioned.load import AnyScratch
from ledger.partitioned.runner import Runner
from ledger.sources.chunks import Piece
from pipelines.runtime.prefect_runtime import flow, log
from pipelines.runtime.runner import PrefectRunner

Done = TypeVar("Done")


def in_partitions(name: str, work: Callable[[AnyScratch, Runner], Done], scratch: AnyScratch, alone: int = 1) -> Done:
    """Do the work: in a flow of that name on Dask where there are more partitions than one process does `alone`, and
    workers to share them.

    Else its tasks are those of the flow that is running: one of its own would cost a small night a second.
    """
    request = scratch.request
    scale = request.settings.scale
    workers = scale.workers or cores()
    log(f"The ledger has {rows_by_table(request.source.pieces)} (partitions: {request.partitions}).")
    side_by_side = request.partitions > alone and (workers > 1 or scale.scheduler is not None)

    if not side_by_side:
        return work(scratch, PrefectRunner(side_by_side=False))

    @flow(name=name)
    def partitions() -> Done:
        return work(scratch, PrefectRunner(side_by_side=True))

    from pipelines.runtime.dask_runner import dask_runner  # seconds to import, and most nights have one partition

    with dask_runner(workers, scale.scheduler) as task_runner:
        done: Done = partitions.with_options(task_runner=task_runner)()
        return done


def rows_by_table(pieces: Iterable[Piece]) -> str:
    """About how many rows each table of a ledger has: '3,348 invoices, 3,367 payments'."""
    rows = Counter[str]()
    for piece in pieces:
        rows[piece.table] += piece.rows
    return ", ".join(f"{count:,} {table}" for table, count in rows.items())
