"""Workers that die while they begin are started again: Dask itself replaces only those that ran."""

import threading
import time

import psutil
import pytest


def killed_while_it_starts(most: int) -> tuple[int, int]:
    """Workers of a cluster, and how many of its beginners, `most` at most, were killed as soon as they were seen."""
    from pipelines.runtime.dask_runner import _started

    killed: list[int] = []
    done = threading.Event()

    def kill() -> None:
        while len(killed) < most and not done.is_set():
            for child in psutil.Process().children(recursive=True):
                if len(killed) < most and child.is_running() and "spawn_main" in " ".join(child.cmdline()):
                    child.kill()
                    killed.append(child.pid)
            time.sleep(0.005)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with _started(2) as cluster:
            return len(cluster.scheduler_info["workers"]), len(killed)
    finally:
        done.set()
        killer.join()


def test_a_worker_killed_while_it_begins_is_started_again(home) -> None:
    assert killed_while_it_starts(1) == (2, 1)


@pytest.mark.slow
def test_workers_that_never_begin_are_given_up(home) -> None:
    with pytest.raises(RuntimeError, match="failed to start"):
        killed_while_it_starts(100)
