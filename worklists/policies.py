"""The rules that people rank by today, and how much money at risk each would have put before the collectors."""

import numpy as np
import pandas as pd

from features.statistics import Floats

CAPACITIES = (0.02, 0.05, 0.1, 0.2)
SEED = 20_130_701  # of the random policy: any number, as long as it stays

# Points as ageing reports give them: bands of days past due and of amount, in cents.
AGE_POINTS = ((1, 1), (31, 2), (61, 3), (91, 4))
AMOUNT_POINTS = ((1, 1), (100_000, 2), (1_000_000, 3), (10_000_000, 4))


def policy_ranks(customers: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, Floats]:
    """What each policy sorts by, largest first, for customers with a collectible amount; shape (customers,).

    `customers` has collectible_amount, days_past_due, p_default and expected_gain.
    """
    amount = customers["collectible_amount"].to_numpy(dtype=np.float64)
    age = customers["days_past_due"].to_numpy(dtype=np.float64)
    seed = SEED + as_of.toordinal()
    return {
        "duerank": customers["expected_gain"].to_numpy(dtype=np.float64),
        "random": np.random.default_rng(seed).random(len(customers)),
        "oldest debt": age,
        "largest balance": amount,
        "balance x days": amount * age,
        "points": _points(age, AGE_POINTS) + _points(amount, AMOUNT_POINTS),
        "risk only": customers["p_default"].to_numpy(dtype=np.float64),
    }


def captured(customers: pd.DataFrame, still_unpaid: Floats, as_of: pd.Timestamp) -> pd.DataFrame:
    """Per policy and capacity: what of the money that stayed unpaid for 30 days stood at the top of its list.

    `still_unpaid` is in cents, shape (customers,), NaN where not known: a night with any such is left out. Columns
    as_of, policy, capacity, contacted, unpaid_captured and unpaid_total (cents).
    """
    if not len(customers) or np.isnan(still_unpaid).any():
        return pd.DataFrame(columns=["as_of", "policy", "capacity", "contacted", "unpaid_captured", "unpaid_total"])
    rows = []
    ties = customers["customer_id"].to_numpy()
    for policy, rank in policy_ranks(customers, as_of).items():
        order = np.lexsort((ties, -rank))
        for capacity in CAPACITIES:
            top = order[: max(round(capacity * len(order)), 1)]
            rows.append((as_of, policy, capacity, len(top), still_unpaid[top].sum(), still_unpaid.sum()))
    return pd.DataFrame(rows, columns=["as_of", "policy", "capacity", "contacted", "unpaid_captured", "unpaid_total"])


def compare(nights: pd.DataFrame) -> pd.DataFrame:
    """`captured` of many nights as one row per policy and capacity; share_captured is of all nights' unpaid money."""
    table = nights.groupby(["policy", "capacity"], sort=False, as_index=False).agg(
        nights=("as_of", "nunique"),
        contacted=("contacted", "sum"),
        unpaid_captured=("unpaid_captured", "sum"),
        unpaid_total=("unpaid_total", "sum"),
    )
    table["share_captured"] = table["unpaid_captured"] / table["unpaid_total"].where(table["unpaid_total"] > 0)
    return table


def _points(value: Floats, bands: tuple[tuple[int, int], ...]) -> Floats:
    points = np.array([0.0, *(float(score) for _, score in bands)])
    return points[np.searchsorted([low for low, _ in bands], value, side="right")]
