"""What the contacts show: how large the effect is, for whom it can be distinguished, and how sure that is."""

from dataclasses import dataclass

import numpy as np
from sklearn.isotonic import IsotonicRegression

from configs.settings import EffectSettings
from features.window_kernels import Floats, Positions
from ledger.minor_units import HUNDREDTHS
from ledger.tables import CHANNELS
from models.effect.cases import ContactCases
from models.effect.estimators import SHOWN, EffectLine, effect_line, mean_effect, ranking_value, variance_between
from models.effect.learners import Bools, predict_across
from models.effect.stack import HeldBack

AGES = ((1, 7), (8, 30), (31, 90), (91, 100_000))  # days past due of the oldest debt: the strata of the effect
LEAST_GROUP = 30  # contacts, and days without one, of a group whose effect is compared with the line
PERIOD_DAYS = 30  # seasons change who is overdue, and with them the effect
BIAS_SPREAD = 0.5  # how far, as a share of it, an effect from contacts that were chosen may be off


@dataclass(frozen=True)
class Stratum:
    """The mean effect of a contact on debts of one age, shrunk towards the portfolio's, and its standard error.

    `recovered`: share of the cash brought in 30 days that would never have come.
    """

    ages: tuple[int, int]
    contacts: int
    effect: float
    error: float
    recovered: float


@dataclass(frozen=True)
class EffectEvidence:
    """What the contacts show. `basis` is how fine the effects are: customer, age of the debt, portfolio, or none.

    `error` is of sampling. Beyond it, an effect may be off by `doubt` as a share of it, since contacts were chosen, and
    groups of customers lie off the line by `spread`: both widen the interval of a customer (standard deviations).
    """

    basis: str
    effect: float
    error: float
    doubt: float
    spread: float
    line: EffectLine
    strata: tuple[Stratum, ...]
    contacts_by_channel: dict[str, int]
    remarks: tuple[str, ...]
    figures: dict[str, float]


def age_of(oldest: Floats) -> Positions:
    """The stratum of each debt: a place in `AGES`."""
    return np.searchsorted([low for low, _ in AGES], oldest, side="right").clip(1, len(AGES)) - 1


def effect_evidence(
    cases: ContactCases,
    treated: Bools,
    chance: Floats,
    weight: Floats,
    scores: HeldBack,
    settings: EffectSettings,
    seed: int,
) -> EffectEvidence:
    """How large the effect is, along the stack's score, by age of debt and overall, from customers not learned from."""
    everything = np.ones(len(treated), dtype=np.bool_)
    residual = cases.paid - predict_across(cases.cases(cases.paid, everything), ~treated, seed)
    score = scores.stacked
    effect, error = mean_effect(residual, treated, weight, cases.group)
    line = effect_line(residual, score, treated, weight, cases.group)
    remarks: list[str] = []
    spread, doubt = _spread_around(line, cases, residual, score, treated, weight), BIAS_SPREAD
    anchor, anchor_error, randomised = _randomised(cases, residual, treated, chance, weight)
    if randomised:
        chosen = effect
        shift, error = _anchored(effect, error, anchor, anchor_error)
        line = _scaled(line, shift / effect if effect > 0 else 1.0, error)
        effect = shift
        doubt = min(error / max(abs(effect), 1e-9), BIAS_SPREAD)
        remarks.append(
            f"all contacts show {chosen:.1%} of what is overdue, the {randomised:,} made at random "
            f"{anchor:.1%} +- {SHOWN * anchor_error:.1%}; taken together {effect:.1%}"
        )
    strata = _strata(cases, residual, treated, weight, (effect, error), settings, seed)
    slope_shown = line.slope > SHOWN * np.sqrt(line.covariance[2])
    differ = max(abs(one.effect - effect) / max(one.error, 1e-9) for one in strata) > SHOWN
    basis = "customer" if slope_shown else ("age of the debt" if differ else "portfolio")
    if effect <= SHOWN * error and not slope_shown:
        basis = "none"
    used = np.bincount(cases.arm[treated], minlength=len(CHANNELS))
    by_channel = {name: int(count) for name, count in zip(CHANNELS, used, strict=True)}
    remarks += [
        f"{name}: {count} contacts are too few to learn from"
        for name, count in by_channel.items()
        if 0 < count < settings.min_contacts
    ]
    figures = {"effect": effect, "effect_error": error, "slope": line.slope, "slope_error": line.covariance[2] ** 0.5}
    for name, its_score in [("stack", score), *scores.by_learner.items()]:
        value = ranking_value(its_score, cases.owed, residual, treated, weight)
        figures[f"policy_value_{name.replace(' ', '_')}"] = value / HUNDREDTHS
    return EffectEvidence(basis, effect, error, doubt, spread, line, strata, by_channel, tuple(remarks), figures)


def _spread_around(
    line: EffectLine, cases: ContactCases, residual: Floats, score: Floats, treated: Bools, weight: Floats
) -> float:
    """How far the effects of groups lie off the line beyond their errors (DerSimonian and Laird 1986).

    Groups are fifths of the score by age of the debt, channels, and periods of the past, since tonight is another day
    again: whichever lie furthest off.
    """
    fifth = np.searchsorted(np.quantile(score[treated], (0.2, 0.4, 0.6, 0.8)), score)
    age = age_of(cases.features["oldest"].to_numpy(dtype=np.float64))
    by_age = [(fifth == one) & (age == other) for one in range(5) for other in range(len(AGES))]
    by_channel = [(~treated | (cases.arm == place)) for place in range(len(CHANNELS))]
    period = cases.day // PERIOD_DAYS
    by_period = [period == one for one in np.unique(period)]
    largest = 0.0
    for groups in (by_age, by_channel, by_period):
        away, variance = [], []
        for group in groups:
            contacted = treated & group
            if min(contacted.sum(), (~treated & group).sum()) < LEAST_GROUP:
                continue
            effect, error = mean_effect(residual[group], treated[group], weight[group], cases.group[group])
            away.append(effect - line.at(score[contacted])[0].mean())
            variance.append(max(error, 1e-6) ** 2)
        largest = max(largest, variance_between(np.array(away), np.array(variance)))
    return float(np.sqrt(largest))


