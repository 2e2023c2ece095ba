"""Real Prefect runs on a small simulated ledger: one server, one home and one pair of champions for the session."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from ledger.importing.write_ledger import write_ledger
from ledger.simulator import simulate
from tests.support.nights.flow_runs import FAST, NIGHT, TRAINED_ON, TrainedHome, nightly


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """DUERANK_HOME of the session, with a Prefect server of its own."""
    folder = tmp_path_factory.mktemp("home")
    stated = {name: os.environ.get(name) for name in ("DUERANK_HOME", "PREFECT_HOME")}
    os.environ |= {"DUERANK_HOME": str(folder), "PREFECT_HOME": str(folder / "prefect")}
    import configs  # noqa: F401, I001  switches telemetry off before Prefect is loaded
    import pipelines.runtime.prefect_runtime  # noqa: F401  says how Prefect runs here
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    # As with our own server: at its end a flow waits for its heart to stop, up to a second.
    with (
        prefect_test_harness(server_startup_timeout=180),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        yield folder
    for name, value in stated.items():
        os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture
def other_home(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the test's own, where nothing was trained yet; Prefect's server is still the session's."""
    monkeypatch.setenv("DUERANK_HOME", str(tmp_path / "home"))
    for said_by_the_session in ("MLFLOW_TRACKING_URI", "_MLFLOW_SERVER_ARTIFACT_ROOT"):
        monkeypatch.delenv(said_by_the_session, raising=False)
    return tmp_path / "home"


@pytest.fixture(scope="session")
def trained(home: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainedHome:
    """250 customers over 400 days, and models that know them up to `TRAINED_ON`; the ledger goes on for a month."""
    from pipelines.train import train

    folder = tmp_path_factory.mktemp("trained") / "ledger"
    tables = simulate(250, 400, 11).tables
    write_ledger(tables, folder)
    return TrainedHome(home, folder, tables, train(str(folder), TRAINED_ON, list(FAST)))


@pytest.fixture(scope="session")
def night(trained: TrainedHome, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the nights after `NIGHT` was run once."""
    out = tmp_path_factory.mktemp("nights")
    nightly(trained.ledger, out)
    return out


@pytest.fixture
def unworked(trained: TrainedHome, tmp_path: Path) -> Path:
    """A copy of the ledger without what was known on or after the night: no one has worked the list yet."""
    shutil.copytree(trained.ledger, tmp_path / "ledger")
    for path in (tmp_path / "ledger").glob("*.parquet"):
        rows = pd.read_parquet(path)
        if "known_on" in rows:
            rows[pd.to_datetime(rows["known_on"]) < pd.Timestamp(NIGHT)].to_parquet(path, index=False)
    return tmp_path / "ledger"
