"""The few customers whom a manager knows by name: the largest debtors, the warned, and whose promises fall due."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ledger.as_of.view import View
from worklists.facts.happened import promise_rows

DEBTORS, WARNED, DUE = 10, 10, 15
AT_LEAST_AHEAD = pd.Timedelta(days=5)  # on a Friday the rest of the week says little about what is to come
DEBTOR = [
    "customer_id", "customer_name", "open_amount", "overdue_amount", "risk_band", "p_default", "last_contact_on",
]  # fmt: skip
WARNING = ["customer_id", "customer_name", "open_amount", "text"]
PROMISE = ["promise_id", "customer_id", "customer_name", "promised_on", "amount", "paid", "collector_id"]


@dataclass(frozen=True)
class ByName:
    """Customers by name, amounts in cents of the reporting currency.

    `debtors` (`DEBTOR`) by open amount; `warned` (`WARNING`), one row per customer with all its warnings, by open
    amount, of `warned_in_all`; `due` (`PROMISE`), the largest promises whose day is from the night to `until`, by day,
    and `due_sums` of all of them: promises, amount, paid (of each no more than was promised).
    """

    debtors: pd.DataFrame
    warned: pd.DataFrame
    warned_in_all: int
    due: pd.DataFrame
    due_sums: "pd.Series[int]"


def by_name(view: View, facts: pd.DataFrame, warnings: pd.DataFrame) -> ByName:
    """Those of a partition; `facts` is from `customer_facts`, `warnings` from `early_warnings`."""
    names = facts.set_index("customer_id")["customer_name"]
    texts = warnings.groupby("customer_id", sort=False).agg(
        open_amount=("open_amount", "first"), text=("text", " ".join)
    )
    warned = texts.reset_index()
    warned["customer_name"] = warned["customer_id"].map(names).astype("str")
    due = promise_rows(view, view.as_of)
    due = due[due["promised_on"] <= until(view.as_of)]
    due = due.assign(customer_name=due["customer_id"].map(names).fillna(due["customer_id"]).astype("str"))
    came = due["paid"].clip(lower=0, upper=due["amount"])
    return ByName(
        _largest(facts[facts["open_amount"] > 0], "open_amount", "customer_id", DEBTORS)[DEBTOR],
        _largest(warned, "open_amount", "customer_id", WARNED)[WARNING],
        len(warned),
        _largest(due, "amount", "promise_id", DUE)[PROMISE],
        pd.Series({"promises": len(due), "amount": int(due["amount"].sum()), "paid": int(came.sum())}),
    )


def added_up(parts: Sequence[ByName]) -> ByName:
    """Those of all partitions: whatever the partitions are, the same."""

    def together(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
        return pd.concat([frame for frame in frames if len(frame)] or frames[:1], ignore_index=True)

    due = _largest(together([part.due for part in parts]), "amount", "promise_id", DUE)
    return ByName(
        _largest(together([part.debtors for part in parts]), "open_amount", "customer_id", DEBTORS),
        _largest(together([part.warned for part in parts]), "open_amount", "customer_id", WARNED),
        sum(part.warned_in_all for part in parts),
        due.sort_values(["promised_on", "amount", "promise_id"], ascending=[True, False, True], ignore_index=True),
        pd.DataFrame([part.due_sums for part in parts]).sum(),
    )


def until(as_of: pd.Timestamp) -> pd.Timestamp:
    """The last day of the promises that are shown: the Sunday of the week, and five days ahead at least."""
    return max(as_of + pd.Timedelta(days=6 - as_of.weekday()), as_of + AT_LEAST_AHEAD)


def _largest(rows: pd.DataFrame, by: str, then: str, most: int) -> pd.DataFrame:
    return rows.sort_values([by, then], ascending=[False, True], ignore_index=True).head(most)
