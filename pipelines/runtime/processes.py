"""Work in processes of our own, to use every core of this machine.

Work can be pickled, and gives the same wherever it is done. What a process leaves undone is done here in the end: it
may have been killed for its memory. They speak to this one by pipes alone, which no other user can reach.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import Pipe, get_context, parent_process
from multiprocessing.connection import Connection, wait
from typing import Any, Self, TypeVar

from configs.threads import cores
from ledger.minor_units import decimals, held_with

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST_PROCESSES = 4  # each holds all that the work needs
LEAST_ITEMS = 16  # for each process: with fewer it takes longer to start than it saves
STARTS = 3

# For the GNU C library: freed memory is kept for the next step, and not given back at once. Arrays of a partition would
# cost a page fault for every four kilobytes, again and again.
KEEPING_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(1 << 30), "MALLOC_MMAP_THRESHOLD_": str(1 << 30)}


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
def beside(jobs: Sequence[Callable[[], Any]], most: int | None = None) -> Iterator[list[Callable[[], Any]]]:
    """The jobs are begun in a process of their own, one after the other, and each is given when it is asked for; with
    one core it is begun then. In the end no one asks any more: the process is ended, whatever it is at."""
    if (most or cores()) == 1 or not jobs:
        yield list(jobs)
        return
    theirs, lifeline = Pipe(duplex=False)
    pool = _pool(1, partial(_job, jobs), theirs)
    try:
        begun = [pool.submit(_do, place) for place in range(len(jobs))]
        yield [partial(_given_by, one, job) for one, job in zip(begun, jobs, strict=True)]
    finally:
        lifeline.close()
        pool.shutdown(wait=False, cancel_futures=True)


def _job(jobs: Sequence[Callable[[], Any]], place: int) -> Any:
    return jobs[place]()


def _given_by(begun: "Future[Any]", job: Callable[[], Any]) -> Any:
    try:
        return begun.result()
    except BrokenProcessPool:
        return job()


class Workers:
    """Processes that take steps from the threads of this one, one step at a time each, until the end.

    They begin at once, and have the modules of `work` at hand by the first step. Where one dies all are replaced, and
    each step that was not done begins anew; after `STARTS` times it is done here, one step after the other.
    """

    def __init__(self, processes: int, work: Callable[..., Any]) -> None:
        self._processes, self._work = processes, work
        self._replacing, self._here = threading.Lock(), threading.Lock()
        self._ended = False

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    def do(self, step: Callable[..., Result], *arguments: Any) -> Result:
        """What the step gives, or the error that it raises; RuntimeError or CancelledError once they are ended."""
        for _ in range(STARTS):
            pool = self._pool
            try:
                return pool.submit(step, *arguments).result()
            except BrokenProcessPool:
                with self._replacing:
                    if self._ended:
                        raise
                    if self._pool is pool:
                        self._start()
        with self._here:
            return step(*arguments)

    def end(self) -> None:
        """End them at once, whatever they are at."""
        with self._replacing:
            self._ended = True
            self._lifeline.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> None:
        lifeline, self._lifeline = Pipe(duplex=False)
        self._pool = _pool(self._processes, self._work, lifeline)
        for _ in range(self._processes):
            self._pool.submit(os.getpid)  # a pool starts a process when there is something to do


def _pool(processes: int, work: Callable[..., Any], lifeline: Connection | None = None) -> ProcessPoolExecutor:
    for name, value in KEEPING_MEMORY.items():
        os.environ.setdefault(name, value)
    return ProcessPoolExecutor(processes, get_context("spawn"), _begin, (work, decimals(), lifeline))


_given: list[Any] = []


def _begin(work: Callable[..., Any], money_decimals: int, lifeline: Connection | None) -> None:
    _given[:] = work, money_decimals
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one that it works for is interrupted too, and says so
    parent = parent_process()
    ends = [end for end in (parent and parent.sentinel, lifeline) if end is not None]
    threading.Thread(target=_end_with, args=(ends,), daemon=True).start()


def _end_with(ends: list[int | Connection]) -> None:
    """A process waits for items forever, even where whoever gave them was killed."""
    wait(ends)
    os._exit(1)


def _do(*item: Any) -> Any:
    work, money_decimals = _given
    with held_with(money_decimals):
        return work(*item)
