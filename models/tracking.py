"""The registry: runs, models and their aliases in MLflow. The only module that imports it."""

import logging
import os
import tempfile
from pathlib import Path

import mlflow
import mlflow.types.responses  # switches MLflow's messages on again, whenever it is first imported
import pandas as pd
from mlflow import MlflowClient
from mlflow.data.pandas_dataset import from_pandas
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from mlflow.utils.logging_utils import disable_logging

from configs.settings import home
from features.catalogue import catalogue_hash
from models import storage
from models.card import card_text
from models.plots import calibration_plot, shap_plot
from models.retraining import compare
from models.risk_model import RiskModel
from models.training import Judgement

CHAMPION, CHALLENGER, PREVIOUS = "champion", "challenger", "previous_champion"
EXPERIMENT = "duerank"
REQUIREMENTS = ["lightgbm", "numpy", "pandas", "scipy", "scikit-learn"]


class NoModel(RuntimeError):
    """No model fits the use; the message says what to run."""


def connect() -> MlflowClient:
    """The registry at MLFLOW_TRACKING_URI, or a SQLite store under DUERANK_HOME, made where absent."""
    logging.getLogger("alembic").setLevel(logging.ERROR)
    # It tells of every version on the error stream; what went wrong comes as an exception.
    disable_logging()  # type: ignore[no-untyped-call]
    home().mkdir(parents=True, exist_ok=True)
    artifacts = (home() / "mlartifacts").as_uri()
    os.environ.setdefault("_MLFLOW_SERVER_ARTIFACT_ROOT", artifacts)  # else a local store makes ./mlruns
    mlflow.set_tracking_uri(os.environ.get("MLFLOW_TRACKING_URI", f"sqlite:///{home() / 'mlflow.db'}"))
    mlflow.set_experiment(EXPERIMENT)
    return MlflowClient()


def register(model: RiskModel, judgement: Judgement, seed: int) -> str:
    """Log a run with parameters, metrics, data, plots and model card, and register the model; its version.

    The registered model is a folder of LightGBM text and JSON behind MLflow's pyfunc interface; nothing is pickled.
    """
    connect()
    card = model.card
    with mlflow.start_run(run_name=f"{card.name} as of {card.trained_on}"), tempfile.TemporaryDirectory() as folder:
        mlflow.log_params({**card.settings, "kind": card.kind, "rows": card.rows, "events": card.events})
        mlflow.set_tags({"catalogue_hash": card.catalogue_hash, "data_hash": card.data_hash, "why": card.why})
        mlflow.log_metrics(judgement.metrics)
        mlflow.log_metrics({f"calibration_loss_{name}": loss for name, loss in card.calibration_losses.items()})
        mlflow.log_text(card_text(model, judgement.metrics), "model_card.md")
        example = _example(model, judgement)
        if len(example):
            mlflow.log_input(from_pandas(example, name=f"{card.name} {card.data_hash}"), "judged on")
        if judgement.metrics:
            title = f"{card.name}, nights since the split"
            mlflow.log_figure(calibration_plot(judgement.label, judgement.probability, title), "calibration.png")
            mlflow.log_figure(shap_plot(judgement, seed), "shap.png")
        storage.save(model, Path(folder) / "model")
        logged = mlflow.pyfunc.log_model(
            name=card.name,
            loader_module="models.pyfunc",
            data_path=str(Path(folder) / "model"),
            registered_model_name=card.name,
            signature=infer_signature(example, model.probability(example)) if len(example) else None,
            input_example=example.head(3) if len(example) else None,
            pip_requirements=REQUIREMENTS,
        )
    return str(logged.registered_model_version)


def load(name: str, alias: str) -> RiskModel | None:
    """The model that an alias points to, read without running any code of its own; None where there is none."""
    client = connect()
    try:
        version = client.get_model_version_by_alias(name, alias)
    except MlflowException:
        return None
    try:
        folder = mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{name}/{version.version}")
    except (MlflowException, OSError) as error:
        raise NoModel(
            f"the files of {name} version {version.version}, the {alias}, cannot be read ({error}): put them back, "
            f"run `duerank rollback {name}`, or train again in a fresh DUERANK_HOME."
        ) from None
    return storage.load(Path(folder) / "data" / "model", str(version.version))


def champion(name: str) -> RiskModel:
    """The champion. NoModel where there is none, or where it knows another feature catalogue than this program."""
    model = load(name, CHAMPION)
    if model is None:
        raise NoModel(f"there is no champion of {name} in {mlflow.get_tracking_uri()}: run `duerank train` first.")
    if model.card.catalogue_hash != catalogue_hash():
        raise NoModel(
            f"the champion of {name}, version {model.version}, was trained on feature catalogue "
            f"{model.card.catalogue_hash}; this program computes {catalogue_hash()}. Run `duerank train` again, or "
            f"`duerank rollback {name}` to a version of this catalogue."
        )
    return model


def admit(name: str, version: str, model: RiskModel, judgement: Judgement) -> tuple[str, str]:
    """Give a new version its role: (champion or challenger, why).

    It becomes the champion where there is none, where the champion does not fit the catalogue, or where its like has
    a Brier score on later nights that is no worse than the champion's.
    """
    standing = load(name, CHAMPION)
    if standing is None:
        promote(name, version)
        return CHAMPION, "There was no champion before."
    if standing.card.catalogue_hash != model.card.catalogue_hash:
        promote(name, version)
        return CHAMPION, "The champion before knew another feature catalogue."
    before = compare(standing, judgement)
    after = judgement.metrics.get("brier")
    if before is not None and after is not None and after <= before:
        promote(name, version)
        return CHAMPION, f"Brier score {after:.4f} on later nights, the champion before {before:.4f}."
    challenge(name, version)
    if before is None or after is None:
        return CHALLENGER, "Too few outcomes since to compare it with the champion."
    return CHALLENGER, f"Brier score {after:.4f} on later nights is worse than the champion's {before:.4f}."


def promote(name: str, version: str) -> None:
    """Make a version the champion; the one before stays at hand for a rollback."""
    client = connect()
    before = client.get_registered_model(name).aliases.get(CHAMPION)
    if before is not None and before != version:
        client.set_registered_model_alias(name, PREVIOUS, before)
    client.set_registered_model_alias(name, CHAMPION, version)
    client.delete_registered_model_alias(name, CHALLENGER)  # an older challenger has lost to this one


def challenge(name: str, version: str) -> None:
    """Make a version the challenger."""
    connect().set_registered_model_alias(name, CHALLENGER, version)


def rollback(name: str) -> tuple[str, str]:
    """Swap the champion with the one before; (from, to). NoModel where there is none before."""
    client = connect()
    try:
        aliases = client.get_registered_model(name).aliases
    except MlflowException:
        known = sorted(model.name for model in client.search_registered_models())
        raise NoModel(f"there is no model {name!r}; the registry holds {', '.join(known) or 'none'}.") from None
    if PREVIOUS not in aliases:
        raise NoModel(f"{name} has had only one champion, version {aliases.get(CHAMPION)}: nothing to roll back to.")
    champion, previous = aliases[CHAMPION], aliases[PREVIOUS]
    client.set_registered_model_alias(name, CHAMPION, previous)
    client.set_registered_model_alias(name, PREVIOUS, champion)
    return str(champion), str(previous)


def _example(model: RiskModel, judgement: Judgement) -> pd.DataFrame:
    return judgement.rows[model.scorer.features].head(1_000).reset_index(drop=True)
