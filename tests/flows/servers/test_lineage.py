"""Nights, trainings, monitoring and backtests tell a file or a URL, by OpenLineage, what they read and wrote, whether
it hears or not."""

import http.server
import json
import socket
import threading
import time
import uuid
from collections import ChainMap
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import ClassVar

import pandas as pd
import pytest
import sqlalchemy as sa
from jsonschema.validators import Draft202012Validator
from referencing import Registry, Resource

from ledger.errors import LedgerError
from ledger.tables import TABLES
from models.champions import NAMES
from models.risk import default
from pipelines.lineage.datasets import of_database, of_published
from pipelines.lineage.hooks import Touched, followed, hooks
from pipelines.lineage.transport import FILE, SECONDS_TO_ANSWER, URL, tell
from tests.support.nights.flow_runs import FAST, NIGHT, TRAINED_ON, TrainedHome, nightly
from tests.support.repository import ROOT
from worklists.score_db.tables import SCORE_TABLES

REPLAYED = (date(2024, 1, 1), date(2024, 1, 15))
SCHEMAS = {
    schema["$id"]: schema
    for schema in (json.loads(path.read_text("utf-8")) for path in (ROOT / "tests/support/openlineage").glob("*.json"))
}
KNOWN = Registry().with_resources((address, Resource.from_contents(schema)) for address, schema in SCHEMAS.items())


def faults(event: dict) -> list[str]:
    """What an event, or one of its facets, has against the schema that it names."""
    found = [one.message for one in _validator(event["schemaURL"]).iter_errors(event)]
    for part in (event["run"], event["job"], *event["inputs"], *event["outputs"]):
        for name, facet in ChainMap(*(part.get(of, {}) for of in ("facets", "inputFacets", "outputFacets"))).items():
            found += [f"{name}: {one.message}" for one in _validator(facet["_schemaURL"]).iter_errors(facet)]
    return found


