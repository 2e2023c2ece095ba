"""Is a model right about every kind of customer? Outcome, prediction and calibration error by group.

By ageing (of the customer's oldest open invoice), and for fairness by country and industry.
"""

import numpy as np
import pandas as pd

from features.base_rates import GROUPS
from features.window_kernels import Floats
from ledger.portfolio import Portfolio
from models.clustered_error import standard_error
from models.curves.ageing_curve import AGEING_EDGES, AgeingCurve
from models.evaluation.metrics import BINS, calibration_error

AGEING_NAMES = ("not overdue", "1-30", "31-60", "61-90", "over 90")
UNKNOWN = "unknown"
LEAST_ROWS = 500  # of a group that counts as the worst
LEAST_ROWS_OF_BIN = 50  # with fewer the distance of a bin's shares is mostly chance
COLUMNS = ("field", "group", "rows", "customers", "observed", "predicted", "error", "standard_error", "ece")


def customer_groups(rows: pd.DataFrame, portfolio: Portfolio) -> pd.DataFrame:
    """Ageing, country and industry of every row (customer, oldest_days_past_due); index of `rows`."""
    ageing = np.array(AGEING_NAMES)[np.digitize(rows[AgeingCurve.FEATURE].to_numpy(), AGEING_EDGES)]
    groups = stated_groups(rows["customer"], portfolio)
    groups.insert(0, "ageing", ageing)
    return groups


def stated_groups(customer: pd.Series, portfolio: Portfolio) -> pd.DataFrame:
    """Country and industry of every customer (position), `UNKNOWN` where the ledger states none; same index."""
    customers = portfolio.tables["customers"].drop_duplicates("customer").set_index("customer")
    groups = {}
    for name in GROUPS:
        stated = customers[name].astype("object").reindex(customer.to_numpy()).to_numpy()
        groups[name] = np.where(pd.isna(stated), UNKNOWN, stated)
    return pd.DataFrame(groups, index=customer.index)


def calibration_by_group(label: Floats, probability: Floats, customer: pd.Series, groups: pd.DataFrame) -> pd.DataFrame:
    """A row overall and one per group of every column of `groups`, in the order of their names; columns `COLUMNS`.

    error is |mean predicted - observed share|, standard_error that of the difference, by customer; ece the mean
    distance over ten bins of equal size, NaN where bins would have fewer than `LEAST_ROWS_OF_BIN` rows. All in shares
    of one.
    """
    if not len(label):
        return pd.DataFrame(columns=list(COLUMNS))
    whole = pd.Series("all", index=groups.index)
    tables = []
    for field, names in (("all", whole), *((str(name), groups[name]) for name in groups)):
        for group in sorted(set(names)):
            here = (names == group).to_numpy()
            tables.append(_figures(field, group, label[here], probability[here], customer.to_numpy()[here]))
    return pd.DataFrame(tables, columns=list(COLUMNS))


def worst_group_error(table: pd.DataFrame) -> dict[str, float]:
    """worst_group_error: the largest error of a group of at least `LEAST_ROWS` rows; empty where there is none."""
    large = table[(table["rows"] >= LEAST_ROWS) & (table["field"] != "all")]
    return {"worst_group_error": float(large["error"].max())} if len(large) else {}


def _figures(field: str, group: str, label: Floats, probability: Floats, customer: np.ndarray) -> tuple[object, ...]:
    difference = probability - label
    enough = len(label) >= BINS * LEAST_ROWS_OF_BIN
    return (
        field, group, len(label), len(np.unique(customer)), float(label.mean()), float(probability.mean()),
        float(abs(difference.mean())), standard_error(difference, np.ones(len(label)), customer),
        calibration_error(label, probability) if enough else np.nan,
    )  # fmt: skip
