"""How large effects are, by what was predicted a day ahead: the check that the payer classes do not make themselves.

For every day after a contact, the classes say from the days before it what would be paid without a contact, and how
much more with it. What was observed beyond the first, over the second, is the level of that channel: 1 where the
classes are right. Only contacts count that had none in the 30 days before them, since that is what a night is asked
about; after a contact that follows another, both still work.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from scipy.stats import t as student

from features.payment_days import LAGS, NO_CONTACT, PaymentDays
from features.window_kernels import Floats, Positions
from ledger.tables import CHANNELS
from models.clustered_error import clustered_error
from models.effect.estimators import SHOWN, variance_between
from models.effect.judgement import AGES as STRATA
from models.effect.payer_classes import AGES, PayerClasses, age_band, recency

ROWS_AT_ONCE = 300_000
LEAST_HISTORY = 180  # days known before: with fewer the classes cannot know a customer
PERIOD_DAYS = 60
LEAST_EXPECTED = 5.0  # payments that contacts should have brought: with fewer there is no level
LARGEST = 3.0  # a level above it is a fault of the classes, not a finding
SPREAD_OF_PREFERRED = 0.3  # of the logarithm of what a preferred channel brings over others, before a ledger is read
LEAST_PAYMENTS = 20  # of an age of the debt, to be compared with the other ages


@dataclass(frozen=True)
class ContactLevel:
    """`level` (channels,): what contacts brought over what was predicted, and `error`: its standard error of sampling.

    `between`: the standard deviation of the level from period to period, known from so many `periods`. `hidden`: how
    far the level moves if contacted debts may pay more or less often by themselves than predicted. `preferred`: how
    many times as much a customer's preferred channel brings as another, and `usual`: the share of contacts by preferred
    channels, as predicted. `paid_times`: what the contacted paid over what was expected of them without a contact;
    `age_times`: the same of the age of the debt that pays most often over the one that pays least. `by_age` (ages of
    `judgement.AGES`,): factors of the level, and `by_age_error`: how far each may be off (standard deviations).
    """

    level: Floats
    error: Floats
    between: float
    periods: int
    hidden: float
    preferred: float
    usual: float
    paid_times: float
    age_times: float
    by_age: Floats = field(default_factory=lambda: np.ones(len(STRATA)))
    by_age_error: Floats = field(default_factory=lambda: np.zeros(len(STRATA)))

    def require_sound(self) -> None:
        """ValueError where it holds something that is no level, error or factor."""
        parts = np.concatenate(
            [
                self.level,
                self.error,
                self.by_age,
                self.by_age_error,
                [self.between, self.hidden, self.preferred, self.usual, self.paid_times, self.age_times],
            ]
        )
        sizes = [len(part) for part in (self.level, self.error, self.by_age, self.by_age_error)]
        if sizes != [len(CHANNELS)] * 2 + [len(STRATA)] * 2 or self.periods < 0:
            raise ValueError("the level of its payer classes does not fit the channels and ages")
        if not (np.isfinite(parts).all() and (parts >= 0).all()):
            raise ValueError("the level of its payer classes holds something that is no factor")

    def of_preferred(self, preferred: Positions) -> Floats:
        """Factors of the level by customer and channel, for the places of the preferred channels (negative where there
        is none); their mean over the contacts that were made is 1. Shape (customers, channels)."""
        mean = self.usual * self.preferred + 1 - self.usual
        is_it = preferred[:, None] == np.arange(len(CHANNELS))
        known = (preferred >= 0)[:, None]
        return np.where(known, np.where(is_it, self.preferred, 1.0) / mean, 1.0)

    @property
    def shown(self) -> bool:
        """Whether contacts by any channel brought something that is neither chance nor a hidden choice, one-sided."""
        return bool((self.level > SHOWN * np.hypot(self.error, self.hidden)).any())

    def away(self, confidence: float) -> Floats:
        """How far each level may be off at a confidence, both ways: sampling, hidden choice, and that tonight is
        another period again (a prediction, with as few degrees of freedom as there are periods); shape (channels,)."""
        tail = (1 + confidence) / 2
        of_period = float(student.ppf(tail, max(self.periods - 1, 1))) * self.between
        return np.sqrt(NormalDist().inv_cdf(tail) ** 2 * (self.error**2 + self.hidden**2) + of_period**2)

    @property
    def sensitivity(self) -> str:
        """How strong a hidden reason would have to be to undo the effect, in words."""
        if self.paid_times <= 1 or self.age_times <= 1:
            return "the contacted did not pay more than was expected of them without a contact"
        strength = np.log(self.paid_times) / np.log(self.age_times)
        how = f"{strength:.1f} times as strong as" if strength >= 0.05 else "even far weaker than"
        return (
            f"the contacted paid {self.paid_times:.2f} times what was expected of them without a contact; a hidden "
            f"reason to contact those who pay anyway would undo that if it were {how} the age of the debt"
        )


@dataclass(frozen=True)
class Payers:
    """What a night's payments are expected by: fits of the classes from several starts, to be averaged, the level of
    what contacts bring, and the share of them that arrives (see `deliveries.arriving`)."""

    fits: tuple[PayerClasses, ...]
    level: ContactLevel
    arriving: Floats


@dataclass(frozen=True)
class _Ahead:
    """Entries after a contact: `paid` and what was predicted a day ahead, `usual` without the contact and `more` with
    it, weighted as older days count less."""

    customer: Positions
    day: Positions
    channel: Positions
    paid: Floats
    usual: Floats
    more: Floats

    def where(self, rows: npt.NDArray[np.bool_]) -> "_Ahead":
        return _Ahead(**{name: values[rows] for name, values in vars(self).items()})


def contact_level(fits: Sequence[PayerClasses], days: PaymentDays, preferred: Positions, as_of: int) -> ContactLevel:
    """The level of the mean of some fits, by the days that they were fitted to. `preferred` has the place of each
    customer's preferred channel, negative where there is none."""
    parts = [_ahead(fits, part, as_of) for part in customers_together(days)]
    ahead = _Ahead(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in vars(parts[0])})
    overall, error = _ratio(ahead)
    if np.isnan(overall):
        overall, error = 1.0, 1.0
    level, errors = _by_channel(ahead, overall, error)
    between, periods = _between_periods(ahead)
    times, usual = _by_preferred(ahead, preferred)
    return ContactLevel(
        level=np.clip(level, 0, LARGEST),
        error=errors,
        between=between,
        periods=periods,
        hidden=abs(_beside_choice(ahead, overall) - overall),
        preferred=times,
        usual=usual,
        paid_times=float(ahead.paid.sum() / max(ahead.usual.sum(), 1e-9)),
        age_times=_age_times(days),
    )


