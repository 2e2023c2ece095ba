"""Work in processes of our own, to use every core of this machine: they start in a second, Dask's in several.

Work can be pickled, and gives the same wherever it is done. What a process leaves undone is done here: it may have been
killed for its memory.
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from typing import Any, TypeVar

from configs.threads import cores
from ledger.minor_units import decimals, held_with

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_PROCESSES = 4  # each holds all that the work needs
LEAST_ITEMS = 16  # for each process: with fewer it takes longer to start than it saves


def on_every_core(work: Callable[[Item], Result], items: Sequence[Item], most: int | None = None) -> Iterator[Result]:
    """What the work gives for every item, in their order; by `most` processes, where that is given.

    The work goes to each process once.
    """
    processes = min(most or cores(), MOST_PROCESSES, len(items) // LEAST_ITEMS)
    done = 0
    if processes > 1:
        try:
            with _pool(processes, work) as pool:
                for result in pool.map(_do, items):
                    yield result
                    done += 1
        except BrokenProcessPool:
            pass
    yield from map(work, items[done:])


@contextmanager
def beside(work: Callable[[], Result], most: int | None = None) -> Iterator[Callable[[], Result]]:
    """The work is begun in a process of its own, and given when it is asked for; with one core it is begun then."""
    if (most or cores()) == 1:
        yield work
        return
    with _pool(1, work) as pool:
        begun = pool.submit(_do)

        def given() -> Result:
            try:
                result: Result = begun.result()
            except BrokenProcessPool:
                result = work()
            return result

        yield given


def _pool(processes: int, work: Callable[..., Any]) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, get_context("spawn"), _begin, (work, decimals()))


_given: list[Any] = []


def _begin(work: Callable[..., Any], money_decimals: int) -> None:
    _given[:] = work, money_decimals
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A process waits for items forever, even where whoever gave them was killed."""
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _do(*item: Any) -> Any:
    work, money_decimals = _given
    with held_with(money_decimals):
        return work(*item)
