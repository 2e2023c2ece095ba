"""Real Prefect runs on a small simulated ledger: one server, one home and one pair of champions for the session."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledger.frames import Tables
from ledger.importing.write_ledger import write_ledger
from ledger.simulator import simulate

TRAINED_ON, NIGHT, NEXT_NIGHT = date(2024, 1, 2), date(2024, 1, 8), date(2024, 1, 9)
FAST = ("training.trees=30", "training.spine_every_days=28", "training.min_events=5")


@dataclass(frozen=True)
class Trained:
    """A home with champions, the ledger that they were learned from, and what `train` answered."""

    home: Path
    ledger: Path
    tables: Tables
    results: list


def overrides() -> list[str]:
    """The fast settings as the command line takes them."""
    return [part for setting in FAST for part in ("--set", setting)]


def duerank(*arguments: object) -> Result:
    """One command of the command line, in this process."""
    from pipelines.cli import main

    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def nightly(ledger: Path, out: Path, as_of: date = NIGHT, *more: object) -> Result:
    """A night that must be done."""
    result = duerank("nightly", ledger, "--as-of", as_of, "--out", out, *overrides(), *more)
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """DUERANK_HOME of the session, with a Prefect server of its own."""
    folder = tmp_path_factory.mktemp("home")
    stated = {name: os.environ.get(name) for name in ("DUERANK_HOME", "PREFECT_HOME")}
    os.environ |= {"DUERANK_HOME": str(folder), "PREFECT_HOME": str(folder / "prefect")}
    from prefect.testing.utilities import prefect_test_harness

    import configs  # noqa: F401  switches telemetry off before Prefect is loaded
    import pipelines.runtime.prefect_runtime  # noqa: F401  says how Prefect runs here

    with prefect_test_harness(server_startup_timeout=180):
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
def trained(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """250 customers over 400 days, and models that know them up to `TRAINED_ON`; the ledger goes on for a month."""
    from pipelines.train import train

    folder = tmp_path_factory.mktemp("trained") / "ledger"
    tables = simulate(250, 400, 11).tables
    write_ledger(tables, folder)
    return Trained(home, folder, tables, train(str(folder), TRAINED_ON, list(FAST)))


@pytest.fixture(scope="session")
def night(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the nights after `NIGHT` was run once."""
    out = tmp_path_factory.mktemp("nights")
    nightly(trained.ledger, out)
    return out
