"""A real Prefect server notifies people, by a real webhook: of nights that failed or are late, and of
a training that waits for a person."""

import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.repository import ROOT

LONGEST_WAIT_SECONDS = 180

pytestmark = pytest.mark.slow

# Runs in a process of its own, whose Prefect knows the server from its environment.
BLOCK = """
from prefect.blocks.notifications import CustomWebhookNotificationBlock
CustomWebhookNotificationBlock(
    name="credit-control", url={url!r}, json_data={{"subject": "{{{{subject}}}}", "body": "{{{{body}}}}"}}
).save("credit-control")
"""
NIGHT = """
import anyio
from prefect.client.orchestration import get_client
from prefect import Flow
from prefect.states import Failed, Late, Paused, Pending, Running
from prefect.client.schemas.objects import StateType

async def main():
    async with get_client() as client:
        flow = await client.create_flow_from_name("nightly")
        deployment = await client.create_deployment(flow_id=flow, name="nightly")
        failed = await client.create_flow_run_from_deployment(deployment)
        late = await client.create_flow_run_from_deployment(deployment)
        for state in (Pending(), Running(), Failed(message="the disk is full.")):
            await client.set_flow_run_state(failed.id, state, force=True)
        training = await client.create_flow_run(Flow(lambda: None, name="train"), name="train 2024-06-25")
        for state in (Pending(), Running(), Paused(timeout_seconds=3600)):
            await client.set_flow_run_state(training.id, state, force=True)
        await client.set_flow_run_state(late.id, Late(), force=True)

anyio.run(main)
"""


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """What a command needs to find a Prefect server that was started for this test."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    known = {
        **os.environ,
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "DUERANK_HOME": str(tmp_path / "home"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_UI_URL": f"http://127.0.0.1:{port}",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }
    own = {name: value for name, value in known.items() if name != "PREFECT_API_URL"}
    command = [sys.executable, "-m", "prefect", "server", "start", "--port", str(port)]
    with (tmp_path / "server.log").open("w") as log:
        server = subprocess.Popen(command, env=own, stdout=log, stderr=log)
        wait_for(lambda: answers(f"{known['PREFECT_API_URL']}/health"))
        yield known
        server.terminate()
        server.wait()


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The address of a webhook, and what it received."""
    told: list[dict[str, str]] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", told
    server.shutdown()


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=2).close()
    except OSError:
        return False
    return True


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + LONGEST_WAIT_SECONDS
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.5)


def run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_night_that_failed_one_that_is_late_and_a_training_that_waits_are_told(
    environment: dict[str, str], webhook: tuple[str, list[dict[str, str]]]
) -> None:
    url, told = webhook
    duerank = str(Path(sys.executable).with_name("duerank"))
    refused = subprocess.run(
        [duerank, "alerts", "custom-webhook/nobody"], env=environment, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2 and "notification block" in refused.stderr
    run(environment, sys.executable, "-c", BLOCK.format(url=url))
    for _ in range(2):
        made = run(environment, duerank, "alerts", "custom-webhook/credit-control")
    assert "duerank night failed" in made
    listed = run(environment, sys.executable, "-m", "prefect", "automation", "ls")
    assert listed.count("duerank night") == 3, "the command again makes no second set"
    run(environment, sys.executable, "-c", NIGHT)
    subjects = {"duerank: the night failed", "duerank: the night is late", "duerank: a training waits for approval"}
    wait_for(lambda: {message["subject"] for message in told} >= subjects)
    (waits,) = [message for message in told if "waits" in message["subject"]]
    assert waits["body"].startswith("train 2024-06-25 asks whether its challenger becomes the champion.")
    assert "/runs/flow-run/" in waits["body"]
    (failed,) = [message for message in told if "failed" in message["subject"]]
    assert "the disk is full. Yesterday's worklist stays in place." in failed["body"]
