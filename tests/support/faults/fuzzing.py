"""Fuzzing with hypothesis: the same examples each time in `make test`, as many as an hour takes in `make test-all`."""

import time
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, seed, settings

SECONDS_IN_ALL = 3_600
FEW_SEEDS = 2
AT_ONCE = 25  # examples of one seed


def fuzz_the_same(strategy: Any, check: Callable[[Any], None]) -> None:
    """Fifty examples, the same on each machine, so that a change that passes here passes elsewhere."""
    for number in range(FEW_SEEDS):
        _run(strategy, check, number)


def fuzz(seconds: float, strategy: Any, check: Callable[[Any], None]) -> int:
    """Draw examples for about so many seconds, with a new seed for every few; how many were checked."""
    checked = 0

    def counted(example: Any) -> None:
        nonlocal checked
        checked += 1
        check(example)

    until = time.monotonic() + seconds
    number = 0
    while time.monotonic() < until:
        _run(strategy, counted, number)
        number += 1
    return checked


def _run(strategy: Any, check: Callable[[Any], None], number: int) -> None:
    """A failure is reported with its smallest example, as hypothesis does."""

    def checked(example: Any) -> None:
        check(example)

    bounded = settings(
        max_examples=AT_ONCE,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    seed(number)(bounded(given(strategy)(checked)))()
