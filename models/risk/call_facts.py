"""The few facts about a customer that help in a call, taken from the exact contributions to its score.

Ten windows of one habit are one reason: contributions are added up by family of features before they compete. What is
said of a family is the figure that speaks for its sum, beside what is usual or beside the customer's own year.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.language import translated
from features.catalogue import BY_NAME
from features.declarations import Feature, figure
from features.window_kernels import Floats, Positions
from models.risk.reason_words import fact_text, with_direction
from models.risk.risk_model import RiskModel

LEAST_SHARE = 0.1  # of all that moves the score: a family that moves less is a trifle
# What a listener hears as a difference, by unit; 1 of anything else.
NOTICEABLE: dict[str, float] = {"share": 0.05, "ratio": 0.3, "days": 3.0, "days late": 3.0, "count": 0.5}
COLUMNS = ("row", "position", "family", "total", "feature", "text")


def call_facts(model: RiskModel, parts: Floats, rows: pd.DataFrame, most: int) -> pd.DataFrame:
    """The `most` weightiest families of each row in words; `COLUMNS`, in the order of row and position (from 1).

    `parts` are contributions in log-odds, shape (rows, features + 1), `rows` the figures behind them. `total` is the
    sum of a family's contributions, and its sign is the direction that the text ends with. A family of which no figure
    speaks for its sum (larger than usual where more is worse news, and the sum raises the risk) is passed over.
    """
    features = model.scorer.features
    families: dict[str, list[int]] = {}
    for place, name in enumerate(features):
        families.setdefault(BY_NAME[name].family, []).append(place)
    families.pop("question", None)
    names = list(families)
    totals = np.column_stack([parts[:, own].sum(axis=1) for own in families.values()]) if names else parts[:, :0]
    spoken_by = np.column_stack(
        [_speaker(model, parts, rows, own, total) for own, total in zip(families.values(), totals.T, strict=True)]
    )
    moved = np.abs(totals).sum(axis=1, keepdims=True)
    weight = np.where((spoken_by >= 0) & (np.abs(totals) >= LEAST_SHARE * moved), np.abs(totals), 0.0)
    order = np.argsort(-weight, axis=1, kind="stable")[:, :most]
    row, position = np.nonzero(np.take_along_axis(weight, order, axis=1) > 0)
    family = order[row, position]
    told = pd.DataFrame(
        {
            "row": row,
            "position": position + 1,
            "family": np.array(names, dtype=object)[family],
            "total": totals[row, family],
            "feature": np.array(features, dtype=object)[spoken_by[row, family]],
        }
    )
    return told.assign(text=_texts(model, rows, told))[list(COLUMNS)]


def _speaker(model: RiskModel, parts: Floats, rows: pd.DataFrame, own: list[int], total: Floats) -> Positions:
    """The feature (its place in the model) that says most of what the family's sum says; -1 where none does."""
    best, speaker = np.zeros(len(rows)), np.full(len(rows), -1, dtype=np.int64)
    for place in own:
        name = model.scorer.features[place]
        declared = BY_NAME[name]
        beside = 0.0 if declared.minus is not None else model.card.usual.get(name, np.nan)
        away = (rows[name].to_numpy(dtype=np.float64) - beside) * declared.worse
        fits = (away * total > 0) & (parts[:, place] * total > 0) & _differs(rows, declared, beside)
        weight = np.where(fits, np.abs(parts[:, place]), 0.0)
        speaker[weight > best] = place
        best = np.maximum(best, weight)
    return speaker


def _differs(rows: pd.DataFrame, declared: Feature, beside: float) -> npt.NDArray[np.bool_]:
    """Whether a reader sees from both figures in which direction the customer is away."""
    if declared.minus is None:
        one, other = rows[declared.name].to_numpy(dtype=np.float64), np.full(len(rows), beside)
    else:
        one, other = (rows[name].to_numpy(dtype=np.float64) for name in declared.minus)
    least = NOTICEABLE.get(declared.unit, 1.0)
    return np.asarray(np.abs(one - other) >= least)


def _texts(model: RiskModel, rows: pd.DataFrame, told: pd.DataFrame) -> "pd.Series[str]":
    """Many facts read the same: each text is made once."""
    said: dict[tuple[str, float, float, bool], str] = {}
    texts = []
    columns = {name: rows[name].to_numpy(dtype=np.float64) for name in _needed(told["feature"].unique())}
    for at, name, total in zip(told["row"], told["feature"], told["total"], strict=True):
        one, other = (float(columns[side][at]) for side in _sides(name))
        key = (name, one, other, total > 0)
        if key not in said:
            said[key] = with_direction(_beside(model, name, one, other), total)
        texts.append(said[key])
    return pd.Series(texts, index=told.index, dtype="str")


def _beside(model: RiskModel, name: str, one: float, other: float) -> str:
    """The fact with what it is compared with: the customer's own year, or what is usual."""
    declared = BY_NAME[name]
    fact = fact_text(name, one, dict(zip(_sides(name), (one, other), strict=True)))
    if declared.minus is not None:
        return fact
    usual = figure(model.card.usual[name], declared.unit)
    return translated("{fact}; {figure} is usual").format(fact=fact, figure=usual)


def _sides(name: str) -> tuple[str, str]:
    """The features whose figures a feature is said with."""
    return BY_NAME[name].minus or (name, name)


def _needed(features: Iterable[str]) -> set[str]:
    return {side for name in features for side in _sides(name)}
