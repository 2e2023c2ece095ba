"""What came in toward each promise to pay."""

import numpy as np
import pandas as pd

from ledger.as_of.fx import exchanged
from ledger.as_of.group_promises import overdue_when_promised, paid_for_others
from ledger.as_of.taken_back import lasting
from ledger.clock import day_numbers, owner_days
from ledger.frames import Tables
from ledger.portfolio import Positions


def paid_toward(
    known: Tables,
    payments: pd.DataFrame,
    heads: Positions,
    customer_ids: pd.Index,
    accounts: pd.Series,
    rates: pd.Series,
) -> Positions:
    """Cents paid from the day of each promise to its last day, on its invoice or, where it names none, the account.

    A promise about an invoice is in the invoice's currency, one about the account in the account's. What a customer
    promises for its account beyond what it had overdue itself that day is for its group: so much is kept by what comes
    in for the others, where it is their head, or else by what it pays for them. What was taken back later, also after
    the last day, did not come in. `known` has the promises, the invoices
    as they are added up, and what lowered them; `payments` are those of whole invoices.
    """
    promises = known["promises"]
    promised = np.zeros(len(accounts), dtype=np.bool_)  # few are of a group in which anyone promised, and are sorted
    promised[heads[promises["customer"]]] = True
    payments = payments[promised[heads[payments["customer"]]]]
    payments = payments.assign(amount=lasting(payments))
    others = paid_for_others(payments, heads, customer_ids)
    on_invoice = _paid_between(promises, "invoice", payments, payments["amount"].to_numpy())
    on_account, for_others = (
        _paid_between(promises, "customer", frame, _in_currency_of_account(frame, accounts, rates))
        for frame in (payments, others)
    )
    of_account = promises["invoice"].to_numpy() < 0
    of_group = of_account & (for_others > 0)
    beyond = np.zeros(len(promises), dtype=np.int64)
    overdue = overdue_when_promised(promises[of_group], known, accounts, rates)
    beyond[of_group] = np.maximum(promises["amount"].to_numpy()[of_group] - overdue, 0)
    return np.where(of_account, on_account + np.clip(for_others, 0, beyond), on_invoice)


def _in_currency_of_account(payments: pd.DataFrame, accounts: pd.Series, rates: pd.Series) -> Positions:
    return exchanged(payments["amount"], payments["currency"], accounts.iloc[payments["customer"]], rates)


def _paid_between(promises: pd.DataFrame, by: str, payments: pd.DataFrame, cents: Positions) -> Positions:
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
