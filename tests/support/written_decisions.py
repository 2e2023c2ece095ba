"""Nights decided on small books, with the scores and the effects of a contact that a test writes down itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import pandas as pd

from configs.settings import Settings, load_settings
from features.contact_days import overdue_now
from features.engine import features_at
from ledger.as_of.view import View
from ledger.tables import CHANNELS
from models.effect.contact_effects import NOTHING, ContactEffects
from models.night_models import Models
from models.night_scores import NightScores, ScoredNight
from models.risk.risk_model import Card
from tests.support.view_from_rows import invoice_scores_of, scores_of
from worklists.decide.decisions import Decisions, Policy, decide
from worklists.rules.roster import Roster
from worklists.rules.segments import load_segments
from worklists.rules.strategy import Strategy, load_strategy

SEGMENTS = load_segments("standard")
B2B = load_strategy("b2b", SEGMENTS)
NO_HOLDOUT = ("holdout.share=0",)


class WrittenBasis(NamedTuple):
    """What is asked of the evidence."""

    basis: str
    remarks: tuple[str, ...]


SPREAD = 0.05
IN_A_TEST = WrittenBasis("customer", ("written in a test",))
CARD = Card("contact_effect", "lightgbm", "", "2024-01-01", "catalogue", "data", {}, 100, 50)


@dataclass(frozen=True)
class WrittenEffects:
    """Stands where the effect model does: the effect of each channel for everyone, and `own` for some positions."""

    by_channel: Mapping[str, float] = field(default_factory=dict)
    own: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    recovered: float = 0.05
    learned: bool = True
    label: str = "contact_effect=written"
    card: Card = CARD
    evidence: WrittenBasis | None = IN_A_TEST
    payers: None = None

    def tonight(self, view: View, invoices: pd.DataFrame) -> ContactEffects:
        """Of everyone with something overdue; what stays unpaid without a contact is as the curves have it."""
        if not self.learned:
            return NOTHING
        rows = overdue_now(view)
        found = [
            (customer, channel, {**self.by_channel, **self.own.get(customer, {})}.get(channel, 0.0))
            for customer in rows.index
            for channel in CHANNELS
        ]
        frame = pd.DataFrame(found, columns=["customer", "channel", "effect"])
        by_channel = frame.assign(
            low=frame["effect"] - SPREAD, high=frame["effect"] + SPREAD, basis="customer", recovered=self.recovered
        )
        return ContactEffects(NOTHING.unpaid, by_channel)


NOTHING_LEARNED = WrittenEffects(
    learned=False,
    label="contact_effect=unregistered (nothing learned)",
    card=replace(CARD, kind="rule", why="the ledger has no contacts"),
    evidence=None,
)


def scored(view: View, effects: WrittenEffects = NOTHING_LEARNED, **columns: object) -> ScoredNight:
    """A night with the scores of `scores_of` and `invoice_scores_of`."""
    invoices = invoice_scores_of(view)
    by_channel = effects.tonight(view, invoices).by_channel
    scores = NightScores(invoices, None, scores_of(view, **columns), by_channel)  # type: ignore[arg-type]
    models = Models(None, None, effects)  # type: ignore[arg-type]
    return ScoredNight(view, features_at(view, load_settings().labels), None, scores, models)  # type: ignore[arg-type]


def decided(
    view: View,
    effects: WrittenEffects = NOTHING_LEARNED,
    *,
    strategy: Strategy = B2B,
    roster: Roster | None = None,
    settings: tuple[str, ...] = NO_HOLDOUT,
    **columns: object,
) -> Decisions:
    """What is decided on the night; no one is held out unless the settings say so."""
    loaded: Settings = load_settings(settings)
    return decide(scored(view, effects, **columns), Policy(SEGMENTS, strategy, roster), loaded)


def contacted(decisions: Decisions) -> dict[str, str]:
    """The channel by customer_id of everyone who is contacted."""
    ids = decisions.judged.asked["customer_id"]
    return dict(zip(ids[decisions.chosen.index], decisions.chosen["channel"], strict=True))


def with_groups(strategy: Strategy) -> Strategy:
    """The strategy, with groups contacted at their head."""
    return Strategy(strategy.rules.model_copy(update={"contact_at": "parent"}))
