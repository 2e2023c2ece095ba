"""Steps as Prefect tasks: one after the other, or side by side, on Dask's workers or in processes of our own."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from ledger.partitioned.runner import TRIED_AGAIN, Item, Result, Scratch, taken
from pipelines.runtime.prefect_runtime import as_task
from pipelines.runtime.processes import Workers


class PrefectRunner:
    """Carries out steps as tasks of the flow that it is called in.

    What is done for each of many items is done by the `workers`, or else by whoever the flow's task runner takes.
    """

    def __init__(self, side_by_side: bool, workers: Workers | None = None) -> None:
        self._side_by_side = side_by_side
        self._workers = workers

    def once(self, step: Callable[..., Result], *arguments: object) -> Result:
        done: Result = _task(step, partial(taken, step))(*arguments)
        return done

    def each(self, step: Callable[[Scratch, Item], Result], scratch: Scratch, items: Iterable[Item]) -> list[Result]:
        work = partial(taken, step)
        task = _task(step, partial(self._workers.do, work) if self._workers else work)
        runs = [(task.with_options(task_run_name=task.name + _about(scratch, item)), item) for item in items]
        if not self._side_by_side:
            return [run(scratch, item) for run, item in runs]
        futures = [run.submit(scratch, item) for run, item in runs]
        try:
            return [future.result() for future in futures]
        except BaseException:  # one was refused, or the run is interrupted or took too long: no one wants the others
            if self._workers:
                self._workers.end()
            raise


def _about(scratch: Any, item: Any) -> str:
    """What tells a step from its like on Prefect's page: the partition, or the table that it reads."""
    request = scratch.request
    if isinstance(item, int):
        return f" {item + 1} of {request.partitions}"
    pieces = [request.source.pieces[number] for number in item]
    return f": {pieces[0].table}, {sum(piece.rows for piece in pieces):,} rows"


def _task(step: Callable[..., Any], work: Callable[..., Any]) -> Any:
    return as_task(work, step.__name__.replace("_", " "), retries=2 if step in TRIED_AGAIN else 0)
