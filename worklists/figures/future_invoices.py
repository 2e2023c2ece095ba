"""Cash from invoices that are not issued yet: what was billed in the last 13 weeks is billed again in the next 13.

The same customers are billed the same amounts, on the same weekdays and terms, and pay as late as the portfolio does.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from features.window_kernels import Floats
from ledger.as_of.view import View
from ledger.clock import day_number, day_numbers
from models.curves.portfolio_curve import UnpaidCurve
from worklists.figures.cash_forecast import Receipts, receipts_of

BILLED_DAYS = 91
KEY = ["segment", "ahead", "terms"]


def billing(view: View, segment: "pd.Series[str]") -> pd.DataFrame:
    """What is expected to be billed: segment, ahead (days to the issue), terms (days from it to the due date), cents.

    `segment` is by customer position. `squares` is the sum of squared cents. Tables of parts of a portfolio add up.
    """
    invoices = view.real_invoices
    ahead = day_numbers(invoices["issued_on"]) + BILLED_DAYS - day_number(view.as_of)
    recent = (ahead >= 0) & (ahead < BILLED_DAYS)
    invoices, cents = invoices[recent], invoices.loc[recent, "reporting_amount"]
    frame = pd.DataFrame(
        {
            "segment": invoices["customer"].map(segment),
            "ahead": ahead[recent],
            "terms": (invoices["due_on"] - invoices["issued_on"]).dt.days.clip(lower=0),
            "cents": cents,
            "squares": cents.astype("float64") ** 2,
        }
    )
    return billed_together([frame])


def billed_together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The billing of all parts of a portfolio."""
    return pd.concat(parts, ignore_index=True).groupby(KEY, as_index=False).sum()


def not_yet_issued(billed: pd.DataFrame, curve: UnpaidCurve, days: int) -> Receipts:
    """The receipts of each of `days` days: mean and variance, the number of invoices being as random as of any Poisson
    process (the variance of a sum is then the sum of squares).

    An invoice that is issued on day s with terms t brings, by the end of day d, the share that the portfolio pays by
    d - s - t days past due.
    """
    names = sorted(billed["segment"].unique())
    row = billed["segment"].map({name: place for place, name in enumerate(names)}).to_numpy(dtype=np.int64)
    receipts = np.zeros((2, len(names), days))
    for terms in np.unique(billed["terms"]):
        invoices = billed[billed["terms"] == terms]
        sums = np.zeros((2, len(names), BILLED_DAYS))
        sums[:, row[invoices.index], invoices["ahead"]] = invoices[["cents", "squares"]].to_numpy(dtype=np.float64).T
        paid = _paid_on(curve, int(terms), days)
        for issued in range(days):  # billed again every 13 weeks, should the forecast look further ahead
            receipts[..., issued:] += sums[..., issued % BILLED_DAYS, None] * paid[: days - issued]
    return receipts_of(names, list(receipts[0]), list(receipts[1]), [np.inf] * len(names), days)


def _paid_on(curve: UnpaidCurve, terms: int, days: int) -> Floats:
    """The share that is paid on the day of the issue (or before), the day after, and so on; shape (days,)."""
    paid = 1 - curve.unpaid(np.arange(days, dtype=np.float64) - terms)
    return np.diff(paid, prepend=0.0)
