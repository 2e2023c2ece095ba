"""A reason in words: a sentence with figures that a collector knows, and whether it raises or lowers the risk."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from configs.language import translated
from features.catalogue import BY_NAME
from features.declarations import GAP, apart, figure, spoken


class Words(NamedTuple):
    """What a reason says of a feature: a sentence that many reasons share, with `GAP` where its figure stands, and the
    figure, '' where the sentence has none."""

    feature: str
    sentence: str
    figure: str

    @property
    def text(self) -> str:
        return self.sentence.replace(GAP, self.figure)


def reason_text(feature: str, value: float, row: Mapping[str, float], contribution: float) -> str:
    """One reason in words, ending with its direction."""
    return reason_words(feature, value, row, contribution).text


def reason_words(feature: str, value: float, row: Mapping[str, float], contribution: float) -> Words:
    """The same, its figure apart."""
    fact = _fact_words(feature, value, row)
    return fact._replace(sentence=with_direction(fact.sentence, contribution))


def with_direction(fact: str, contribution: float) -> str:
    """What is said, and whether it raises or lowers the risk."""
    reason = translated("{reason} (raises the risk)" if contribution > 0 else "{reason} (lowers the risk)")
    return reason.format(reason=fact)


def fact_text(feature: str, value: float, row: Mapping[str, float]) -> str:
    """A feature in words, with its figure; `row` has those of both sides of a difference."""
    return _fact_words(feature, value, row).text


def _fact_words(feature: str, value: float, row: Mapping[str, float]) -> Words:
    declared = BY_NAME[feature]
    if declared.minus is not None:
        value, other = (row[name] for name in declared.minus)
    else:
        other = value
    if np.isnan(value) or np.isnan(other):
        unknown = translated("No record yet of {figure}").format(figure=spoken(declared.meaning))
        return Words(feature, unknown, "")
    if declared.of_one and round(value) == 1:
        return Words(feature, spoken(declared.of_one), "")
    around, number = apart(figure(value, declared.unit))
    figures = {"value": around}
    if declared.minus is not None:
        figures["other"] = figure(other, declared.unit)
    return Words(feature, spoken(declared.sentence).format(**figures), number)
