"""Why a score is what it is: exact SHAP values, told with the figures that a collector knows."""

import numpy as np
import pandas as pd

from features.catalogue import BY_NAME
from features.declarations import figure
from features.statistics import Floats, Positions
from models.risk_model import RiskModel
from models.scoring import amount_at_risk

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
    total = np.bincount(where, weights=weight, minlength=len(customers))
    share = weight / total[where]
    mixed = np.zeros((len(customers), parts.shape[1]))
    np.add.at(mixed, where, parts * share[:, None])
    heaviest = np.full(len(customers), -1, dtype=np.int64)
    order = np.lexsort((invoices["invoice"].to_numpy(), weight))
    heaviest[where[order]] = order
    return customers, mixed, rows.iloc[heaviest]


def reasons(
    model: RiskModel, name: str, parts: Floats, rows: pd.DataFrame, entity: "pd.Series[str]", most: int
) -> pd.DataFrame:
    """Long table, columns `COLUMNS`: for every row its `most` weightiest features in words, then the rest and the base.

    Features that raise the risk come first; those that move nothing are not told. Of one statistic over several
    windows only the weightiest is told. The contributions of an entity add up to its raw score.
    """
    features = model.scorer.features
    chosen = _weightiest(parts[:, :-1], features, most)
    frames = []
    for position in range(chosen.shape[1]):
        column = chosen[:, position]
        contribution = parts[np.arange(len(parts)), column]
        frames.append(_told(rows, features, column, contribution, entity, position + 1))
    told = parts[np.arange(len(parts))[:, None], chosen].sum(axis=1)
    rest = parts[:, :-1].sum(axis=1) - told
    frames.append(_summary(entity, OTHERS, rest, chosen.shape[1] + 1))
    frames.append(_summary(entity, BASE, parts[:, -1], chosen.shape[1] + 2))
    table = pd.concat(frames, ignore_index=True).assign(model=name)
    table = table[(table["contribution"] != 0) | table["feature"].isin((OTHERS, BASE))]
    return table.sort_values(["entity", "position"], ignore_index=True)[list(COLUMNS)]


def reason_text(feature: str, value: float, row: dict[str, float], contribution: float) -> str:
    """One reason in words, ending with its direction."""
    declared = BY_NAME[feature]
    direction = "raises the risk" if contribution > 0 else "lowers the risk"
    if declared.minus is not None:
        value, other = (row[name] for name in declared.minus)
    else:
        other = value
    if np.isnan(value) or np.isnan(other):
        return f"No record yet of {declared.meaning} ({direction})"
    told = declared.sentence.format(value=figure(value, declared.unit), other=figure(other, declared.unit))
    return f"{told} ({direction})"


def _weightiest(parts: Floats, features: list[str], most: int) -> Positions:
    """Columns of the `most` weightiest statistics of each row, shape (rows, most)."""
    stems = [stem(name) for name in features]
    speaking = [name for name in dict.fromkeys(stems) if BY_NAME[features[stems.index(name)]].family != "question"]
    best = np.zeros((len(parts), len(speaking)), dtype=np.int64)
    for column, name in enumerate(speaking):
        members = np.array([at for at, other in enumerate(stems) if other == name])
        best[:, column] = members[np.argmax(np.abs(parts[:, members]), axis=1)]
    value = np.take_along_axis(parts, best, axis=1)
    key = np.where(value > 0, 1e9 + value, np.abs(value))
    order = np.argsort(-key, axis=1, kind="stable")[:, :most]
    return np.take_along_axis(best, order, axis=1)


def stem(name: str) -> str:
    """A feature's name without its window."""
    head, _, tail = name.rpartition("_")
    return head if tail == "all" or (tail.endswith("d") and tail[:-1].isdigit()) else name


def _told(
    rows: pd.DataFrame,
    features: list[str],
    column: Positions,
    contribution: Floats,
    entity: "pd.Series[str]",
    position: int,
) -> pd.DataFrame:
    values = rows[features].to_numpy(dtype=np.float64)
    value = values[np.arange(len(rows)), column]
    where = {name: at for at, name in enumerate(features)}
    texts = []
    for at, (one, figure_of, weight) in enumerate(zip(column, value, contribution, strict=True)):
        declared = BY_NAME[features[one]]
        row = {name: values[at, where[name]] for name in declared.minus or ()}
        texts.append(reason_text(features[one], figure_of, row, weight))
    return pd.DataFrame(
        {
            "entity": entity.to_numpy(),
            "feature": np.array(features, dtype=object)[column],
            "value": value,
            "contribution": contribution,
            "text": texts,
            "position": position,
        }
    )


def _summary(entity: "pd.Series[str]", feature: str, contribution: Floats, position: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "entity": entity.to_numpy(),
            "feature": feature,
            "value": np.nan,
            "contribution": contribution,
            "text": "",
            "position": position,
        }
    )
