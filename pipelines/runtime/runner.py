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
        if not self._side_by_side:
            return [task(scratch, item) for item in items]
        return [future.result() for future in [task.submit(scratch, item) for item in items]]


@cache
def _task_of(step: Callable[..., Any]) -> Any:
    name = step.__name__.replace("_", " ")
    return as_task(partial(taken, step), name, retries=2 if step in TRIED_AGAIN else 0)
