"""The roster: who collects, how long a day, for which customers and by which channels. Written in YAML."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, StrictInt, StrictStr, model_validator

from configs.near_names import closest
from configs.settings import SettingsError
from ledger.errors import listed
from ledger.reading.iso_codes import COUNTRIES
from ledger.strict_yaml import StrictPart
from ledger.tables import CHANNELS
from worklists.rules.rule_files import load_rules
from worklists.rules.segments import FactCondition, Segments

Text = Annotated[StrictStr, Field(min_length=1)]
Texts = Annotated[list[Text] | None, Field(min_length=1)]


class Collector(StrictPart):
    """A collector. Absent languages, segments, channels or `when` do not limit; all that are given must hold."""

    id: Text
    minutes_a_day: Annotated[StrictInt, Field(ge=0, le=1_440)]
    languages: Texts = None
    segments: Texts = None
    channels: Texts = None
    when: tuple[FactCondition, ...] = ()

    @model_validator(mode="after")
    def _possible(self) -> "Collector":
        for channel in self.channels or ():
            if channel not in CHANNELS:
                raise ValueError(
                    f"{self.id}: there is no channel {channel!r}.{closest(channel, CHANNELS)} "
                    f"Channels: {listed(CHANNELS)}"
                )
        for one, other in combinations(self.when, 2):
            if one.fact == other.fact and not _can_both_hold(one, other):
                raise ValueError(f"{self.id}: the conditions on {one.fact} exclude each other; no customer ever fits")
        return self


class RosterFile(StrictPart):
    """What a roster file says. `languages` says in which countries a language is spoken."""

    languages: Annotated[dict[StrictStr, Annotated[list[StrictStr], Field(min_length=1)]], Field(default_factory=dict)]
    collectors: Annotated[list[Collector], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> "RosterFile":
        for language, countries in self.languages.items():
            for country in countries:
                if country not in COUNTRIES:  # UK for GB would leave a country without a collector
                    raise ValueError(
                        f"languages.{language}: there is no country {country!r}; "
                        f"write ISO 3166 codes of two capital letters, like DE or GB"
                    )
        ids = [collector.id for collector in self.collectors]
        for name in ids:
            if ids.count(name) > 1:
                raise ValueError(f"collectors: {name!r} is there twice; give each collector an id of its own")
        for collector in self.collectors:
            self._check_languages(collector)
        for language, countries in self.languages.items():
            if not any(collector.languages is None or language in collector.languages for collector in self.collectors):
                raise ValueError(
                    f"languages.{language}: no collector speaks it, so that no one could serve {listed(countries)}; "
                    f"give it to a collector or take it out"
                )
        return self

    def _check_languages(self, collector: Collector) -> None:
        for language in collector.languages or ():
            if language not in self.languages:
                raise ValueError(
                    f"{collector.id}: there is no language {language!r}.{closest(language, self.languages)} "
                    f"Languages: {listed(self.languages)}; add it under `languages` with its countries"
                )
        for condition in collector.when:
            if condition.fact == "country" and collector.languages is not None and condition.one_of is not None:
                understood = self.countries(collector.languages) | (set(condition.one_of) - self.countries())
                if not understood & set(condition.one_of):
                    raise ValueError(
                        f"{collector.id}: {listed(collector.languages)} is not spoken in {listed(condition.one_of)}; "
                        f"no customer ever fits"
                    )

    def countries(self, languages: Iterable[str] | None = None) -> set[str]:
        """The countries in which one of the languages is spoken; of all languages where none are given."""
        return {country for language in languages or self.languages for country in self.languages[language]}


@dataclass(frozen=True)
class Roster:
    """The collectors of a night, checked against the segments, in the order of their file."""

    rules: RosterFile

    @property
    def ids(self) -> list[str]:
        return [collector.id for collector in self.rules.collectors]

    @property
    def minutes(self) -> NDArray[np.float64]:
        """Minutes a day of every collector."""
        return np.array([collector.minutes_a_day for collector in self.rules.collectors], dtype=np.float64)

    @property
    def spoken_in(self) -> dict[str, str]:
        """The language by country; of several the first of the file."""
        by_country: dict[str, str] = {}
        for language, countries in self.rules.languages.items():
            for country in countries:
                by_country.setdefault(country, language)
        return by_country

    def may_serve(self, customers: pd.DataFrame) -> NDArray[np.bool_]:
        """Whether a customer (row) may be served by a collector (column), whatever the channel.

        `customers` are rows of `customer_facts` with their segment.
        """
        alike: dict[str, NDArray[np.bool_]] = {}
        columns = []
        for collector in self.rules.collectors:
            # many collectors have the same few rules; those are checked once
            rule = collector.model_dump_json(exclude={"id", "minutes_a_day", "channels"})
            if rule not in alike:
                alike[rule] = self._fits(collector, customers)
            columns.append(alike[rule])
        return np.column_stack(columns)

    def may_use(self, channel: str) -> NDArray[np.bool_]:
        """Which collectors may use a channel."""
        rules = self.rules.collectors
        return np.array([collector.channels is None or channel in collector.channels for collector in rules])

    def _fits(self, collector: Collector, customers: pd.DataFrame) -> NDArray[np.bool_]:
        fits = np.ones(len(customers), dtype=np.bool_)
        if collector.languages is not None:
            foreign = self.rules.countries() - self.rules.countries(collector.languages)
            fits &= ~customers["country"].isin(foreign).to_numpy(dtype=np.bool_)
        if collector.segments is not None:
            fits &= customers["segment"].isin(collector.segments).to_numpy(dtype=np.bool_)
        for condition in collector.when:
            fits &= condition.holds(customers).to_numpy(dtype=np.bool_)
        return fits


def load_roster(name_or_path: str, segments: Segments) -> Roster:
    """The roster in `configs/collectors/<name>.yaml` or at a path. SettingsError where it cannot be used."""
    rules = load_rules(RosterFile, "collectors", name_or_path)
    for collector in rules.collectors:
        for name in collector.segments or ():
            if name not in segments.names:
                raise SettingsError(
                    f"{name_or_path}: {collector.id}: there is no segment {name!r}."
                    f"{closest(name, segments.names)} Segments: {listed(segments.names)}"
                )
    return Roster(rules)


def _can_both_hold(one: FactCondition, other: FactCondition) -> bool:
    if one.one_of is not None and other.one_of is not None:
        return bool(set(one.one_of) & set(other.one_of))
    if one.flag is not None:
        return one.flag == other.flag
    lows = [test.at_least for test in (one, other) if test.at_least is not None]
    highs = [test.less_than for test in (one, other) if test.less_than is not None]
    return not lows or not highs or max(lows) < min(highs)
