"""Why a score is what it is: exact SHAP values, in sentences with figures that a collector knows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from configs.language import translated
from features.catalogue import BY_NAME
from features.declarations import figure, spoken
from features.window_kernels import Floats, Positions
from models.risk.risk_model import RiskModel
from models.risk.scoring import amount_at_risk
from models.shap.subtrees import Bools

BLOCK_ROWS = 4_096
BASE, OTHERS = "base value", "all other features"
COLUMNS = ("entity", "model", "feature", "value", "contribution", "text", "position")


def contributions(model: RiskModel, rows: pd.DataFrame) -> Floats:
    """SHAP values in log-odds, shape (rows, features + 1), the base value last; rows add up to the raw score."""
    return model.scorer.contributions(rows)


def by_customer(parts: Floats, rows: pd.DataFrame, invoices: pd.DataFrame) -> tuple[Positions, Floats, pd.DataFrame]:
    """Contributions of a customer's invoices, weighted by amount at risk, and the figures of the heaviest invoice.

    Returns customer positions (sorted), contributions of shape (customers, features + 1) and the rows to read
    figures from; the sum of a customer's contributions is the weighted mean of its invoices' raw scores.
    """
    customers, where = np.unique(invoices["customer"].to_numpy(), return_inverse=True)
    weight = amount_at_risk(invoices)
    share = weight / np.bincount(where, weights=weight, minlength=len(customers))[where]
    grouped = np.argsort(where, kind="stable")
    mixed = parts[grouped]
    mixed *= share[grouped, None]
    mixed = np.add.reduceat(mixed, np.searchsorted(where[grouped], np.arange(len(customers))), axis=0)
    heaviest = np.full(len(customers), -1, dtype=np.int64)
    order = np.lexsort((invoices["invoice"].to_numpy(), weight))
    heaviest[where[order]] = order
    return customers, mixed, rows.iloc[heaviest]


def reasons(
    model: RiskModel, name: str, parts: Floats, rows: pd.DataFrame, entity: "pd.Series[str]", most: int
) -> pd.DataFrame:
    """Long table, columns `COLUMNS`: for every row its `most` weightiest features in words, then the rest and the base.

    Features that raise the risk come first; those that move nothing are left out. Of one statistic over several
    windows only the weightiest is shown. The contributions of an entity add up to its raw score.
    """
    features = model.scorer.features
    chosen = _weightiest(parts[:, :-1], features, most)
    weightiest = np.take_along_axis(parts, chosen, axis=1)
    rest = parts[:, :-1].sum(axis=1) - weightiest.sum(axis=1)
    contribution = np.column_stack((weightiest, rest, parts[:, -1]))
    summaries = np.broadcast_to(len(features) + np.arange(2), (len(parts), 2))
    column = np.hstack((chosen, summaries))

    order = entity.reset_index(drop=True).sort_values(kind="stable").index.to_numpy()
    at, place = np.nonzero((contribution[order] != 0) | (column[order] >= len(features)))
    row = order[at]
    column, contribution = column[row, place], contribution[row, place]
    value, text = _values_and_texts(rows, features, row, column, contribution)
    return pd.DataFrame(
        {
            "entity": entity.array.take(row),
            "model": pd.array([name], dtype="str").take(np.zeros(len(row), dtype=np.int64)),
            "feature": pd.array([*features, OTHERS, BASE], dtype="str").take(column),
            "value": value,
            "contribution": contribution,
            "text": text,
            "position": place + 1,
        }
    )


def reason_text(feature: str, value: float, row: dict[str, float], contribution: float) -> str:
    """One reason in words, ending with its direction."""
    return with_direction(fact_text(feature, value, row), contribution)


def with_direction(fact: str, contribution: float) -> str:
    """What is said, and whether it raises or lowers the risk."""
    reason = translated("{reason} (raises the risk)" if contribution > 0 else "{reason} (lowers the risk)")
    return reason.format(reason=fact)


def fact_text(feature: str, value: float, row: Mapping[str, float]) -> str:
    """A feature in words, with its figure; `row` has those of both sides of a difference."""
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


def _weightiest(parts: Floats, features: list[str], most: int) -> Positions:
    """Columns of the `most` weightiest statistics of each row, shape (rows, most)."""
    stems = [stem(name) for name in features]
    speaking = [name for name in dict.fromkeys(stems) if BY_NAME[features[stems.index(name)]].family != "question"]
    members = [np.array([at for at, other in enumerate(stems) if other == name]) for name in speaking]
    chosen = np.empty((len(parts), min(most, len(speaking))), dtype=np.int64)
    for first in range(0, len(parts), BLOCK_ROWS):
        block = slice(first, first + BLOCK_ROWS)
        chosen[block] = _weightiest_of_block(np.ascontiguousarray(parts[block].T), members, chosen.shape[1])
    return chosen


def _weightiest_of_block(parts: Floats, members: list[Positions], most: int) -> Positions:
    """The same for parts of shape (features, rows), so that what is compared lies side by side."""
    rows = np.arange(parts.shape[1])
    best = np.stack([own[np.argmax(np.abs(parts[own]), axis=0)] for own in members])
    value = parts[best, rows]
    key = np.where(value > 0, 1e9 + value, np.abs(value))
    chosen = np.empty((len(rows), most), dtype=np.int64)
    for place in range(most):
        heaviest = np.argmax(key, axis=0)
        chosen[:, place] = best[heaviest, rows]
        key[heaviest, rows] = -1.0
    return chosen


def stem(name: str) -> str:
    """A feature's name without its window."""
    head, _, tail = name.rpartition("_")
    return head if tail == "all" or (tail.endswith("d") and tail[:-1].isdigit()) else name


def _values_and_texts(
    rows: pd.DataFrame, features: list[str], row: Positions, column: Positions, contribution: Floats
) -> tuple[Floats, Any]:
    """Value and text of every reason; NaN and no text for what sums up (columns beyond the features).

    Many reasons read the same: each text is made once.
    """
    values = rows[features].to_numpy()
    where = {feature: at for at, feature in enumerate(features)}
    sides = [BY_NAME[feature].minus or (feature, feature) for feature in features]
    left, right = (np.array([where[pair[side]] for pair in sides]) for side in (0, 1))
    of_feature = column < len(features)
    row, spoken, added = row[of_feature], column[of_feature], contribution[of_feature]
    value = np.full(len(column), np.nan)
    value[of_feature] = values[row, spoken]
    one, other = values[row, left[spoken]], values[row, right[spoken]]
    alike, first = _alike(spoken, added > 0, one, other)
    texts = [""]
    for at in first:
        name = features[spoken[at]]
        row_of = dict(zip(BY_NAME[name].minus or (), (float(one[at]), float(other[at])), strict=False))
        texts.append(reason_text(name, float(one[at]), row_of, float(added[at])))
    which = np.zeros(len(column), dtype=np.int64)
    which[of_feature] = alike + 1
    return value, pd.array(texts, dtype="str").take(which)


def _alike(column: Positions, raises: Bools, one: Floats, other: Floats) -> tuple[Positions, Positions]:
    """Numbers the reasons that read the same: each reason's number, and where every number occurs first."""
    one_number, ones = pd.factorize(one, use_na_sentinel=False)
    other_number, others = pd.factorize(other, use_na_sentinel=False)
    key = ((column * 2 + raises) * len(ones) + one_number) * len(others) + other_number
    number, keys = pd.factorize(key)
    first = np.full(len(keys), len(key), dtype=np.int64)
    np.minimum.at(first, number, np.arange(len(key)))
    return number, first
