"""Models trained once on a small simulated ledger, for the tests that look at models."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pandas as pd

from configs.settings import TrainingSettings, load_settings
from features.labels import InvoiceOutcomes, outcomes
from features.spine import Spine, replay
from ledger.as_of.view import view_as_of
from ledger.frames import Tables
from ledger.importing.write_ledger import write_ledger
from ledger.portfolio import Portfolio, number
from ledger.simulator import simulate
from models.risk import default, late_payment
from models.risk.risk_model import RiskModel

SETTINGS = load_settings(("training.trees=30", "training.min_events=2"))
CARD = {"trained_on": "2024-03-01", "catalogue_hash": "catalogue", "data_hash": "data"}
NIGHT = pd.Timestamp("2024-03-01")
CURRENCY = "EUR"


@cache
def tables() -> Tables:
    return simulate(150, 450, 6).tables


@cache
def portfolio() -> Portfolio:
    return number(tables())


@cache
def ledger_folder() -> Path:
    """The ledger on disk, for as long as the tests run."""
    folder = Path(tempfile.mkdtemp(prefix="small-ledger-"))
    atexit.register(shutil.rmtree, folder)
    write_ledger(tables(), folder)
    return folder


@cache
def past() -> Spine:
    """A spine of nights from May 2023 to the night before the last."""
    nights = [*pd.date_range("2023-05-01", NIGHT, freq="28D")]
    return replay(portfolio(), nights, SETTINGS.labels, CURRENCY)


@cache
def tonight() -> Spine:
    return replay(portfolio(), [NIGHT], SETTINGS.labels, CURRENCY)


@cache
def known() -> InvoiceOutcomes:
    return outcomes(view_as_of(portfolio(), NIGHT, CURRENCY))


@cache
def late_trees() -> RiskModel:
    return late_payment.train(past().invoices, known(), SETTINGS.labels, SETTINGS.training, CARD)


@cache
def default_trees() -> RiskModel:
    return default.train(past().customers, known(), SETTINGS.labels, SETTINGS.training, CARD)


@cache
def late_rule() -> RiskModel:
    settings = SETTINGS.training.model_copy(update={"min_events": 10**6})
    return late_payment.train(past().invoices, known(), SETTINGS.labels, settings, CARD)


@cache
def default_rule() -> RiskModel:
    settings = SETTINGS.training.model_copy(update={"min_events": 10**6})
    return default.train(past().customers, known(), SETTINGS.labels, settings, CARD)


def forest() -> TrainingSettings:
    """The settings of a small forest of scikit-learn in the place of the trees."""
    parameters = {"n_estimators": 5, "max_depth": 5}
    named = {"estimator": "sklearn.ensemble.RandomForestClassifier", "estimator_parameters": parameters}
    return SETTINGS.training.model_copy(update=named)


@cache
def late_forest() -> RiskModel:
    return late_payment.train(past().invoices, known(), SETTINGS.labels, forest(), CARD)


@cache
def default_forest() -> RiskModel:
    return default.train(past().customers, known(), SETTINGS.labels, forest(), CARD)


def late_models() -> dict[str, RiskModel]:
    return {"trees": late_trees(), "forest": late_forest(), "rule": late_rule()}


def default_models() -> dict[str, RiskModel]:
    return {"trees": default_trees(), "forest": default_forest(), "rule": default_rule()}
