"""A night whose Prefect server goes away meanwhile comes all the same."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.nights.flow_runs import NIGHT, TrainedHome, overrides
from tests.support.nights.published_nights import folder

DUERANK = str(Path(sys.executable).with_name("duerank"))


@pytest.mark.slow
def test_a_night_whose_server_is_killed_is_run_again_without_it(trained: TrainedHome, tmp_path: Path) -> None:
    named = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment = named | {"PREFECT_HOME": str(tmp_path / "prefect"), "DUERANK_PREFECT_STAYS_SECONDS": "60"}
    out = tmp_path / "nights"
    command = [DUERANK, "nightly", str(trained.ledger), "--as-of", str(NIGHT), "--out", str(out), *overrides()]
    night = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    while not (out / f".as_of={NIGHT}.lock").exists():  # the flow has begun
        assert night.poll() is None
        time.sleep(0.05)
    subprocess.run(["pkill", "-KILL", "-f", f"serve_prefect {tmp_path / 'prefect'}"], check=True)
    _, said = night.communicate(timeout=120)
    assert night.returncode == 0, said
    assert "the Prefect server went away: once more without it" in said
    assert (folder(out) / "worklist.csv").exists()
