"""The rank: tomorrow's worklist by value at risk in 30 days."""

import numpy as np
import pandas as pd

from worklists.suppress import HOLDING

RANKING = "value at risk in 30 days: collectible_amount x p_unpaid_30d"
REASON_COLUMNS = ["reason_1", "reason_2", "reason_3"]
COLUMNS = [
    "as_of", "rank", "collector_id", "customer_id", "customer_name", "segment", "risk_band", "action", "channel",
    "open_amount", "overdue_amount", "collectible_amount", "days_past_due", "average_days_late", "p_unpaid_30d",
    "p_default", "expected_gain", *REASON_COLUMNS, "last_contact_on", "promise_status",
]  # fmt: skip


def expected_gain(facts: pd.DataFrame) -> pd.Series:
    """Value at risk in 30 days, whole cents: collectible amount x p_unpaid_30d; 0 where nothing is collectible.

    ValueError where a customer with a collectible amount has no score: the rank would pass over its money.
    """
    collectible = facts["collectible_amount"] > 0
    unscored = facts.loc[collectible & facts["p_unpaid_30d"].isna(), "customer_id"]
    if len(unscored):
        raise ValueError(f"{len(unscored)} customers with a collectible amount have no score: {unscored.iloc[0]} ...")
    at_risk = facts["collectible_amount"] * facts["p_unpaid_30d"].where(collectible, 0.0)
    return pd.Series(np.rint(at_risk.to_numpy(dtype=np.float64)).astype(np.int64), index=facts.index)


def worklist(
    facts: pd.DataFrame,
    segments: pd.DataFrame,
    actions: pd.DataFrame,
    suppressed: pd.DataFrame,
    reasons: pd.DataFrame,
    as_of: pd.Timestamp,
) -> pd.DataFrame:
    """The ranked rows of all customers with an action who are not held back; `COLUMNS`, index is the customer position.

    `facts`, `segments` and `actions` share one index; `suppressed` is from `suppressions`; `reasons` has
    `REASON_COLUMNS` by customer position. Amounts are reporting cents. The rank is by expected_gain, then customer_id.
    Reminders before the due date come after everything that is overdue: their expected_gain is 0, since nothing is
    collectible yet, and among themselves they rank by the amount due soon that is at risk of being late.
    """
    held = suppressed.loc[suppressed["reason"].isin(HOLDING), "customer_id"]
    listed = facts[(actions["action"] != "") & ~facts["customer_id"].isin(held)]
    actions = actions.loc[listed.index]
    rows = listed.assign(
        as_of=as_of.as_unit("s"),
        expected_gain=expected_gain(listed),
        segment=segments.loc[listed.index, "segment"],
        action=actions["action"],
        channel=actions["channel"],
        reminder=listed["collectible_amount"] == 0,
        reminder_value=actions["reminder_value"],
    ).join(reasons[REASON_COLUMNS])
    rows = rows.sort_values(
        ["reminder", "expected_gain", "reminder_value", "customer_id"], ascending=[True, False, False, True]
    )
    return rows.assign(rank=np.arange(1, len(rows) + 1))[COLUMNS]
