"""Reasons one by one, in plain Python: a row for each, with its sentence, as the score tables had them at first."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.language import translated
from features.catalogue import BY_NAME
from features.declarations import figure, spoken

Floats = npt.NDArray[np.float64]


def reasons(
    name: str, features: list[str], parts: Floats, rows: pd.DataFrame, entity: list[str], most: int
) -> list[tuple[Any, ...]]:
    """Entity, model, feature, value (None where there is none), contribution, text and position, in order of entity."""
    found: list[tuple[Any, ...]] = []
    for at in sorted(range(len(entity)), key=lambda at: entity[at]):
        own, row = parts[at], rows.iloc[at]
        chosen = _weightiest(own, features, most)
        for position, place in enumerate(chosen, start=1):
            if own[place] != 0:
                value = float(row[features[place]])
                told = _text(features[place], value, row, float(own[place]))
                shown = None if np.isnan(value) else value
                found.append((entity[at], name, features[place], shown, float(own[place]), told, position))
        rest = parts[at : at + 1, :-1].sum(axis=1) - own[np.array(chosen)][None].sum(axis=1)
        found.append((entity[at], name, "all other features", None, float(rest[0]), "", len(chosen) + 1))
        found.append((entity[at], name, "base value", None, float(own[-1]), "", len(chosen) + 2))
    return found


def _weightiest(own: Floats, features: list[str], most: int) -> list[int]:
    """Of each statistic the weightiest window, and of these first what raises the risk; ties in their order."""
    best: dict[str, int] = {}
    for place, name in enumerate(features):
        if BY_NAME[name].family != "question":
            stem = _without_window(name)
            if stem not in best or abs(own[place]) > abs(own[best[stem]]):
                best[stem] = place
    return sorted(best.values(), key=lambda place: (not own[place] > 0, -abs(own[place])))[:most]


def _without_window(name: str) -> str:
    head, _, tail = name.rpartition("_")
    return head if tail == "all" or (tail.endswith("d") and tail[:-1].isdigit()) else name


def _text(feature: str, value: float, row: "pd.Series[float]", contribution: float) -> str:
    reason = translated("{reason} (raises the risk)" if contribution > 0 else "{reason} (lowers the risk)")
    return reason.format(reason=_fact(feature, value, row))


def _fact(feature: str, value: float, row: "pd.Series[float]") -> str:
    declared = BY_NAME[feature]
    if declared.minus is not None:
        value, other = (row[name] for name in declared.minus)
    else:
        other = value
    if np.isnan(value) or np.isnan(other):
        return translated("No record yet of {figure}").format(figure=spoken(declared.meaning))
    if declared.of_one and round(value) == 1:
        return spoken(declared.of_one)
    figures = {"value": figure(value, declared.unit)}
    if declared.minus is not None:
        figures["other"] = figure(other, declared.unit)
    return spoken(declared.sentence).format(**figures)
