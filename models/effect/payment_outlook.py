"""What the classes of payers expect of each debt tonight: how much of it stays unpaid, without a contact and with one.

Both sides start as if earlier contacts no longer worked: what a contact brings is what it brings to a customer that is
left alone else, and how soon it may be repeated is a rule of the strategy.
"""

from dataclasses import dataclass

import numpy as np

from features.payment_days import DAYS_BEFORE_DUE, NO_CONTACT, state_of
from features.window_kernels import Floats, Positions
from ledger.tables import CHANNELS
from models.effect.payer_classes import AGES, LARGEST, PayerClasses, age_band

OUTLOOK_DAYS = 30


@dataclass(frozen=True)
class Outlook:
    """Shares of each debt that are unpaid after `OUTLOOK_DAYS` days: `unpaid` (debts,) without a contact, `contacted`
    (debts, channels) with one tonight."""

    unpaid: Floats
    contacted: Floats


def outlook(classes: PayerClasses, member: Floats, age: Positions, as_of: int) -> Outlook:
    """Of debts of these ages (days past due on the night) of customers with these memberships (debts, classes)."""
    place = place_of(age)
    alone, contacted = still_unpaid(classes, as_of)
    without = (member * alone[:, place].T).sum(axis=1)
    by_channel = [(member * one[:, place].T).sum(axis=1) for one in contacted]
    return Outlook(without, np.minimum(np.column_stack(by_channel), without[:, None]))


def place_of(age: Positions) -> Positions:
    """Where `still_unpaid` has debts of these ages (days past due)."""
    return np.asarray(np.clip(age, -DAYS_BEFORE_DUE, AGES[-1]) + DAYS_BEFORE_DUE)


def still_unpaid(classes: PayerClasses, as_of: int) -> tuple[Floats, Floats]:
    """The chance that a debt is unpaid after the outlook, by class and days past due from -`DAYS_BEFORE_DUE` to the
    oldest band: without a contact (classes, ages), and with one by each channel (channels, classes, ages)."""
    ages = np.arange(-DAYS_BEFORE_DUE, AGES[-1] + 1)
    hazards = classes.hazards()
    days = as_of + np.arange(OUTLOOK_DAYS)
    pace, kind = classes.calendar.pace_on(days), classes.calendar.kind(days)
    alone = np.zeros((len(hazards), len(ages)))
    contacted = np.zeros((len(CHANNELS), *alone.shape))
    for number in range(OUTLOOK_DAYS):
        today = hazards[:, age_band(ages + number), kind[number], :] * pace[number]
        stays = np.log1p(-np.minimum(today, LARGEST))
        alone += stays[..., NO_CONTACT]
        for channel in range(len(CHANNELS)):
            contacted[channel] += stays[..., state_of(np.array(channel), np.array(number + 1))]
    return np.exp(alone), np.exp(contacted)
