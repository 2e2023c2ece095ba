"""How Prefect runs here: the only module that imports it.

Which server it reports to: `prefect_server`; the one that Prefect starts for a flow which is called from Python lets in
this process and its children only. Frames pass between tasks in memory: no result is stored, and none is
cached.
"""

import os
import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from pydantic import Field, create_model

from ledger.errors import NoAnswer
from pipelines.runtime.prefect_server import is_our_own, leave_out_a_silent_server

leave_out_a_silent_server()

from prefect import Task, flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.automations import Automation
from prefect.blocks.core import Block
from prefect.cache_policies import NO_CACHE
from prefect.context import refresh_global_settings_context
from prefect.events import emit_event
from prefect.exceptions import FlowPauseTimeout
from prefect.flow_runs import pause_flow_run
from prefect.input import RunInput
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.settings import (
    PREFECT_API_AUTH_STRING,
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_SERVER_API_AUTH_STRING,
    temporary_settings,
)
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.urls import url_for

__all__ = [
    "Automation", "Block", "as_task", "ask_person", "flow", "flow_run_id", "flow_run_page", "in_memory_task",
    "in_threads", "log", "markdown_artifact", "named_by_night", "table_artifact", "tell",
]  # fmt: skip

P = ParamSpec("P")
R = TypeVar("R")

if not PREFECT_API_URL.value() and not PREFECT_API_AUTH_STRING.value():
    secret = PREFECT_SERVER_API_AUTH_STRING.value() or f"duerank:{secrets.token_hex(16)}"
    os.environ |= {"PREFECT_SERVER_API_AUTH_STRING": secret, "PREFECT_API_AUTH_STRING": secret}
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)  # without it that server never answers
    refresh_global_settings_context()

# No one watches our own server for runs that died, and at its end a flow waits for its heart to stop: up to a second.
_STILL = temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None})
if is_our_own(PREFECT_API_URL.value() or ""):
    _STILL.__enter__()


def _may_pass(_task: Any, _run: Any, state: Any) -> bool:
    """Whether trying again may help: a refused ledger or setting stays refused, a lost connection may come back."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, NoAnswer) or not isinstance(error, ValueError)


def as_task(function: Callable[P, R], name: str, retries: int = 0, run_name: str | None = None) -> Task[P, R]:
    """A function as a task of that name; what it returns stays in memory, and nothing of it is cached.

    Its runs have `run_name`, in which `{parameter}` is the argument of that name, or its own. They have no tags: for
    each, Prefect asks its server for a place under a limit that no one has set, and waits two seconds where that is
    busy.
    """
    return Task(
        function,
        name=name,
        task_run_name=run_name or name,
        cache_policy=NO_CACHE,
        persist_result=False,
        retries=retries,
        retry_delay_seconds=5,
        retry_condition_fn=_may_pass,
    )


def in_memory_task(
    name: str, retries: int = 0, run_name: str | None = None
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The same as a decorator, for tasks that are only called."""
    return lambda function: as_task(function, name, retries, run_name)


def in_threads(most: int) -> ThreadPoolTaskRunner[Any]:
    """Runs so many tasks of a flow at once, each in a thread of this process."""
    return ThreadPoolTaskRunner(max_workers=most)


def named_by_night(kind: str) -> Callable[[], str]:
    """The name of a run of a flow that is about the night `as_of`: today where none is given."""
    return lambda: f"{kind} {flow_run.parameters.get('as_of') or date.today()}"


def log(text: str) -> None:
    """Say something in the log of the run that this is called in."""
    get_run_logger().info(text)


def flow_run_id() -> str:
    """The identity of the flow run that this is called in; '' outside of one."""
    return flow_run.id or ""


def flow_run_page() -> str:
    """The page of the flow run that this is called in; '' outside of one, and on a server without pages."""
    address = PREFECT_API_URL.value()
    if not address or is_our_own(address) or not flow_run.id:
        return ""
    return url_for("flow-run", flow_run.id) or ""


def markdown_artifact(key: str, markdown: str, description: str) -> None:
    """A text beside the flow run."""
    create_markdown_artifact(markdown, key=key, description=description)


def table_artifact(key: str, rows: list[dict[str, Any]], description: str) -> None:
    """A table beside the flow run."""
    create_table_artifact(rows, key=key, description=description)


def tell(event: str, resource: str, payload: dict[str, Any]) -> None:
    """Raise a Prefect event, which automations can wait for."""
    emit_event(event, resource={"prefect.resource.id": resource}, payload=payload)


class Approval(RunInput):
    """What a person answers to a run that waits, besides a switch for each thing that was asked."""

    by: str = Field(default="", description="Your name, for the record.")


def ask_person(question: str, switches: dict[str, str], hours: int) -> dict[str, tuple[bool, str]]:
    """Wait on Prefect's page for a person's yes or no to a question (Markdown): for each switch, which has a
    description, the answer, and who gave it.

    No where no one answers within the hours, and at once without a server, where no one could.
    """
    address = PREFECT_API_URL.value()
    if not address or is_our_own(address):
        no_one = "A person must approve, and there is no Prefect server to ask one on: see `duerank promote`."
        return dict.fromkeys(switches, (False, no_one))
    fields: Any = {name: (bool, Field(default=False, title=name, description=said)) for name, said in switches.items()}
    asked = create_model("Approval", __base__=Approval, **fields).with_initial_data(description=question)
    try:
        answer: Any = pause_flow_run(wait_for_input=asked, timeout=hours * 3_600, poll_interval=5)
    except FlowPauseTimeout:
        return dict.fromkeys(switches, (False, f"No one approved within {hours} hours: see `duerank promote`."))
    by = answer.by or "a person"
    told = {True: f"Approved by {by}.", False: f"Declined by {by}."}
    return {name: (getattr(answer, name), told[getattr(answer, name)]) for name in switches}
