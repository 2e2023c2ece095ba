"""Segments: risk x value x behaviour, by rules in YAML. The first rule that fits decides, and says why."""

from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field, StrictBool, StrictStr, model_validator

from configs.near_names import closest
from ledger.errors import listed
from ledger.minor_units import minor_units
from ledger.strict_yaml import StrictPart
from worklists.rules.fact_words import FACTS, OF_THE_LADDER, fact_parts, sentences
from worklists.rules.rule_files import load_rules

Name = Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class FactCondition(StrictPart):
    """A test of one fact: `in` for texts, `is` for flags, `at_least` and/or `less_than` for figures.

    Amounts are in units of the reporting currency. A fact that is missing fulfils no condition.
    """

    fact: StrictStr
    one_of: Annotated[list[StrictStr] | None, Field(alias="in", min_length=1)] = None
    flag: Annotated[StrictBool | None, Field(alias="is")] = None
    at_least: float | None = None
    less_than: float | None = None

    @model_validator(mode="after")
    def _fits_its_fact(self) -> "FactCondition":
        if self.fact not in FACTS:
            raise ValueError(f"there is no fact {self.fact!r}.{closest(self.fact, FACTS)} Facts: {listed(FACTS)}")
        unit = FACTS[self.fact].unit
        fitting = {"text": {"in"}, "flag": {"is"}}.get(unit, {"at_least", "less_than"})
        tests = {"in": self.one_of, "is": self.flag, "at_least": self.at_least, "less_than": self.less_than}
        written = {name for name, value in tests.items() if value is not None}
        if not written or not written <= fitting:
            raise ValueError(f"{self.fact} ({unit}) is tested with {' or '.join(sorted(fitting))}")
        choices = FACTS[self.fact].choices
        for value in self.one_of or ():
            if choices and value not in choices:
                raise ValueError(f"{self.fact} is never {value!r}.{closest(value, choices)} Values: {listed(choices)}")
        if self.at_least is not None and self.less_than is not None and self.at_least >= self.less_than:
            raise ValueError(
                f"{self.fact} cannot be at least {self.at_least:g} and less than {self.less_than:g}; "
                f"no customer would ever fit"
            )
        return self

    def holds(self, facts: pd.DataFrame) -> pd.Series:
        """Which rows of `facts` fulfil the condition."""
        values = facts[self.fact]
        if self.one_of is not None:
            return values.isin(self.one_of)
        if self.flag is not None:
            return values == self.flag
        # The bounds are rounded: 1.1 x 100 is a trace above 110 cents.
        scale = minor_units() if FACTS[self.fact].unit == "currency" else 1
        holds = values.notna()
        if self.at_least is not None:
            holds &= values >= round(self.at_least * scale, 6)
        if self.less_than is not None:
            holds &= values < round(self.less_than * scale, 6)
        return holds


class Segment(StrictPart):
    """A segment: its conditions, all of which must hold, and the sentence that says why with the figures."""

    name: Name
    when: tuple[FactCondition, ...] = ()
    reason: Annotated[StrictStr, Field(min_length=1)]

    @model_validator(mode="after")
    def _names_facts(self) -> "Segment":
        for _, fact in fact_parts(self.reason):
            if fact is not None and fact not in FACTS:
                raise ValueError(f"reason: there is no fact {fact!r}.{closest(fact, FACTS)} Facts: {listed(FACTS)}")
        if OF_THE_LADDER in {condition.fact for condition in self.when} | {fact for _, fact in fact_parts(self.reason)}:
            raise ValueError(
                f"{self.name} cannot ask for {OF_THE_LADDER}: the ladder is that of the segment, which must be known "
                f"first; use days_past_due"
            )
        return self


class Segments(StrictPart):
    """All segments, in the order in which they are tried; only the last one takes everyone who is left."""

    segments: Annotated[list[Segment], Field(min_length=1)]

    @model_validator(mode="after")
    def _everybody_has_one(self) -> "Segments":
        *others, last = self.segments
        if last.when:
            raise ValueError(f"the last segment, {last.name}, must take everyone who is left: leave out its `when`")
        for segment in others:
            if not segment.when:
                raise ValueError(f"{segment.name} has no `when` and takes everyone: the segments after it stay empty")
        for name in self.names:
            if self.names.count(name) > 1:
                raise ValueError(f"the segment {name!r} is there twice; give each its own name")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(segment.name for segment in self.segments)


def load_segments(name_or_path: str) -> Segments:
    """The segments in `configs/segments/<name>.yaml` or at a path. SettingsError where they cannot be used."""
    return load_rules(Segments, "segments", name_or_path)


def assign_segments(facts: pd.DataFrame, rules: Segments) -> pd.DataFrame:
    """The segment of every row of `customer_facts` and the reason in words: columns segment, reason."""
    assigned = pd.DataFrame({"segment": "", "reason": ""}, index=facts.index, dtype="str")
    free = np.ones(len(facts), dtype=np.bool_)
    for segment in rules.segments:
        fits = free.copy()
        for condition in segment.when:
            fits &= condition.holds(facts).to_numpy(dtype=np.bool_)
        assigned.loc[fits, "segment"] = segment.name
        assigned.loc[fits, "reason"] = sentences(segment.reason, facts[fits])
        free &= ~fits
    return assigned
