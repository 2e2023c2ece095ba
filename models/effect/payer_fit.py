"""The classes of payers, fitted by expectation and maximisation (Dempster, Laird, Rubin 1977).

In every round the customers are shared out over the classes by what they did, and the classes' hazards are counted
anew: payments over open days, each count shrunk to what fewer counts say (a gamma prior of so many payments). A cell is
shrunk to the product of its class's age and kind of day, a contact's extra to that of all classes' channel and days
since. How contacts lose with the age of the debt is one pattern for all classes and channels: most of them are used at
a few ages only.
"""

import numpy as np
import scipy.sparse as sparse
from sklearn.cluster import KMeans

from features.payment_days import LAGS, STATES, PaymentDays
from features.window_kernels import Floats, Positions
from ledger.tables import CHANNELS
from models.effect.pay_calendar import (
    KINDS,
    PayCalendar,
    kind_of_day,
    learned_calendar,
    observed_pace,
    sums,
    weekly_pay_run,
)
from models.effect.payer_classes import (
    AGES,
    SMALLEST,
    PayerClasses,
    age_band,
    cell_of,
    counts,
    faded,
    hazards_of,
    members,
    never_rising,
)

CLASSES, ROUNDS, STARTS = 12, 30, 3
Hazards = tuple[Floats, Floats, Floats]  # base, extra, fading
PACE_ROUNDS = (5, 12, 20)  # after these the pace of each day is read again
PRIOR_OF_CELL, PRIOR_OF_AGE, PRIOR_OF_KIND, PRIOR_OF_LEVEL, PRIOR_OF_EXTRA = 5.0, 1.0, 3.0, 2.0, 20.0  # payments
PRIOR_OF_FADING = 20.0  # payments
TURNS = 6  # in which factors of a product are found, each with the others as they are by then
SPANS = (0, 1, 5, 8)  # places in AGES: before due, the first weeks, a month, later: how a start distinguishes customers


def fit_payer_classes(days: PaymentDays, as_of: int, seed: int) -> tuple[PayerClasses, ...]:
    """`STARTS` fits from different starts, to be averaged: which local optimum one finds is chance."""
    return tuple(_fit(days, as_of, seed + start) for start in range(STARTS))


def _fit(days: PaymentDays, as_of: int, seed: int) -> PayerClasses:
    first = int(days.day.min())
    every_day = np.arange(first, as_of)
    place, size = days.day - first, as_of - first
    paid_on = sums(place, days.share, size)
    pay_run = weekly_pay_run(every_day, paid_on, sums(place, np.ones(len(place)), size))
    _, row = np.unique(days.customer, return_inverse=True)
    rows = int(row.max()) + 1
    calendar = _first_calendar(days, every_day, paid_on, pay_run)
    cell = cell_of(days, calendar)
    paid, open_days = counts(days, calendar, row, rows, as_of)
    classes = min(CLASSES, rows)
    member = _start(paid, open_days, classes, seed)
    fitted = None
    for step in range(ROUNDS):
        fitted = _hazards(_by_class(paid, member), _by_class(open_days, member), fitted)
        base, extra, fading = fitted
        hazards = hazards_of(base, extra, fading).reshape(classes, -1)
        shares = member.mean(axis=0)
        member = members(paid, open_days, hazards, shares)
        if step in PACE_ROUNDS:
            expected = sums(place, (member @ hazards)[row, cell], size)
            pace = observed_pace(paid_on, expected)
            calendar = learned_calendar(pay_run, every_day, paid_on, expected, pace)
            paid, open_days = counts(days, calendar, row, rows, as_of)
    return PayerClasses(shares, base, extra, fading, calendar)


def _first_calendar(days: PaymentDays, every_day: Positions, paid_on: Floats, pay_run: int) -> PayCalendar:
    """The pace of each day for what all customers do at each age and kind of day."""
    kind = kind_of_day(every_day, pay_run)
    place = days.day - every_day[0]
    cell = age_band(days.age) * KINDS + kind[place]
    usual = np.bincount(cell, days.share) / np.maximum(np.bincount(cell), 1)
    expected = sums(place, usual[cell], len(every_day))
    return learned_calendar(pay_run, every_day, paid_on, expected, observed_pace(paid_on, expected))


def _start(paid: sparse.csr_matrix, open_days: sparse.csr_matrix, classes: int, seed: int) -> Floats:
    """Nearly sure members of clusters of customers: payments observed over expected, by age of the debt and contact."""
    by_age = np.asarray(paid.sum(axis=0)).reshape(len(AGES), -1).sum(axis=1)
    hazard = by_age / np.maximum(np.asarray(open_days.sum(axis=0)).reshape(len(AGES), -1).sum(axis=1), 1e-9)
    span = np.repeat(np.searchsorted(SPANS, np.arange(len(AGES)), side="right") - 1, KINDS * STATES)
    contacted = np.tile(np.arange(STATES) > 0, len(AGES) * KINDS)
    group = sparse.csr_matrix((np.ones(len(span)), (np.arange(len(span)), 2 * span + contacted)))
    expected = (open_days @ sparse.diags(np.repeat(hazard, KINDS * STATES))) @ group
    apart = np.log(((paid @ group).toarray() + 0.5) / (expected.toarray() + 0.5))
    some = np.random.default_rng(seed).permutation(len(apart))[: max(classes, int(0.7 * len(apart)))]
    cluster = KMeans(classes, n_init=1, random_state=seed).fit(apart[some]).predict(apart)
    return np.asarray(0.9 * np.eye(classes)[cluster] + 0.1 / classes)


