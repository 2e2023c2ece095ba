"""A night that hangs is ended, says so, and leaves its place to the next."""

import time
from pathlib import Path
from typing import Any

import pytest

from pipelines import nightly as nightly_flow
from tests.support.nights.flow_runs import NIGHT, TrainedHome, duerank, nightly, overrides
from tests.support.nights.published_nights import folder


def test_a_night_that_hangs_is_ended_and_the_next_one_runs(
    trained: TrainedHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(nightly_flow.nightly, "timeout_seconds", 8.0)
        patched.setattr(nightly_flow, "publish", _hangs)
        result = duerank("nightly", trained.ledger, "--as-of", NIGHT, "--out", tmp_path, *overrides())
    assert result.exit_code == 1
    assert "this run hung and was ended" in result.output and "earlier nights are unchanged" in result.output
    assert not folder(tmp_path).exists()
    nightly(trained.ledger, tmp_path)


def _hangs(*_arguments: Any) -> None:
    time.sleep(600)