def _validator(address: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": address}, registry=KNOWN, format_checker=Draft202012Validator.FORMAT_CHECKER)


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that events go to."""
    monkeypatch.delenv(URL, raising=False)
    monkeypatch.setenv(FILE, str(tmp_path / "lineage.jsonl"))
    return tmp_path / "lineage.jsonl"


def events_of(lines: Path) -> list[dict]:
    return [json.loads(line) for line in lines.read_text("utf-8").splitlines()]


def followed_night(ledger: Path, out: Path):
    from pipelines.nightly import nightly, touched

    return nightly.with_options(**hooks(touched))(str(ledger), NIGHT, out, None, list(FAST))


def test_a_night_tells_what_it_reads_and_what_it_wrote_and_names_no_one(
    trained: TrainedHome, lines: Path, tmp_path: Path
) -> None:
    followed_night(trained.ledger, tmp_path / "nights")
    begun, done = events_of(lines)
    assert [faults(event) for event in (begun, done)] == [[], []]
    assert (begun["eventType"], done["eventType"]) == ("START", "COMPLETE")
    assert begun["run"]["runId"] == done["run"]["runId"] and uuid.UUID(done["run"]["runId"])
    assert done["run"]["facets"]["nominalTime"]["nominalStartTime"] == f"{NIGHT}T00:00:00Z"
    assert (done["job"]["namespace"], done["job"]["name"]) == ("duerank", "nightly")
    held = {path.name for path in trained.ledger.glob("*.parquet")}
    assert {Path(one["name"]).name for one in begun["inputs"]} == held and not begun["outputs"]
    assert not [one for one in begun["inputs"] if "inputFacets" in one]
    invoices = next(one for one in done["inputs"] if one["name"].endswith("invoices.parquet"))["inputFacets"]
    known = int((trained.tables["invoices"]["known_on"] < pd.Timestamp(NIGHT)).sum())
    assert invoices["dataQualityMetrics"]["rowCount"] == known
    assert invoices["dataQualityMetrics"]["columnMetrics"]["due_on"] == {"nullCount": 0}
    assert {one["name"] for one in invoices["dataQualityAssertions"]["assertions"]} >= {"missing", "reduced below zero"}
    models = {one["name"]: one["facets"]["version"]["datasetVersion"] for one in done["inputs"][len(held) :]}
    assert models == {f"models/{name}": "1" for name in NAMES}
    wrote = {one["name"]: one for one in done["outputs"]}
    worklist = str(tmp_path / "nights" / f"as_of={NIGHT}" / "worklist.csv")
    assert set(wrote) == {*SCORE_TABLES, worklist}
    rows = len(pd.read_csv(worklist))
    assert wrote[worklist]["outputFacets"]["outputStatistics"]["rowCount"] == rows
    fields = wrote["worklist"]["facets"]["schema"]["fields"]
    assert [field["name"] for field in fields] == [*SCORE_TABLES["worklist"].names]
    text = lines.read_text("utf-8")
    customers = trained.tables["customers"]
    assert not [name for name in (*customers["customer_id"], *customers["name"].dropna()) if f'"{name}"' in text]


def followed_monitor(ledger: Path, out: Path):
    from pipelines.monitor import monitor, touched

    return monitor.with_options(**hooks(touched))(str(ledger), NIGHT, out, None, list(FAST))


def followed_backtest(ledger: Path, out: Path):
    from pipelines.backtest import backtest, touched

    return backtest.with_options(**hooks(touched))(str(ledger), *REPLAYED, 14, out, list(FAST))


def test_a_monitoring_tells_the_models_the_score_tables_that_it_read_and_the_figures(
    trained: TrainedHome, lines: Path, tmp_path: Path
) -> None:
    nightly(trained.ledger, tmp_path)
    followed_monitor(trained.ledger, tmp_path)
    begun, done = events_of(lines)[-2:]  # the night before may have told, too
    assert [faults(event) for event in (begun, done)] == [[], []]
    assert (done["eventType"], done["job"]["name"]) == ("COMPLETE", "monitor")
    beside = done["inputs"][len(begun["inputs"]) :]
    of_nights = {one["name"] for one in beside if one["namespace"] == f"sqlite://{tmp_path / 'duerank.db'}"}
    assert of_nights == {"runs", "segments", "worklist", "contact_log"}
    assert {one["name"] for one in beside} - of_nights == {f"models/{name}" for name in NAMES}
    figures = tmp_path / "monitoring"
    assert [Path(one["name"]) for one in done["outputs"]] == [
        figures / f"as_of={NIGHT}.csv",
        figures / f"fairness_as_of={NIGHT}.csv",
    ]


def test_a_monitoring_before_any_night_read_no_score_table(tmp_path: Path) -> None:
    assert of_published(f"sqlite:///{tmp_path / 'duerank.db'}", SCORE_TABLES.values()) == []
    assert not (tmp_path / "duerank.db").exists()


@pytest.mark.slow
def test_a_backtest_tells_the_nights_that_it_is_for_and_every_file(
    trained: TrainedHome, lines: Path, tmp_path: Path
) -> None:
    followed_backtest(trained.ledger, tmp_path / "backtest")
    begun, done = events_of(lines)
    assert [faults(event) for event in (begun, done)] == [[], []]
    assert (done["eventType"], done["job"]["name"]) == ("COMPLETE", "backtest")
    nominal = done["run"]["facets"]["nominalTime"]
    assert (nominal["nominalStartTime"], nominal["nominalEndTime"]) == tuple(f"{day}T00:00:00Z" for day in REPLAYED)
    assert done["inputs"] == begun["inputs"] != []
    written = {str(path) for path in (tmp_path / "backtest").iterdir()}
    assert {one["name"] for one in done["outputs"]} == written


@pytest.mark.parametrize("followed_run", [followed_night, followed_monitor, followed_backtest])
def test_a_run_that_fails_tells_the_kind_of_its_error_and_not_what_the_ledger_says(
    trained: TrainedHome, lines: Path, tmp_path: Path, followed_run: Callable[[Path, Path], object]
) -> None:
    (tmp_path / "Ada Lovelace").mkdir()
    with pytest.raises(LedgerError, match="Ada Lovelace"):
        followed_run(tmp_path / "Ada Lovelace", tmp_path / "nights")
    begun, failed = events_of(lines)
    assert (begun["eventType"], failed["eventType"]) == ("START", "FAIL")
    assert faults(failed) == []
    assert failed["run"]["facets"]["errorMessage"]["message"] == "LedgerError: see the log of the run."
    assert "Ada" not in lines.read_text("utf-8")


@pytest.mark.slow
def test_a_training_tells_the_versions_that_it_registered(trained: TrainedHome, other_home: Path, lines: Path) -> None:
    from pipelines.train import touched, train

    run = train.with_options(**hooks(touched))
    run(str(trained.ledger), TRAINED_ON, list(FAST), late_payment=False, contact_effect=False)
    begun, done = events_of(lines)
    assert [faults(event) for event in (begun, done)] == [[], []]
    (model,) = done["outputs"]
    assert (model["name"], model["facets"]["version"]["datasetVersion"]) == (f"models/{default.NAME}", "1")
    assert model["namespace"] == f"sqlite:///{other_home / 'mlflow.db'}"
    assert done["job"]["name"] == "train" and done["inputs"] == begun["inputs"] != []


class Hearing(http.server.BaseHTTPRequestHandler):
    """A server of lineage: it answers with `status`, after a while."""

    told: list[tuple[str, str, dict]]
    status, seconds = 201, 0.0

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.told.append((self.path, self.headers["Authorization"], body))
        time.sleep(self.seconds)
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Hearing]]:
    """A server of lineage that the environment names, with a login, and a key."""

    class Here(Hearing):
        told: ClassVar[list[tuple[str, str, dict]]] = []

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Here)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    monkeypatch.delenv(FILE, raising=False)
    monkeypatch.setenv(URL, f"http://127.0.0.1:{listening.server_port}/")
    monkeypatch.setenv("OPENLINEAGE_API_KEY", "secret")
    yield Here
    listening.shutdown()


def test_an_event_goes_to_the_url_with_its_key(server: type[Hearing], capsys: pytest.CaptureFixture[str]) -> None:
    tell({"eventType": "START"})
    assert server.told == [("/api/v1/lineage", "Bearer secret", {"eventType": "START"})]
    assert capsys.readouterr().err == ""


def test_a_url_that_refuses_hangs_or_is_not_there_is_a_warning_within_seconds(
    server: type[Hearing], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server.status = 500
    tell({})
    assert "not in the lineage at http://127.0.0.1" in capsys.readouterr().err
    server.seconds = 30
    began = time.monotonic()
    tell({})
    assert time.monotonic() - began < SECONDS_TO_ANSWER + 2
    assert "not in the lineage" in capsys.readouterr().err
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for address in (f"http://me:secret@127.0.0.1:{port}", "file:///etc/passwd"):
        monkeypatch.setenv(URL, address)
        tell({})
        said = capsys.readouterr().err
        assert said.count("\n") == 1 and "secret" not in said


def test_a_file_that_cannot_be_written_is_a_warning(
    lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(FILE, str(tmp_path / "file" / "lineage.jsonl"))
    tell({})
    assert "not in the lineage" in capsys.readouterr().err


def test_without_a_place_and_where_it_is_disabled_nobody_is_told(monkeypatch: pytest.MonkeyPatch, lines: Path) -> None:
    def touched(asked: dict, result: object) -> Touched:
        return Touched([], [])

    assert set(followed(touched)) == {"on_running", "on_completion", "on_failure", "on_crashed", "on_cancellation"}
    monkeypatch.setenv("OPENLINEAGE_DISABLED", "true")
    assert followed(touched) == {}
    monkeypatch.delenv("OPENLINEAGE_DISABLED")
    monkeypatch.delenv(FILE)
    assert followed(touched) == {}


def test_a_table_is_named_as_openlineage_names_it_without_a_password() -> None:
    found = of_database(sa.make_url("postgresql://me:secret@host:5433/erp"), TABLES["invoices"])
    assert (found["namespace"], found["name"]) == ("postgres://host:5433", "erp.public.invoices")
    assert "secret" not in json.dumps(found)
    kept = of_database(sa.make_url("sqlite:////nights/duerank.db"), SCORE_TABLES["runs"])
    assert (kept["namespace"], kept["name"]) == ("sqlite:///nights/duerank.db", "runs")
