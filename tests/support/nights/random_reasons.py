"""Nights of random reasons: contributions and figures of every feature, some of them missing, zero or equal."""

from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from configs.language import speaking
from features.catalogue import CATALOGUE
from models.risk.explain import Explained, explained
from tests.oracle import reasons as oracle
from tests.support.nights.fake_score_tables import Frames, night
from worklists.ranking.compact_reasons import compact
from worklists.score_db.schema import declared

MODELS = ("late_payment", "unpaid_30d", "default")
OF_UNIT = {
    "share": 1.0, "count": 3.0, "currency": 9_000_000.0, "days late": 90.0, "days": 1_200.0, "day of month": 31.0,
    "flag": 1.0, "ratio": 4.0, "working days": 5.0, "weekday": 6.0,
}  # fmt: skip


class RandomNight(NamedTuple):
    """The frames of a night with no rows but the run and the reasons, and the rows that `reasons` has for it."""

    frames: Frames
    reasons: list[tuple[Any, ...]]


def random_night(as_of: str, run_id: str, seed: int, scores: int, most: int, language: str) -> RandomNight:
    """So many scores of each of three models; the rows are in the order of model, entity and position."""
    draw = np.random.default_rng(seed)
    explanations, expected = {}, []
    with speaking(language):
        for model in MODELS:
            features = [one.name for one in CATALOGUE]
            rows, parts = _figures(draw, scores), _contributions(draw, scores, len(features))
            entity = [f"E{at}" for at in draw.permutation(scores)]
            explanations[model] = _explained(features, parts, rows, entity, most)
            expected += oracle.reasons(model, features, parts, rows, entity, most)
        told = compact(explanations)
    fixed = (run_id, pd.Timestamp(as_of))
    frames = night(as_of, run_id, size=0) | {"runs": night(as_of, run_id)["runs"]}
    frames["explanations"] = declared("explanations", told.explanations, *fixed)
    frames["reason_sentences"] = declared("reason_sentences", told.sentences, *fixed)
    return RandomNight(frames, sorted(expected, key=lambda row: (row[1], row[0], row[-1])))


def _explained(features: list[str], parts: Any, rows: pd.DataFrame, entity: list[str], most: int) -> Explained:
    model: Any = SimpleNamespace(scorer=SimpleNamespace(features=features))  # all that is asked of a model
    return explained(model, parts, rows, pd.Series(entity, dtype="str"), most)


def _figures(draw: np.random.Generator, scores: int) -> pd.DataFrame:
    columns = {}
    for feature in CATALOGUE:
        values = draw.uniform(-1 if feature.unit in ("days late", "currency") else 0, 1, scores) * OF_UNIT[feature.unit]
        whole = feature.unit in ("count", "flag", "weekday")
        values = np.round(values) if whole else values
        columns[feature.name] = np.where(draw.random(scores) < 0.1, np.nan, values)
    return pd.DataFrame(columns)


def _contributions(draw: np.random.Generator, scores: int, features: int) -> Any:
    """Log-odds, many of them zero and some equal; of some rows nothing moves the score."""
    parts = np.round(draw.normal(0, 1, (scores, features + 1)), 1) * draw.choice([0.1, 1 / 3, 1.0], (scores, 1))
    parts[:, :-1] *= draw.random((scores, features)) < draw.choice([0.0, 0.02, 0.8], (scores, 1))
    return parts
