"""Steps as Prefect tasks: one after the other, or side by side where the flow's task runner lets them."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from typing import Any

from ledger.partitioned.runner import TRIED_AGAIN, Item, Result, Scratch, taken
from pipelines.runtime.prefect_runtime import as_task


class PrefectRunner:
    """Carries out steps as tasks of the flow that it is called in."""

    def __init__(self, side_by_side: bool) -> None:
        self._side_by_side = side_by_side

    def once(self, step: Callable[..., Result], *arguments: object) -> Result:
        done: Result = _task_of(step)(*arguments)
        return done

    def each(self, step: Callable[[Scratch, Item], Result], scratch: Scratch, items: Iterable[Item]) -> list[Result]:
        task = _task_of(step)
        runs = [(task.with_options(task_run_name=task.name + _about(scratch, item)), item) for item in items]
        if not self._side_by_side:
            return [run(scratch, item) for run, item in runs]
        return [future.result() for future in [run.submit(scratch, item) for run, item in runs]]


def _about(scratch: Any, item: Any) -> str:
    """What tells a step from its like on Prefect's page: the partition, or the table that it reads."""
    request = scratch.request
    if isinstance(item, int):
        return f" {item + 1} of {request.partitions}"
    pieces = [request.source.pieces[number] for number in item]
    return f": {pieces[0].table}, {sum(piece.rows for piece in pieces):,} rows"


@cache
def _task_of(step: Callable[..., Any]) -> Any:
    name = step.__name__.replace("_", " ")
    return as_task(partial(taken, step), name, retries=2 if step in TRIED_AGAIN else 0)
