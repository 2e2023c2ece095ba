"""What falls due soon and may need a reminder before it is late."""

import numpy as np
import pandas as pd

from ledger.as_of.view import View
from ledger.portfolio import sum_by


def due_soon(view: View, invoice_scores: pd.DataFrame, days_before_due: int) -> pd.DataFrame:
    """Cents that fall due within `days_before_due` days of the night, by customer position: amount, at_risk.

    `invoice_scores` has invoice and customer (positions), open_amount (reporting cents), days_past_due and p_late.
    `at_risk` is the amount expected to be late, not rounded. Invoices in dispute or under a promise are left out:
    no one is reminded of those.
    """
    disputed = view.invoices.loc[view.disputed > 0, "invoice"]
    promised = view.promises_not_yet_due["invoice"]
    days = invoice_scores["days_past_due"]
    soon = invoice_scores[days.between(-days_before_due, 0) & ~invoice_scores["invoice"].isin([*disputed, *promised])]
    at_risk = soon["open_amount"].to_numpy() * soon["p_late"].to_numpy()
    return pd.DataFrame(
        {
            "amount": sum_by(soon["customer"], soon["open_amount"], view.customers),
            "at_risk": np.bincount(soon["customer"], weights=at_risk, minlength=view.customers),
        }
    )
