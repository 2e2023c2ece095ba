"""The registry in MLflow: which version of a model is the champion, the challenger, the one before, and its files."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow
import mlflow.types.responses  # switches MLflow's messages on again, whenever it is first imported
import sqlalchemy as sa
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.utils.logging_utils import disable_logging

from configs.privacy import FILE_MODE, open_plain
from configs.settings import home
from ledger.errors import first_line, without_login
from models.effect.cases import HABITS
from models.effect.effect_model import EffectModel
from models.evaluation.gate import CHALLENGER, CHAMPION
from models.registry import risk_files
from models.registry.effect_files import load_effect
from models.risk.risk_model import RiskModel

PREVIOUS = "previous_champion"
TRAINING = "duerank training"

# What a store that is gone or damaged raises; MLflow does not wrap all that its database says.
FAILURES = (MlflowException, sa.exc.SQLAlchemyError, OSError)
# How MLflow says that a model, or its alias, is not there.
ABSENT = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")


class NoModel(RuntimeError):
    """No model fits the use; the message says what to run."""


class RegistryUnreachable(NoModel):
    """The registry does not answer, or has lost files; it may hold a model that fits."""


def connect(experiment: str = TRAINING) -> MlflowClient:
    """The registry at MLFLOW_TRACKING_URI, or a SQLite store under DUERANK_HOME, made where absent; runs that begin now
    go to the experiment.

    RegistryUnreachable where it does not answer.
    """
    logging.getLogger("alembic").setLevel(logging.ERROR)
    # It reports every version on the error stream; what went wrong comes as an exception.
    disable_logging()  # type: ignore[no-untyped-call]
    home().mkdir(parents=True, exist_ok=True)
    artifacts = (home() / "mlartifacts").as_uri()
    os.environ.setdefault("_MLFLOW_SERVER_ARTIFACT_ROOT", artifacts)  # else a local store makes ./mlruns
    # A registry that does not answer within a minute would not by seven times as long: nights go on without it.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
    mlflow.set_tracking_uri(os.environ.get("MLFLOW_TRACKING_URI", f"sqlite:///{home() / 'mlflow.db'}"))
    try:
        with _one_at_a_time():
            mlflow.set_experiment(experiment)
    except FAILURES as error:
        raise _unreachable(error) from None
    return MlflowClient()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Wait for another process that makes the store: two that lay out its tables at once would both fail."""
    try:
        handle = open_plain(home() / ".mlflow.lock", os.O_RDWR | os.O_CREAT, FILE_MODE)
    except OSError:  # where nothing can be written, no one makes a store
        yield
        return
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _unreachable(error: Exception) -> "RegistryUnreachable":
    return RegistryUnreachable(f"the model registry {registry_address()} cannot be read ({_what(error)}).")


def admit_effect(version: str, model: EffectModel) -> tuple[str, str]:
    """Give a new effect model its role: the champion, unless it learned nothing and the champion did."""
    files = champion_files(model.card.name)
    standing = None if files is None else load_effect(*files)
    learned = standing is not None and standing.learned and not standing.card.changed(HABITS)
    if learned and not model.learned:
        challenge(model.card.name, version)
        return CHALLENGER, "It learned nothing; the champion before did."
    promote(model.card.name, version)
    if standing is None or not learned:
        return CHAMPION, ""
    seen = f"It was learned from {model.card.events:,} contacts, the champion before from {standing.card.events:,}."
    return CHAMPION, seen


def load(name: str, alias: str) -> RiskModel | None:
    """The model that an alias points to, read without running any code of its own; None where there is none."""
    folder = _files(name, alias)
    return None if folder is None else risk_files.load(*folder)


def champion_files(name: str) -> tuple[Path, str] | None:
    """The folder of the champion's files, and its version; None where there is no champion.

    RegistryUnreachable where the registry does not answer, or the files are not where it says.
    """
    return _files(name, CHAMPION)


def _files(name: str, alias: str) -> tuple[Path, str] | None:
    client = connect()
    try:
        version = client.get_model_version_by_alias(name, alias)
    except FAILURES as error:
        if isinstance(error, MlflowException) and error.error_code in ABSENT:
            return None
        raise _unreachable(error) from None
    try:
        folder = mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{name}/{version.version}/data/model")
    except FAILURES as error:
        raise RegistryUnreachable(
            f"the files of {name} version {version.version}, the {alias}, cannot be read ({_what(error)}): put "
            f"them back, run `duerank rollback {name}`, or train again in a fresh DUERANK_HOME."
        ) from None
    return Path(folder), str(version.version)


def registry_address() -> str:
    """Where the registry is, without a password."""
    return without_login(mlflow.get_tracking_uri())


def page_of(name: str, version: str) -> str:
    """The page of a version at MLFLOW_TRACKING_URI, without a password; '' where that is no server."""
    server = os.environ.get("MLFLOW_TRACKING_URI", "")
    has_pages = server.startswith(("http://", "https://"))
    return f"{without_login(server).rstrip('/')}/#/models/{name}/versions/{version}" if has_pages else ""


def _what(error: Exception) -> str:
    return without_login(first_line(error))[:200]


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


def promote_challenger(name: str) -> tuple[str, str]:
    """Make the challenger the champion; (from, to). NoModel where there is none."""
    aliases = _aliases(name)
    if CHALLENGER not in aliases:
        raise NoModel(f"{name} has no challenger; its champion is version {aliases.get(CHAMPION, 'none')}.")
    promote(name, aliases[CHALLENGER])
    return aliases.get(CHAMPION, "none"), aliases[CHALLENGER]


def rollback(name: str) -> tuple[str, str]:
    """Swap the champion with the one before; (from, to). NoModel where there is none before."""
    aliases = _aliases(name)
    if PREVIOUS not in aliases:
        raise NoModel(f"{name} has had only one champion, version {aliases.get(CHAMPION)}: nothing to roll back to.")
    client = connect()
    client.set_registered_model_alias(name, CHAMPION, aliases[PREVIOUS])
    client.set_registered_model_alias(name, PREVIOUS, aliases[CHAMPION])
    return aliases[CHAMPION], aliases[PREVIOUS]


def _aliases(name: str) -> dict[str, str]:
    """The version of each alias. NoModel where the registry has no such model."""
    client = connect()
    try:
        return {alias: str(version) for alias, version in client.get_registered_model(name).aliases.items()}
    except MlflowException as error:
        if error.error_code not in ABSENT:
            raise _unreachable(error) from None
        known = sorted(model.name for model in client.search_registered_models())
        raise NoModel(f"there is no model {name!r}; the registry holds {', '.join(known) or 'none'}.") from None
