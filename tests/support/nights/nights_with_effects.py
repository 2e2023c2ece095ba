"""Whole nights of the small portfolio with effects that are written down instead of learned."""

import numpy as np
import pandas as pd

from configs.settings import load_settings
from models.night_models import Models
from tests.support import small_models
from tests.support.nights.in_this_process import NO_DATABASE
from tests.support.nights.in_this_process import night_of as real_night
from tests.support.rosters import roster_of
from tests.support.written_decisions import B2B, SEGMENTS, WrittenEffects
from worklists.decide.decisions import Policy

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


def night_of(
    night: pd.Timestamp, effects: WrittenEffects, database: str = NO_DATABASE, minutes: int | None = None,
    *settings: str,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    models = Models(small_models.late_rule(), small_models.default_rule(), effects)  # type: ignore[arg-type]
    roster = None if minutes is None else roster_of({"id": "ida", "minutes_a_day": minutes})
    policy = Policy(SEGMENTS, B2B, roster)
    return real_night(small_models.ledger_folder(), night, models, load_settings(settings), policy, database)
