"""Training and the registry: champions, challengers, rollback, and what MLflow keeps of a run."""

import importlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from importlib.machinery import PathFinder
from importlib.metadata import packages_distributions, version
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import yaml
from mlflow import MlflowClient

from configs.settings import load_settings
from features import catalogue
from features.catalogue import catalogue_hash
from ledger.partitioned.load import load_ledger
from models.effect import effect_model
from models.effect.cases import FEATURES
from models.evaluation.gate import NAIVE, GateVerdict
from models.evaluation.rolling_origin import Judgement
from models.registry import kept_champions, logged_runs, mlflow_registry, model_code
from models.registry.risk_files import digest_of
from models.registry.run_facts import all_settings
from models.risk import default, explain, late_payment
from models.risk.risk_model import RiskModel
from pipelines.runtime import processes
from pipelines.runtime.origin import commit
from tests.support.nights.flow_runs import FAST, TRAINED_ON, TrainedHome, duerank, nightly
from tests.support.repository import ROOT

NAMES = (late_payment.NAME, default.NAME)
FIGURES = {"auc", "brier", "log_loss", "calibration_error", "lift_at_capacity"}
BASELINES = {f"{rule}_{figure}" for rule in ("own_late_share", "ageing") for figure in ("auc", "lift_at_capacity")}
OF_OPEN = {"paid_30d_auc", "paid_30d_brier", "paid_30d_calibration_error"}


@pytest.fixture(scope="module")
def client(trained: TrainedHome) -> MlflowClient:
    return mlflow_registry.connect()


def aliases(client: MlflowClient, name: str) -> dict[str, str]:
    return {alias: str(version) for alias, version in client.get_registered_model(name).aliases.items()}


def run_of(client: MlflowClient, name: str, version: str):
    return client.get_run(client.get_model_version(name, version).run_id)


def test_the_first_training_makes_champions(trained: TrainedHome):
    found = [(one.name, one.version, one.role) for one in trained.results]
    assert found == [(name, "1", "champion") for name in (*NAMES, effect_model.NAME)]


def test_models_of_this_ledger_are_learned_and_judged_beside_the_baselines(trained: TrainedHome):
    for one in trained.results[: len(NAMES)]:
        assert one.kind == "lightgbm"
        of_open = OF_OPEN if one.name == late_payment.NAME else set()
        assert set(one.metrics) == FIGURES | BASELINES | of_open
        assert 0.5 < one.metrics["auc"] <= 1


def the_champion(name: str) -> RiskModel:
    champion = mlflow_registry.load(name, mlflow_registry.CHAMPION)
    assert champion is not None
    return champion


@pytest.mark.parametrize("name", NAMES)
def test_a_run_keeps_its_parameters_metrics_tags_and_data(client: MlflowClient, name: str):
    run = run_of(client, name, "1")
    assert run.data.params["training.trees"] == "30"
    assert run.data.params["kind"] == "lightgbm"
    assert set(run.data.metrics) >= FIGURES | BASELINES
    assert run.data.tags["catalogue_hash"] == catalogue_hash()
    assert run.data.tags["data_hash"]
    assert {one.dataset.name for one in run.inputs.dataset_inputs} == {
        f"{name} learned from", f"{name} {run.data.tags['data_hash']}",
    }  # fmt: skip


@pytest.mark.parametrize("name", (*NAMES, effect_model.NAME))
def test_a_run_says_where_it_comes_from_and_can_be_repeated(trained: TrainedHome, client: MlflowClient, name: str):
    run = run_of(client, name, "1")
    tags = run.data.tags
    assert (tags["night"], tags["ledger"], tags["kind"]) == (str(TRAINED_ON), str(trained.ledger), "training")
    assert tags["duerank"] == version("duerank")
    assert len(tags["prefect_flow_run_id"]) == 36
    assert tags["mlflow.note.content"].startswith(f"{name}, learned from what was known on the night {TRAINED_ON}.")
    settings = yaml.safe_load(mlflow.artifacts.load_text(f"{run.info.artifact_uri}/settings.yaml"))
    assert settings == load_settings(FAST).model_dump(mode="json")
    (learned_from,) = [one.dataset for one in run.inputs.dataset_inputs if one.dataset.name == f"{name} learned from"]
    assert learned_from.digest == tags["data_hash"][:36]


