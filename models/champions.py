"""The models of a night: the registry's champions, those that were kept here where it cannot be reached, or rules."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from configs.settings import LabelSettings, Settings
from features.catalogue import catalogue_hash
from features.labels import InvoiceOutcomes
from features.protected_fields import made_of
from models.effect import effect_model
from models.effect.cases import HABITS
from models.effect.effect_model import EffectModel
from models.monitoring.watch import last_watched, warning
from models.night_models import Models
from models.registry import mlflow_registry, risk_files
from models.registry.effect_files import load_effect
from models.registry.kept_champions import Files, champion_files
from models.registry.mlflow_registry import NoModel, RegistryUnreachable
from models.risk import default, late_payment
from models.risk.calibration import Calibrator
from models.risk.naive_rules import ageing_rule, late_share_rule
from models.risk.risk_model import Card, RiskModel, Scorer

NAMES = (late_payment.NAME, default.NAME, effect_model.NAME)


def champions(as_of: pd.Timestamp, settings: Settings) -> Models:
    """The champions, where each fits: of this feature catalogue, and trained within `oldest_champion_days`.

    Where the registry fails those that were kept are used, and the remarks say so. Where a risk model is missing or
    does not fit: NoModel, or with `without_champion = rules` the naive rule, labelled. Without an effect model the rank
    does without.
    """
    try:
        files, remarks = champion_files(NAMES)
    except RegistryUnreachable as error:
        if settings.night.without_champion == "stop":
            raise
        files, remarks = dict.fromkeys(NAMES), (str(error),)
    late = _risk(late_payment.NAME, files, as_of, settings)
    bad = _risk(default.NAME, files, as_of, settings)
    models = Models(late, bad, _effect(files), remarks)
    models = replace(models, last_watched=last_watched(models, as_of))
    amiss = warning(models, as_of)
    return models if amiss is None else replace(models, remarks=(*remarks, amiss), moved=True)


def _risk(name: str, files: Files, as_of: pd.Timestamp, settings: Settings) -> RiskModel:
    try:
        return _fitting(name, files[name], as_of, settings)
    except NoModel as error:
        if settings.night.without_champion == "stop":
            raise
        return _rule(name, str(error), settings.labels)


def _fitting(name: str, found: tuple[Path, str] | None, as_of: pd.Timestamp, settings: Settings) -> RiskModel:
    oldest_days = settings.night.oldest_champion_days
    if found is None:
        raise NoModel(
            f"there is no champion of {name} in {mlflow_registry.registry_address()}: run `duerank train` first."
        )
    model = risk_files.load(*found)
    card = model.card
    if card.name != name:
        raise risk_files.NotOurModel(f"the champion of {name}, version {model.version}, is a model of {card.name}.")
    changed = card.changed(model.scorer.features)
    if changed:
        raise NoModel(
            f"the champion of {name}, version {model.version}, was trained on feature catalogue {card.catalogue_hash}; "
            f"{len(changed):,} of its features, such as {changed[0]}, are computed otherwise now, or not at all. Run "
            f"`duerank train` again, or `duerank rollback {name}` to a version of this catalogue."
        )
    protected = sorted(set(model.scorer.features) & made_of(settings.fairness.protected_fields))
    if protected:
        raise NoModel(
            f"the champion of {name}, version {model.version}, uses {', '.join(protected)}, made of a protected field "
            f"(fairness.protected_fields). Run `duerank train` again."
        )
    age = (as_of - pd.Timestamp(card.trained_on)).days
    if age > oldest_days:
        raise NoModel(
            f"the champion of {name}, version {model.version}, was trained on what was known on {card.trained_on}, "
            f"{age:,} days before this night, and night.oldest_champion_days allows {oldest_days:,}. Run `duerank "
            f"train` again, or raise the setting."
        )
    return model


def _effect(files: Files) -> EffectModel:
    """The champion among the effect models, or one that has learned nothing and says why."""
    name = effect_model.NAME
    found = files[name]
    if found is None:
        return _nothing_learned("there is no champion of contact_effect: run `duerank train`")
    model = load_effect(*found)
    if model.card.changed(HABITS):
        return _nothing_learned(
            f"the champion of contact_effect, version {model.version}, was trained on another feature catalogue: run "
            f"`duerank train` again"
        )
    if model.learned and model.payers is None:
        return _nothing_learned(
            f"the champion of contact_effect, version {model.version}, was trained by an earlier duerank, without "
            f"payer classes: run `duerank train` again"
        )
    return model


def _nothing_learned(why: str) -> EffectModel:
    return EffectModel(_card(effect_model.NAME, why), version="none")


def _rule(name: str, why: str, labels: LabelSettings) -> RiskModel:
    """The naive rule of a portfolio of which nothing is known: it distinguishes the night's own rows only."""
    rule: Scorer
    if name == late_payment.NAME:
        none = np.zeros(0, dtype=np.int64)
        rule = late_share_rule(InvoiceOutcomes(none, none, none, none, none, none, 0), labels, late_payment.features())
    else:
        rule = ageing_rule(pd.DataFrame({"oldest_days_past_due": []}), np.zeros(0), default.features())
    return RiskModel(rule, Calibrator(), _card(name, why), version="none")


def _card(name: str, why: str) -> Card:
    return Card(name, "rule", why, "1970-01-01", catalogue_hash(), "", {}, 0, 0)
