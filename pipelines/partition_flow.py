"""Work on a ledger in partitions as a flow of its own, in this process, in several, or on Dask."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from configs.threads import cores
from ledger.partitioned.load import AnyScratch
from ledger.partitioned.runner import Runner
from ledger.sources.chunks import Piece
from pipelines.runtime.prefect_runtime import flow, in_threads, log
from pipelines.runtime.processes import Workers
from pipelines.runtime.runner import PrefectRunner

Done = TypeVar("Done")


def in_partitions(name: str, work: Callable[[AnyScratch, Runner], Done], scratch: AnyScratch) -> Done:
    """Do the work on a ledger that was opened, as `in_partitions_later` does."""
    with in_partitions_later(name, work, scratch) as do_it:
        return do_it()


@contextmanager
def in_partitions_later(
    name: str, work: Callable[[AnyScratch, Runner], Done], scratch: AnyScratch
) -> Iterator[Callable[[], Done]]:
    """What does the work once it is called: in a flow of that name where there are several partitions, and workers to
    share them: processes of our own, which begin now and are ready by then, or those of a Dask scheduler.

    Else its tasks are those of the flow that is running: one of its own would cost a small night a second.
    """
    request = scratch.request
    scale = request.settings.scale
    processes = min(scale.workers or cores(), request.partitions)
    log(f"The ledger has {rows_by_table(request.source.pieces)} (partitions: {request.partitions}).")
    if request.partitions == 1 or (processes == 1 and scale.scheduler is None):
        yield partial(work, scratch, PrefectRunner(side_by_side=False))
    elif scale.scheduler is None:
        with Workers(processes, work) as workers:
            side_by_side = PrefectRunner(side_by_side=True, workers=workers)
            yield _as_flow(name, partial(work, scratch, side_by_side), in_threads(processes))
    else:
        from pipelines.runtime.dask_runner import dask_runner  # seconds to import

        with dask_runner(scale.scheduler) as on_dask:
            yield _as_flow(name, partial(work, scratch, PrefectRunner(side_by_side=True)), on_dask)


def _as_flow(name: str, work: Callable[[], Done], task_runner: Any) -> Callable[[], Done]:
    @flow(name=name, task_runner=task_runner)
    def partitions() -> Done:
        return work()

    return partitions


def rows_by_table(pieces: Iterable[Piece]) -> str:
    """About how many rows each table of a ledger has: '3,348 invoices, 3,367 payments'."""
    rows = Counter[str]()
    for piece in pieces:
        rows[piece.table] += piece.rows
    return ", ".join(f"{count:,} {table}" for table, count in rows.items())