def _randomised(
    cases: ContactCases, residual: Floats, treated: Bools, chance: Floats, weight: Floats
) -> tuple[float, float, int]:
    """Effect and error from the contacts with a logged propensity, and how many there are.

    By chance / propensity they stand for the customers whom the collectors contact, as all contacts do.
    """
    logged = treated & (cases.logged > 0) & (cases.logged < 1)
    if logged.sum() < 2:
        return float("nan"), float("nan"), 0
    rows = logged | ~treated
    standing_for = np.where(logged, chance / np.where(logged, cases.logged, 1.0), weight)[rows]
    effect, error = mean_effect(residual[rows], treated[rows], standing_for, cases.group[rows])
    return effect, error, int(logged.sum())


def _anchored(effect: float, error: float, anchor: float, anchor_error: float) -> tuple[float, float]:
    """Both estimates by their precision; the chosen contacts may be biased, those made at random are not."""
    chosen = 1 / (error**2 + (BIAS_SPREAD * effect) ** 2)
    at_random = 1 / max(anchor_error**2, 1e-12)
    together = (chosen * effect + at_random * anchor) / (chosen + at_random)
    return together, (1 / (chosen + at_random)) ** 0.5


def _scaled(line: EffectLine, factor: float, error: float) -> EffectLine:
    """The line as the anchor asks: what is wrong with chosen contacts is wrong in proportion. Twofold at most."""
    factor = float(np.clip(factor, 0.5, 2.0))
    of_mean, of_both, of_slope = (part * factor**2 for part in line.covariance)
    return EffectLine(line.mean * factor, line.slope * factor, line.centre, (max(of_mean, error**2), of_both, of_slope))


def _strata(
    cases: ContactCases,
    residual: Floats,
    treated: Bools,
    weight: Floats,
    overall: tuple[float, float],
    settings: EffectSettings,
    seed: int,
) -> tuple[Stratum, ...]:
    """Each age's effect, shrunk towards the mean by empirical Bayes (Efron and Morris 1975), and what it recovers."""
    place = age_of(cases.features["oldest"].to_numpy(dtype=np.float64))
    effects, errors, counts = [], [], []
    for number in range(len(AGES)):
        here = place == number
        estimate = mean_effect(residual[here], treated[here], weight[here], cases.group[here])
        contacts = int((treated & here).sum())
        enough = contacts >= settings.min_contacts and not np.isnan(estimate[1])
        effects.append(estimate[0] if enough else overall[0])
        errors.append(estimate[1] if enough else np.inf)
        counts.append(contacts)
    known = np.isfinite(errors)
    spread = np.var(np.array(effects)[known]) - np.mean(np.square(np.array(errors)[known])) if known.any() else 0.0
    between = max(float(spread), (0.1 * overall[0]) ** 2, 1e-12)
    recovered = _recovered(cases, residual, treated, weight, place, settings, seed)
    strata = []
    for ages, contacts, effect, error, lost in zip(AGES, counts, effects, errors, recovered, strict=True):
        own = between / (between + error**2) if np.isfinite(error) else 0.0
        error_now = np.sqrt(own * error**2 if np.isfinite(error) and own else between + overall[1] ** 2)
        strata.append(Stratum(ages, contacts, own * effect + (1 - own) * overall[0], float(error_now), lost))
    return tuple(strata)


def _recovered(
    cases: ContactCases,
    residual: Floats,
    treated: Bools,
    weight: Floats,
    place: Positions,
    settings: EffectSettings,
    seed: int,
) -> list[float]:
    """Of the cash brought in 30 days, the share that would never have come, by age of the debt.

    The prior is the loss rate of the settings, give or take itself; a ledger that shows more or less moves it by as
    much as its precision deserves. An older debt is never told to be lost less often than a younger one: where the
    ledger shows that, neighbouring ages share their mean.
    """
    shares, precisions = [], []
    known = ~np.isnan(cases.paid_late)
    both = known & ~np.isnan(cases.paid)
    late = cases.cases(np.where(known, cases.paid_late, 0.0), np.ones(len(treated), dtype=np.bool_))
    saved_later = cases.paid_late - predict_across(late, known & ~treated, seed)
    prior, spread = settings.loss_rate, max(settings.loss_rate, 1e-6)
    for number in range(len(AGES)):
        here = both & (place == number)
        saved, error = mean_effect(saved_later[here], treated[here], weight[here], cases.group[here])
        brought, _ = mean_effect(residual[here], treated[here], weight[here], cases.group[here])
        if np.isnan(error) or (treated & here).sum() < settings.min_contacts or brought <= 0.01:
            shares.append(prior)
            precisions.append(1 / spread**2)
            continue
        precision, believed = (brought / error) ** 2, 1 / spread**2
        share = (precision * saved / brought + believed * prior) / (precision + believed)
        shares.append(float(np.clip(share, 0, 1)))
        precisions.append(precision + believed)
    ages = np.arange(len(shares))
    rising = IsotonicRegression().fit(ages, shares, sample_weight=precisions).predict(ages)
    return [round(float(share), 12) for share in rising]
