"""Which channels an action may use, by action, segment and amount. The first rule that fits decides."""

import math
from collections.abc import Iterable, Sequence
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field, StrictStr, model_validator

from configs.near_names import closest
from ledger.errors import listed
from ledger.minor_units import minor_units
from ledger.strict_yaml import StrictPart
from ledger.tables import CHANNELS
from worklists.rules.actions import ACTIONS, REMINDER
from worklists.rules.offers import COLLECTIBLE, NOTHING_OVERDUE, Amount
from worklists.rules.satisfiability import Range, impossible_fact, possible_values, values_in_segment
from worklists.rules.segments import FactCondition, Segments

Bits = npt.NDArray[np.int64]

BIT = {channel: 1 << place for place, channel in enumerate(CHANNELS)}
Names = Annotated[tuple[StrictStr, ...], Field(min_length=1)]


class ChannelRule(StrictPart):
    """The channels that are allowed for some actions, in some segments, for some amounts; all where none is named.

    `at_least_amount` and `at_most_amount` (currency units, both inclusive) bound the collectible amount, or, for the
    reminder before the due date, what falls due.
    """

    allow: Names
    actions: Names | None = None
    segments: Names | None = None
    at_least_amount: Amount | None = None
    at_most_amount: Amount | None = None

    @model_validator(mode="after")
    def _known(self) -> "ChannelRule":
        for place, names, known in (("allow", self.allow, CHANNELS), ("actions", self.actions or (), ACTIONS)):
            for name in names:
                if name not in known:
                    raise ValueError(f"{place}: there is no {name!r}.{closest(name, known)} Known: {listed(known)}")
        low, high = self.at_least_amount, self.at_most_amount
        if low is not None and high is not None and low > high:
            raise ValueError(f"no amount is at least {low:g} and at most {high:g}; this rule can never decide")
        return self

    @property
    def amounts(self) -> Range:
        """Currency units, the upper edge not among them."""
        high = math.inf if self.at_most_amount is None else math.nextafter(self.at_most_amount, math.inf)
        return Range(self.at_least_amount or 0.0, high)

    def is_about(self, action: str, segment: str) -> bool:
        """Whether the rule is about the action in the segment, for some amounts at least."""
        return (self.actions is None or action in self.actions) and (self.segments is None or segment in self.segments)

    def takes(self, cents: Bits) -> npt.NDArray[np.bool_]:
        """Which amounts the rule is about."""
        takes = np.ones(len(cents), dtype=np.bool_)
        if self.at_least_amount is not None:  # the bounds are rounded: 1.1 x 100 is a trace above 110 cents
            takes &= cents >= round(self.at_least_amount * minor_units(), 6)
        if self.at_most_amount is not None:
            takes &= cents <= round(self.at_most_amount * minor_units(), 6)
        return takes


def bits(channels: Iterable[str]) -> int:
    """A set of channels as one number: a bit for each."""
    return sum(BIT[channel] for channel in set(channels))


def channels_of(mask: int) -> list[str]:
    """The channels of `bits`, in the order of their declaration."""
    return [channel for channel in CHANNELS if mask & BIT[channel]]


def allowed(rules: Sequence[ChannelRule], action: str, segment: str, cents: Bits, otherwise: int) -> Bits:
    """The channels (`bits`) of an action in a segment for each amount: those of the first rule that fits, else
    `otherwise`."""
    found = np.full(len(cents), otherwise, dtype=np.int64)
    for rule in reversed(rules):
        if rule.is_about(action, segment):
            found[rule.takes(cents)] = bits(rule.allow)
    return found


def ever_allowed(rules: Sequence[ChannelRule], action: str, segment: str, otherwise: int) -> int:
    """The channels (`bits`) of an action in a segment that some amount has."""
    edges = {rule.at_least_amount for rule in rules} | {rule.at_most_amount for rule in rules}
    cents = {0} | {round((edge or 0) * minor_units()) + step for edge in edges for step in (-1, 0, 1)}
    amounts = np.array(sorted(cent for cent in cents if cent >= 0), dtype=np.int64)
    return int(np.bitwise_or.reduce(allowed(rules, action, segment, amounts, otherwise)))


def refuse_rules_that_never_decide(rules: Sequence[ChannelRule], segments: Segments) -> None:
    """ValueError, a sentence, where a segment is unknown or no customer could ever be under a rule."""
    for place, rule in enumerate(rules):
        for segment in rule.segments or ():
            if segment not in segments.names:
                raise ValueError(
                    f"permitted_channels.{place}: there is no segment {segment!r}.{closest(segment, segments.names)} "
                    f"Segments: {listed(segments.names)}"
                )
        about = [
            (action, segment) for action in ACTIONS for segment in segments.names if rule.is_about(action, segment)
        ]
        possible = [pair for pair in about if _possible(rule, *pair, segments)]
        if not possible:
            raise ValueError(
                f"permitted_channels.{place}: no customer of {listed(rule.segments or segments.names)} ever owes such "
                f"an amount when the action is {listed(rule.actions or ACTIONS)}; this rule can never decide"
            )
        if not any(_reached(rule, rules[:place], *pair) for pair in possible):
            raise ValueError(f"permitted_channels.{place}: a rule above it always decides; put it further up")


def _possible(rule: ChannelRule, action: str, segment: str, segments: Segments) -> bool:
    """Whether a customer of the segment can owe one of the rule's amounts when it comes to the action."""
    conditions = [NOTHING_OVERDUE if action == REMINDER else COLLECTIBLE]
    fact = "open_amount" if action == REMINDER else "collectible_amount"
    if rule.at_least_amount:
        conditions.append(FactCondition(fact=fact, at_least=rule.at_least_amount))
    if rule.at_most_amount is not None:
        conditions.append(FactCondition(fact=fact, less_than=rule.amounts.high))
    known = values_in_segment(segments.segments[segments.names.index(segment)], segments)
    return impossible_fact(possible_values(conditions, known)) is None


def _reached(rule: ChannelRule, earlier: Sequence[ChannelRule], action: str, segment: str) -> bool:
    low, high = rule.amounts.low, rule.amounts.high
    before = [one.amounts for one in earlier if one.is_about(action, segment)]
    return not any(amounts.low <= low and high <= amounts.high for amounts in before)
