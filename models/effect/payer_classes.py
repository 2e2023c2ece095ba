"""One model of payment: customers are of a few classes, and each class pays with a chance a day, with and without a
contact.

The chance that an open invoice is paid on a day (its hazard) is base + fading x extra, times the day's pace: `base` by
class, age of the debt and kind of day, `extra` by class, channel of the last contact and days since, `fading` by age of
the debt alone. Which class a customer is of is not known; its own history makes some more likely (a mixture of Poisson
processes, McLachlan and Peel 2000). What is expected of a customer is the mean over the classes of what each would do,
never what a mean customer would do: hazards must not be averaged first, since those who pay at once would then stand
for all.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse
from sklearn.isotonic import IsotonicRegression

from features.payment_days import DAYS_BEFORE_DUE, STATES, PaymentDays
from features.window_kernels import Floats, Positions
from ledger.clock import owner_days
from models.effect.pay_calendar import HALF_MONTHS, KINDS, PayCalendar

AGES = (-DAYS_BEFORE_DUE, 0, 1, 4, 8, 14, 21, 31, 46, 61, 91)  # days past due: the first of each band
HALF_LIFE = 800.0  # days after which a day of the past counts half
TRUST = 0.8  # the power of a customer's likelihood: its days are not as independent as a Poisson process has them
SMALLEST, LARGEST = 1e-7, 0.95  # of a hazard


@dataclass(frozen=True)
class PayerClasses:
    """`shares` (classes,): of the customers; `base` (classes, ages, kinds of day) and `extra` (classes, states of
    contact, nothing for none): chances a day. `fading` (ages,): of extra, a factor that never rises with age."""

    shares: Floats
    base: Floats
    extra: Floats
    fading: Floats
    calendar: PayCalendar

    def require_sound(self) -> None:
        """ValueError where the parts do not fit each other, or are no chances and factors."""
        count = len(self.shares)
        shapes = (count,), (count, len(AGES), KINDS), (count, STATES), (len(AGES),)
        parts = (self.shares, self.base, self.extra, self.fading)
        days = self.calendar
        factors = (days.pace, days.weekdays, days.seasons, np.array(days.level))
        if tuple(part.shape for part in parts) != shapes or [len(one) for one in factors[1:3]] != [7, HALF_MONTHS]:
            raise ValueError("the parts of its payer classes do not fit each other")
        if not count or not all(np.isfinite(one).all() and (one >= 0).all() for one in (*parts, *factors)):
            raise ValueError("its payer classes hold something that is no chance or factor")

    def hazards(self) -> Floats:
        """By class, age, kind of day and state of contact, at a pace of 1; shape (classes, ages, kinds, states)."""
        return hazards_of(self.base, self.extra, self.fading)

    def extra_on(self, age: Positions, state: Positions) -> Floats:
        """What the contact that was fresh adds to the hazard of entries by class, at a pace of 1; shape (classes,
        entries)."""
        return np.asarray(faded(self.extra, self.fading)[:, age_band(age), state])

    def membership(self, days: PaymentDays, customers: int, as_of: int) -> Floats:
        """How likely each customer is of each class, by all its days before the night; shape (customers, classes)."""
        paid, open_days = counts(days, self.calendar, days.customer, customers, as_of)
        hazards = self.hazards().reshape(len(self.shares), -1)
        return members(paid, open_days, hazards, self.shares)

    def membership_before(self, days: PaymentDays, as_of: int) -> Floats:
        """How likely each entry's customer was of each class by the days before that of the entry; shape (entries,
        classes)."""
        order = np.lexsort((days.day, days.customer))
        customer, day = days.customer[order], days.day[order]
        hazard = self.hazards().reshape(len(self.shares), -1)[:, cell_of(days, self.calendar)[order]].T
        expected = self.calendar.pace_on(day)[:, None] * hazard
        # Of a running sum, what lies before a day is decayed to that day; as in `counts`, to the night.
        decayed = recency(day, as_of)[:, None]
        fit = (days.share[order][:, None] * np.log(hazard) - expected) * decayed
        running = np.concatenate([np.zeros((1, fit.shape[1])), np.cumsum(fit, axis=0)])
        moment = owner_days(customer, day)
        first_of_day, first_of_customer = np.searchsorted(moment, moment), np.searchsorted(customer, customer)
        score = TRUST * (running[first_of_day] - running[first_of_customer]) / decayed
        member = np.zeros(score.shape)
        member[order] = probable(score, self.shares)
        return member


def hazards_of(base: Floats, extra: Floats, fading: Floats) -> Floats:
    """See `PayerClasses.hazards`."""
    return np.clip(base[..., None] + faded(extra, fading)[:, :, None, :], SMALLEST, LARGEST)


def faded(extra: Floats, fading: Floats) -> Floats:
    """What contacts add at each age of the debt; shape (classes, ages, states)."""
    return np.asarray(fading[:, None] * extra[:, None, :])


def never_rising(values: Floats, weights: Floats) -> Floats:
    """Values by age, none larger than a younger one's, nearest to these by weighted squares."""
    ages = np.arange(len(values))
    return np.asarray(IsotonicRegression(increasing=False).fit(ages, values, sample_weight=weights).predict(ages))


def recency(day: Positions, as_of: int) -> Floats:
    """What each day of the past counts on the night."""
    return np.asarray(0.5 ** ((as_of - day) / HALF_LIFE))


def age_band(age: Positions) -> Positions:
    """The place in `AGES` of days past due."""
    return np.asarray(np.searchsorted(AGES, age, side="right") - 1, dtype=np.int64)


def cell_of(days: PaymentDays, calendar: PayCalendar) -> Positions:
    """Where each day lies in the flattened (ages, kinds, states) of `PayerClasses.hazards`."""
    return (age_band(days.age) * KINDS + calendar.kind(days.day)) * STATES + days.state


def counts(
    days: PaymentDays, calendar: PayCalendar, row: Positions, rows: int, as_of: int
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """What was paid, and the days that were open at their pace, by row and cell; older days count less."""
    cells = len(AGES) * KINDS * STATES
    where = (row, cell_of(days, calendar))
    weight = recency(days.day, as_of)
    values = weight * days.share + 1j * (weight * calendar.pace_on(days.day))
    both = sparse.csr_matrix((values, where), shape=(rows, cells))  # put in order once for the two
    paid, open_days = both.real, both.imag
    paid.eliminate_zeros()
    return paid, open_days


def members(paid: sparse.csr_matrix, open_days: sparse.csr_matrix, hazards: Floats, shares: Floats) -> Floats:
    """The classes' probabilities by row, of counts and flattened hazards; shape (rows, classes)."""
    return probable(TRUST * (paid @ np.log(hazards).T - open_days @ hazards.T), shares)


def probable(fit: Floats, shares: Floats) -> Floats:
    """Probabilities of the classes by row, of the logarithms of how well each fits and of the classes' shares."""
    score = fit + np.log(shares + 1e-9)
    likely = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))
