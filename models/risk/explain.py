"""Why a score is what it is: exact SHAP values, told by the features that count most."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from features.catalogue import BY_NAME
from features.declarations import BASE, OTHERS
from features.window_kernels import Floats, Positions
from models.risk.reason_words import Words, reason_words
from models.risk.risk_model import RiskModel
from models.risk.scoring import amount_at_risk
from models.shap.subtrees import Bools

BLOCK_ROWS = 4_096
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


class Explained(NamedTuple):
    """What each row is explained by, in the order of entity: its weightiest features, then the rest and the base.

    `features` are names, OTHERS and BASE among them; `column` (of them) and `contribution` have the shape (rows,
    places + 2), and so has `shown`, which is False where a feature moves nothing. `value` and `said`, a number in
    `words`, have the shape (rows, places): NaN and -1 where nothing is shown.
    """

    entity: Any
    features: list[str]
    column: Positions
    contribution: Floats
    shown: Bools
    value: Floats
    said: Positions
    words: list[Words]

    def table(self, name: str) -> pd.DataFrame:
        """Long, columns `COLUMNS`: each row's features in words, then the rest and the base; `name` is the model's."""
        row, place = np.nonzero(self.shown)
        summaries = ((0, 0), (0, 2))
        value = np.pad(self.value, summaries, constant_values=np.nan)
        said = np.pad(self.said, summaries, constant_values=-1)
        texts = pd.array(["", *(words.text for words in self.words)], dtype="str")
        return pd.DataFrame(
            {
                "entity": self.entity.take(row),
                "model": pd.array([name], dtype="str").take(np.zeros(len(row), dtype=np.int64)),
                "feature": pd.array(self.features, dtype="str").take(self.column[row, place]),
                "value": value[row, place],
                "contribution": self.contribution[row, place],
                "text": texts.take(said[row, place] + 1),
                "position": place + 1,
            }
        )


def reasons(
    model: RiskModel, name: str, parts: Floats, rows: pd.DataFrame, entity: "pd.Series[str]", most: int
) -> pd.DataFrame:
    """Long table, columns `COLUMNS`: for every row its `most` weightiest features in words, then the rest and the base.

    Features that raise the risk come first; those that move nothing are left out. Of one statistic over several
    windows only the weightiest is shown. The contributions of an entity add up to its raw score.
    """
    return explained(model, parts, rows, entity, most).table(name)


def explained(model: RiskModel, parts: Floats, rows: pd.DataFrame, entity: "pd.Series[str]", most: int) -> Explained:
    """What `reasons` says, as numbers."""
    features = model.scorer.features
    chosen = _weightiest(parts[:, :-1], features, most)
    weightiest = np.take_along_axis(parts, chosen, axis=1)
    rest = parts[:, :-1].sum(axis=1) - weightiest.sum(axis=1)
    contribution = np.column_stack((weightiest, rest, parts[:, -1]))
    summaries = np.broadcast_to(len(features) + np.arange(2), (len(parts), 2))

    order = entity.reset_index(drop=True).sort_values(kind="stable").index.to_numpy()
    column, contribution = np.hstack((chosen, summaries))[order], contribution[order]
    shown = (contribution != 0) | (column >= len(features))
    at, place = np.nonzero(shown[:, : chosen.shape[1]])
    value, said = np.full(chosen.shape, np.nan), np.full(chosen.shape, -1, dtype=np.int64)
    value[at, place], said[at, place], words = _values_and_words(
        rows, features, order[at], column[at, place], contribution[at, place]
    )
    names = [*features, OTHERS, BASE]
    return Explained(entity.array.take(order), names, column, contribution, shown, value, said, words)


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


def _values_and_words(
    rows: pd.DataFrame, features: list[str], row: Positions, column: Positions, contribution: Floats
) -> tuple[Floats, Positions, list[Words]]:
    """The value of every reason, and the number of its words.

    Many reasons read the same: each is put into words once.
    """
    values = rows[features].to_numpy()
    where = {feature: at for at, feature in enumerate(features)}
    sides = [BY_NAME[feature].minus or (feature, feature) for feature in features]
    left, right = (np.array([where[pair[side]] for pair in sides]) for side in (0, 1))
    one, other = values[row, left[column]], values[row, right[column]]
    alike, first = _alike(column, contribution > 0, one, other)
    words = []
    for at in first:
        name = features[column[at]]
        row_of = dict(zip(BY_NAME[name].minus or (), (float(one[at]), float(other[at])), strict=False))
        words.append(reason_words(name, float(one[at]), row_of, float(contribution[at])))
    return values[row, column], alike, words


def _alike(column: Positions, raises: Bools, one: Floats, other: Floats) -> tuple[Positions, Positions]:
    """Numbers the reasons that read the same: each reason's number, and where every number occurs first."""
    one_number, ones = pd.factorize(one, use_na_sentinel=False)
    other_number, others = pd.factorize(other, use_na_sentinel=False)
    key = ((column * 2 + raises) * len(ones) + one_number) * len(others) + other_number
    number, keys = pd.factorize(key)
    first = np.full(len(keys), len(key), dtype=np.int64)
    np.minimum.at(first, number, np.arange(len(key)))
    return number, first
