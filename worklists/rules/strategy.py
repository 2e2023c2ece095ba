"""The strategy: which action at which day past due, by which channel, per segment. Written in YAML."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from configs.near_names import closest
from configs.settings import SettingsError
from ledger.errors import listed
from worklists.rules.actions import FORMAL, REMINDER
from worklists.rules.channel_rules import BIT, channels_of, ever_allowed, refuse_rules_that_never_decide
from worklists.rules.early_warning import ReviewTerms
from worklists.rules.interest import Interest
from worklists.rules.offers import refuse_impossible
from worklists.rules.rule_files import load_rules
from worklists.rules.satisfiability import values_in_segment
from worklists.rules.segments import Segments
from worklists.rules.strategy_file import DEFAULT, LadderStep, Reminder, StrategyFile


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
        return self.rules.ladder(segment)


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
        refuse_rules_that_never_decide(rules.permitted_channels, segments)
        for segment_name in segments.names:
            _refuse_steps_without_their_channel(rules, segment_name)
        refuse_impossible(rules.offers, segments)
    except ValueError as error:
        raise SettingsError(f"{name_or_path}: {error}") from None
    return Strategy(rules)


def _refuse_steps_without_their_channel(rules: StrategyFile, segment: str) -> None:
    """ValueError where the channel that is written for an action is never permitted for it in the segment."""
    ladder = segment if segment in rules.ladders else DEFAULT
    written = [("reminder", REMINDER, rules.reminder.channel)]
    written += [(f"ladders.{ladder}", step.action, step.channel) for step in rules.ladder(segment)]
    for place, action, channel in written:
        may = ever_allowed(rules.permitted_channels, action, segment, rules.without_a_rule(action, channel))
        if not may & BIT[channel]:
            raise ValueError(
                f"{place}, {action}: the channel {channel} is never permitted for it in the segment {segment}; "
                f"permitted_channels allows {listed(channels_of(may))}"
            )


def usable_channels(facts: pd.DataFrame, actions: pd.DataFrame, strategy: Strategy) -> pd.DataFrame:
    """Whether a channel is permitted for the action and reaches the customer: bool, a column for each channel.

    `actions` is from `recommend`. Rows without an action have no usable channel.
    """
    acting = actions["action"] != ""
    return pd.DataFrame(
        {
            channel: acting & _names(actions["permitted"], channel) & _reaches(facts, channel)
            for channel in strategy.channels
        }
    )


def minutes_of(actions: pd.DataFrame, strategy: Strategy) -> pd.DataFrame:
    """A collector's minutes for the action by each channel, in the shape of `usable_channels`: those of the channel, of
    the handling and of the action's preparation (whole, at least 1); what `recommend` says for the channel it chose.
    """
    every_contact = actions["preparation_minutes"] + strategy.rules.handling_minutes
    return pd.DataFrame({channel: every_contact + minutes for channel, minutes in strategy.rules.minutes.items()})


def chosen_channel(facts: pd.DataFrame, actions: pd.DataFrame, strategy: Strategy) -> "pd.Series[str]":
    """The first usable channel: the preferred one, the step's, then the others in the strategy's order; '' where none.

    A formal action keeps the step's channel where it can. Who was promised a contact is called, where that may be.
    """
    usable = usable_channels(facts, actions, strategy)
    agreed = pd.Series("call", index=facts.index, dtype="str").where(facts["contact_due"])
    wanted = [agreed, facts["preferred_channel"].mask(actions["action"].isin(FORMAL)), actions["channel"]]
    others = [pd.Series(channel, index=facts.index, dtype="str") for channel in strategy.channels]
    chosen = pd.Series("", index=facts.index, dtype="str")
    for candidate in (*wanted, *others):
        may = pd.Series(False, index=facts.index)
        for channel in strategy.channels:
            may |= (candidate == channel) & usable[channel]
        chosen = chosen.mask(may & (chosen == ""), candidate)
    return chosen


def _names(channels: "pd.Series[str]", channel: str) -> "pd.Series[bool]":
    """Whether texts of channels parted by blanks name one; there are few different ones."""
    naming = {text: channel in text.split() for text in channels.dropna().unique()}
    return channels.map(naming).eq(True)


def _reaches(facts: pd.DataFrame, channel: str) -> pd.Series:
    """Whether the ledger has the address that a channel needs, and nothing came back from there lately; who agreed on
    a contact is reached, unless it was tried since. A ledger without any address at all cannot say who has none, so
    there everyone counts as reachable.
    """
    agreed = facts["contact_due"] & (facts["agreed_on"] >= facts["last_contact_on"])
    lives = ~_names(facts["dead_channels"], channel) | agreed
    address = {"email": "has_email", "sms": "has_phone", "call": "has_phone"}.get(channel)
    if address is None or not facts[address].any():
        return lives
    return facts[address] & lives
