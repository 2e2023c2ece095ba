"""Small whole nights, published as a user's are, with the naive rules or with small models."""

from functools import cache

import pandas as pd

from configs.settings import Settings, load_settings
from features.engine import features_at
from ledger.loading import Loaded
from ledger.portfolio import number
from ledger.simulator import simulate
from ledger.view import view_as_of
from models import default, late_payment, retraining
from models.night_models import Models
from models.night_scores import scored_night
from tests import trained
from tests.decided import NOTHING_LEARNED
from worklists.decisions import load_policy
from worklists.night import night_tables
from worklists.previous import look_back
from worklists.report import Beside
from worklists.trends import MOVES, Trends

NIGHTS = ("2024-06-24", "2024-06-25")

NO_DATABASE = "sqlite:////no/such/folder/duerank.db"
NOTHING_EARLIER = look_back(NO_DATABASE, pd.Timestamp(NIGHTS[0]))


def nothing_beside() -> Beside:
    """What a report tells of a first night, scored by naive rules, of a ledger without a refused row."""
    models = Models(trained.late_rule(), trained.default_rule(), NOTHING_LEARNED)
    refused = pd.DataFrame({"table": [], "rule": [], "rows": []})
    return Beside(Trends(None, NOTHING_EARLIER.figures, pd.DataFrame(columns=list(MOVES))), models, refused)


def small_settings() -> Settings:
    """The defaults, with few trees and few replayed nights, so that a training takes seconds."""
    return load_settings(("training.trees=20", "training.spine_every_days=30"))


@cache
def small_nights() -> tuple[dict[str, pd.DataFrame], ...]:
    """The score tables of `NIGHTS` for a simulated ledger of 80 customers, scored by models learned before them."""
    settings = small_settings()
    tables = simulate(80, 540, 1).tables
    nothing = pd.DataFrame()
    loaded = Loaded(number(tables), "EUR", nothing, nothing, (), "simulated")
    first = pd.Timestamp(NIGHTS[0])
    past = retraining.gather(loaded.portfolio, "EUR", first, "simulated", settings, lambda done, of: None)
    risk = (retraining.fit(name, past, settings) for name in (late_payment.NAME, default.NAME))
    models = Models(*risk, retraining.fit_effect(past, settings))
    policy = load_policy(settings)
    published = []
    for night in map(pd.Timestamp, NIGHTS):
        view = view_as_of(loaded.portfolio, night, "EUR")
        scored = scored_night(view, features_at(view, settings.labels), models, settings)
        published.append(night_tables(scored, loaded, NOTHING_EARLIER, policy, settings))
    return tuple(published)