def customers_together(days: PaymentDays) -> Iterator[PaymentDays]:
    """The days in parts of about `ROWS_AT_ONCE`, each with all days of its customers."""
    order = np.argsort(days.customer, kind="stable")
    starts = np.flatnonzero(np.diff(days.customer[order], prepend=-1))
    begin = 0
    while begin < len(order):
        later = starts[starts > begin + ROWS_AT_ONCE]
        end = int(later[0]) if len(later) else len(order)
        yield days.where(order[begin:end])
        begin = end
    if not len(order):
        yield days


def _ahead(fits: Sequence[PayerClasses], days: PaymentDays, as_of: int) -> _Ahead:
    known_from = as_of - max(len(classes.calendar.pace) for classes in fits) + LEAST_HISTORY
    rows = np.flatnonzero(days.alone & (days.day >= known_from))
    chosen = days.where(rows)
    usual, more = np.zeros(len(rows)), np.zeros(len(rows))
    for classes in fits:
        member = classes.membership_before(days, as_of)[rows] * classes.calendar.pace_on(chosen.day)[:, None]
        kind = classes.calendar.kind(chosen.day)
        usual += (member * classes.base[:, age_band(chosen.age), kind].T).sum(axis=1) / len(fits)
        more += (member * classes.extra_on(chosen.age, chosen.state).T).sum(axis=1) / len(fits)
    weight = recency(chosen.day, as_of)
    channel = (chosen.state - 1) // len(LAGS)
    return _Ahead(chosen.customer, chosen.day, channel, weight * chosen.share, weight * usual, weight * more)


