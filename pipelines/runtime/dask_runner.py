"""How Dask runs here: the only module that imports it, for flows whose tasks run side by side."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dask
from distributed import Client, LocalCluster
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect_dask.task_runners import DaskTaskRunner

from configs.settings import SettingsError
from ledger.sources.run_folders import run_folder

LONGEST_WAIT_SECONDS = 15
STARTS = 3

# Dask's workers give freed memory back at once and look at their own stacks all the time: arrays of a partition then
# cost a page fault for every four kilobytes, again and again.
WORKERS = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 1 << 30,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 1 << 30,
    "distributed.worker.profile.enabled": False,
}
# Pages about tasks and workers ask no one who they are.
NO_PAGES: dict[str, Any] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
THIS_MACHINE = "127.0.0.1:0"


def _require(scheduler: str) -> None:
    """SettingsError where no one answers at the address."""
    try:
        Client(scheduler, timeout=LONGEST_WAIT_SECONDS).close()
    except (OSError, ValueError, TypeError) as error:  # TypeError: no certificate is named for TLS
        raise SettingsError(
            f"scale.scheduler = {scheduler}: no Dask scheduler answers there ({type(error).__name__}). Start it with "
            f"`dask scheduler`, correct the address, name the certificates of tls:// in Dask's configuration, "
            f"or leave the setting empty for workers of our own."
        ) from None


@contextmanager
def dask_runner(workers: int, scheduler: str | None) -> Iterator[Any]:
    """Runs the tasks of a flow on Dask: processes of our own, one task at a time each, or those of a scheduler.

    Where the flow has a server of its own, the processes report to it and start none themselves.
    """
    with temporary_settings({} if PREFECT_API_URL.value() else _server_of_the_flow()):
        if scheduler is not None:
            _require(scheduler)
            yield DaskTaskRunner(address=scheduler)
            return
        with dask.config.set(WORKERS | NO_PAGES), _started(workers) as cluster:
            # The address and not the cluster, which Prefect leaves out of the copy that the flow runs with.
            yield DaskTaskRunner(address=cluster.scheduler_address, client_kwargs={"security": cluster.security})


def _server_of_the_flow() -> dict[Any, str]:
    """The address of the server that Prefect started for a flow which was called from Python."""
    from prefect.server.api.server import SubprocessASGIServer  # seconds to import, and where it runs it is

    server = SubprocessASGIServer()
    return {PREFECT_API_URL: server.api_url} if server.running else {}


@contextmanager
def _started(workers: int) -> Iterator[LocalCluster]:
    """Processes of our own; started again where one died while it began, since Dask replaces only those that ran.

    Whoever reaches a scheduler runs code as its user. So all of them speak TLS, and answer only who has the key of this
    run, which is in their memory and nowhere else.
    """
    with run_folder() as folder:
        for starts_left in reversed(range(STARTS)):
            try:
                cluster = LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    memory_limit=0,  # a partition's size is what bounds a worker's memory
                    security=True,
                    dashboard_address=THIS_MACHINE,
                    worker_dashboard_address=THIS_MACHINE,
                    local_directory=str(folder),  # Dask's own name for it is known to all, and may be taken
                    silence_logs="ERROR",
                )
                break
            except RuntimeError:
                if not starts_left:
                    raise
        with cluster:
            yield cluster
