"""Models on disk: LightGBM text and JSON, so that loading one runs no code of its own."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from lightgbm.basic import LightGBMError

from models.cash.cash_correction import correction_from_json
from models.estimators.fitted import FittedClassifier
from models.estimators.stored import classifier_from_text, classifier_to_text
from models.registry.lightgbm_text import read_booster
from models.risk.calibration import Calibrator
from models.risk.init_score import start_from_json
from models.risk.naive_rules import rule_from_json, rule_to_json
from models.risk.pay_date_levels import Levels
from models.risk.risk_model import Card, RiskModel, Scorer, Trees


class NotOurModel(ValueError):
    """A stored model is not one of ours, or was changed; it is refused without running anything."""


MODEL_FILE, RULE_FILE, CARD_FILE, CALIBRATOR_FILE = "model.txt", "rule.json", "card.json", "calibrator.json"
CLASSIFIER_FILE = "classifier.json"
START_FILE = "start.json"
DIGESTS_FILE = "digests.json"
KINDS_OF_FILES = ({MODEL_FILE, START_FILE}, {CLASSIFIER_FILE}, {RULE_FILE})
# What stored text raises that does not say what it should; RecursionError is of JSON a thousand levels deep.
UNREADABLE = (OSError, AttributeError, LookupError, TypeError, ValueError, OverflowError, RecursionError, LightGBMError)


def save(model: RiskModel, folder: Path) -> None:
    """Write the model as LightGBM text, or a classifier's or a rule's JSON, with its calibrator and card."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CARD_FILE).write_text(json.dumps(asdict(model.card), indent=2, sort_keys=True), "utf-8")
    (folder / CALIBRATOR_FILE).write_text(json.dumps(_calibration_to_json(model), indent=2), "utf-8")
    if isinstance(model.scorer, Trees):
        (folder / MODEL_FILE).write_text(model.scorer.booster.model_to_string(num_iteration=-1), "utf-8")
        (folder / START_FILE).write_text(json.dumps(_start_to_json(model.scorer), indent=2), "utf-8")
    elif isinstance(model.scorer, FittedClassifier):
        (folder / CLASSIFIER_FILE).write_text(json.dumps(_classifier_to_json(model.scorer)), "utf-8")
    else:
        (folder / RULE_FILE).write_text(json.dumps(rule_to_json(model.scorer), indent=2), "utf-8")
    write_digests(folder)


def write_digests(folder: Path) -> None:
    """Write the digest of every file next to them."""
    digests = {path.name: _digest(path.read_bytes()) for path in sorted(folder.iterdir()) if path.name != DIGESTS_FILE}
    (folder / DIGESTS_FILE).write_text(json.dumps(digests, indent=2), "utf-8")


def load(folder: Path, version: str) -> RiskModel:
    """Read a model back; no code is run from the folder. NotOurModel where a part is missing or was changed."""
    try:
        texts = unchanged_files(folder, {CARD_FILE, CALIBRATOR_FILE}, KINDS_OF_FILES)
        card = Card(**json.loads(texts[CARD_FILE]))
        correction_from_json(card.cash)
        calibration = json.loads(texts[CALIBRATOR_FILE])
        calibrator = Calibrator.from_json(calibration)
        pay_dates = Levels(**calibration.get("pay_dates", {}))
        if card.kind == "lightgbm":
            scorer: Scorer = _trees(texts[MODEL_FILE], json.loads(texts[START_FILE]))
        elif card.kind == "estimator":
            scorer = _classifier_from_json(json.loads(texts[CLASSIFIER_FILE]))
        else:
            scorer = rule_from_json(json.loads(texts[RULE_FILE]))
        model = RiskModel(scorer, calibrator, card, version, pay_dates)
        _require_answer(model)
    except UNREADABLE as error:
        raise NotOurModel(
            f"version {version} is not a duerank model, or was changed ({error}). Expected {CARD_FILE}, "
            f"{CALIBRATOR_FILE}, and {MODEL_FILE} with {START_FILE}, {CLASSIFIER_FILE} or {RULE_FILE}; train again, "
            f"or roll back to another version."
        ) from None
    return model


def _calibration_to_json(model: RiskModel) -> dict[str, Any]:
    return {**model.calibrator.to_json(), "pay_dates": asdict(model.pay_dates)}


def _classifier_to_json(fitted: FittedClassifier) -> dict[str, Any]:
    parts = {name: getattr(fitted, name) for name in ("features", "usual", "empty")}
    return {**parts, "skops": classifier_to_text(fitted.classifier)}


def _classifier_from_json(stored: dict[str, Any]) -> FittedClassifier:
    return FittedClassifier(classifier_from_text(stored["skops"]), stored["features"], stored["usual"], stored["empty"])


def _start_to_json(trees: Trees) -> dict[str, Any]:
    start = {} if trees.start is None else asdict(trees.start)
    return {**start, "tree_weight": trees.tree_weight}


def _trees(text: str, stored: dict[str, Any] | None) -> Trees:
    """The trees again; models stored before trees had a weight were followed all the way, some from no start (null)."""
    stored = stored or {}
    start = start_from_json(stored) if "curve" in stored else None
    return Trees(read_booster(text), start, stored.get("tree_weight", 1.0))


def _require_answer(model: RiskModel) -> None:
    """An error of `UNREADABLE` where the parts do not fit each other: no answer, or one that is no probability."""
    features = model.scorer.features
    row = pd.DataFrame(np.zeros((1, len(features)), dtype=np.float32), columns=features)
    answers = [float(model.probability(row)[0]), float(model.scorer.contributions(row).sum())]
    if not np.isfinite(answers).all():
        raise ValueError(f"the parts do not fit each other: asked about zeros it answers {answers}")


def unchanged_files(folder: Path, always: set[str], kinds: tuple[set[str], ...]) -> dict[str, str]:
    """The texts of a model's files, by name, as they were when it was saved; no other file of the folder is read.

    Besides the files that are there `always`, a model has those of one of the `kinds`. ValueError where one is not what
    was saved.
    """
    digests = json.loads((folder / DIGESTS_FILE).read_text("utf-8"))
    if set(digests) - always not in kinds or not always <= set(digests):
        raise ValueError(f"{DIGESTS_FILE} does not list the files of a model")
    return {name: content.decode("utf-8") for name, content in _contents(folder, digests).items()}


def require_unchanged(folder: Path) -> None:
    """OSError or ValueError where a file of a model is missing, or not what was saved."""
    _contents(folder, json.loads((folder / DIGESTS_FILE).read_text("utf-8")))


def digest_of(folder: Path) -> str:
    """Of all files of a model together, shortened."""
    return _digest((folder / DIGESTS_FILE).read_bytes())[:16]


def _contents(folder: Path, digests: dict[str, str]) -> dict[str, bytes]:
    contents = {name: (folder / name).read_bytes() for name in digests}
    for name, content in contents.items():
        if _digest(content) != digests[name]:
            raise ValueError(f"{name} is not what was saved")
    return contents


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
