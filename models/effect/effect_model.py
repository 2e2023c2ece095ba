"""The effect of a contact: what a customer pays within 30 days because it is contacted, by channel.

Learned from logged contacts. Contacts are not made at random, so days with a contact are compared with days without one
on which a contact was as likely (`cases`, `judgement`). A stack of trees finds who responds (`learners`, `stack`); how
much is then measured along their score, on customers that they have not seen, and shown with its interval. Where that
shows no difference between customers, all of one age of debt are taken together; where it shows no effect, it is zero.
"""

from dataclasses import dataclass, field, replace
from statistics import NormalDist

import lightgbm
import numpy as np
import pandas as pd

from configs.settings import EffectSettings
from features.window_kernels import Floats
from ledger.as_of.view import View
from ledger.tables import CHANNELS
from models.effect.cases import FEATURES, ContactCases
from models.effect.contact_effects import NO_EFFECTS, NOTHING, OTHER_CHANNELS, ContactEffects, contact_effects
from models.effect.contact_level import Payers
from models.effect.estimators import comparison_weight
from models.effect.judgement import EffectEvidence, age_of, effect_evidence
from models.effect.learners import NO_ARM, Bools, predict_across, regress
from models.effect.stack import EffectStack, fit_stack
from models.risk.risk_model import Card

NAME = "contact_effect"
UNKNOWN = "no comparable contact"
SHORT = 0.01  # of the contacts, this share came sooner after the one before than is usual
RARELY = 0.005  # customers with a smaller chance than all but this share of the contacted are unlike any of them


@dataclass(frozen=True)
class EffectModel:
    """A fitted effect model; `trees` and `chance` (of a contact on a day) are None where nothing could be learned.

    `payers` say what a night expects (see `contact_effects`). The comparison of days (`evidence`, `trees`) says whether
    contacts bring anything at all, and what of it would never have come.
    """

    card: Card
    evidence: EffectEvidence | None = None
    trees: EffectStack | None = None
    chance: lightgbm.Booster | None = None
    version: str = "unregistered"
    settings: dict[str, float] = field(default_factory=dict)
    payers: Payers | None = None

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

    def tonight(self, view: View, invoices: pd.DataFrame) -> ContactEffects:
        """See `contact_effects`; nothing where nothing was learned."""
        if not self.learned or self.payers is None:
            return NOTHING
        assert self.evidence is not None
        recovered = np.array([stratum.recovered for stratum in self.evidence.strata])
        return contact_effects(self.payers, view, invoices, self.channels, recovered, self.settings["confidence"])

    def effects(self, rows: pd.DataFrame) -> pd.DataFrame:
        """What the comparison of days says, to check the payer classes by.

        Effects by customer and channel for `rows` (index customer position, columns `FEATURES`).

        Columns customer, channel, effect (share of the overdue amount), low, high (its interval), basis, recovered.
        Every channel has a row; one with too few contacts has the mean of the others, and says so. No row where nothing
        was learned.
        """
        if not self.learned or not len(rows):
            return NO_EFFECTS
        # Too soon after the last contact no one is contacted: the effect is that of a day when contacts are usual.
        due = rows["days_since_contact"].clip(lower=float(self.settings["shortest_gap"]))
        rows = rows.assign(days_since_contact=due)
        scores = self.scores(rows)
        known = [CHANNELS.index(name) for name in self.channels] or list(range(len(CHANNELS)))
        overlap = self.comparable(rows)
        frames = []
        for place, channel in enumerate(CHANNELS):
            score = scores[:, place] if place in known else scores[:, known].mean(axis=1)
            basis = np.where(overlap, self._basis, UNKNOWN)
            if place not in known:
                basis = np.where(overlap, OTHER_CHANNELS, basis)
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
        """Effects and their standard errors, of sampling and of what sampling does not cover."""
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


def with_payers(model: EffectModel, payers: Payers) -> EffectModel:
    """The model with what a night expects by; one that learned nothing where a day ahead contacts did not bring more
    than chance, or a hidden choice, may have."""
    if payers.level.shown:
        return replace(model, payers=payers)
    assert model.evidence is not None
    why = "what the contacted paid is not more than was expected of them a day ahead, beyond chance and hidden choice"
    return replace(
        model, card=replace(model.card, kind="rule", why=why), evidence=replace(model.evidence, basis="none")
    )


def train(cases: ContactCases, settings: EffectSettings, card: dict[str, str], seed: int) -> EffectModel:
    """Learn the effect, or say why nothing can be learned."""
    treated = cases.arm != NO_ARM
    described = {**card, "settings": settings.model_dump(), "rows": len(treated), "events": int(treated.sum())}
    why = _too_little(cases, treated, settings)
    if why:
        return EffectModel(Card(NAME, "rule", why, **described))  # type: ignore[arg-type]
    everything = np.ones(len(treated), dtype=np.bool_)
    chance = predict_across(cases.cases(treated.astype(np.float64), everything), everything, seed)
    least = max(settings.least_chance, float(np.quantile(chance[treated], RARELY)))
    overlap = (chance >= least) & (chance <= settings.largest_chance)
    why = _no_overlap(treated, overlap, chance, settings)
    if why:
        return EffectModel(Card(NAME, "rule", why, **described))  # type: ignore[arg-type]
    # Of all days: who was never contacted must be known, too.
    of_chance = regress(cases.features, treated.astype(np.float64), seed, weight=cases.weight)
    gap = float(np.quantile(cases.features["days_since_contact"].to_numpy()[treated], SHORT))
    usable = overlap & ~np.isnan(cases.response) & ~np.isnan(cases.paid)
    cases, treated, chance = cases.where(usable), treated[usable], chance[usable]
    weight = comparison_weight(treated, chance, cases.weight)
    trees, held_back = fit_stack(cases.cases(cases.response, np.ones(len(treated), dtype=np.bool_)), weight, seed)
    evidence = effect_evidence(cases, treated, chance, weight, held_back, settings, seed)
    evidence.figures["overlap_share"] = float(np.mean(overlap))
    evidence.figures.update({f"weight_{name.replace(' ', '_')}": share for name, share in trees.by_learner.items()})
    why = "" if evidence.basis != "none" else "the contacts in the ledger show no effect that is not chance"
    kind = "lightgbm" if evidence.basis != "none" else "rule"
    return EffectModel(
        Card(NAME, kind, why, **described, metrics=evidence.figures),  # type: ignore[arg-type]
        evidence,
        trees,
        of_chance,
        settings={
            **{name: float(value) for name, value in settings.model_dump().items()},
            "least_chance": least,
            "shortest_gap": gap,
        },
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
        f"who was contacted hardly ever varied among similar customers: {contacts} contacts of {treated.sum()} and the "
        f"like of {alike:.0f} days without one can be compared, and {settings.min_contacts} of both are needed"
    )