@pytest.mark.parametrize("name", NAMES)
def test_a_run_keeps_the_gates_figures_and_what_lightgbm_was_asked_for(client: MlflowClient, name: str):
    run = run_of(client, name, "1")
    assert run.data.params["lightgbm.learning_rate"] == str(load_settings(FAST).training.learning_rate)
    assert run.data.metrics["gate_wins"] == 1
    assert {f"{figure}_{who}" for figure in ("auc", "brier") for who in ("challenger", "naive_rule")} <= set(
        run.data.metrics
    )
    importances = mlflow.artifacts.load_text(f"{run.info.artifact_uri}/importances.csv").splitlines()
    assert importances[0] == "feature,gain" and len(importances) == 1 + len(the_champion(name).scorer.features)


@pytest.mark.parametrize("name", (*NAMES, effect_model.NAME))
def test_a_run_keeps_every_setting_and_its_version_says_what_it_is_and_where_it_comes_from(client, name: str):
    run, registered = run_of(client, name, "1"), client.get_model_version(name, "1")
    assert client.get_experiment(run.info.experiment_id).name == "duerank training"
    settings = all_settings(load_settings(FAST))
    assert {key: run.data.params[key] for key in settings} == {key: str(value) for key, value in settings.items()}
    assert run.data.tags["mlflow.source.git.commit"] == commit() == registered.tags["mlflow.source.git.commit"]
    assert (registered.tags["night"], registered.tags["duerank"]) == (str(TRAINED_ON), version("duerank"))
    assert registered.description
    assert "has to be named" in client.get_registered_model(name).description
    info = mlflow.models.get_model_info(f"models:/{name}/1")
    assert all(column.required and column.type.name == "double" for column in info.signature.inputs)
    of_model = {one.key: one.value for one in client.get_logged_model(info.model_id).metrics if not one.step}
    shown = FIGURES if name in NAMES else {"effect", "slope"}
    assert {key: of_model[key] for key in shown} == {key: run.data.metrics[key] for key in shown}


