"""Which values of the facts a set of conditions leaves possible, so that a rule that can never apply is refused."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from worklists.rules.fact_words import FACTS
from worklists.rules.segments import FactCondition, Segment, Segments

# What is known of every figure of a kind; the upper edge is not part of the range.
NATURAL = {
    "currency": (0.0, math.inf),
    "days": (0.0, math.inf),
    "count": (0.0, math.inf),
    "share": (0.0, math.nextafter(1.0, 2.0)),
}
# Each amount is a part of the next one.
PARTS_OF = ("collectible_amount", "overdue_amount", "open_amount")


@dataclass(frozen=True)
class Range:
    """The possible values of one fact: figures in [low, high), or texts and flags among `allowed` (None: any).

    A fact may be missing unless it is `present`.
    """

    low: float = -math.inf
    high: float = math.inf
    allowed: frozenset[object] | None = None
    present: bool = False

    def __and__(self, other: "Range") -> "Range":
        both = [values for values in (self.allowed, other.allowed) if values is not None]
        allowed = frozenset.intersection(*both) if both else None
        present = self.present or other.present
        return Range(max(self.low, other.low), min(self.high, other.high), allowed, present)

    @property
    def empty(self) -> bool:
        return self.low >= self.high or self.allowed == frozenset()

    def within(self, other: "Range") -> bool:
        """Whether every value here is one of the other's, and none is missing."""
        some = other.allowed is None or (self.allowed is not None and self.allowed <= other.allowed)
        return self.present and some and self.low >= other.low and self.high <= other.high


PossibleValues = dict[str, Range]


def possible_values(conditions: Iterable[FactCondition], known: PossibleValues | None = None) -> PossibleValues:
    """The values that fulfil all conditions, by fact, where `known` holds already."""
    ranges = dict(known or {})
    for condition in conditions:
        ranges[condition.fact] = ranges.get(condition.fact, _anything(condition.fact)) & _inside(condition)
    for part, whole in pairwise(PARTS_OF):
        ranges[whole] = ranges.get(whole, _anything(whole)) & Range(low=ranges.get(part, Range()).low)
    for part, whole in reversed(list(pairwise(PARTS_OF))):
        ranges[part] = ranges.get(part, _anything(part)) & Range(high=ranges[whole].high)
    return ranges


def impossible_fact(ranges: PossibleValues) -> str | None:
    """The fact for which no value is left; None where the conditions can hold together."""
    return next((fact for fact, values in ranges.items() if values.empty), None)


def always_hold(conditions: Iterable[FactCondition], ranges: PossibleValues) -> bool:
    """Whether everyone who is within the ranges fulfils all conditions."""
    return all(
        condition.fact in ranges and ranges[condition.fact].within(_inside(condition)) for condition in conditions
    )


def values_in_segment(segment: Segment, segments: Segments) -> PossibleValues:
    """The values that the customers of a segment can have.

    An earlier segment takes whom it fits; where all but one of its conditions hold anyway, that one cannot.
    """
    ranges = possible_values(segment.when)
    for earlier in segments.segments[: segments.names.index(segment.name)]:
        undecided = [condition for condition in earlier.when if not always_hold([condition], ranges)]
        outside = _outside(undecided[0]) if len(undecided) == 1 else None
        if outside is not None:
            fact = undecided[0].fact
            ranges = possible_values((), ranges | {fact: ranges.get(fact, _anything(fact)) & outside})
    return ranges


def _anything(fact: str) -> Range:
    low, high = NATURAL.get(FACTS[fact].unit, (-math.inf, math.inf))
    choices = (True, False) if FACTS[fact].unit == "flag" else FACTS[fact].choices
    return Range(low, high, frozenset(choices) or None, FACTS[fact].unit in ("currency", "days", "flag"))


def _inside(condition: FactCondition) -> Range:
    if condition.one_of is not None:
        return Range(allowed=frozenset(condition.one_of), present=True)
    if condition.flag is not None:
        return Range(allowed=frozenset([condition.flag]), present=True)
    low = -math.inf if condition.at_least is None else condition.at_least
    return Range(low, math.inf if condition.less_than is None else condition.less_than, present=True)


def _outside(condition: FactCondition) -> Range | None:
    """The values that do not fulfil the condition, where they are one range; a missing one does not either."""
    anything, inside = _anything(condition.fact), _inside(condition)
    if inside.allowed is not None:
        return None if anything.allowed is None else Range(allowed=anything.allowed - inside.allowed)
    if condition.less_than is None:
        return Range(high=inside.low)
    return Range(low=inside.high) if condition.at_least is None else None
