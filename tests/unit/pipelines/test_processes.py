"""Work shared by processes gives what it gives in one, whatever becomes of them."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from multiprocessing import parent_process

import pytest

from ledger.minor_units import decimals, held_with
from pipelines.runtime.processes import LEAST_ITEMS, beside, on_every_core

NUMBERS = range(2 * LEAST_ITEMS)


def squared(number: int) -> tuple[int, bool, int]:
    return number**2, parent_process() is not None, decimals()


def gone_at(last: int, number: int) -> int:
    """The number; whoever else is asked about the last one is killed."""
    if number == last and parent_process() is not None:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def refused(number: int) -> int:
    raise ValueError(f"no {number}")


def test_processes_give_what_one_gives_in_the_same_order_and_units_of_money():
    with held_with(3):
        shared, alone = ([*on_every_core(squared, NUMBERS, most)] for most in (2, 1))
    assert shared == [(number, True, 3) for number, _, _ in alone]
    assert alone == [(number**2, False, 3) for number in NUMBERS]


def test_little_work_is_done_without_other_processes():
    assert not any(elsewhere for _, elsewhere, _ in on_every_core(squared, NUMBERS[:-1], 2))


def test_what_a_killed_process_leaves_undone_is_done_here():
    assert [*on_every_core(partial(gone_at, NUMBERS[-3]), NUMBERS, 2)] == [*NUMBERS]


def test_an_error_in_another_process_is_raised_here():
    with pytest.raises(ValueError, match="no 0"):
        list(on_every_core(refused, NUMBERS, 2))


def test_no_process_outlives_the_one_that_it_works_for():
    code = (
        "import os, sys, time\n"
        "from pipelines.runtime.processes import on_every_core\n"
        "from tests.unit.pipelines.test_processes import NUMBERS, named\n"
        "for name in on_every_core(named, NUMBERS, 2):\n"
        "    print(name, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as whole:
        assert whole.stdout is not None
        worker = int(whole.stdout.readline())
        whole.kill()
    until = time.monotonic() + 30
    while _lives(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _lives(worker)


def named(number: int) -> int:
    """The process that this is asked in, which takes its time but for the first."""
    time.sleep(0.2 if number else 0.0)
    return os.getpid()


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_work_beside_another_is_done_elsewhere_or_here_with_one_core_and_gives_the_same():
    for most, elsewhere in ((2, True), (1, False)):
        with held_with(3), beside(partial(squared, 5), most) as given:
            assert given() == (25, elsewhere, 3)


def test_work_whose_process_was_killed_is_done_here():
    with beside(partial(gone_at, 5, 5), 2) as given:
        assert given() == 5


def test_an_error_of_work_beside_another_is_raised_where_it_is_asked_for():
    with beside(partial(refused, 5), 2) as given, pytest.raises(ValueError, match="no 5"):
        given()
