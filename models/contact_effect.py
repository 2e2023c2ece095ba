"""The effect of a contact: what a customer pays within 30 days because it is contacted, by channel.

Learned from logged contacts. Contacts are not made at random, so days with a contact are compared with days without one
on which a contact was as likely (`effect_cases`, `effect_evidence`). Trees find who responds (`effect_learners`); how
much is then measured along their score, on customers that they have not seen, and told with its interval. Where that
shows no difference between customers, all of one age of debt are taken together; where it shows no effect, it is zero.
"""

from dataclasses import dataclass, field
from statistics import NormalDist

import lightgbm
import numpy as np
import pandas as pd

from configs.settings import EffectSettings
from features.statistics import Floats, Positions
from ledger.tables import CHANNELS
from models.effect_cases import FEATURES, ContactCases
from models.effect_evidence import Line, comparison_weight, effect_line, mean_effect, ranking_value
from models.effect_learners import (
    LEARNERS,
    NO_ARM,
    Bools,
    EffectTrees,
    Kind,
    fit_learner,
    folds_of,
    predict_across,
    regress,
)
from models.risk_model import Card

NAME = "contact_effect"
AGES = ((1, 7), (8, 30), (31, 90), (91, 100_000))  # days past due of the oldest debt: the strata of the effect
SHOWN = 1.645  # one-sided 5%: below it an effect or a difference is not taken as shown
LEAST_GROUP = 30  # contacts, and days without one, of a group whose effect is compared with the line
BIAS_SPREAD = 0.5  # how far, as a share of it, an effect from contacts that were chosen may be off


@dataclass(frozen=True)
class Stratum:
    """The mean effect of a contact on debts of one age, drawn to the portfolio's, and its standard error.

    `recovered`: share of the cash brought in 30 days that would never have come.
    """

    ages: tuple[int, int]
    contacts: int
    effect: float
    error: float
    recovered: float


@dataclass(frozen=True)
class Evidence:
    """What the contacts told. `basis` is how fine the effects are: customer, age of the debt, portfolio, or none.

    `error` is of sampling. Beyond it, an effect may be off by `doubt` as a share of it, since contacts were chosen, and
    groups of customers lie off the line by `spread`: both widen the interval of a customer (standard deviations).
    """

    basis: str
    effect: float
    error: float
    doubt: float
    spread: float
    line: Line
    strata: tuple[Stratum, ...]
    contacts_by_channel: dict[str, int]
    remarks: tuple[str, ...]
    figures: dict[str, float]


