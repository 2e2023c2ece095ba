"""Contacts made with numpy: customer-days whose true effect is known, without a ledger."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from configs.settings import EffectSettings, load_settings
from features.window_kernels import Floats
from models.effect import learners
from models.effect.cases import FEATURES, ContactCases
from models.effect.effect_model import EffectModel, train
from models.effect.learners import NO_ARM

SETTINGS = load_settings().effect
CARD = {"trained_on": "2024-03-01", "catalogue_hash": "catalogue", "data_hash": "data"}


@dataclass(frozen=True)
class EffectWorld:
    """Cases, and what the effect of a contact truly is in each row."""

    cases: ContactCases
    truth: Floats


def world(
    seed: int,
    *,
    rows: int = 2_500,
    customers: int = 500,
    share: float = 0.3,
    responds: float = 0.3,
    hidden: float = 0.0,
    randomised: float = 0.0,
    late: float = 0.0,
    channels: tuple[float, ...] = (0.4, 0.2, 0.4),
) -> EffectWorld:
    """Half of the customers pay `responds` more of what they owe when they are contacted, the others nothing more.

    Who owes old debts pays less and is contacted more often: `oldest` is an observed confounder. `hidden` lowers what
    is paid by customers who are contacted more often for a reason that no feature shows. `randomised` of the contacts
    were made at random and logged as such. `late` is the share of the effect that lasts through the recovery days.
    """
    draw = np.random.default_rng(seed)
    group = draw.integers(0, customers, rows)
    responder = (np.arange(customers) * 7919 % customers < customers / 2)[group]
    secret = (np.arange(customers) * 104_729 % customers < customers / 2)[group]
    features = pd.DataFrame(draw.normal(size=(rows, len(FEATURES))), columns=FEATURES)
    oldest = draw.integers(1, 120, rows)
    features["oldest"] = oldest
    features["delay_mean_all"] = np.where(responder, 10, 0) + draw.normal(0, 2, rows)
    lottery = draw.random(rows) < randomised * share
    chosen = draw.random(rows) < np.clip(share * (0.5 + oldest / 120 + hidden * (secret - 0.5)), 0, 0.9)
    contacted = lottery | chosen
    channel = draw.choice(len(channels), rows, p=channels)
    truth = responds * responder
    untouched = 0.5 - 0.3 * oldest / 120 - 0.4 * hidden * secret + 0.2 * (hidden > 0)
    paid = (draw.random(rows) < np.clip(untouched + truth * contacted, 0, 1)).astype(float)
    late_share = np.clip(0.8 + late * truth * contacted + draw.normal(0, 0.05, rows), 0, 1)
    return EffectWorld(
        ContactCases(
            features=features.astype("float32"),
            arm=np.where(contacted, channel, NO_ARM),
            group=group,
            day=draw.integers(19_000, 19_500, rows),
            weight=np.ones(rows),
            owed=draw.lognormal(10, 1, rows),
            logged=np.where(lottery, randomised * share, np.nan),
            response=paid,
            paid=paid,
            paid_late=late_share,
        ),
        truth,
    )


def learned(cases: ContactCases, settings: EffectSettings = SETTINGS, seed: int = 7) -> EffectModel:
    """The effect model of these cases."""
    return train(cases, settings, CARD, seed)


def quickly_learned(cases: ContactCases) -> EffectModel:
    """With few trees, where the evidence is looked at and no customer has to be told from another."""
    with pytest.MonkeyPatch.context() as patched:
        for shape in (learners.OUTCOME_SHAPE, learners.EFFECT_SHAPE, learners.SMALL_SHAPE):
            patched.setitem(shape, "rounds", 20)
        return learned(cases)