def _by_class(values: sparse.csr_matrix, member: Floats) -> Floats:
    return np.asarray((values.T @ member).T).reshape(member.shape[1], len(AGES), KINDS, STATES)


def _hazards(paid: Floats, open_days: Floats, before: Hazards | None) -> Hazards:
    """`base`, `extra` and `fading` of counts by class. A payment after a contact is shared out between base and extra
    as `before` has it; in the first round the base is that of days without a contact, and the extra what all classes
    pay beyond it."""
    if before is None:
        base = _base(paid[..., 0], open_days[..., 0])
        usual = (open_days[..., 1:] * base[..., None]).sum(axis=(0, 1, 2))
        beyond = np.maximum(paid[..., 1:].sum(axis=(0, 1, 2)) - 0.7 * usual, 1.0)
        extra = beyond / np.maximum(open_days[..., 1:].sum(axis=(0, 1, 2)), 1.0)
        of_all = np.concatenate([np.zeros((len(base), 1)), np.tile(extra, (len(base), 1))], axis=1)
        return base, of_all, np.ones(len(AGES))
    base, extra, fading = before
    usual = paid * (base[..., None] / np.maximum(base[..., None] + faded(extra, fading)[:, :, None, :], 1e-12))
    came, waited = (paid - usual).sum(axis=2), open_days.sum(axis=2)
    extra = _extra(came.sum(axis=1), (waited * fading[:, None]).sum(axis=1))
    return _base(usual.sum(axis=-1), open_days.sum(axis=-1)), extra, _fading(came, waited, extra)


def _base(paid: Floats, open_days: Floats) -> Floats:
    """Hazards by class, age and kind of day, shrunk to level of the class x age x kind of day."""
    of_all = (paid.sum(axis=(0, 2)) + 1e-6) / (open_days.sum(axis=(0, 2)) + 1e-3)
    expected = (open_days * of_all[None, :, None]).sum(axis=(1, 2))
    usual = of_all * ((paid.sum(axis=(1, 2)) + 1) / (expected + 1))[:, None]
    by_age, by_kind = np.ones(paid.shape[:2]), np.ones((len(paid), KINDS))
    for _ in range(TURNS):
        expected_by_age = (open_days * by_kind[:, None, :]).sum(axis=2) * usual
        by_age = (paid.sum(axis=2) + PRIOR_OF_AGE) / (expected_by_age + PRIOR_OF_AGE)
        expected_by_kind = (open_days * (by_age * usual)[..., None]).sum(axis=1)
        by_kind = (paid.sum(axis=1) + PRIOR_OF_KIND) / (expected_by_kind + PRIOR_OF_KIND)
    product = (by_age * usual)[..., None] * by_kind[:, None, :]
    return np.asarray((paid + PRIOR_OF_CELL) / (open_days + PRIOR_OF_CELL / np.maximum(product, SMALLEST)))


def _extra(paid: Floats, open_days: Floats) -> Floats:
    """Extra hazards by class and state, shrunk to level of the class x channel x days since, and the class's spans and
    channels.

    The three are found in turn, each with the others as they are by then: a channel that is kept for those who hardly
    answer to any is not weaker for it.
    """
    shape = (len(paid), len(CHANNELS), len(LAGS))
    came, waited = paid[:, 1:].reshape(shape), open_days[:, 1:].reshape(shape)
    by_lag = (came.sum(axis=(0, 1)) + 1) / (waited.sum(axis=(0, 1)) + 100)
    by_channel = np.ones(len(CHANNELS))
    for _ in range(TURNS):
        of_class = waited * by_channel[:, None] * by_lag
        level = (came.sum(axis=(1, 2)) + PRIOR_OF_LEVEL) / (of_class.sum(axis=(1, 2)) + PRIOR_OF_LEVEL)
        of_channel = (waited * by_lag * level[:, None, None]).sum(axis=(0, 2))
        by_channel = (came.sum(axis=(0, 2)) + PRIOR_OF_EXTRA) / (of_channel + PRIOR_OF_EXTRA)
        of_lag = (waited * by_channel[:, None] * level[:, None, None]).sum(axis=(0, 1))
        by_lag = (came.sum(axis=(0, 1)) + 1e-6) / (of_lag + 1e-3)
    usual = by_channel[:, None] * by_lag * level[:, None, None]
    own_lag = (came.sum(axis=1) + PRIOR_OF_EXTRA) / ((waited * usual).sum(axis=1) + PRIOR_OF_EXTRA)
    usual = usual * own_lag[:, None, :]
    own_channel = (came.sum(axis=2) + PRIOR_OF_EXTRA) / ((waited * usual).sum(axis=2) + PRIOR_OF_EXTRA)
    usual = usual * own_channel[:, :, None]
    extra = (came + PRIOR_OF_EXTRA) / (waited + PRIOR_OF_EXTRA / np.maximum(usual, 1e-9))
    return np.concatenate([np.zeros((len(paid), 1)), extra.reshape(len(paid), -1)], axis=1)


def _fading(came: Floats, waited: Floats, extra: Floats) -> Floats:
    """How many times the extra of all ages each age has, shrunk to 1, and never more than a younger one: of what rises
    with age, the few contacts of old debts show too little to be believed."""
    expected = (waited * extra[:, None, :]).sum(axis=(0, 2))
    times = (came.sum(axis=(0, 2)) + PRIOR_OF_FADING) / (expected + PRIOR_OF_FADING)
    fading = never_rising(times, expected + PRIOR_OF_FADING)
    return np.asarray(fading * (expected.sum() + 1e-9) / ((fading * expected).sum() + 1e-9))
