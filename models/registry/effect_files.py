"""Effect models on disk, as `storage` keeps the others: LightGBM text and JSON, nothing that runs on loading."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ledger.tables import CHANNELS
from models.effect.cases import FEATURES
from models.effect.contact_level import ContactLevel, Payers
from models.effect.effect_model import EffectModel
from models.effect.estimators import EffectLine
from models.effect.judgement import EffectEvidence, Stratum
from models.effect.learners import LEARNERS, EffectTrees, Kind
from models.effect.pay_calendar import PayCalendar
from models.effect.payer_classes import AGES, PayerClasses
from models.effect.stack import EffectStack
from models.registry.lightgbm_text import read_booster
from models.registry.risk_files import CARD_FILE, UNREADABLE, NotOurModel, unchanged_files, write_digests
from models.risk.risk_model import Card

EVIDENCE_FILE, PAYERS_FILE = "evidence.json", "payers.json"
CONTROL_FILE, CHANCE_FILE = "control.txt", "chance.txt"
TWO_MODELS: Kind = "two models"  # the one learner with a second model, of those without a contact
LEARNER_FILES: dict[Kind, str] = {kind: f"{kind.replace(' ', '_')}.txt" for kind in LEARNERS}
_STACK = {*LEARNER_FILES.values(), CONTROL_FILE, CHANCE_FILE}
ONE_LEARNER_FILE = "treated.txt"  # models of before the stack have one learner: a stack of one
_ONE_LEARNER = {ONE_LEARNER_FILE, CHANCE_FILE}
_PARTS: tuple[set[str], ...] = (_STACK, _ONE_LEARNER, {*_ONE_LEARNER, CONTROL_FILE}, set())
_KINDS = (*_PARTS, *(parts | {PAYERS_FILE} for parts in _PARTS))  # models of before the payer classes have none


def save_effect(model: EffectModel, folder: Path) -> None:
    """Write the model; one that learned nothing has its card and evidence only."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CARD_FILE).write_text(json.dumps(asdict(model.card), indent=2, sort_keys=True), "utf-8")
    known = {
        "evidence": None if model.evidence is None else asdict(model.evidence),
        "settings": model.settings,
        "weights": None if model.trees is None else model.trees.by_learner,
    }
    (folder / EVIDENCE_FILE).write_text(json.dumps(known, indent=2, sort_keys=True), "utf-8")
    (folder / PAYERS_FILE).write_text(json.dumps(_stored_payers(model.payers), sort_keys=True), "utf-8")
    if model.trees is not None and model.chance is not None:
        boosters = {CHANCE_FILE: model.chance}
        for learner in model.trees.learners:
            boosters[LEARNER_FILES[learner.kind]] = learner.treated
            if learner.control is not None:
                boosters[CONTROL_FILE] = learner.control
        for name, booster in boosters.items():
            (folder / name).write_text(booster.model_to_string(num_iteration=-1), "utf-8")
    write_digests(folder)


def load_effect(folder: Path, version: str) -> EffectModel:
    """Read a model back; no code is run from the folder. NotOurModel where a part is missing or was changed."""
    try:
        texts = unchanged_files(folder, {CARD_FILE, EVIDENCE_FILE}, _KINDS)
        card = Card(**json.loads(texts[CARD_FILE]))
        known = json.loads(texts[EVIDENCE_FILE])
        trees = _stack(known, texts)
        chance = None if trees is None else read_booster(texts[CHANCE_FILE])
        evidence = None if known["evidence"] is None else _evidence(known["evidence"])
        payers = _payers(json.loads(texts.get(PAYERS_FILE, "{}")))
        model = EffectModel(card, evidence, trees, chance, version, known["settings"], payers)
        _require_answer(model)
    except UNREADABLE as error:
        raise NotOurModel(
            f"version {version} is not an effect model of duerank, or was changed ({error}). Train again, or roll back "
            f"to another version."
        ) from None
    return model


def _stack(known: dict[str, Any], texts: dict[str, str]) -> EffectStack | None:
    if CHANCE_FILE not in texts:
        return None
    files = {known["kind"]: ONE_LEARNER_FILE} if ONE_LEARNER_FILE in texts else LEARNER_FILES
    weights = known.get("weights") or {known["kind"]: 1.0}
    learners = tuple(
        EffectTrees(kind, read_booster(texts[file]), read_booster(texts[CONTROL_FILE]) if kind == TWO_MODELS else None)
        for kind, file in files.items()
    )
    stack = EffectStack(learners, np.array([weights[kind] for kind in files], dtype=np.float64))
    stack.require_sound()
    return stack


def _require_answer(model: EffectModel) -> None:
    """An error of `UNREADABLE` where the parts do not fit each other."""
    if model.learned and (model.trees is None or model.chance is None):
        raise ValueError("it learned something, but has no trees")
    effects = model.effects(pd.DataFrame(np.zeros((1, len(FEATURES)), dtype=np.float32), columns=FEATURES))
    if not np.isfinite(effects[["effect", "low", "high", "recovered"]].to_numpy(dtype=np.float64)).all():
        raise ValueError("the parts do not fit each other: asked about zeros it does not answer with numbers")


def _evidence(stored: dict[str, Any]) -> EffectEvidence:
    line = EffectLine(**{**stored["line"], "covariance": tuple(stored["line"]["covariance"])})
    strata = tuple(Stratum(**{**one, "ages": tuple(one["ages"])}) for one in stored["strata"])
    return EffectEvidence(**{**stored, "line": line, "strata": strata, "remarks": tuple(stored["remarks"])})


def _stored_payers(payers: Payers | None) -> dict[str, Any]:
    if payers is None:
        return {}
    level = {name: _plain(value) for name, value in vars(payers.level).items()}
    return {
        "fits": [_stored(classes) for classes in payers.fits],
        "level": level,
        "arriving": payers.arriving.tolist(),
    }


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _read(value: Any) -> Any:
    return np.array(value, dtype=np.float64) if isinstance(value, list) else value


def _stored(classes: PayerClasses) -> dict[str, Any]:
    parts = {name: value.tolist() for name, value in vars(classes).items() if name != "calendar"}
    calendar = {name: _plain(value) for name, value in vars(classes.calendar).items()}
    return {**parts, "calendar": calendar}


def _payers(stored: dict[str, Any]) -> Payers | None:
    if not stored:
        return None
    parts: dict[str, Any] = {name: _read(value) for name, value in stored["level"].items()}
    level = ContactLevel(**parts)
    level.require_sound()
    arriving = np.array(stored["arriving"], dtype=np.float64)
    if arriving.shape != (2, len(CHANNELS)) or not ((arriving >= 0) & (arriving <= 1)).all():
        raise ValueError("beside its payer classes, the shares of contacts that arrive are none")
    return Payers(tuple(_classes(one) for one in stored["fits"]), level, arriving)


def _classes(stored: dict[str, Any]) -> PayerClasses:
    days = stored.pop("calendar")
    stored.setdefault("fading", [1.0] * len(AGES))  # models of before it have none
    pace, weekdays, seasons = (np.array(days[name], dtype=np.float64) for name in ("pace", "weekdays", "seasons"))
    closed = np.array(days["closed"], dtype=np.int64)
    calendar = PayCalendar(days["pay_run"], days["first_day"], pace, weekdays, seasons, days["level"], closed)
    parts = {name: np.array(value, dtype=np.float64) for name, value in stored.items()}
    classes = PayerClasses(**parts, calendar=calendar)
    classes.require_sound()
    return classes
