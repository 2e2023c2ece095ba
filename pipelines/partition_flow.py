"""Work on a ledger in partitions as a flow of its own, in this process or on Dask."""

from collections.abc import Callable
from typing import TypeVar

from configs.threads import cores
from ledger.partitioned.load import AnyScratch
from ledger.partitioned.runner import Runner
from pipelines.runtime.prefect_runtime import flow
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
