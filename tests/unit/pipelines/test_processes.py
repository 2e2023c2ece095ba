"""Work shared by processes gives what it gives in one, whatever becomes of them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from multiprocessing import parent_process
from pathlib import Path

import psutil
import pytest

from ledger.minor_units import decimals, held_with
from pipelines.runtime.processes import LEAST_ITEMS, Workers, beside, on_every_core

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
    assert _gone(worker)


def named(number: int) -> int:
    """The process that this is asked in, which takes its time but for the first."""
    time.sleep(0.2 if number else 0.0)
    return os.getpid()


def _gone(process: int) -> bool:
    """Whether a process ends within half a minute."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if psutil.Process(process).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


def test_work_beside_another_is_done_elsewhere_or_here_with_one_core_and_gives_the_same():
    for most, elsewhere in ((2, True), (1, False)):
        with held_with(3), beside([partial(squared, 5), partial(squared, 6)], most) as (five, six):
            assert six() == (36, elsewhere, 3)
            assert five() == (25, elsewhere, 3)


def test_work_whose_process_was_killed_is_done_here():
    with beside([partial(gone_at, 5, 5), partial(squared, 5)], 2) as (gone, other):
        assert gone() == 5
        assert other() == (25, False, 2)


def test_an_error_of_work_beside_another_is_raised_where_it_is_asked_for():
    with beside([partial(refused, 5)], 2) as (given,), pytest.raises(ValueError, match="no 5"):
        given()


def test_work_beside_another_ends_with_whoever_no_longer_waits_for_it():
    with suppress(KeyboardInterrupt), beside([partial(named, 0), partial(time.sleep, 60)], 2) as (worker, _):
        process = worker()
        raise KeyboardInterrupt
    assert _gone(process)


def asked_together(workers: Workers, step: Callable, items: range) -> list:
    """What workers give for each item, asked by a thread for each."""
    with ThreadPoolExecutor(len(items)) as threads:
        return list(threads.map(partial(workers.do, step), items))


def killed_once(place: Path, number: int) -> int:
    """The number; whoever is asked about three for the first time is killed in the middle."""
    if number == 3:
        with suppress(FileExistsError):
            (place / "killed").mkdir()
            os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_workers_give_what_one_process_gives_for_each_thread_that_asks():
    with held_with(3), Workers(2, squared) as workers:
        assert asked_together(workers, squared, range(8)) == [(number**2, True, 2) for number in range(8)]


def test_a_step_whose_worker_was_killed_is_done_by_another(tmp_path):
    with Workers(2, squared) as workers:
        assert asked_together(workers, partial(killed_once, tmp_path), range(8)) == [*range(8)]
        assert workers.do(squared, 5) == (25, True, 2)


def test_a_step_that_kills_every_worker_is_done_here():
    with Workers(2, squared) as workers:
        assert asked_together(workers, partial(gone_at, 3), range(8)) == [*range(8)]


def test_an_error_of_a_worker_is_raised_where_it_was_asked_and_the_worker_goes_on():
    with Workers(1, squared) as workers:
        with pytest.raises(ValueError, match="no 5"):
            workers.do(refused, 5)
        assert workers.do(squared, 5) == (25, True, 2)


def test_workers_that_are_ended_leave_what_they_are_at_and_take_nothing_more():
    with ThreadPoolExecutor(2) as threads, Workers(1, squared) as workers:
        worker = workers.do(named, 0)
        asked = [threads.submit(workers.do, time.sleep, 60) for _ in range(2)]
        begun = time.monotonic()
        workers.end()
        for one in asked:
            with pytest.raises((RuntimeError, CancelledError)):
                one.result(30)
        assert time.monotonic() - begun < 30 and _gone(worker)


def listening() -> set[tuple]:
    """What this process and its children listen on."""
    me, connections = psutil.Process(), []
    for process in (me, *me.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # it was just ended
            connections += process.net_connections("inet")
    return {one.laddr for one in connections if one.status == psutil.CONN_LISTEN}


def test_no_one_else_can_reach_workers():
    before = listening()
    with Workers(2, squared) as workers:
        asked_together(workers, squared, range(4))
        assert listening() <= before
