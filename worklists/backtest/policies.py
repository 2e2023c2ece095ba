"""The rules that people rank by today, and how much money at risk each would have put before the collectors."""

import numpy as np
import pandas as pd

from features.window_kernels import Floats

CAPACITIES = (0.02, 0.05, 0.1, 0.2)
CAPTURED = [
    "as_of", "policy", "capacity", "contacted", "unpaid_captured", "unpaid_total", "cash_captured", "cash_total",
]  # fmt: skip
SEED = 20_130_701  # of the random policy: any number, as long as it stays

# Points as ageing reports give them: bands of days past due and of amount, in currency units.
AGE_POINTS = ((1, 1), (31, 2), (61, 3), (91, 4))
AMOUNT_POINTS = ((0.01, 1), (1_000, 2), (10_000, 3), (100_000, 4))


def policy_ranks(customers: pd.DataFrame, as_of: pd.Timestamp) -> dict[str, Floats]:
    """What each policy sorts by, largest first, for customers with a collectible amount; shape (customers,).

    `customers` has collectible_amount and expected_gain (currency units), days_past_due and p_default.
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


def members(customers: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Whom each policy would contact at each capacity: as_of, policy, capacity, row (place in `customers`).

    Ties go by customer_id; at least one customer is contacted where there is one.
    """
    ties = customers["customer_id"].to_numpy()
    parts = []
    for policy, rank in policy_ranks(customers, as_of).items():
        order = np.lexsort((ties, -rank))
        for capacity in CAPACITIES:
            top = order[: max(round(capacity * len(order)), 1)]
            parts.append(pd.DataFrame({"as_of": as_of, "policy": policy, "capacity": capacity, "row": top}))
    return pd.concat(parts, ignore_index=True)


def captured(customers: pd.DataFrame, still_unpaid: Floats, as_of: pd.Timestamp) -> pd.DataFrame:
    """Per policy and capacity: what of the money that stayed unpaid for 30 days, and of that received, was at the
    top of its list.

    `still_unpaid` is in the units of collectible_amount, shape (customers,), NaN where not known: a night with any such
    is left out. Columns `CAPTURED`.
    """
    if not len(customers) or np.isnan(still_unpaid).any():
        return pd.DataFrame(columns=CAPTURED)
    came = np.clip(customers["collectible_amount"].to_numpy(dtype=np.float64) - still_unpaid, 0, None)
    top = members(customers, as_of)
    top = top.assign(unpaid_captured=still_unpaid[top["row"]], cash_captured=came[top["row"]])
    table = top.groupby(["as_of", "policy", "capacity"], sort=False, as_index=False).agg(
        contacted=("row", "size"), unpaid_captured=("unpaid_captured", "sum"), cash_captured=("cash_captured", "sum")
    )
    return table.assign(unpaid_total=still_unpaid.sum(), cash_total=came.sum())[CAPTURED]


def compare(nights: pd.DataFrame) -> pd.DataFrame:
    """`captured` of many nights as one row per policy and capacity.

    share_captured is of all nights' unpaid money (the risk captured), cash_share_captured of the cash that came.
    """
    table = nights.groupby(["policy", "capacity"], sort=False, as_index=False).agg(
        nights=("as_of", "nunique"), **{name: (name, "sum") for name in CAPTURED[3:]}
    )
    shares = {"share_captured": "unpaid", "cash_share_captured": "cash"}
    return table.assign(
        **{
            share: table[f"{money}_captured"] / table[f"{money}_total"].where(table[f"{money}_total"] > 0)
            for share, money in shares.items()
        }
    )


def _points(value: Floats, bands: tuple[tuple[float, int], ...]) -> Floats:
    points = np.array([0.0, *(float(score) for _, score in bands)])
    return points[np.searchsorted([low for low, _ in bands], value, side="right")]
