"""To the cent: what a customer owes, and what of it may be collected today.

collectible = overdue - disputed - promised and not yet due - unapplied credit, floored at zero; each part is kept.
"""

import numpy as np
import pandas as pd

from ledger.as_of.fx import convert
from ledger.frames import Tables
from ledger.portfolio import Positions, sum_by

PARTS = ("open_amount", "overdue_amount", "disputed_amount", "promised_amount", "credit_amount", "collectible_amount")


def customer_balances(
    invoices: pd.DataFrame, promises: pd.DataFrame, unapplied: Positions, accounts: pd.Series, rates: pd.Series
) -> pd.DataFrame:
    """One row per customer position, whole cents of the reporting currency, columns `PARTS`.

    `invoices` are those of a view with their `invoice_parts`, `promises` those not yet due, `unapplied` the customers'
    unapplied cash, `accounts` the currency of each. Of what is overdue, disputed_amount and promised_amount are the
    parts that an open dispute or a promise not yet due covers; credit_amount is unapplied cash, open credit notes and
    overpayments.
    """
    size = len(accounts)
    owner = invoices["customer"]

    def total(cents: pd.Series) -> Positions:
        return sum_by(owner, convert(cents, invoices["currency"], rates), size)

    overdue = total(invoices["overdue_amount"])
    disputed = total(invoices["disputed"])
    promised = total(invoices["promised"])
    of_account = _account_promises(promises, accounts, rates)
    promised = promised + np.minimum(of_account, np.maximum(overdue - disputed - promised, 0))
    credit = np.maximum(unapplied, 0) + total(invoices["open_amount"].clip(upper=0).abs())
    collectible = np.maximum(overdue - disputed - promised - credit, 0)
    opened = total(invoices["open_amount"].clip(lower=0))
    return pd.DataFrame(dict(zip(PARTS, (opened, overdue, disputed, promised, credit, collectible), strict=True)))


def invoice_parts(invoices: pd.DataFrame, disputed: Positions, promises: pd.DataFrame, size: int) -> pd.DataFrame:
    """Cents in each invoice's currency, in the rows of `invoices`: disputed and promised parts of what is overdue.

    A dispute counts before a promise. `promises` are those not yet due, `size` how many invoices are numbered.
    """
    overdue = invoices["overdue_amount"].to_numpy()
    disputed = np.minimum(disputed, overdue)
    remaining = sum_by(promises["invoice"], promises["remaining"], size)
    promised = np.minimum(remaining[invoices["invoice"].to_numpy()], overdue - disputed)
    return pd.DataFrame({"disputed": disputed, "promised": promised}, index=invoices.index)


def disputed_amounts(invoices: pd.DataFrame, disputes: pd.DataFrame, size: int) -> Positions:
    """Contested cents of every invoice's open amount, in the rows of `invoices`; `size` invoices are numbered."""
    current = disputes[disputes["closed_on"].isna()]
    whole = sum_by(current["invoice"].where(current["amount"].isna(), -1), np.ones(len(current), dtype=np.int64), size)
    stated = sum_by(current["invoice"], current["amount"].fillna(0), size)
    where = invoices["invoice"].to_numpy()
    opened = invoices["open_amount"].clip(lower=0).to_numpy()
    return np.where(whole[where] > 0, opened, np.minimum(stated[where], opened))


def unapplied_cash(invoices: pd.DataFrame, tables: Tables, rates: pd.Series, customers: int) -> Positions:
    """Cash not yet set against an invoice, by customer position, reporting cents.

    A `credit_applied` that a credit note paid for nets to zero over the customer; one alone used unapplied cash.
    """
    payments, adjustments = tables["payments"], tables["adjustments"]
    loose = payments[payments["invoice"] < 0]
    applied = adjustments[adjustments["kind"] == "credit_applied"]
    currency = invoices.set_index("invoice")["currency"].reindex(applied["invoice"]).set_axis(applied.index)
    received = sum_by(loose["customer"], loose["reporting_amount"], customers)
    used = sum_by(applied["customer"], convert(applied["amount"], currency, rates), customers)
    return received - used


def _account_promises(promises: pd.DataFrame, accounts: pd.Series, rates: pd.Series) -> Positions:
    whole = promises[promises["invoice"] < 0]
    currency = accounts.iloc[whole["customer"]].set_axis(whole.index)
    return sum_by(whole["customer"], convert(whole["remaining"], currency, rates), len(accounts))
