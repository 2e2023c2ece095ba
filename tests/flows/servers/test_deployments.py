"""`duerank deploy` registers every flow with schedule, time zone and typed parameters, on a real server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from configs.settings import load_settings
from models.effect import effect_model
from models.risk import default, late_payment
from tests.support.nights.flow_runs import duerank
from tests.support.repository import ROOT

DUERANK = str(Path(sys.executable).with_name("duerank"))


def deployed(folder: Path, *said: str) -> dict:
    """What the session's server holds, by name, after the command was typed in a folder."""
    from prefect.client.orchestration import get_client
    from prefect.settings import PREFECT_API_URL

    with pytest.MonkeyPatch.context() as here:
        here.setenv("PREFECT_API_URL", str(PREFECT_API_URL.value()))
        here.chdir(folder)
        done = duerank("deploy", *said)
    assert done.exit_code == 0, done.output
    with get_client(sync_client=True) as client:
        return {one.name: one for one in client.read_deployments()}


@pytest.fixture(scope="module")
def deployments(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict]:
    """What is deployed where nothing is said; gone after the last test, before a schedule is due."""
    from prefect.client.orchestration import get_client

    found = deployed(tmp_path_factory.mktemp("anywhere"))
    yield found
    with get_client(sync_client=True) as client:
        for one in found.values():
            client.delete_deployment(one.id)


@pytest.fixture(scope="module")
def placed(deployments: dict, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """The same, deployed again with places of the user's own; and the folder where that was typed."""
    here = tmp_path_factory.mktemp("user")
    (here / "duerank.yaml").write_text("labels:\n  grace_days: 0\n")
    said = ["--ledger", "our/ledger", "--out", "nights", "--database", "postgresql://night@host/duerank"]
    said += ["--config", "duerank.yaml", "--set", "training.trees=20"]
    return here, deployed(here, *said)


def test_each_flow_is_deployed_with_its_tags_and_its_pool(deployments: dict) -> None:
    assert {name: one.entrypoint for name, one in deployments.items()} == {
        "nightly": "pipelines/nightly.py:nightly",
        "train": "pipelines/train.py:train",
        "monitor": "pipelines/monitor.py:monitor",
        "backtest": "pipelines/backtest.py:backtest",
    }
    for name, one in deployments.items():
        assert set(one.tags) == {"duerank", name}
        assert one.work_pool_name == "duerank"
        assert one.description and one.enforce_parameter_schema


def test_the_night_runs_at_three_in_an_explicit_time_zone_and_its_clock_is_the_schedules(deployments: dict) -> None:
    (schedule,) = deployments["nightly"].schedules
    assert schedule.active and (schedule.schedule.cron, schedule.schedule.timezone) == ("0 3 * * *", "Europe/Berlin")
    assert deployments["nightly"].job_variables["env"]["TZ"] == "Europe/Berlin"
    (after,) = deployments["monitor"].schedules
    assert (after.schedule.cron, after.schedule.timezone) == ("0 5 * * *", "Europe/Berlin")
    # With a limit, Prefect 3.8 ends a run that waits for approval: its place is given back, and cannot be renewed.
    assert deployments["train"].global_concurrency_limit is None
    assert deployments["nightly"].global_concurrency_limit.limit == 1
    assert not deployments["train"].schedules and not deployments["backtest"].schedules


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("--ledger", "postgresql://me:secret@host/erp"), "ledger of the deployment nightly has a password"),
        (("--file", "nowhere.yaml"), "nowhere.yaml: the file cannot be read"),
        (("--file", __file__), "YAML"),
        (("--set", "labels.grace=3"), "The closest is 'labels.grace_days'"),
    ],
)
def test_what_cannot_be_deployed_is_said(said: tuple[str, ...], told: str) -> None:
    result = duerank("deploy", *said)
    assert result.exit_code == 2, result.output
    assert told in result.output and "secret" not in result.output


def test_without_a_server_nothing_is_deployed_and_the_command_says_what_to_do(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"}
    environment["DUERANK_HOME"] = str(tmp_path)
    done = subprocess.run([DUERANK, "deploy"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "prefect server start" in done.stderr and "Traceback" not in done.stderr


def test_parameters_are_typed_and_described(deployments: dict) -> None:
    for one in deployments.values():
        properties = one.parameter_openapi_schema["properties"]
        assert set(one.parameters) <= set(properties)
        assert all(described.get("description") for described in properties.values())
    night = deployments["nightly"].parameter_openapi_schema["properties"]["as_of"]
    assert {"type": "string", "format": "date"} in night["anyOf"] and {"type": "null"} in night["anyOf"]
    assert deployments["nightly"].parameters["as_of"] is None
    assert deployments["backtest"].parameter_openapi_schema["properties"]["every_days"]["minimum"] == 1


def test_a_form_asks_for_each_setting_with_its_default_bounds_and_reason(deployments: dict) -> None:
    schema = deployments["train"].parameter_openapi_schema
    trees = schema["definitions"]["training_section"]["properties"]["trees"]
    assert (trees["default"], trees["minimum"], trees["maximum"]) == (load_settings().training.trees, 1, 10_000)
    assert trees["description"].startswith("Trees at most; ")
    for model in (late_payment.NAME, default.NAME, effect_model.NAME):
        assert schema["properties"][model]["type"] == "boolean"


def test_a_run_with_a_wrong_parameter_is_refused_and_a_scheduled_one_is_not(deployments: dict) -> None:
    from prefect.client.orchestration import get_client
    from prefect.exceptions import PrefectHTTPStatusError

    night, training = deployments["nightly"].id, deployments["train"].id
    with get_client(sync_client=True) as client:
        with pytest.raises(PrefectHTTPStatusError, match="409"):
            client.create_flow_run_from_deployment(night, parameters={"overrides": "labels.grace_days=0"})
        for out_of_bounds in ({"trees": 0}, {"tree": 20}):
            with pytest.raises(PrefectHTTPStatusError, match="409"):
                client.create_flow_run_from_deployment(training, parameters={"settings": {"training": out_of_bounds}})
        run = client.create_flow_run_from_deployment(night)
        assert run.parameters["as_of"] is None and run.parameters["ledger"] == "data/ledger"


def test_places_and_settings_of_the_user_go_to_the_server_wherever_the_worker_runs(placed: tuple[Path, dict]) -> None:
    here, deployments = placed
    for one in deployments.values():
        assert one.parameters["ledger"] == str(here / "our/ledger")
        assert one.parameters["settings"]["labels"] == {"grace_days": 0}
        assert one.job_variables["env"]["PYTHONPATH"] == str(ROOT)
    for name in ("nightly", "monitor"):
        assert deployments[name].parameters["out"] == str(here / "nights")
        assert deployments[name].parameters["database"] == "postgresql://night@host/duerank"
    assert deployments["backtest"].parameters["out"] == str(here / "nights/backtest")
    assert set(deployments["train"].parameters) == {"ledger", "as_of", "overrides", "settings"}
    assert deployments["train"].parameters["settings"]["training"] == {"trees": 20}
    assert deployments["train"].parameters["overrides"] == []
    assert deployments["nightly"].parameters["overrides"] == ["training.trees=20"]
