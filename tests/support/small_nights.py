"""Small whole nights, published as a user's are, with the naive rules or with small models."""

from functools import cache

import pandas as pd

from configs.settings import Settings, load_settings
from features.engine import features_at
from ledger.as_of.view import view_as_of
from ledger.partitioned.load import Loaded
from ledger.portfolio import number
from ledger.simulator import simulate
from models import retraining
from models.night_models import Models
from models.night_scores import scored_night
from models.risk import default, late_payment
from tests.support import small_models
from tests.support.written_decisions import NOTHING_LEARNED
from worklists.assemble_night import night_tables
from worklists.decide.decisions import load_policy
from worklists.figures.trends import MOVES, Trends
from worklists.pages.report import Beside
from worklists.score_db.earlier_nights import look_back

NIGHTS = ("2024-06-24", "2024-06-25")

NO_DATABASE = "sqlite:////no/such/folder/duerank.db"
NOTHING_EARLIER = look_back(NO_DATABASE, pd.Timestamp(NIGHTS[0]))


def nothing_beside() -> Beside:
    """What a report says of a first night, scored by naive rules, of a ledger without a refused row."""
    models = Models(small_models.late_rule(), small_models.default_rule(), NOTHING_LEARNED)
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
