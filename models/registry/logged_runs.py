"""Runs in MLflow: of a training, with the model that it registers, and of what makes no model."""

import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import mlflow
import mlflow.types.responses  # switches MLflow's messages on again, whenever it is first imported
import numpy as np
import pandas as pd
import yaml
from mlflow.data.pandas_dataset import PandasDataset, from_pandas
from mlflow.entities import Metric
from mlflow.models import EvaluationResult, MetricThreshold, Model, infer_signature
from mlflow.models.evaluation.validation import ModelValidationFailedException
from mlflow.models.model import ModelInfo

from configs.settings import Settings
from models.effect.cases import FEATURES
from models.effect.effect_model import EffectModel
from models.evaluation.gate import GateVerdict
from models.evaluation.rolling_origin import Judgement
from models.registry import risk_files
from models.registry.effect_files import save_effect
from models.registry.mlflow_registry import challenge, connect
from models.registry.model_card import card_text, effect_card_text
from models.registry.model_code import LOADER, copy_code, requirements
from models.registry.run_facts import ABOUT, all_settings, asked_of_trees, importances, in_effect
from models.risk.risk_model import Card, RiskModel, Trees

EXAMPLE_ROWS = 3
MOST_OF_A_DIGEST = 36  # letters, says MLflow


def register(
    model: RiskModel, rows: pd.DataFrame, judgement: Judgement, verdict: GateVerdict, settings: Settings,
    origin: dict[str, str],
) -> str:  # fmt: skip
    """Log a run with parameters, metrics, data, plots, model card and the comparison with the champion, and register
    the model as the challenger; its version. `rows` are what it learned from, `origin` are tags that say where it
    comes from.

    The registered model is a folder of LightGBM text and JSON behind MLflow's pyfunc interface, with the code that
    reads it; nothing is pickled.
    """
    connect()
    card = model.card
    with _run_of(card, verdict.why, origin) as run, tempfile.TemporaryDirectory() as folder:
        _log_card(card, rows[model.scorer.features], settings)
        mlflow.log_metrics({f"calibration_loss_{name}": loss for name, loss in card.calibration_losses.items()})
        mlflow.log_metrics({f"tree_weight_loss_{name}": loss for name, loss in card.tree_weight_losses.items()})
        if isinstance(model.scorer, Trees):
            mlflow.log_param("tree_weight", model.scorer.tree_weight)
            mlflow.log_params(asked_of_trees({"": model.scorer.booster}))
            mlflow.log_dict(in_effect(model.scorer.booster), "lightgbm.json")
            mlflow.log_text(importances(model.scorer).to_csv(), "importances.csv")
        _log_curve(run.info.run_id, "log_loss_by_trees", judgement.learning_curve)
        mlflow.log_text(card_text(model, judgement.metrics), "model_card.md")
        example = _example(model, judgement)
        if len(example):
            mlflow.log_input(described(example, f"{card.name} {card.data_hash}"), "judged on")
        if len(judgement.groups):
            mlflow.log_text(judgement.groups.to_csv(index=False), "groups.csv")
        if judgement.metrics:
            from models.registry.plots import calibration_plot, shap_plot  # seconds to import, and nights draw nothing

            title = f"{card.name}, nights since the split"
            mlflow.log_figure(calibration_plot(judgement.label, judgement.probability, title), "calibration.png")
            mlflow.log_figure(shap_plot(judgement, settings.training.seed), "shap.png")
        _log_verdict(verdict)
        risk_files.save(replace(model, card=replace(card, metrics=judgement.metrics)), Path(folder) / "model")
        of_version = {**origin, "night": card.trained_on, "validation": validated(verdict)["validation"]}
        example = rows.tail(EXAMPLE_ROWS)[model.scorer.features]
        logged = _log_model(card.name, Path(folder), model.probability, example, of_version)
        version = _describe(logged, judgement.metrics, verdict.why)
    challenge(card.name, version)
    return version


def register_effect(model: EffectModel, rows: pd.DataFrame, settings: Settings, origin: dict[str, str]) -> str:
    """The same for an effect model; its figures are of customers that were not learned from."""
    connect()
    card = model.card
    with _run_of(card, card.why, origin), tempfile.TemporaryDirectory() as folder:
        _log_card(card, rows[FEATURES], settings)
        if model.trees is not None:
            mlflow.log_params(
                asked_of_trees({f"{one.kind.replace(' ', '_')}.": one.treated for one in model.trees.learners})
            )
        mlflow.log_text(effect_card_text(model), "model_card.md")
        save_effect(model, Path(folder) / "model")
        of_version = {**origin, "night": card.trained_on}
        logged = _log_model(card.name, Path(folder), model.effects, rows.tail(EXAMPLE_ROWS)[FEATURES], of_version)
        return _describe(logged, card.metrics, card.why)


def _example(model: RiskModel, judgement: Judgement) -> pd.DataFrame:
    return judgement.rows[model.scorer.features].head(1_000).reset_index(drop=True)


def _run_of(card: Card, found: str, origin: dict[str, str]) -> mlflow.ActiveRun:
    """The run of a training; its page begins with what was found."""
    name = f"{card.name} as of {card.trained_on}"
    description = f"{card.name}, learned from what was known on the night {card.trained_on}. {found}".strip()
    tags = {**origin, "kind": "training", "night": card.trained_on}
    return mlflow.start_run(run_name=name, tags=tags, description=description)


