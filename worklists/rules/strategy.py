"""The strategy: which action at which day past due, by which channel, per segment. Written in YAML."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from configs.near_names import closest
from configs.settings import SettingsError
from ledger.errors import listed
from ledger.frame_schema import TEXT, WHOLE, FrameSchema
from worklists.rules.actions import ESCALATIONS, FORMAL, REMINDER_TONE
from worklists.rules.early_warning import ReviewTerms
from worklists.rules.interest import Interest
from worklists.rules.offers import offered, refuse_impossible
from worklists.rules.rule_files import load_rules
from worklists.rules.satisfiability import values_in_segment
from worklists.rules.segments import Segments
from worklists.rules.strategy_file import DEFAULT, LadderStep, Reminder, StrategyFile

ACTIONS = FrameSchema(
    "actions",
    {
        "action": TEXT,
        "channel": TEXT,
        "tone": TEXT,
        "offer": TEXT,
        "minutes": WHOLE,
        "preparation_minutes": WHOLE,
        "reminder_value": WHOLE,  # reporting cents
    },
)


@dataclass(frozen=True)
class Strategy:
    """A strategy that was checked against the segments; `ladder` gives the steps of a segment."""

    rules: StrategyFile

    @property
    def reminder(self) -> Reminder:
        return self.rules.reminder

    @property
    def review_terms(self) -> ReviewTerms:
        """From when on the credit terms are reviewed."""
        return self.rules.review_terms

    @property
    def interest(self) -> Interest | None:
        """What drafts of demands claim besides the debt."""
        return self.rules.interest

    @property
    def days_between_contacts(self) -> int:
        return self.rules.days_between_contacts

    @property
    def contacts_a_month(self) -> int:
        """The most contacts with one customer in 30 days."""
        return self.rules.contacts_a_month

    @property
    def contact_at(self) -> Literal["customer", "parent"]:
        """Who is contacted for a member of a group."""
        return self.rules.contact_at

    @property
    def channels(self) -> tuple[str, ...]:
        """The permitted channels, in the order in which they are fallen back on."""
        return tuple(self.rules.minutes)

    def ladder(self, segment: str) -> list[LadderStep]:
        return self.rules.ladders.get(segment, self.rules.ladders[DEFAULT])


def load_strategy(name_or_path: str, segments: Segments) -> Strategy:
    """The strategy in `configs/strategies/<name>.yaml` or at a path. SettingsError where it cannot be used."""
    rules = load_rules(StrategyFile, "strategies", name_or_path)
    for name, ladder in rules.ladders.items():
        if name == DEFAULT:
            continue
        if name not in segments.names:
            raise SettingsError(
                f"{name_or_path}: ladders: there is no segment {name!r}.{closest(name, segments.names)} "
                f"Segments: {listed(segments.names)}; or {DEFAULT}"
            )
        segment = segments.segments[segments.names.index(name)]
        fact = ladder[-1].never_in(values_in_segment(segment, segments))
        if fact is not None:
            raise SettingsError(
                f"{name_or_path}: ladders.{name}: {ladder[-1].action} can never come: no customer of the segment "
                f"has a fitting {fact}"
            )
    try:
        refuse_impossible(rules.offers, segments)
    except ValueError as error:
        raise SettingsError(f"{name_or_path}: {error}") from None
    return Strategy(rules)


def recommend(facts: pd.DataFrame, segments: pd.DataFrame, strategy: Strategy, due_soon: pd.DataFrame) -> pd.DataFrame:
    """What the strategy asks for, per row of `customer_facts`: action, channel, tone, offer, minutes,
    preparation_minutes, reminder_value.

    A customer with a collectible amount gets the step of the oldest invoice that is not wholly disputed or promised;
    one that does not fulfil the conditions of a hand-over stays on the step before. One with nothing overdue gets the
    reminder where enough is at risk of being late (`due_soon` is from `reminders.due_soon`); reminder_value is what is
    at risk, in cents. Elsewhere action, channel and tone are empty. The channel is empty too where none that is
    permitted reaches the customer. offer is what the collector may offer, in words, or ''. minutes are those of the
    channel, of the handling and of the preparation. Who must be left alone is decided in `suppress`, not here.
    """
    texts = {"action": "", "channel": "", "tone": "", "offer": ""}
    actions = pd.DataFrame(
        {**texts, "minutes": 0, "preparation_minutes": 0, "reminder_value": 0}, index=facts.index
    ).astype(dict.fromkeys(texts, "str"))
    collectible = facts["collectible_amount"] > 0
    for segment in segments["segment"].unique():
        ladder = strategy.ladder(segment)
        rows = facts.index[collectible & (segments["segment"] == segment)]
        starts = [step.from_day for step in ladder]
        step = np.searchsorted(starts, facts.loc[rows, "collectible_days_past_due"], side="right") - 1
        step = np.maximum(step, 0)  # what was paid back beyond the credit is owed without a due date
        step -= (step == len(ladder) - 1) & ~ladder[-1].comes(facts.loc[rows]).to_numpy(dtype=np.bool_)
        for name in ("action", "channel", "tone"):
            actions.loc[rows, name] = np.array([getattr(step, name) for step in ladder], dtype="object")[step]
        actions.loc[rows, "preparation_minutes"] = np.array([step.preparation_minutes for step in ladder])[step]
    soon = due_soon.reindex(facts.index)
    remind = (facts["overdue_amount"] == 0) & (soon["amount"] > facts["credit_amount"])
    remind &= soon["at_risk"] >= soon["amount"] * strategy.reminder.at_least_p_late
    actions.loc[remind, ["action", "channel"]] = ["pre_due_reminder", strategy.reminder.channel]
    actions.loc[remind, "tone"] = REMINDER_TONE
    actions.loc[remind, "reminder_value"] = soon.loc[remind, "at_risk"].round().astype("int64")
    actions["offer"] = offered(facts, segments, actions, strategy.rules.offers)
    actions["channel"] = _chosen(facts, actions, strategy)
    handling = strategy.rules.handling_minutes * (actions["action"] != "")
    by_channel = actions["channel"].map(strategy.rules.minutes).fillna(0).astype("int64")
    actions["minutes"] = by_channel + handling + actions["preparation_minutes"]
    return ACTIONS.checked(actions)


def usable_channels(facts: pd.DataFrame, actions: pd.DataFrame, strategy: Strategy) -> pd.DataFrame:
    """Whether a channel is permitted, reaches the customer and may carry its action: bool, a column for each channel.

    `actions` is from `recommend`. A hand-over keeps the channel that `recommend` gave it: it needs a document, while a
    last notice may be spoken as well. Rows without an action have no usable channel.
    """
    formal = actions["action"].isin(ESCALATIONS)
    return pd.DataFrame(
        {
            channel: _reaches(facts, channel) & (actions["action"] != "") & (~formal | (actions["channel"] == channel))
            for channel in strategy.channels
        }
    )


def minutes_of(actions: pd.DataFrame, strategy: Strategy) -> pd.DataFrame:
    """A collector's minutes for the action by each channel, in the shape of `usable_channels`: those of the channel, of
    the handling and of the action's preparation (whole, at least 1); what `recommend` says for the channel it chose.
    """
    every_contact = actions["preparation_minutes"] + strategy.rules.handling_minutes
    return pd.DataFrame({channel: every_contact + minutes for channel, minutes in strategy.rules.minutes.items()})


def _chosen(facts: pd.DataFrame, actions: pd.DataFrame, strategy: Strategy) -> pd.Series:
    """The first channel that is permitted and reaches the customer: the preferred one, the step's, then the others.

    A formal action keeps the step's channel where it can.
    """
    formal = actions["action"].isin(FORMAL)
    wanted = [facts["preferred_channel"].mask(formal), actions["channel"]]
    others = [pd.Series(channel, index=facts.index, dtype="str") for channel in strategy.channels]
    reaches = {channel: _reaches(facts, channel) for channel in strategy.channels}
    chosen = pd.Series("", index=facts.index, dtype="str")
    for candidate in (*wanted, *others):
        usable = candidate.isin(strategy.channels) & (chosen == "") & (actions["action"] != "")
        for channel, reached in reaches.items():
            usable &= (candidate != channel) | reached
        chosen = chosen.mask(usable, candidate)
    return chosen


def _reaches(facts: pd.DataFrame, channel: str) -> pd.Series:
    """Whether the ledger has the address that a channel needs. A ledger without any address at all cannot say who has
    none, so there everyone counts as reachable.
    """
    address = {"email": "has_email", "sms": "has_phone", "call": "has_phone"}.get(channel)
    if address is None or not facts[address].any():
        return pd.Series(True, index=facts.index)
    return facts[address]