@pytest.mark.parametrize("name", NAMES)
def test_a_run_keeps_its_learning_curve_and_what_mlflows_validation_says_of_the_gate(client, name: str):
    run, registered = run_of(client, name, "1"), client.get_model_version(name, "1")
    curve = client.get_metric_history(run.info.run_id, "log_loss_by_trees")
    # What was judged of `default` had too little to learn from, and so no trees.
    steps = [0, *sorted({-(-30 * part // 20) for part in range(1, 21)})] if name == late_payment.NAME else []
    assert [point.step for point in curve] == steps
    said = mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/validation.json")
    assert said["validation"] == registered.tags["validation"] == "passed"
    of_open = {"brier_paid_30d_increase"} if name == late_payment.NAME else set()
    checks = {"money_captured_gain", "brier_increase", *of_open}
    assert said["compared_with"] == NAIVE and set(said["checks"]) == checks
    assert run.data.metrics["gate_brier_increase"] == said["checks"]["brier_increase"]["value"]
    grown = mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/lightgbm.json")
    assert (grown["num_leaves"], grown["bagging_fraction"]) == (str(load_settings(FAST).training.leaves), "1")


@pytest.mark.parametrize("name", NAMES)
def test_a_run_keeps_a_model_card_and_plots(client: MlflowClient, name: str, tmp_path: Path):
    run = run_of(client, name, "1")
    assert {"model_card.md", "calibration.png", "shap.png"} <= {
        artifact.path for artifact in client.list_artifacts(run.info.run_id)
    }
    card = Path(client.download_artifacts(run.info.run_id, "model_card.md", str(tmp_path))).read_text("utf-8")
    assert card.startswith(f"# {name}\n")
    for figure in FIGURES | BASELINES:
        assert f"| {figure} | " in card


@pytest.mark.parametrize("name", (*NAMES, effect_model.NAME))
def test_a_registered_model_has_a_signature_and_an_example_and_holds_nothing_pickled(client, name):
    info = mlflow.models.get_model_info(f"models:/{name}/1")
    expected = FEATURES if name == effect_model.NAME else the_champion(name).scorer.features
    assert [column.name for column in info.signature.inputs] == expected
    assert info.signature.outputs is not None
    assert info.saved_input_example_info is not None
    folder = Path(mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{name}/1"))
    assert not [path for path in folder.rglob("*") if path.suffix in (".pkl", ".pickle", ".joblib", ".cloudpickle")]
    assert (folder / "data" / "model" / "card.json").exists()


def test_a_registered_model_asks_for_the_libraries_of_its_code_in_their_versions(
    trained: TrainedHome,
):
    code = model_code.imports(ROOT).badmodules
    imported = {name.partition(".")[0] for name in code} - sys.stdlib_module_names
    known = packages_distributions()
    libraries = {known[name][0].lower() for name in imported}
    folder = Path(mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{late_payment.NAME}/1"))
    asked = dict(line.split("==") for line in (folder / "requirements.txt").read_text("utf-8").split())
    assert set(asked) == libraries | {"mlflow"}
    assert asked == {name: version(name) for name in asked}


@pytest.mark.parametrize("width", ["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_mlflows_own_door_gives_the_same_probabilities(client: MlflowClient, name: str, width: str):
    champion = the_champion(name)
    loaded = mlflow.pyfunc.load_model(f"models:/{name}/1")
    draw = np.random.default_rng(1)
    rows = pd.DataFrame(draw.random((20, len(champion.scorer.features))), columns=champion.scorer.features)
    np.testing.assert_array_equal(loaded.predict(rows.astype(width)), champion.probability(rows.astype("float32")))


def test_a_model_that_was_loaded_in_a_notebook_hides_no_room_of_duerank(trained: TrainedHome):
    rooms = {path.name for path in Path(model_code.__file__).parents[2].glob("*/__init__.py")}
    before = {room: PathFinder.find_spec(room) for room in rooms}
    loaded = mlflow.pyfunc.load_model(f"models:/{late_payment.NAME}/1")
    assert loaded.loader_module.partition(".")[0] not in rooms
    assert Path(sys.path[0]).name == "code"  # MLflow has put the model's code first
    importlib.invalidate_caches()
    for room, found in before.items():
        assert PathFinder.find_spec(room).origin == found.origin


@pytest.mark.slow
def test_one_core_gives_the_same_bytes_of_every_model_as_many(trained: TrainedHome, other_home, tmp_path, monkeypatch):
    """All nights are replayed, and the effect of a contact is learned, by other processes or by this one."""
    monkeypatch.setattr(processes, "LEAST_ITEMS", 1)
    train = importlib.import_module("pipelines.train").train
    texts = []
    for workers in (1, 2):
        monkeypatch.setenv("DUERANK_HOME", str(tmp_path / f"{workers}"))
        train(str(trained.ledger), TRAINED_ON, [*FAST, f"scale.workers={workers}"])
        found = {name: mlflow_registry.champion_files(name) for name in (*NAMES, effect_model.NAME)}
        texts.append({name: digest_of(files[0]) for name, files in found.items() if files is not None})
    assert len(texts[0]) == 3
    assert texts[0] == texts[1]


def test_the_champion_knows_what_it_was_learned_from(trained: TrainedHome):
    for name in NAMES:
        card = the_champion(name).card
        loaded = load_ledger(str(trained.ledger), pd.Timestamp(TRAINED_ON), load_settings(FAST))
        assert (card.name, card.trained_on, card.data_hash) == (name, str(TRAINED_ON), loaded.data_hash)


@pytest.fixture
def first_champions(client: MlflowClient):
    """Whatever a test did to the aliases, version 1 is the champion after it, and alone."""
    yield
    for name in NAMES:
        for alias in aliases(client, name):
            client.delete_registered_model_alias(name, alias)
        client.set_registered_model_alias(name, mlflow_registry.CHAMPION, "1")


def test_a_second_training_promotes_or_challenges_and_a_rollback_swaps(trained, client, first_champions):
    result = duerank(
        "train", trained.ledger, "--as-of", date(2024, 1, 2), *(part for one in FAST for part in ("--set", one)),
        "--set", "training.seed=8",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert not [line for line in result.output.splitlines() if line != line.rstrip()]
    (effect,) = (one for one in trained.results if one.name == effect_model.NAME)
    compared = ("contacts, the champion before from ", "learned nothing; the champion before did")
    assert any(one in result.output for one in compared) == (effect.kind == "lightgbm")
    for name in NAMES:
        now = aliases(client, name)
        if f"{name} version 2 is the champion" in result.output:
            assert now == {"champion": "2", "previous_champion": "1"}
        else:
            assert f"{name} version 2 is the challenger" in result.output
            assert now == {"champion": "1", "challenger": "2"}
            assert duerank("promote", name).exit_code == 0
        back = duerank("rollback", name)
        assert back.exit_code == 0, back.output
        assert "the champion is version 1 again (was 2)" in back.output
        now = aliases(client, name)
        assert (now["champion"], now["previous_champion"]) == ("1", "2")
        duerank("rollback", name)
        assert aliases(client, name)["champion"] == "2"


def test_a_rollback_of_an_only_champion_or_an_unknown_model_says_so(trained: TrainedHome):
    alone = duerank("rollback", late_payment.NAME)
    assert alone.exit_code == 4
    assert "nothing to roll back to" in alone.output
    unknown = duerank("rollback", "late")
    assert unknown.exit_code == 4
    assert "there is no model 'late'; the registry holds contact_effect, default, late_payment" in unknown.output


def test_only_the_models_that_are_switched_on_are_trained(trained: TrainedHome, other_home: Path):
    run = importlib.import_module("pipelines.train").train
    only_default = {"late_payment": False, "contact_effect": False, "settings": {"training": {"trees": 10}}}
    (one,) = run(str(trained.ledger), TRAINED_ON, list(FAST[1:]), **only_default)
    assert (one.name, one.role) == (default.NAME, "champion")
    client = mlflow_registry.connect()
    assert run_of(client, default.NAME, "1").data.params["training.trees"] == "10"
    assert [model.name for model in client.search_registered_models()] == [default.NAME]


def test_a_champion_of_another_catalogue_stops_the_night(trained, client, first_champions, tmp_path):
    name = late_payment.NAME
    model = the_champion(name)
    otherwise = {**model.card.feature_hashes, model.scorer.features[0]: "fedcba9876543210"}
    foreign = replace(model, card=replace(model.card, catalogue_hash="0123456789abcdef", feature_hashes=otherwise))
    rows = pd.DataFrame(np.zeros((0, len(model.scorer.features))), columns=model.scorer.features)
    judgement = Judgement(foreign, {}, rows, np.zeros(0), np.zeros(0), np.zeros(0))
    registered = logged_runs.register(
        foreign, rows, judgement, GateVerdict(True, "A test.", NAIVE), load_settings(FAST), {}
    )
    mlflow_registry.promote(name, registered)
    result = duerank("nightly", trained.ledger, "--as-of", "2024-01-08", "--out", tmp_path / "out")
    assert result.exit_code == 4, result.output
    assert "0123456789abcdef; 1 of its features, such as" in result.output
    assert "Traceback" not in result.output
    assert not list((tmp_path / "out").glob("as_of=*"))


def test_a_model_is_not_loaded_and_compiled_to_be_registered(trained: TrainedHome, first_champions, monkeypatch):
    loaded: list[str] = []
    monkeypatch.setattr(mlflow.pyfunc, "load_model", lambda uri, **_: loaded.append(uri))
    model = the_champion(default.NAME)
    rows = pd.DataFrame(np.zeros((3, len(model.scorer.features))), columns=model.scorer.features)
    judgement = Judgement(model, {}, rows, np.zeros(3), np.zeros(3), np.zeros(3))
    verdict = GateVerdict(False, "A test.", NAIVE)
    assert logged_runs.register(model, rows, judgement, verdict, load_settings(FAST), {})
    assert loaded == []


def test_a_champion_goes_on_where_the_catalogue_has_a_feature_more(
    trained, first_champions, tmp_path, monkeypatch, request
):
    """Nights need no new training because of a feature that no champion asks for; the next challenger is compared."""
    more = replace(catalogue.CATALOGUE[0], name="another_feature")
    monkeypatch.setitem(catalogue.BY_NAME, more.name, more)
    catalogue.CATALOGUE.append(more)
    request.addfinalizer(lambda: catalogue.CATALOGUE.remove(more))
    champion = the_champion(late_payment.NAME)
    assert champion.card.catalogue_hash != catalogue_hash()
    assert champion.card.changed(champion.scorer.features) == []
    result = duerank("nightly", trained.ledger, "--as-of", "2024-01-08", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output


def test_a_changed_model_in_the_registry_is_refused(trained, client, tmp_path, monkeypatch):
    monkeypatch.setattr(kept_champions, "_folder", lambda: tmp_path / "nothing kept")
    folder = Path(mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{default.NAME}/1"))
    stored = folder / "data" / "model" / "model.txt"
    text = stored.read_text("utf-8")
    try:
        stored.write_text(text.replace("leaf_value=", "leaf_value=9", 1), "utf-8")
        result = duerank("nightly", trained.ledger, "--as-of", "2024-01-08", "--out", tmp_path / "out")
    finally:
        stored.write_text(text, "utf-8")
    assert result.exit_code == 4
    assert "model.txt is not what was saved" in result.output


def test_a_ledger_of_thirty_invoices_is_ranked_by_rules_that_say_so(other_home, tmp_path):
    """A young company's first night."""
    write_tiny(tmp_path / "ledger")
    trained = duerank("train", tmp_path / "ledger", "--as-of", "2024-04-01")
    assert trained.exit_code == 0, trained.output
    assert "(rule)" in trained.output
    nightly(tmp_path / "ledger", tmp_path / "out", date(2024, 4, 1))
    worklist = pd.read_csv(tmp_path / "out" / "as_of=2024-04-01" / "worklist.csv")
    assert set(worklist["model_versions"]) == {
        "late_payment=1 (naive rule); default=1 (naive rule); contact_effect=1 (nothing learned)"
    }
    overdue = worklist["collectible_amount"] > 0
    assert set(worklist.loc[overdue, "gain_basis"]) == {"share of value at risk"}
    assert worklist["reason_1"].notna().all()
    report = (tmp_path / "out" / "as_of=2024-04-01" / "report.html").read_text("utf-8")
    assert "naive rule" in report
    (notes,) = pd.read_sql("select notes from runs", f"sqlite:///{tmp_path / 'out' / 'duerank.db'}")["notes"]
    for name in NAMES:
        assert f"{name}: naive rule, since" in notes
    assert "ranked by value at risk that a contact is assumed to save" in notes
    assert "the ledger has no contacts with customers that owed something overdue" in notes


def write_tiny(folder: Path) -> None:
    """30 invoices of 6 customers over three months, two thirds of them paid."""
    folder.mkdir(parents=True)
    invoices = [
        f"I{at:02},C{at % 6},{issued.date()},{(issued + pd.Timedelta(days=30)).date()},{100 + 10 * at}.50"
        for at, issued in enumerate(pd.date_range("2024-01-01", periods=30, freq="3D"))
    ]
    payments = [
        f"P{at:02},I{at:02},C{at % 6},{(issued + pd.Timedelta(days=25 + at)).date()},{100 + 10 * at}.50"
        for at, issued in enumerate(pd.date_range("2024-01-01", periods=20, freq="3D"))
    ]
    (folder / "invoices.csv").write_text("\n".join(["invoice_id,customer_id,issued_on,due_on,amount", *invoices]))
    (folder / "payments.csv").write_text("\n".join(["payment_id,invoice_id,customer_id,paid_on,amount", *payments]))


def test_reasons_of_registered_models_add_up_to_their_raw_scores(trained: TrainedHome):
    draw = np.random.default_rng(2)
    for name in NAMES:
        model = the_champion(name)
        rows = pd.DataFrame(draw.normal(0, 50, (200, len(model.scorer.features))), columns=model.scorer.features)
        parts = explain.contributions(model, rows)
        np.testing.assert_allclose(parts.sum(axis=1), model.scorer.raw(rows), rtol=1e-6)


def test_prefect_shows_which_night_and_which_model_a_run_is_about(trained: TrainedHome, client: MlflowClient):
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter

    run = run_of(client, late_payment.NAME, "1").data.tags["prefect_flow_run_id"]
    with get_client(sync_client=True) as server:
        assert server.read_flow_run(run).name == f"train {TRAINED_ON}"
        tasks = server.read_task_runs(flow_run_filter=FlowRunFilter(id={"any_": [run]}))
    assert {f"fit {name}" for name in NAMES} <= {one.name for one in tasks}


@pytest.mark.parametrize(("server", "level"), [("", "WARNING"), ("http://127.0.0.1:1/api", "INFO")])
def test_what_runs_say_goes_to_a_server_that_someone_named(server: str, level: str):
    ask = "import os, pipelines.runtime.prefect_server; print(os.environ['PREFECT_LOGGING_LEVEL'])"
    known = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment = {**known, "PREFECT_API_URL": server} if server else known
    done = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == level, done.stderr