def _ratio(ahead: _Ahead) -> tuple[float, float]:
    """The level and its standard error, with the customer as the unit; NaN where too little was expected."""
    expected = float(ahead.more.sum())
    if expected < LEAST_EXPECTED:
        return float("nan"), float("nan")
    level = float((ahead.paid - ahead.usual).sum()) / expected
    rest = ahead.paid - ahead.usual - level * ahead.more
    return level, clustered_error(rest, ahead.customer) / expected


def _by_channel(ahead: _Ahead, overall: float, error: float) -> tuple[Floats, Floats]:
    """Each channel's level, shrunk to that of all (Efron and Morris 1975), and its standard error."""
    own = [_ratio(ahead.where(ahead.channel == place)) for place in range(len(CHANNELS))]
    level, errors = (np.array(column) for column in zip(*own, strict=True))
    known = ~np.isnan(level)
    spread = variance_between(level[known], np.maximum(errors[known], 1e-6) ** 2) if known.sum() > 1 else 0.0
    trust = np.where(known, spread / (spread + np.nan_to_num(errors, nan=1.0) ** 2 + 1e-12), 0.0)
    shrunk = trust * np.nan_to_num(level) + (1 - trust) * overall
    return shrunk, np.sqrt(trust * np.nan_to_num(errors) ** 2 + (1 - trust) * error**2 + (1 - trust) * spread)


def _by_preferred(ahead: _Ahead, preferred: Positions) -> tuple[float, float]:
    """How many times the level of the others preferred channels have, shrunk to 1, and their share of the contacts."""
    wish = preferred[ahead.customer]
    is_it = ahead.channel == wish
    (own, own_error), (other, error) = (_ratio(ahead.where(rows & (wish >= 0))) for rows in (is_it, ~is_it))
    usual = float(ahead.more[is_it].sum() / max(ahead.more[wish >= 0].sum(), 1e-9))
    if np.isnan(own) or np.isnan(other) or min(own, other) <= 0:
        return 1.0, usual
    # The error of a logarithm of a ratio, by the delta method.
    variance = (own_error / own) ** 2 + (error / other) ** 2
    trust = SPREAD_OF_PREFERRED**2 / (SPREAD_OF_PREFERRED**2 + variance)
    return float(np.exp(trust * np.log(own / other))), usual


def _between_periods(ahead: _Ahead) -> tuple[float, int]:
    period = ahead.day // PERIOD_DAYS
    found = [_ratio(ahead.where(period == one)) for one in np.unique(period)]
    level, error = (np.array([one[place] for one in found]) for place in (0, 1))
    known = ~np.isnan(level) & (error > 0) if found else np.zeros(0, dtype=np.bool_)
    if known.sum() < 2:
        return 0.0, int(known.sum())
    return float(np.sqrt(variance_between(level[known], error[known] ** 2))), int(known.sum())


def _beside_choice(ahead: _Ahead, overall: float) -> float:
    """The level where the contacted may differ in what they pay by themselves, by a factor that is estimated with it:
    weighted least squares of what was paid on both predictions; `overall` where they cannot be distinguished."""
    weight = 1 / np.maximum(ahead.usual + ahead.more, 1e-9)
    design = np.column_stack([ahead.more, ahead.usual])
    gram = design.T @ (design * weight[:, None])
    if len(design) < 2 or np.linalg.cond(gram) > 1e8:
        return overall
    return float(np.linalg.solve(gram, design.T @ (weight * ahead.paid))[0])


def _age_times(days: PaymentDays) -> float:
    """How many times as often the age of debt pays that pays most often, of days past due without a contact."""
    alone = (days.state == NO_CONTACT) & (days.age > 0)
    band = age_band(days.age[alone])
    paid, waited = np.bincount(band, days.share[alone], len(AGES)), np.bincount(band, minlength=len(AGES))
    often = paid[paid >= LEAST_PAYMENTS] / waited[paid >= LEAST_PAYMENTS]
    return float(often.max() / often.min()) if len(often) else 1.0
