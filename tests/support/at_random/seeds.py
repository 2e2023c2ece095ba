"""Seeds of random ledgers: a few for every run of the tests, more for `make test-all`."""

from collections.abc import Iterable
from typing import Any

import pytest


def seeds(always: Iterable[Any], deep: Iterable[Any]) -> list[Any]:
    """Parameters of a test: those that always run, then those that only the deep run takes."""
    return [*always, *(pytest.param(seed, marks=pytest.mark.slow) for seed in deep)]
