"""Models on disk: LightGBM text and JSON, so that loading one runs no code of its own."""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import lightgbm

from models.calibration import Calibrator
from models.risk_model import Card, RiskModel, Scorer, Trees
from models.rules import rule_from_json, rule_to_json
from models.start import start_from_json


class NotOurModel(ValueError):
    """A stored model is not one of ours, or was changed; it is refused without running anything."""


MODEL_FILE, RULE_FILE, CARD_FILE, CALIBRATOR_FILE = "model.txt", "rule.json", "card.json", "calibrator.json"
START_FILE = "start.json"
DIGESTS_FILE = "digests.json"


def save(model: RiskModel, folder: Path) -> None:
    """Write the model as LightGBM text or a rule's JSON, with its calibrator and card."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CARD_FILE).write_text(json.dumps(asdict(model.card), indent=2, sort_keys=True), "utf-8")
    (folder / CALIBRATOR_FILE).write_text(json.dumps(model.calibrator.to_json(), indent=2), "utf-8")
    if isinstance(model.scorer, Trees):
        start = model.scorer.start
        (folder / MODEL_FILE).write_text(model.scorer.booster.model_to_string(num_iteration=-1), "utf-8")
        (folder / START_FILE).write_text(json.dumps(None if start is None else asdict(start), indent=2), "utf-8")
    else:
        (folder / RULE_FILE).write_text(json.dumps(rule_to_json(model.scorer), indent=2), "utf-8")
    seal(folder)


def seal(folder: Path) -> None:
    """Write the digest of every file beside them."""
    digests = {path.name: _digest(path) for path in sorted(folder.iterdir()) if path.name != DIGESTS_FILE}
    (folder / DIGESTS_FILE).write_text(json.dumps(digests, indent=2), "utf-8")


def load(folder: Path, version: str) -> RiskModel:
    """Read a model back; no code is run from the folder. NotOurModel where a part is missing or was changed."""
    try:
        check_seal(folder, {CARD_FILE, CALIBRATOR_FILE}, ({MODEL_FILE, START_FILE}, {RULE_FILE}))
        card = Card(**json.loads((folder / CARD_FILE).read_text("utf-8")))
        calibrator = Calibrator.from_json(json.loads((folder / CALIBRATOR_FILE).read_text("utf-8")))
        if card.kind == "lightgbm":
            start = json.loads((folder / START_FILE).read_text("utf-8"))
            booster = lightgbm.Booster(model_str=(folder / MODEL_FILE).read_text("utf-8"))
            scorer: Scorer = Trees(booster, None if start is None else start_from_json(start))
        else:
            scorer = rule_from_json(json.loads((folder / RULE_FILE).read_text("utf-8")))
    except (OSError, AttributeError, KeyError, TypeError, ValueError, lightgbm.basic.LightGBMError) as error:
        raise NotOurModel(
            f"version {version} is not a duerank model, or was changed ({error}). Expected {CARD_FILE}, "
            f"{CALIBRATOR_FILE}, and {MODEL_FILE} with {START_FILE} or {RULE_FILE}; train again, or roll back to "
            f"another version."
        ) from None
    return RiskModel(scorer, calibrator, card, version)


def check_seal(folder: Path, always: set[str], kinds: tuple[set[str], ...]) -> None:
    """ValueError where a file is not what was saved: LightGBM ends the process on some broken text, and takes other.

    Beside the files that are there `always`, a model has those of one of the `kinds`.
    """
    digests = json.loads((folder / DIGESTS_FILE).read_text("utf-8"))
    if set(digests) - always not in kinds or not always <= set(digests):
        raise ValueError(f"{DIGESTS_FILE} does not list the files of a model")
    for name, digest in digests.items():
        if _digest(folder / name) != digest:
            raise ValueError(f"{name} is not what was saved")


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
