"""Earlier nights, to compare with tonight: key figures over nights, and who moved from one segment to another."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

MOVES = ("before", "now", "customers", "overdue_amount")


@dataclass(frozen=True)
class Trends:
    """Around a night: `figures` (as_of, name, value) of the nights of a year before it, and `moved` since the latest.

    `moved` has the columns `MOVES`: customers who changed their segment, and what they have overdue tonight (cents).
    """

    since: pd.Timestamp | None
    figures: pd.DataFrame
    moved: pd.DataFrame


def moves(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Customers of both nights who changed their segment, counted; columns `MOVES`.

    `before` has customer_id and segment; `now` has overdue_amount (cents), too.
    """
    both = before[["customer_id", "segment"]].merge(
        now[["customer_id", "segment", "overdue_amount"]], on="customer_id", suffixes=("_before", "")
    )
    changed = both[both["segment_before"] != both["segment"]]
    named = changed.rename(columns={"segment_before": "before", "segment": "now"}).assign(customers=1)
    return added_up([named])


def added_up(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The moves of all parts of a portfolio; most overdue money first."""
    sums = pd.concat([part[list(MOVES)] for part in parts]).groupby(["before", "now"], as_index=False).sum()
    order = {"overdue_amount": False, "customers": False, "before": True, "now": True}
    return sums.sort_values(list(order), ascending=list(order.values()), ignore_index=True)
