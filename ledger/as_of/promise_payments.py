"""What came in toward each promise to pay."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.as_of.fx import exchanged
from ledger.clock import day_numbers, owner_days
from ledger.portfolio import Positions


def paid_toward(promises: pd.DataFrame, payments: pd.DataFrame, accounts: pd.Series, rates: pd.Series) -> Positions:
    """Cents paid from the day of each promise to its last day, on its invoice or, where it names none, the account.

    A promise about an invoice is in the invoice's currency, one about the account in the account's.
    """
    payments = payments[_of_promisers(promises, payments, len(accounts))]
    account = accounts.iloc[payments["customer"]]
    of_account = exchanged(payments["amount"], payments["currency"], account, rates)
    about_invoice = promises["invoice"].to_numpy() >= 0
    on_invoice = _paid_between(promises, payments, "invoice", payments["amount"].to_numpy())
    on_account = _paid_between(promises, payments, "customer", of_account)
    return np.where(about_invoice, on_invoice, on_account)


def _of_promisers(promises: pd.DataFrame, payments: pd.DataFrame, customers: int) -> npt.NDArray[np.bool_]:
    """Which payments are of customers who promised anything: few, and only theirs are sorted."""
    promised = np.zeros(customers, dtype=np.bool_)
    promised[promises["customer"]] = True
    return promised[payments["customer"]]


def _paid_between(promises: pd.DataFrame, payments: pd.DataFrame, by: str, cents: Positions) -> Positions:
    """Sums of the payments with the same `by` in [made_on, promised_on], by differences of one running sum."""
    moment = _owner_days(payments[by], payments["paid_on"])
    order = np.argsort(moment, kind="stable")
    running = np.concatenate([[0], np.cumsum(cents[order])])
    moment = moment[order]
    start = np.searchsorted(moment, _owner_days(promises[by], promises["made_on"]), side="left")
    end = np.searchsorted(moment, _owner_days(promises[by], promises["promised_on"]), side="right")
    sums: Positions = running[end] - running[start]
    return sums


def _owner_days(owner: pd.Series, on: pd.Series) -> Positions:
    return owner_days(owner.to_numpy(dtype=np.int64), day_numbers(on))