@dataclass(frozen=True)
class EffectModel:
    """A fitted effect model; `trees` and `chance` (of a contact on a day) are None where nothing could be learned."""

    card: Card
    evidence: Evidence | None = None
    trees: EffectTrees | None = None
    chance: lightgbm.Booster | None = None
    version: str = "unregistered"
    settings: dict[str, float] = field(default_factory=dict)

    @property
    def learned(self) -> bool:
        return self.evidence is not None and self.evidence.basis != "none"

    @property
    def label(self) -> str:
        """How the model is named on a worklist."""
        return f"{self.card.name}={self.version}" + ("" if self.learned else " (nothing learned)")

    @property
    def channels(self) -> list[str]:
        """The channels with enough contacts to learn from."""
        if self.evidence is None:
            return []
        least = self.settings["min_contacts"]
        return [name for name in CHANNELS if self.evidence.contacts_by_channel.get(name, 0) >= least]

    def effects(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Effects by customer and channel for `rows` (index customer position, columns `FEATURES`).

        Columns customer, channel, effect (share of the overdue amount), low, high (its interval), basis, recovered.
        Every channel has a row; one with too few contacts has the mean of the others, and says so. No row where nothing
        was learned.
        """
        if not self.learned or not len(rows):
            return pd.DataFrame(columns=["customer", "channel", "effect", "low", "high", "basis", "recovered"])
        scores = self.scores(rows)
        known = [CHANNELS.index(name) for name in self.channels] or list(range(len(CHANNELS)))
        overlap = self.comparable(rows)
        frames = []
        for place, channel in enumerate(CHANNELS):
            score = scores[:, place] if place in known else scores[:, known].mean(axis=1)
            basis = np.where(overlap, self._basis, "no comparable contact")
            if place not in known:
                basis = np.where(overlap, "other channels", basis)
            effect, error = self._measured(rows, score)
            reach = NormalDist().inv_cdf((1 + self.settings["confidence"]) / 2) * error
            frames.append(
                pd.DataFrame(
                    {
                        "customer": rows.index,
                        "channel": channel,
                        "effect": np.where(overlap, np.clip(effect, 0, 1), 0.0),
                        "low": np.where(overlap, np.clip(effect - reach, -1, 1), -1.0),
                        "high": np.where(overlap, np.clip(effect + reach, 0, 1), 1.0),
                        "basis": basis,
                        "recovered": self._recovered(rows),
                    }
                )
            )
        return pd.concat(frames, ignore_index=True)

    def scores(self, rows: pd.DataFrame) -> Floats:
        """What the trees say, by channel of `CHANNELS`; shape (rows, channels)."""
        assert self.trees is not None
        arms = [np.full(len(rows), place) for place in range(len(CHANNELS))]
        return np.column_stack([self.trees.effect(rows[FEATURES], arm) for arm in arms])

    def comparable(self, rows: pd.DataFrame) -> Bools:
        """Whether customers like these were contacted sometimes, but not always."""
        assert self.chance is not None
        chance = np.asarray(self.chance.predict(rows[FEATURES].to_numpy(dtype=np.float32)))
        return np.asarray((chance >= self.settings["least_chance"]) & (chance <= self.settings["largest_chance"]))

    @property
    def _basis(self) -> str:
        assert self.evidence is not None
        return self.evidence.basis

    def _measured(self, rows: pd.DataFrame, score: Floats) -> tuple[Floats, Floats]:
        """Effects and their standard errors, of sampling and of what sampling does not tell."""
        assert self.evidence is not None
        if self._basis == "customer":
            effect, error = self.evidence.line.at(score)
        elif self._basis == "portfolio":
            effect, error = np.full(len(rows), self.evidence.effect), np.full(len(rows), self.evidence.error)
        else:
            place = age_of(rows["oldest"].to_numpy(dtype=np.float64))
            effect = np.array([stratum.effect for stratum in self.evidence.strata])[place]
            error = np.array([stratum.error for stratum in self.evidence.strata])[place]
        return effect, np.sqrt(error**2 + (self.evidence.doubt * effect) ** 2 + self.evidence.spread**2)

    def _recovered(self, rows: pd.DataFrame) -> Floats:
        assert self.evidence is not None
        place = age_of(rows["oldest"].to_numpy(dtype=np.float64))
        return np.array([stratum.recovered for stratum in self.evidence.strata])[place]


def age_of(oldest: Floats) -> Positions:
    """The stratum of each debt: a place in `AGES`."""
    return np.searchsorted([low for low, _ in AGES], oldest, side="right").clip(1, len(AGES)) - 1


def train(cases: ContactCases, settings: EffectSettings, card: dict[str, str], seed: int) -> EffectModel:
    """Learn the effect, or say why nothing can be learned."""
    treated = cases.arm != NO_ARM
    described = {**card, "settings": settings.model_dump(), "rows": len(treated), "events": int(treated.sum())}
    why = _too_little(cases, treated, settings)
    if why:
        return EffectModel(Card(NAME, "rule", why, **described))  # type: ignore[arg-type]
    everything = np.ones(len(treated), dtype=np.bool_)
    chance = predict_across(cases.cases(treated.astype(np.float64), everything), everything, seed)
    overlap = (chance >= settings.least_chance) & (chance <= settings.largest_chance)
    why = _no_overlap(treated, overlap, chance, settings)
    if why:
        return EffectModel(Card(NAME, "rule", why, **described))  # type: ignore[arg-type]
    usable = overlap & ~np.isnan(cases.response) & ~np.isnan(cases.paid)
    cases, treated, chance = cases.where(usable), treated[usable], chance[usable]
    weight = comparison_weight(treated, chance, cases.weight)
    scores, trees = _best_learner(cases, treated, weight, seed)
    evidence = _judged(cases, treated, weight, scores, settings, seed)
    evidence.figures["overlap_share"] = float(np.mean(overlap))
    of_chance = regress(cases.features, treated.astype(np.float64), seed, weight=cases.weight)
    why = "" if evidence.basis != "none" else "the contacts in the ledger show no effect that is not chance"
    kind = "lightgbm" if evidence.basis != "none" else "rule"
    return EffectModel(
        Card(NAME, kind, why, **described, metrics=evidence.figures),  # type: ignore[arg-type]
        evidence,
        trees,
        of_chance,
        settings={name: float(value) for name, value in settings.model_dump().items()},
    )


def _too_little(cases: ContactCases, treated: Bools, settings: EffectSettings) -> str:
    known = treated & ~np.isnan(cases.paid)
    if not treated.any():
        return "the ledger has no contacts with customers that owed something overdue"
    if known.sum() < settings.min_contacts:
        return f"the outcome of {known.sum()} contacts is known, and {settings.min_contacts} are needed"
    if treated.all():
        return "every overdue customer was contacted on every day: there is nothing to compare with"
    return ""


def _no_overlap(treated: Bools, overlap: Bools, chance: Floats, settings: EffectSettings) -> str:
    """Why the contacted have no like among those who were not, or nothing."""
    weight = np.where(overlap & ~treated, chance / (1 - np.minimum(chance, 0.999)), 0.0)
    alike = weight.sum() ** 2 / max((weight**2).sum(), 1e-12)
    contacts = int((overlap & treated).sum())
    if min(contacts, alike) >= settings.min_contacts:
        return ""
    return (
        f"who was contacted hardly ever varied among customers alike: {contacts} contacts of {treated.sum()} and the "
        f"like of {alike:.0f} days without one can be compared, and {settings.min_contacts} of both are needed"
    )


def _best_learner(
    cases: ContactCases, treated: Bools, weight: Floats, seed: int
) -> tuple[dict[Kind, Floats], EffectTrees]:
    """Scores of every learner for customers that it has not seen, the best one first, and that one fitted on all."""
    everything = np.ones(len(treated), dtype=np.bool_)
    all_cases = cases.cases(cases.response, everything)
    without = predict_across(all_cases, ~treated, seed)
    fold = folds_of(cases.group)
    scores: dict[Kind, Floats] = {}
    for kind in LEARNERS:
        score = np.zeros(len(treated))
        for one in np.unique(fold):
            others, here = fold != one, fold == one
            learner = fit_learner(kind, all_cases.some(others), without[others], seed)
            score[here] = _own_arm(learner, cases, here)
        scores[kind] = score
    residual = cases.response - without
    value = {kind: ranking_value(score, cases.owed, residual, treated, weight) for kind, score in scores.items()}
    ranked = sorted(LEARNERS, key=lambda kind: -value[kind])
    return {kind: scores[kind] for kind in ranked}, fit_learner(ranked[0], all_cases, without, seed)


def _own_arm(learner: EffectTrees, cases: ContactCases, here: Bools) -> Floats:
    """The score for the channel that was used; elsewhere the mean over the channels as they are used."""
    features, arm = cases.features[here], cases.arm[here]
    used = np.bincount(cases.arm[cases.arm != NO_ARM], minlength=len(CHANNELS))
    by_channel = np.column_stack(
        [learner.effect(features, np.full(len(features), place)) for place in range(len(CHANNELS))]
    )
    mixed = by_channel @ (used / used.sum())
    return np.where(arm == NO_ARM, mixed, by_channel[np.arange(len(arm)), np.maximum(arm, 0)])


def _judged(
    cases: ContactCases,
    treated: Bools,
    weight: Floats,
    scores: dict[Kind, Floats],
    settings: EffectSettings,
    seed: int,
) -> Evidence:
    """How large the effect is, along the best score, by age of debt and overall, from customers not learned from."""
    everything = np.ones(len(treated), dtype=np.bool_)
    residual = cases.paid - predict_across(cases.cases(cases.paid, everything), ~treated, seed)
    kind, score = next(iter(scores.items()))
    effect, error = mean_effect(residual, treated, weight, cases.group)
    line = effect_line(residual, score, treated, weight, cases.group)
    remarks = [f"learner by held-back policy value: {kind}"]
    spread, doubt = _spread_around(line, cases, residual, score, treated, weight), BIAS_SPREAD
    anchor, anchor_error, randomised = _randomised(cases, residual, treated)
    if randomised:
        chosen = effect
        shift, error = _anchored(effect, error, anchor, anchor_error)
        line = Line(line.mean + shift - effect, line.slope, line.centre, _at_least(line.covariance, error))
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
    for name, its_score in scores.items():
        value = ranking_value(its_score, cases.owed, residual, treated, weight)
        figures[f"policy_value_{name.replace(' ', '_')}"] = value / 100
    return Evidence(basis, effect, error, doubt, spread, line, strata, by_channel, tuple(remarks), figures)


def _spread_around(
    line: Line, cases: ContactCases, residual: Floats, score: Floats, treated: Bools, weight: Floats
) -> float:
    """How far the effects of groups lie off the line beyond their errors (DerSimonian and Laird 1986).

    Groups are fifths of the score by age of the debt, and by channel: whichever lie further off.
    """
    fifth = np.searchsorted(np.quantile(score[treated], (0.2, 0.4, 0.6, 0.8)), score)
    age = age_of(cases.features["oldest"].to_numpy(dtype=np.float64))
    by_age = [(fifth == one) & (age == other) for one in range(5) for other in range(len(AGES))]
    by_channel = [(~treated | (cases.arm == place)) for place in range(len(CHANNELS))]
    largest = 0.0
    for groups in (by_age, by_channel):
        away, variance = [], []
        for group in groups:
            contacted = treated & group
            if min(contacted.sum(), (~treated & group).sum()) < LEAST_GROUP:
                continue
            effect, error = mean_effect(residual[group], treated[group], weight[group], cases.group[group])
            away.append(effect - line.at(score[contacted])[0].mean())
            variance.append(max(error, 1e-6) ** 2)
        largest = max(largest, _between(np.array(away), np.array(variance)))
    return float(np.sqrt(largest))


def _between(values: Floats, variance: Floats) -> float:
    """The variance of what values estimate: what they vary by beyond their own variances, not below zero."""
    if len(values) < 2:
        return 0.0
    precision = 1 / variance
    mean = np.average(values, weights=precision)
    beyond = float(precision @ (values - mean) ** 2) - (len(values) - 1)
    return max(beyond / float(precision.sum() - (precision**2).sum() / precision.sum()), 0.0)


def _randomised(cases: ContactCases, residual: Floats, treated: Bools) -> tuple[float, float, int]:
    """Effect and error from the contacts with a logged propensity, weighted by it, and how many there are."""
    logged = treated & (cases.logged > 0) & (cases.logged < 1)
    if logged.sum() < 2:
        return float("nan"), float("nan"), 0
    rows = logged | ~treated
    weight = np.where(treated, 1 / np.where(logged, cases.logged, 1.0), cases.weight)[rows]
    effect, error = mean_effect(residual[rows], treated[rows], weight, cases.group[rows])
    return effect, error, int(logged.sum())


def _anchored(effect: float, error: float, anchor: float, anchor_error: float) -> tuple[float, float]:
    """Both estimates by their precision; the chosen contacts may be biased, those made at random are not."""
    chosen = 1 / (error**2 + (BIAS_SPREAD * effect) ** 2)
    at_random = 1 / max(anchor_error**2, 1e-12)
    together = (chosen * effect + at_random * anchor) / (chosen + at_random)
    return together, (1 / (chosen + at_random)) ** 0.5


def _at_least(covariance: tuple[float, float, float], error: float) -> tuple[float, float, float]:
    return max(covariance[0], error**2), covariance[1], covariance[2]


def _strata(
    cases: ContactCases,
    residual: Floats,
    treated: Bools,
    weight: Floats,
    overall: tuple[float, float],
    settings: EffectSettings,
    seed: int,
) -> tuple[Stratum, ...]:
    """Each age's effect drawn to the overall one by empirical Bayes (Efron and Morris 1975), and what it recovers."""
    place = age_of(cases.features["oldest"].to_numpy(dtype=np.float64))
    effects, errors, counts = [], [], []
    for number in range(len(AGES)):
        here = place == number
        found = mean_effect(residual[here], treated[here], weight[here], cases.group[here])
        contacts = int((treated & here).sum())
        enough = contacts >= settings.min_contacts and not np.isnan(found[1])
        effects.append(found[0] if enough else overall[0])
        errors.append(found[1] if enough else np.inf)
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
    much as its precision deserves.
    """
    shares = []
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
            continue
        precision, believed = (brought / error) ** 2, 1 / spread**2
        share = (precision * saved / brought + believed * prior) / (precision + believed)
        shares.append(float(np.clip(share, 0, 1)))
    return shares
