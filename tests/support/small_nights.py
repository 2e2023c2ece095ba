"""Small whole nights, published as a user's are, with the naive rules or with small models."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from configs.settings import Settings, load_settings
from features.payment_days import PaymentDays
from features.window_kernels import Positions
from ledger.importing.write_ledger import write_ledger
from ledger.simulator import simulate
from ledger.tables import CHANNELS
from models import retraining
from models.effect.contact_level import ContactLevel, contact_level
from models.effect.payer_classes import PayerClasses
from models.night_models import Models
from models.past import Past, gather
from models.risk import default, late_payment
from tests.support import small_models
from tests.support.nights.in_this_process import NO_DATABASE, loaded, night_of
from tests.support.written_decisions import NOTHING_LEARNED
from worklists.figures.trends import MOVES, Trends
from worklists.manager.by_name import DEBTOR, PROMISE, WARNING, ByName
from worklists.manager.cash_so_far import Cash
from worklists.manager.of_night import ForTheManager
from worklists.pages.report import Beside
from worklists.score_db.earlier_nights import look_back

NIGHTS = ("2024-06-24", "2024-06-25")

NOTHING_EARLIER = look_back(NO_DATABASE, pd.Timestamp(NIGHTS[0]))


def nothing_beside() -> Beside:
    """What a report says of a first night, scored by naive rules, of a ledger without a refused row."""
    models = Models(small_models.late_rule(), small_models.default_rule(), NOTHING_LEARNED)
    refused = pd.DataFrame({"table": [], "rule": [], "rows": []})
    trends = Trends(None, NOTHING_EARLIER.figures, pd.DataFrame(columns=list(MOVES)))
    return Beside(trends, models, refused, nothing_for_the_manager())


def nothing_for_the_manager() -> ForTheManager:
    """What the manager sees on a first night of a ledger without customers."""
    by_name = ByName(
        pd.DataFrame(columns=DEBTOR),
        pd.DataFrame(columns=WARNING),
        0,
        pd.DataFrame(columns=PROMISE),
        pd.Series({"promises": 0, "amount": 0, "paid": 0}),
    )
    none = NOTHING_EARLIER
    listed = none.previous.worklist["customer_id"]
    cash = Cash(None, None, 0, 0, 0)
    return ForTheManager(None, cash, by_name, listed, none.since, none.complete, 0, None)


def small_settings() -> Settings:
    """The defaults, with few trees and few replayed nights, so that a training takes seconds."""
    return load_settings(("training.trees=20", "training.spine_every_days=30"))


@cache
def small_past() -> Past:
    """What a training on the first of `NIGHTS` learns from, of a simulated ledger of 80 customers."""
    return gather(loaded(simulate(80, 540, 1).tables), pd.Timestamp(NIGHTS[0]), small_settings())


def sure_level(fits: Sequence[PayerClasses], days: PaymentDays, preferred: Positions, as_of: int) -> ContactLevel:
    """A level that is shown: of so few customers none is, and the nights would be ranked by an assumed effect."""
    found = contact_level(fits, days, preferred, as_of)
    return replace(found, level=np.ones(len(CHANNELS)), error=np.full(len(CHANNELS), 0.1), hidden=0.0)


@cache
def small_nights() -> tuple[dict[str, pd.DataFrame], ...]:
    """The score tables of `NIGHTS` for a simulated ledger of 80 customers, scored by models learned before them."""
    settings = small_settings()
    tables = simulate(80, 540, 1).tables
    past = gather(loaded(tables), pd.Timestamp(NIGHTS[0]), settings)
    risk = (retraining.fit(name, past, settings) for name in (late_payment.NAME, default.NAME))
    with patch.object(retraining, "contact_level", sure_level):
        models = Models(*risk, retraining.fit_effect(past, settings))
    with tempfile.TemporaryDirectory() as folder:
        write_ledger(tables, Path(folder) / "ledger")
        return tuple(night_of(Path(folder) / "ledger", pd.Timestamp(night), models, settings) for night in NIGHTS)
