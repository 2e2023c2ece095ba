"""What falls due soon and may need a reminder before it is late."""

import numpy as np
import pandas as pd

from ledger.as_of.view import View
from ledger.portfolio import sum_by


def due_soon(view: View, invoice_scores: pd.DataFrame, days_before_due: int) -> pd.DataFrame:
    """Cents that fall due within `days_before_due` days of the night, by customer position: amount, at_risk.

    `invoice_scores` has invoice and customer (positions), open_amount (reporting cents), days_past_due and p_late.
    `at_risk` is the amount expected to be late, not rounded. Invoices in dispute, on hold, on their way, covered by
    credit or under a promise are left out: no one is reminded of those.
    """
    invoices = view.invoices
    left_alone = (view.disputed > 0) | view.held | (view.on_its_way > 0).to_numpy() | (view.covered > 0)
    left_alone |= invoices["document"].isin(view.promises_not_yet_due["invoice"]).to_numpy()
    days = invoice_scores["days_past_due"]
    others = ~invoice_scores["invoice"].isin(invoices.loc[left_alone, "invoice"])
    soon = invoice_scores[days.between(-days_before_due, 0) & others]
    at_risk = soon["open_amount"].to_numpy() * soon["p_late"].to_numpy()
    return pd.DataFrame(
        {
            "amount": sum_by(soon["customer"], soon["open_amount"], view.customers),
            "at_risk": np.bincount(soon["customer"], weights=at_risk, minlength=view.customers),
        }
    )
