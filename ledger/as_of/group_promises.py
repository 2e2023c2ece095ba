"""What a customer promises for others of its group, and what comes in for them."""

import numpy as np
import pandas as pd

from ledger.as_of.fx import exchanged
from ledger.frames import Tables
from ledger.hashing import find_texts
from ledger.portfolio import Positions, sum_by


def paid_for_others(payments: pd.DataFrame, heads: Positions, customer_ids: pd.Index) -> pd.DataFrame:
    """The payments for members of groups, by whose promise they may keep as `customer`: their head's, whoever paid, and
    that of another member which paid. One between groups keeps no promise: who so promises names the other's invoice.

    `payments` count for who owes; `heads` has the head of each customer's group.
    """
    in_group = np.bincount(heads, minlength=len(heads))[heads] > 1
    payments = payments[in_group[payments["customer"]]]
    owner = payments["customer"].to_numpy()
    head, payer = heads[owner], find_texts(customer_ids, payments["customer_id"])
    by_member = (payer != owner) & (payer != head) & (heads[payer] == head)
    of_head, of_member = payments.assign(customer=head), payments.assign(customer=payer)
    kept: pd.DataFrame = pd.concat([of_head[head != owner], of_member[by_member]], ignore_index=True)
    return kept


def overdue_when_promised(promises: pd.DataFrame, known: Tables, accounts: pd.Series, rates: pd.Series) -> Positions:
    """Cents of who promised that were overdue on the day on which each promise was made, in the account's currency and
    in the rows of `promises`: what is known tonight of invoices due, and of what had lowered them, before that day."""
    asked = promises[["customer", "made_on"]].assign(place=np.arange(len(promises)))
    invoices = known["invoices"]
    debts = invoices.loc[invoices["kind"] == "invoice", ["customer", "invoice", "due_on", "amount", "currency"]]
    debts = asked.merge(debts, on="customer")
    debts = debts[debts["due_on"] < debts["made_on"]].reset_index(drop=True)
    debts["debt"] = debts.index
    left = debts["amount"].to_numpy(dtype=np.int64)
    for name, dated_by in (("payments", "paid_on"), ("adjustments", "posted_on")):
        records = known[name]
        records = records.loc[records["invoice"].isin(debts["invoice"]), ["invoice", dated_by, "amount"]]
        came = debts[["debt", "invoice", "made_on"]].merge(records, on="invoice")
        came = came[came[dated_by] < came["made_on"]]
        left = left - sum_by(came["debt"], came["amount"], len(debts))
    cents = exchanged(pd.Series(left).clip(lower=0), debts["currency"], accounts.iloc[debts["customer"]], rates)
    return sum_by(debts["place"], cents, len(promises))
