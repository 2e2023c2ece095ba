"""Fuzzing with hypothesis for as long as a clock says: seconds in `make test`, an hour in `make test-all`."""

import time
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, seed, settings

SECONDS_IN_ALL = 60  # of the short ones together
SLOW_SECONDS_IN_ALL = 3_600
AT_ONCE = 25  # examples of one seed


def fuzz(seconds: float, strategy: Any, check: Callable[[Any], None]) -> int:
    """Draw examples for about so many seconds, with a new seed for every few; how many were checked.

    A failure is reported with its smallest example, as hypothesis does.
    """
    checked = 0

    def counted(example: Any) -> None:
        nonlocal checked
        checked += 1
        check(example)

    until = time.monotonic() + seconds
    number = 0
    while time.monotonic() < until:
        run = given(strategy)(counted)
        bounded = settings(
            max_examples=AT_ONCE,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        seed(number)(bounded(run))()
        number += 1
    return checked
