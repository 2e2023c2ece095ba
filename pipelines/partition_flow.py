"""Work on a ledger in partitions as a flow of its own, in this process, in several, or on Dask."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from configs.threads import cores
from ledger.partitioned.load import AnyScratch
from ledger.partitioned.runner import Runner
from ledger.sources.chunks import Piece
from pipelines.runtime.prefect_runtime import flow, in_threads, log
from pipelines.runtime.processes import Workers
from pipelines.runtime.runner import PrefectRunner

Done = TypeVar("Done")


def in_partitions(name: str, work: Callable[[AnyScratch, Runner], Done], scratch: AnyScratch, alone: int = 1) -> Done:
    """Do the work: in a flow of that name where there are more partitions than one process does `alone`, and workers to
    share them: processes of our own, or those of a Dask scheduler.

    Else its tasks are those of the flow that is running: one of its own would cost a small night a second.
    """
    request = scratch.request
    scale = request.settings.scale
    processes = scale.workers or cores()
    log(f"The ledger has {rows_by_table(request.source.pieces)} (partitions: {request.partitions}).")
    if request.partitions <= alone or (processes == 1 and scale.scheduler is None):
        return work(scratch, PrefectRunner(side_by_side=False))

    def flow_of(workers: Workers | None) -> Any:
        @flow(name=name)
        def partitions() -> Done:
            return work(scratch, PrefectRunner(side_by_side=True, workers=workers))

        return partitions

    done: Done
    if scale.scheduler is not None:
        from pipelines.runtime.dask_runner import dask_runner  # seconds to import

        with dask_runner(scale.scheduler) as on_dask:
            done = flow_of(None).with_options(task_runner=on_dask)()
    else:
        with Workers(min(processes, request.partitions), work) as workers:
            done = flow_of(workers).with_options(task_runner=in_threads(processes))()
    return done


def rows_by_table(pieces: Iterable[Piece]) -> str:
    """About how many rows each table of a ledger has: '3,348 invoices, 3,367 payments'."""
    rows = Counter[str]()
    for piece in pieces:
        rows[piece.table] += piece.rows
    return ", ".join(f"{count:,} {table}" for table, count in rows.items())
