"""docs/production.md, followed: servers and worker as their units start them, PostgreSQL, a training, a night."""

import base64
import json
import os
import re
import shlex
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml

from benchmarks.services import free_port, running, wait_for
from ledger.importing.write_ledger import write_ledger
from ledger.simulator import simulate
from tests.support.nights.flow_runs import FAST
from tests.support.project.systemd_units import GUIDE, PROGRAM, ROOT, STATE, UNITS, service

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_800)]  # three servers, a training and a night

NIGHT = "2024-01-08"
SQL = re.findall(r"```sql\n(.*?)```", GUIDE, re.DOTALL)
ENVIRONMENT_FILES = dict(re.findall(r"<!-- file: (\S+) -->\n```ini\n(.*?)```", GUIDE, re.DOTALL))
PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Machine:
    """A machine as the guide leaves it: where its state is, its database, and what the places of the guide became."""

    state: Path
    postgresql: sa.URL
    places: dict[str, str]

    def here(self, text: str) -> str:
        """A line of the guide or of a unit, with this machine's places."""
        text = re.sub(
            r"(postgresql(?:\+psycopg)?://\w+)@localhost/(\w+)", rf"\1@/\2?host={self.postgresql.query['host']}", text
        )
        for place, ours in self.places.items():
            text = re.sub(rf"(?<!\w){re.escape(place)}\b", ours, text)
        return text

    def environment(self, unit: str) -> dict[str, str]:
        """What systemd would give the service."""
        told = next(service(path) for path in UNITS if path.stem == f"duerank-{unit}")
        files = [ENVIRONMENT_FILES[Path(name).name] for name in told["EnvironmentFile"].split()]
        pairs = [*"".join(files).splitlines(), *told["Environment"].split()]
        return {**os.environ, "PYTHONPATH": str(ROOT), **dict(self.here(pair).split("=", 1) for pair in pairs)}

    def run(self, unit: str, *command: str) -> str:
        """A command of the guide in the environment of a service; what it prints."""
        done = subprocess.run(
            [PROGRAMS / command[0], *map(self.here, command[1:])],
            cwd=ROOT, env=self.environment(unit), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def query(self, database: str, statements: str) -> list:
        """Statements as the superuser, each for itself; the rows of the last."""
        url = self.postgresql.set(drivername="postgresql+psycopg", database=database)
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        rows: list = []
        with engine.connect() as connection:
            for statement in filter(str.strip, statements.replace("'...'", "'secret'").split(";")):
                result = connection.execute(sa.text(statement))
                rows = list(result) if result.returns_rows else []
        engine.dispose()
        return rows


@contextmanager
def started(machine: Machine, unit: str) -> Iterator[None]:
    """The service of a unit, for as long as it is needed."""
    program, *arguments = shlex.split(next(service(one) for one in UNITS if one.stem == f"duerank-{unit}")["ExecStart"])
    command = [PROGRAMS / Path(program).name, *map(machine.here, arguments)]
    with running(command, ROOT, machine.environment(unit), machine.state / f"{unit}.log"):
        yield


@pytest.fixture(scope="module")
def machine(postgresql_server: sa.URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """The guide up to the end of its step 5."""
    state = tmp_path_factory.mktemp("state")
    prefect, mlflow = free_port(), free_port()
    ports = {"4200": str(prefect), "5000": str(mlflow)}
    places = {STATE: str(state), "/srv/ledger": str(state / "ledger"), PROGRAM: str(ROOT), "/var/cache": str(state)}
    machine = Machine(state, postgresql_server, ports | places)
    write_ledger(simulate(250, 400, 11).tables, state / "ledger")
    before, after = SQL[0], SQL[1]
    machine.query("postgres", before)
    machine.run("worker", "duerank", "database", "roles", "postgresql://postgres@localhost/duerank")
    machine.query("duerank", after)
    with ExitStack() as running:
        running.enter_context(started(machine, "prefect"))
        running.enter_context(started(machine, "mlflow"))
        for health in ("http://127.0.0.1:4200/api/health", "http://127.0.0.1:5000/health"):
            assert health in GUIDE
            wait_for(machine.here(health))
        assert "as_duerank .venv/bin/duerank deploy\n" in GUIDE
        machine.run("worker", "duerank", "deploy")
        running.enter_context(started(machine, "worker"))
        yield machine


@pytest.fixture(scope="module")
def night(machine: Machine) -> Path:
    """The folder of the nights after the guide's training and night, with parameters as the guide has them."""
    block = re.search(r"```yaml\nparameters:\n(.*?)```", GUIDE, re.DOTALL)
    told = yaml.safe_load(block.group(1)) | {"as_of": NIGHT}
    fast = f"overrides={list(FAST)}".replace("'", '"')
    train, nightly = re.findall(r"^as_duerank \.venv/bin/(prefect deployment run .*)$", GUIDE, re.MULTILINE)
    machine.run("worker", *shlex.split(train), "-p", f"as_of={NIGHT}", "-p", fast)
    parameters = [part for name, value in told.items() for part in ("-p", f"{name}={value}")]
    machine.run("worker", *shlex.split(nightly), *parameters, "-p", fast)
    return Path(machine.here(told["out"]))


def test_the_night_is_there_and_its_scores_are_in_postgresql(machine: Machine, night: Path):
    assert (night / f"as_of={NIGHT}" / "worklist.csv").is_file()
    assert [str(row[0]) for row in machine.query("duerank", "SELECT MAX(as_of) FROM runs")] == [NIGHT]
    owners = machine.query("duerank", "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    assert [row[0] for row in owners] == ["duerank_owner"]


def test_the_models_are_in_mlflow_by_way_of_its_server(machine: Machine, night: Path):
    names = machine.query("mlflow", "SELECT DISTINCT name FROM registered_models ORDER BY name")
    assert [row[0] for row in names] == ["contact_effect", "default", "late_payment"]
    assert list((machine.state / "mlartifacts").rglob("MLmodel"))
    assert not (machine.state / "mlflow.db").exists()


def runs_of_the_schedule(machine: Machine, headers: dict[str, str]) -> int:
    asked = json.dumps({"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}).encode()
    address = machine.here("http://127.0.0.1:4200/api/flow_runs/count")
    request = urllib.request.Request(address, asked, {"Content-Type": "application/json", **headers})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return int(answer.read())


def test_the_server_makes_runs_of_the_schedule_and_answers_only_who_has_the_secret(machine: Machine, night: Path):
    secret = machine.environment("worker")["PREFECT_API_AUTH_STRING"].encode()
    assert runs_of_the_schedule(machine, {"Authorization": f"Basic {base64.b64encode(secret).decode()}"}) > 0
    with pytest.raises(urllib.error.HTTPError, match="401"):
        runs_of_the_schedule(machine, {})
