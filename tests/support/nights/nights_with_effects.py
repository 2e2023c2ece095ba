"""Whole nights of the small portfolio with effects that are written down instead of learned."""

from functools import cache

import numpy as np
import pandas as pd

from configs.settings import load_settings
from features.engine import features_at
from ledger.as_of.view import view_as_of
from ledger.partitioned.load import Loaded
from models.night_models import Models
from models.night_scores import ScoredNight, scored_night
from tests.support import small_models
from tests.support.rosters import roster_of
from tests.support.small_nights import NOTHING_EARLIER
from tests.support.written_decisions import B2B, NOTHING_LEARNED, SEGMENTS, WrittenEffects
from worklists.assemble_night import night_tables
from worklists.decide.decisions import Policy
from worklists.score_db.earlier_nights import Earlier

FIRST, SECOND = small_models.NIGHT, small_models.NIGHT + pd.Timedelta(days=1)
CHANNELS = {"email": 0.1, "sms": 0.12, "call": 0.3, "letter": 0.05}


def random_effects(seed: int) -> WrittenEffects:
    """Effects of each customer, widely apart, that have nothing to do with those of another seed."""
    draw = np.random.default_rng(seed)
    return WrittenEffects(
        own={
            place: {channel: effect * draw.random() ** 8 for channel, effect in CHANNELS.items()}
            for place in range(len(small_models.portfolio().customer_ids))
        }
    )


@cache
def seen(night: pd.Timestamp) -> ScoredNight:
    view = view_as_of(small_models.portfolio(), night, small_models.CURRENCY)
    models = Models(small_models.late_rule(), small_models.default_rule(), NOTHING_LEARNED)
    return scored_night(view, features_at(view, load_settings().labels), models, load_settings())


def night_of(
    night: pd.Timestamp, effects: WrittenEffects, earlier: Earlier = NOTHING_EARLIER, minutes: int | None = None,
    *settings: str,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    scored = seen(night)
    models = Models(scored.models.late_payment, scored.models.default, effects)  # type: ignore[arg-type]
    again = ScoredNight(scored.view, scored.features, scored.spine, scored.scores, models)
    nothing = pd.DataFrame()
    loaded = Loaded(small_models.portfolio(), small_models.CURRENCY, nothing, nothing, (), "simulated")
    roster = None if minutes is None else roster_of({"id": "ida", "minutes_a_day": minutes})
    return night_tables(again, loaded, earlier, Policy(SEGMENTS, B2B, roster), load_settings(settings))
