"""Reasons as they are published: a row of numbers for each score, and the few sentences that all of them share."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from features.window_kernels import Positions
from ledger.hashing import hash_texts
from models.risk.explain import Explained
from models.risk.reason_words import Words
from worklists.score_db.tables.reasons import PLACES

UNUSED_BITS = np.uint64(17)  # six bytes are left: short to store, exact in every tool, and of a thousand none agree


class CompactReasons(NamedTuple):
    """Rows of the tables `explanations` and `reason_sentences`; `sentences` has each once."""

    explanations: pd.DataFrame
    sentences: pd.DataFrame


def compact(explained: Mapping[str, Explained]) -> CompactReasons:
    """Of what explains the scores of each model, by its name."""
    numbered = {model: sentence_numbers(one.words) for model, one in explained.items()}
    rows = [_explanations(model, one, numbered[model]) for model, one in explained.items()]
    sentences = [_sentences(one.words, numbered[model]) for model, one in explained.items()]
    return CompactReasons(pd.concat(rows, ignore_index=True), each_once(sentences))


def each_once(sentences: list[pd.DataFrame]) -> pd.DataFrame:
    """The sentences of several models, or parts of a portfolio, together."""
    return pd.concat(sentences, ignore_index=True).drop_duplicates(ignore_index=True)


def sentence_numbers(words: list[Words]) -> Positions:
    """A number for each sentence, by what it says of which feature: the same in all parts and nights."""
    said = pd.Series([f"{one.feature}\n{one.sentence}" for one in words], dtype="str")
    return (hash_texts(said) >> UNUSED_BITS).astype(np.int64)


def _explanations(model: str, one: Explained, numbers: Positions) -> pd.DataFrame:
    rows, places = one.said.shape
    beyond = ((0, 0), (0, PLACES - places))
    said = np.pad(one.said, beyond, constant_values=-1)
    value = np.pad(one.value, beyond, constant_values=np.nan)
    contribution = np.where(said >= 0, np.pad(one.contribution[:, :places], beyond), np.nan)
    sentence = np.append(numbers, 0)[said]
    figures = pd.array([words.figure for words in one.words], dtype="str")
    frame: dict[str, object] = {"entity": one.entity, "model": pd.Series(model, index=range(rows), dtype="str")}
    for place in range(PLACES):
        frame[f"sentence_{place + 1}"] = pd.arrays.IntegerArray(sentence[:, place], said[:, place] < 0)
        frame[f"figure_{place + 1}"] = figures.take(said[:, place], allow_fill=True)
        frame[f"value_{place + 1}"] = value[:, place]
        frame[f"contribution_{place + 1}"] = contribution[:, place]
    frame["others_contribution"], frame["base_contribution"] = one.contribution[:, places], one.contribution[:, -1]
    return pd.DataFrame(frame).assign(places=places)


def _sentences(words: list[Words], numbers: Positions) -> pd.DataFrame:
    texts = {name: pd.array([getattr(one, name) for one in words], dtype="str") for name in ("feature", "sentence")}
    return pd.DataFrame({"number": numbers, **texts}).drop_duplicates(ignore_index=True)
