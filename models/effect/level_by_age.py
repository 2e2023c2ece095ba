"""How effects go with the age of the debt: as the comparison of days has it, over what the payer classes say.

Customers of a class are not all alike: whose old debt is still unpaid answers less than the class does, and whose young
one is unpaid may answer more. The comparison of days sees that, since it asks for no class; the classes know the single
customer. So what a contact brings is theirs, and how it goes with age is corrected by the other, where that is sure.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from features.payment_days import LAGS, NO_CONTACT, PaymentDays
from features.window_kernels import Floats
from ledger.clock import owner_days
from models.effect.contact_level import ContactLevel, customers_together
from models.effect.judgement import AGES, Stratum, age_of
from models.effect.payer_classes import PayerClasses, never_rising
from models.effect.payment_outlook import place_of, still_unpaid

SPREAD_OF_AGES = 0.3  # of the level from age to age, before a ledger is read
LEAST_CONTACTS = 30  # debts that were contacted at an age: with fewer nothing is said of it
LEAST, LARGEST = 0.2, 2.0


def with_ages(
    level: ContactLevel, fits: Sequence[PayerClasses], days: PaymentDays, strata: Sequence[Stratum], as_of: int
) -> ContactLevel:
    """The level with a factor for each of `judgement.AGES`, which never rises with age: their mean over the contacts is
    1."""
    debts, predicted = _predicted(fits, days, as_of)
    shown, error = (np.array([getattr(one, name) for one in strata]) for name in ("effect", "error"))
    known = (debts >= LEAST_CONTACTS) & (predicted > 0)
    if not known.any() or (debts * shown)[known].sum() <= 0:
        return level
    overall = (debts * shown)[known].sum() / (debts * predicted)[known].sum()
    usual = np.where(known, overall * predicted, 1.0)
    own, own_error = shown / usual, np.where(known, error / usual, np.inf)
    trust = SPREAD_OF_AGES**2 / (SPREAD_OF_AGES**2 + own_error**2)
    compared = np.clip(1 + trust * np.where(known, own - 1, 0.0), LEAST, LARGEST)
    brought = debts * predicted
    factor = never_rising(compared, brought + 1e-9)
    factor *= brought.sum() / (brought * factor).sum()
    # Where the comparison contradicts, as by debts that are old and answer more, neither is sure.
    error = np.hypot(SPREAD_OF_AGES * np.sqrt(1 - trust), compared - factor)
    return replace(level, by_age=factor, by_age_error=error)


def _predicted(fits: Sequence[PayerClasses], days: PaymentDays, as_of: int) -> tuple[Floats, Floats]:
    """By age of the customer's oldest debt: how many debts had a fresh contact, and what the classes say, from the days
    before, that a contact like that brings of them within the outlook."""
    count, brought = np.zeros(len(AGES)), np.zeros(len(AGES))
    tables = []
    for classes in fits:
        alone, contacted = still_unpaid(classes, as_of)
        tables.append(alone - contacted)
    for part in customers_together(days):
        rows = np.flatnonzero((part.state != NO_CONTACT) & ((part.state - 1) % len(LAGS) == 0))
        moment = owner_days(part.customer, part.day)
        _, place = np.unique(moment, return_inverse=True)
        oldest = np.zeros(int(place.max(initial=-1)) + 1)
        np.maximum.at(oldest, place, part.age)
        group = age_of(oldest[place[rows]])
        channel = (part.state[rows] - 1) // len(LAGS)
        age = place_of(part.age[rows])
        for classes, table in zip(fits, tables, strict=True):
            member = classes.membership_before(part, as_of)[rows]
            more = (member * table[channel, :, age]).sum(axis=1) / len(fits)
            brought += np.bincount(group, more, len(AGES))
        count += np.bincount(group, minlength=len(AGES))
    return count, brought / np.maximum(count, 1)
