"""Who may be offered what: a payment plan, a discount for paying early, or a settlement."""

from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from pydantic import Field, StrictInt, StrictStr, model_validator

from configs.language import number, translated
from configs.near_names import closest
from ledger.errors import listed
from ledger.minor_units import decimals, minor_units
from ledger.strict_yaml import StrictPart
from worklists.rules.actions import ESCALATIONS
from worklists.rules.fact_words import FACTS, fact_parts, sentences
from worklists.rules.satisfiability import (
    PossibleValues,
    always_hold,
    impossible_fact,
    possible_values,
    values_in_segment,
)
from worklists.rules.segments import FactCondition, Segments

Percent = Annotated[float, Field(gt=0, lt=100)]
Amount = Annotated[float, Field(ge=0)]

PAYMENT_PLAN, EARLY_DISCOUNT, SETTLEMENT = "payment_plan", "early_payment_discount", "settlement"
TERMS = {PAYMENT_PLAN: "instalments", EARLY_DISCOUNT: "percent", SETTLEMENT: "percent"}
WORDS = {
    PAYMENT_PLAN: "may offer a plan of {instalments} monthly instalments",
    EARLY_DISCOUNT: "may offer {percent}% off for paying before the due date",
    SETTLEMENT: "may settle for {percent}% less if the rest is paid at once",
}
# A plan or a settlement is about what can be collected, a discount about what is not yet due.
COLLECTIBLE = FactCondition(fact="collectible_amount", at_least=0.01)
NOTHING_OVERDUE = FactCondition(fact="overdue_amount", less_than=0.01)


class Offer(StrictPart):
    """What a collector may offer, to whom: all of `when` must hold, in one of `segments` (all where none is named).

    `at_least_amount` and `at_most_amount` (currency units, both inclusive) bound the collectible amount, or, for an
    early_payment_discount, the open amount. `at_least_level` is the dunning level from which on it is offered: so many
    steps were done without success. `words` replaces the usual sentence; facts appear in it in braces.
    """

    offer: Literal["payment_plan", "early_payment_discount", "settlement"]
    instalments: Annotated[StrictInt, Field(ge=2, le=60)] | None = None
    percent: Percent | None = None
    at_least_amount: Amount | None = None
    at_most_amount: Amount | None = None
    at_least_level: Annotated[StrictInt, Field(ge=0)] = 0
    when: tuple[FactCondition, ...] = ()
    segments: Annotated[tuple[StrictStr, ...], Field(min_length=1)] | None = None
    words: Annotated[StrictStr, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _possible(self) -> "Offer":
        needed = TERMS[self.offer]
        other = "percent" if needed == "instalments" else "instalments"
        if getattr(self, needed) is None or getattr(self, other) is not None:
            raise ValueError(f"{self.offer} needs {needed}: write {needed}, and leave out {other}")
        for _, fact in fact_parts(self.words or ""):
            if fact is not None and fact not in FACTS:
                raise ValueError(f"words: there is no fact {fact!r}.{closest(fact, FACTS)} Facts: {listed(FACTS)}")
        if self.at_least_level and self.offer == EARLY_DISCOUNT:
            raise ValueError(f"{self.offer} comes before the due date, when no step was done: leave out at_least_level")
        low, high = self.at_least_amount, self.at_most_amount
        if low is not None and high is not None and low > high:
            raise ValueError(f"no amount is at least {low:g} and at most {high:g}; this can never be offered")
        fact = impossible_fact(possible_values(self.conditions))
        if fact is not None:
            raise ValueError(f"{self.offer} can never be offered: no customer {_with(self)} has a fitting {fact}")
        return self

    @property
    def conditions(self) -> tuple[FactCondition, ...]:
        """Everything that must hold, except the segment."""
        early = self.offer == EARLY_DISCOUNT
        conditions = [NOTHING_OVERDUE if early else COLLECTIBLE, *self.when]
        fact = "open_amount" if early else "collectible_amount"
        if self.at_least_amount is not None:
            conditions.append(FactCondition(fact=fact, at_least=self.at_least_amount))
        if self.at_most_amount is not None:
            above = round(self.at_most_amount + 1 / minor_units(), decimals())
            conditions.append(FactCondition(fact=fact, less_than=above))
        if self.at_least_level:
            conditions.append(FactCondition(fact="dunning_level", at_least=self.at_least_level))
        return tuple(conditions)

    @property
    def sentence(self) -> str:
        """What the collector reads; facts in braces are still to be filled in."""
        if self.words is not None:
            return self.words
        percent = "" if self.percent is None else number(self.percent, _decimals(self.percent))
        return translated(WORDS[self.offer]).format(instalments=self.instalments, percent=percent)


def offered(facts: pd.DataFrame, segments: pd.DataFrame, actions: pd.DataFrame, offers: Sequence[Offer]) -> pd.Series:
    """The offer of every row in words, '' where none: the first that fits.

    A discount for paying early comes with the reminder before the due date, the others with a demand for what is
    overdue; nothing is offered any more once the case leaves the house.
    """
    words = pd.Series("", index=facts.index, dtype="str")
    free = (actions["action"] != "").to_numpy() & ~actions["action"].isin(ESCALATIONS).to_numpy()
    for offer in offers:
        fits = free & ((actions["action"] == "pre_due_reminder") == (offer.offer == EARLY_DISCOUNT)).to_numpy()
        if offer.segments is not None:
            fits &= segments["segment"].isin(offer.segments).to_numpy()
        for condition in offer.conditions:
            fits &= condition.holds(facts).to_numpy(dtype=np.bool_)
        words[fits] = sentences(offer.sentence, facts[fits])
        free &= ~fits
    return words


def refuse_impossible(offers: Sequence[Offer], segments: Segments) -> None:
    """ValueError, a sentence, where a segment is unknown or an offer could never be made to anyone."""
    ranges = {segment.name: values_in_segment(segment, segments) for segment in segments.segments}
    for place, offer in enumerate(offers):
        name = f"offers.{place}: {offer.offer}"
        for segment in offer.segments or ():
            if segment not in segments.names:
                raise ValueError(
                    f"offers.{place}: there is no segment {segment!r}.{closest(segment, segments.names)} "
                    f"Segments: {listed(segments.names)}"
                )
            fact = impossible_fact(possible_values(offer.conditions, ranges[segment]))
            if fact is not None:
                raise ValueError(
                    f"{name} can never be offered in the segment {segment}: no customer there {_with(offer)} "
                    f"has a fitting {fact}"
                )
        reached = [segment for segment in ranges if _reaches(offer, offers[:place], segment, ranges[segment])]
        if not reached:
            raise ValueError(f"{name} can never be offered: an offer above it always comes first")


def _reaches(offer: Offer, earlier: Sequence[Offer], segment: str, ranges: PossibleValues) -> bool:
    if offer.segments is not None and segment not in offer.segments:
        return False
    left = possible_values(offer.conditions, ranges)
    before = [first for first in earlier if first.segments is None or segment in first.segments]
    return impossible_fact(left) is None and not any(always_hold(first.conditions, left) for first in before)


def _decimals(percent: float) -> int:
    return len(f"{percent:g}".partition(".")[2])


def _with(offer: Offer) -> str:
    return "with nothing overdue" if offer.offer == EARLY_DISCOUNT else "with something collectible"
