"""A night that hangs is ended, says so, and leaves its place to the next."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines import nightly as nightly_flow
from pipelines.runtime.prefect_runtime import flow, in_memory_task
from tests.support.nights.flow_runs import NIGHT, TrainedHome, duerank, nightly, overrides
from tests.support.nights.published_nights import folder


def hangs(*_arguments: Any) -> None:
    time.sleep(60)


@pytest.fixture(autouse=True)
def no_alarm() -> Iterator[None]:
    """As in a process of its own: where something waits for an alarm, Prefect cannot use it to wake what hangs."""
    before = signal.signal(signal.SIGALRM, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGALRM, before)


def test_a_night_that_hangs_is_ended_and_the_next_one_runs(
    trained: TrainedHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(nightly_flow.nightly, "timeout_seconds", 5.0)
        patched.setattr(nightly_flow, "champions", hangs)
        result = duerank("nightly", trained.ledger, "--as-of", NIGHT, "--out", tmp_path, *overrides())
    assert result.exit_code == 1
    assert "this run hung and was ended" in result.output and "earlier nights are unchanged" in result.output
    assert not folder(tmp_path).exists()
    nightly(trained.ledger, tmp_path)


def test_a_step_that_hangs_is_not_tried_again(trained: TrainedHome) -> None:
    tries: list[float] = []

    @in_memory_task(name="publish", retries=2)
    def publish() -> None:
        tries.append(time.monotonic())
        hangs()

    with pytest.raises(TimeoutError):
        flow(name="hangs", timeout_seconds=1)(publish)()
    assert len(tries) == 1 and time.monotonic() - tries[0] < 30
