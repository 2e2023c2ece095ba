"""What of the money that came in lasts: a direct debit comes back, a cheque bounces, and the payment was none."""

import numpy as np
import pandas as pd

from ledger.portfolio import Positions


def lasting(payments: pd.DataFrame) -> Positions:
    """Cents of each payment that nothing took back, in the rows of `payments`; 0 for what takes back.

    A ledger does not say which payment a reversal is of. It takes back the latest one before it of the same document
    and amount, else what came last for the document; cash on account is one document of its customer and currency. A
    reversal that names no document, and finds no cash on account, takes back the customer's payment of its amount. What
    is left then, such as the refund of a credit note, takes nothing back. `payments` are those of whole invoices.
    """
    cents = payments["amount"].to_numpy(dtype=np.int64)
    returned = payments.loc[cents < 0, ["customer", "invoice"]]
    named = returned["invoice"] >= 0
    of_document = payments["invoice"].isin(returned.loc[named, "invoice"].unique())
    of_customer = payments["customer"].isin(returned.loc[~named, "customer"].unique())
    touched = np.flatnonzero(of_document | of_customer)
    rows = payments.iloc[touched][["customer", "invoice", "currency", "paid_on", "payment_id", "amount"]]
    rows = rows.assign(place=touched, back=rows["amount"] < 0, size=rows["amount"].abs(), left=rows["amount"])
    rows = rows.sort_values(["paid_on", "back", "payment_id"], ignore_index=True)
    document = ["customer", "invoice", "currency"]
    rows["left"] = _after_taking_back(rows, [*document, "size"])
    rows["left"] = _after_taking_back(rows, document)
    whole = rows[(rows["left"] == rows["amount"]) & (~rows["back"] | (rows["invoice"] < 0))]
    rows.loc[whole.index, "left"] = _after_taking_back(whole, ["customer", "currency", "size"])
    kept: Positions = np.maximum(cents, 0)
    kept[rows["place"]] = rows["left"].clip(lower=0)
    return kept


def _after_taking_back(rows: pd.DataFrame, alike: list[str]) -> pd.Series:
    """What is `left` of each row once those below zero took from the latest before them that are `alike`."""
    left, whose = rows["left"], rows.groupby(alike, dropna=False).ngroup()
    running = left.groupby(whose).cumsum()
    there = running - running.groupby(whose).cummin().clip(upper=0)  # what takes from nothing takes no later money
    before = there.groupby(whose).shift(fill_value=0)
    least_after = there[::-1].groupby(whose[::-1]).cummin()[::-1]
    stays = (least_after - before).clip(lower=0, upper=left.clip(lower=0))
    after: pd.Series = stays.where(left > 0, left + before - there)
    return after
