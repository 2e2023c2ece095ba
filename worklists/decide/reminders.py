"""What falls due soon and may need a reminder before it is late, once for each invoice."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.as_of.view import View
from ledger.clock import day_numbers
from ledger.portfolio import sum_by
from worklists.rules.dunning_levels import NO_DAY, arrived


def due_soon(
    view: View, invoice_scores: pd.DataFrame, days_before_due: int, heads: pd.Series | None = None
) -> pd.DataFrame:
    """Cents that fall due within `days_before_due` days of the night, by customer position: amount, at_risk.

    `invoice_scores` has invoice and customer (positions), open_amount (reporting cents), days_past_due and p_late.
    `at_risk` is the amount expected to be late, not rounded. Invoices in dispute, on hold, on their way, covered by
    credit or under a promise are left out: no one is reminded of those; nor of one about which, or about the whole
    account, a contact arrived within these days; with `heads` (of `parent_groups.contact_heads`) one with any member of
    the group counts.
    """
    invoices = view.invoices
    left_alone = (view.disputed > 0) | view.held | (view.on_its_way > 0).to_numpy() | (view.covered > 0)
    left_alone |= invoices["document"].isin(view.promises_not_yet_due["invoice"]).to_numpy()
    left_alone |= _reminded(view, days_before_due, heads)
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


def _reminded(view: View, days_before_due: int, heads: pd.Series | None) -> npt.NDArray[np.bool_]:
    """Which of the view's invoices were spoken of since `days_before_due` days before they fall due."""
    contacts, invoices = arrived(view.tables["contacts"]), view.invoices
    since = day_numbers(invoices["due_on"]) - days_before_due
    head = np.arange(view.customers) if heads is None else heads.to_numpy(dtype=np.int64)
    on, invoice = day_numbers(contacts["contacted_on"]), contacts["invoice"].to_numpy(dtype=np.int64)
    named = invoice >= 0
    of_account, of_invoice = (np.full(size, NO_DAY) for size in (view.customers, len(view.portfolio.invoice_ids)))
    np.maximum.at(of_account, head[contacts["customer"]][~named], on[~named])
    np.maximum.at(of_invoice, invoice[named], on[named])
    reminded: npt.NDArray[np.bool_] = of_account[head[invoices["customer"]]] >= since
    return reminded | (of_invoice[invoices["document"]] >= since)
