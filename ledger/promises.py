"""Promises to pay as a night knows them: not yet due, kept, or broken."""

import numpy as np
import pandas as pd

from ledger.portfolio import Positions, sum_by
from ledger.view import View


def not_yet_due(view: View) -> pd.DataFrame:
    """Promises whose day has not passed, with `remaining`: the promised cents that payments since have not met."""
    promises = view.tables["promises"]
    current = promises[promises["promised_on"] >= view.as_of]
    paid = paid_by(view, current, current["promised_on"])
    return current.assign(remaining=np.maximum(current["amount"] - paid, 0).astype("int64"))


def due(view: View) -> pd.DataFrame:
    """Promises whose day has passed, with `kept`: whether the promised amount came in by that day."""
    promises = view.tables["promises"]
    passed = promises[promises["promised_on"] < view.as_of]
    paid = paid_by(view, passed, passed["promised_on"])
    return passed.assign(kept=paid >= passed["amount"])


def paid_by(view: View, promises: pd.DataFrame, last_day: pd.Series) -> Positions:
    """Cents paid from the day of each promise to `last_day`, on its invoice or, where it names none, the account."""
    payments = view.tables["payments"]
    paid = np.zeros(len(promises), dtype=np.int64)
    for column in ("invoice", "customer"):
        rows = (promises["invoice"] >= 0).to_numpy() == (column == "invoice")
        asked = promises.loc[rows, [column, "made_on"]].assign(row=np.flatnonzero(rows), last_day=last_day[rows])
        both = asked.merge(payments[[column, "paid_on", "amount"]], on=column)
        both = both[(both["paid_on"] >= both["made_on"]) & (both["paid_on"] <= both["last_day"])]
        paid += sum_by(both["row"], both["amount"], len(promises))
    return paid
