"""How Prefect runs here: the only module that imports it.

Without a server (no PREFECT_API_URL, or one that does not answer) a flow starts one of its own for as long as it runs,
with its state under DUERANK_HOME: a night comes, whether someone watches or not. Frames pass between tasks in memory:
no result is stored, and none is cached.
"""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from configs.settings import SettingsError, home

os.environ.setdefault("PREFECT_HOME", str(home() / "prefect"))
Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)  # its own server would fail without
os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", "ERROR")
# A refused ledger is an answer, not a traceback: the terminal hears of it from the command, the server keeps the logs.
os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
# Prefect waits 20 seconds for its own server; on a busy machine that takes longer, and the night would be lost.
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")

SERVER = "PREFECT_API_URL"
SECONDS_TO_ANSWER = 10


def _answers(server: str) -> bool:
    """Whether a server is there, even one that lets no one in."""
    try:
        urllib.request.urlopen(f"{server.rstrip('/')}/health", timeout=SECONDS_TO_ANSWER).close()
    except urllib.error.HTTPError:
        return True
    except (OSError, ValueError):
        return False
    return True


if os.environ.get(SERVER) and not _answers(os.environ[SERVER]):
    print("duerank: no Prefect server answers at PREFECT_API_URL: this run is not shown there.", file=sys.stderr)
    del os.environ[SERVER]

import dask
from distributed import Client, LocalCluster
from prefect import Task, flow
from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.automations import Automation
from prefect.blocks.core import Block
from prefect.cache_policies import NO_CACHE
from prefect.events import emit_event
from prefect.exceptions import FlowPauseTimeout
from prefect.flow_runs import pause_flow_run
from prefect.input import RunInput
from prefect.server.api.server import SubprocessASGIServer
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect_dask.task_runners import DaskTaskRunner

__all__ = [
    "Automation", "Block", "as_task", "ask_person", "dask_runner", "flow", "in_memory_task", "link_artifact",
    "markdown_artifact", "table_artifact", "tell",
]  # fmt: skip

P = ParamSpec("P")
R = TypeVar("R")

LONGEST_WAIT_SECONDS = 15
STARTS = 3

# Dask's workers give freed memory back at once and look at their own stacks all the time: arrays of a partition then
# cost a page fault for every four kilobytes, again and again.
WORKERS = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 1 << 30,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 1 << 30,
    "distributed.worker.profile.enabled": False,
}


def _may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Whether trying again may help: a refused ledger or setting stays refused, a lost connection may come back."""
    return not isinstance(state.result(raise_on_failure=False), ValueError)


def as_task(function: Callable[P, R], name: str, retries: int = 0) -> Task[P, R]:
    """A function as a task of that name; what it returns stays in memory, and nothing of it is cached."""
    return Task(
        function,
        name=name,
        tags=["duerank"],
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=retries,
        retry_delay_seconds=5,
        retry_condition_fn=_may_pass,
    )


def in_memory_task(name: str, retries: int = 0) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The same as a decorator, for tasks that are only called."""
    return lambda function: as_task(function, name, retries)


def markdown_artifact(key: str, markdown: str, description: str) -> None:
    """A text beside the flow run."""
    create_markdown_artifact(markdown, key=key, description=description)


def table_artifact(key: str, rows: list[dict[str, Any]], description: str) -> None:
    """A table beside the flow run."""
    create_table_artifact(rows, key=key, description=description)


def link_artifact(key: str, link: str, description: str) -> None:
    """A link beside the flow run."""
    create_link_artifact(link, key=key, description=description)


def tell(event: str, resource: str, payload: dict[str, Any]) -> None:
    """Raise a Prefect event, which automations can wait for."""
    emit_event(event, resource={"prefect.resource.id": resource}, payload=payload)


class Approval(RunInput):
    """What a person answers to a run that waits."""

    approve: bool = False
    by: str = ""


def ask_person(question: str, hours: int) -> tuple[bool, str]:
    """Wait on Prefect's page for a person's yes or no to a question (Markdown): the answer, and who gave it.

    No where no one answers within the hours, and at once without a server, where no one could.
    """
    if not PREFECT_API_URL.value():
        return False, "A person must approve, and there is no Prefect server to ask one on: see `duerank promote`."
    try:
        asked = Approval.with_initial_data(description=question, approve=False)
        answer = pause_flow_run(wait_for_input=asked, timeout=hours * 3_600, poll_interval=5)
    except FlowPauseTimeout:
        return False, f"No one approved within {hours} hours: see `duerank promote`."
    return answer.approve, f"{'Approved' if answer.approve else 'Declined'} by {answer.by or 'a person'}."


def _require(scheduler: str) -> None:
    """SettingsError where no one answers at the address."""
    try:
        Client(scheduler, timeout=LONGEST_WAIT_SECONDS).close()
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"scale.scheduler = {scheduler}: no Dask scheduler answers there ({type(error).__name__}). Start it with "
            f"`dask scheduler`, correct the address, or leave the setting empty for workers of our own."
        ) from None


@contextmanager
def dask_runner(workers: int, scheduler: str | None) -> Iterator[Any]:
    """Runs the tasks of a flow on Dask: processes of our own, one task at a time each, or those of a scheduler.

    Where the flow has a server of its own, the processes report to it and start none themselves.
    """
    ours = SubprocessASGIServer()
    known = {} if PREFECT_API_URL.value() or not ours.running else {PREFECT_API_URL: ours.api_url}
    with temporary_settings(known):
        if scheduler is not None:
            _require(scheduler)
            yield DaskTaskRunner(address=scheduler)
            return
        with dask.config.set(WORKERS), _started(workers) as cluster:
            yield DaskTaskRunner(address=cluster.scheduler_address)


@contextmanager
def _started(workers: int) -> Iterator[LocalCluster]:
    """Processes of our own; started again where one died while it began, since Dask replaces only those that ran."""
    for starts_left in reversed(range(STARTS)):
        try:
            cluster = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                memory_limit=0,  # a partition's size is what bounds a worker's memory
                dashboard_address=None,
                silence_logs="ERROR",
            )
            break
        except RuntimeError:
            if not starts_left:
                raise
    with cluster:
        yield cluster
