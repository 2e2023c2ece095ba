"""The rules of a feed applied to each of its parts, by several processes where many of them are new."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context

from configs.threads import cores
from ledger.importing.apply_rules import Applied
from ledger.importing.feeds import Feed, Part
from ledger.minor_units import decimals, held_with

FEW_PARTS = 6  # they are done before other processes have started


class Workers:
    """Processes that apply rules, started when they are first needed: each takes seconds to start."""

    def __init__(self) -> None:
        self.pool: ProcessPoolExecutor | None = None

    def applied(self, feed: Feed, parts: Iterable[Part]) -> Iterator[tuple[str, Applied]]:
        """In the order of the parts, of which no more are read ahead than there are processes: they take memory."""
        waiting: deque[tuple[str, Future[Applied]]] = deque()
        for part in parts:
            waiting.append((part.identity, self._submitted(feed, part)))
            if len(waiting) > cores():
                identity, future = waiting.popleft()
                yield identity, future.result()
        yield from ((identity, future.result()) for identity, future in waiting)

    def _submitted(self, feed: Feed, part: Part) -> "Future[Applied]":
        if isinstance(part.rows, Applied):
            known: Future[Applied] = Future()
            known.set_result(part.rows)
            return known
        self.pool = self.pool or ProcessPoolExecutor(cores(), mp_context=get_context("spawn"))
        return self.pool.submit(_apply, feed, part, decimals())

    def close(self) -> None:
        """What has not begun is not done any more."""
        if self.pool is not None:
            self.pool.shutdown(cancel_futures=True)


def applied_to_parts(feed: Feed, parts: Iterator[Part], workers: Workers) -> Iterator[tuple[str, Applied]]:
    """What the rules make of each part, in order, with its identity; by several processes where many parts are new."""
    first, new = [], 0
    for part in parts:
        first.append(part)
        new += not isinstance(part.rows, Applied)
        if new == FEW_PARTS:
            break
    if new < FEW_PARTS or cores() == 1:
        return ((part.identity, _apply(feed, part, decimals())) for part in chain(first, parts))
    return workers.applied(feed, chain(first, parts))


def _apply(feed: Feed, part: Part, held: int) -> Applied:
    with held_with(held):
        return part.applied(feed.rules, feed.found.form)