def _log_card(card: Card, rows: pd.DataFrame, settings: Settings) -> None:
    """What the running run learned from and how."""
    mlflow.log_params({**all_settings(settings), "kind": card.kind, "rows": card.rows, "events": card.events})
    mlflow.log_text(yaml.safe_dump(settings.model_dump(mode="json"), sort_keys=False), "settings.yaml")
    mlflow.log_input(described(rows, f"{card.name} learned from", card.data_hash[:MOST_OF_A_DIGEST]), "training")
    mlflow.set_tags({"catalogue_hash": card.catalogue_hash, "data_hash": card.data_hash, "why": card.why})


def described(rows: pd.DataFrame, name: str, digest: str | None = None) -> PandasDataset:
    """What MLflow keeps of rows of numbers; which columns have missing ones it would ask cell by cell, for seconds."""
    data = from_pandas(rows, name=name, digest=digest)
    missing = np.where(rows.isna().any(), np.nan, 0.0)
    data.schema = infer_signature(pd.DataFrame([missing], columns=rows.columns).astype(rows.dtypes)).inputs
    return data


def _log_curve(run_id: str, name: str, curve: dict[int, float]) -> None:
    """A metric at many steps, in one request."""
    now = int(time.time() * 1_000)
    points = [Metric(name, value, now, step) for step, value in curve.items()]
    mlflow.MlflowClient().log_batch(run_id, metrics=points)


def _log_verdict(verdict: GateVerdict) -> None:
    """What the gate found; the figures of each ranking are metrics too, to be compared over runs."""
    mlflow.set_tags({"gate": "wins" if verdict.wins else "does not win", "gate_why": verdict.why})
    for name, table in (("comparison.csv", verdict.comparison), ("swap_set.csv", verdict.swap_set)):
        if len(table):
            mlflow.log_text(table.to_csv(), name)
    mlflow.log_metric("gate_wins", float(verdict.wins))
    mlflow.log_metrics({f"gate_{one.name}": one.value for one in verdict.checks})
    mlflow.log_dict(validated(verdict), "validation.json")
    if not np.isnan(verdict.same_heads):
        mlflow.log_metric(f"same_heads_{verdict.compared.replace(' ', '_')}", verdict.same_heads)
    for figure, values in verdict.comparison.items():
        known = values.dropna()
        mlflow.log_metrics({f"{figure}_{str(ranking).replace(' ', '_')}": value for ranking, value in known.items()})


def validated(verdict: GateVerdict) -> dict[str, Any]:
    """The gate's checks as MLflow's model validation sees them: each threshold, the figure, and what MLflow says."""
    # MLflow states no types here.
    threshold: Any = MetricThreshold
    evaluated: Any = EvaluationResult
    thresholds = {
        one.name: threshold(threshold=one.bound, greater_is_better=one.higher_is_better) for one in verdict.checks
    }
    figures = {one.name: one.value for one in verdict.checks}
    try:
        mlflow.validate_evaluation_results(thresholds, evaluated(metrics=figures, artifacts={}))
        said = "passed" if thresholds else "nothing was compared"
    except ModelValidationFailedException as failed:
        said = str(failed)
    bounds = {name: {"value": figures[name], "threshold": str(bound)} for name, bound in thresholds.items()}
    return {"validation": said, "compared_with": verdict.compared, "checks": bounds}


def _log_model(
    name: str, folder: Path, answer: Callable[[pd.DataFrame], Any], example: pd.DataFrame, tags: dict[str, str]
) -> ModelInfo:
    """Register what is stored in `folder / "model"` behind MLflow's pyfunc interface.

    MLflow refuses numbers that are wider than those of the signature: it states the widest.
    """
    example = example.reset_index(drop=True).astype("float64")
    if example.empty:
        example = example.reindex([0], fill_value=0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it doubts whole numbers, such as the customer's: none is missing
        # What the example knows nothing of has to be named, too, else a frame without it would pass.
        signature = infer_signature(example.fillna(0.0), answer(example))
    code = copy_code(folder / "code")
    logged: ModelInfo = Model.log(
        artifact_path=None,
        flavor=_Untried,
        validate_serving_input=False,
        name=name,
        loader_module=f"{code.name}.{LOADER}",
        data_path=str(folder / "model"),
        code_paths=[str(code)],
        registered_model_name=name,
        pip_requirements=requirements(),
        signature=signature,
        input_example=example,
        tags=tags,
    )
    return logged


def _describe(logged: ModelInfo, metrics: dict[str, float], found: str) -> str:
    """Say of a version, on its own page, what it is and how good; the version."""
    mlflow.log_metrics(metrics, model_id=logged.model_id)
    client, name, version = mlflow.MlflowClient(), logged.name, str(logged.registered_model_version)
    client.update_registered_model(name, ABOUT[name])
    client.update_model_version(name, version, found or ABOUT[name])
    return version


class _Untried:
    """MLflow's pyfunc flavor, which does not know the word that keeps `Model.log` from trying the model.

    To try it takes five seconds, and a failure would be a message in a log that is off: the tests do it.
    """

    @staticmethod
    def save_model(validate_serving_input: bool, **model: Any) -> None:
        mlflow.pyfunc.save_model(**model)


def log_run(
    name: str, parameters: dict[str, str], metrics: dict[str, float], files: list[Path], origin: dict[str, str]
) -> None:
    """A run that makes no model, such as a backtest, with its figures and files; the name begins with its kind."""
    kind = name.partition(" ")[0]
    connect(f"duerank {kind}")
    with mlflow.start_run(run_name=name, tags={**origin, "kind": kind}):
        mlflow.log_params(parameters)
        mlflow.log_metrics(metrics)
        for path in files:
            mlflow.log_artifact(str(path))
