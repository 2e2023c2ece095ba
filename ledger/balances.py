"""To the cent: what a customer owes, and what of it may be collected today.

collectible = overdue - disputed - promised and not yet due - unapplied credit, floored at zero; each part is kept.
"""

import numpy as np
import pandas as pd

from ledger.exchange import convert
from ledger.portfolio import Positions, sum_by
from ledger.promises import not_yet_due
from ledger.view import View

PARTS = ("open_amount", "overdue_amount", "disputed_amount", "promised_amount", "credit_amount", "collectible_amount")


class BooksDoNotBalance(RuntimeError):
    """The balances and the ledger's own totals part; the message says where and by how much."""


def customer_balances(view: View) -> pd.DataFrame:
    """One row per customer position, whole cents of the reporting currency, columns `PARTS`.

    Of what is overdue, disputed_amount and promised_amount are the parts that an open dispute or a promise not yet
    due covers; credit_amount is unapplied cash, open credit notes and overpayments.
    """
    size = view.customers
    invoices = _with_overdue_parts(view)
    owner = invoices["customer"]

    def total(cents: pd.Series) -> Positions:
        return sum_by(owner, convert(cents, invoices["currency"], view.rates), size)

    overdue = total(invoices["overdue_amount"])
    disputed = total(invoices["disputed"])
    promised = total(invoices["promised"])
    promised = promised + np.minimum(_account_promises(view), np.maximum(overdue - disputed - promised, 0))
    credit = np.maximum(unapplied_cash(view), 0) + total(invoices["open_amount"].clip(upper=0).abs())
    collectible = np.maximum(overdue - disputed - promised - credit, 0)
    opened = total(invoices["open_amount"].clip(lower=0))
    return pd.DataFrame(dict(zip(PARTS, (opened, overdue, disputed, promised, credit, collectible), strict=True)))


def disputed_amounts(view: View) -> Positions:
    """Contested cents of every invoice's open amount, in the row order of `view.invoices`."""
    disputes = view.tables["disputes"]
    current = disputes[disputes["closed_on"].isna()]
    size = len(view.portfolio.invoice_ids)
    whole = sum_by(current["invoice"].where(current["amount"].isna(), -1), np.ones(len(current), dtype=np.int64), size)
    stated = sum_by(current["invoice"], current["amount"].fillna(0), size)
    where = view.invoices["invoice"].to_numpy()
    opened = view.invoices["open_amount"].clip(lower=0).to_numpy()
    return np.where(whole[where] > 0, opened, np.minimum(stated[where], opened))


def unapplied_cash(view: View) -> Positions:
    """Cash not yet set against an invoice, by customer position, reporting cents.

    A `credit_applied` that a credit note paid for nets to zero over the customer; one alone used unapplied cash.
    """
    payments, adjustments = view.tables["payments"], view.tables["adjustments"]
    loose = payments[payments["invoice"] < 0]
    applied = adjustments[adjustments["kind"] == "credit_applied"]
    currency = view.invoices.set_index("invoice")["currency"].reindex(applied["invoice"]).set_axis(applied.index)
    received = sum_by(loose["customer"], loose["reporting_amount"], view.customers)
    used = sum_by(applied["customer"], convert(applied["amount"], currency, view.rates), view.customers)
    return received - used


def reconcile(view: View) -> dict[str, int]:
    """Prove that the balances add up to the ledger's own totals, by currency; BooksDoNotBalance where they part.

    Returns the net position in cents by currency: what was billed less what came in or was adjusted.
    """
    invoices, payments, adjustments = view.invoices, view.tables["payments"], view.tables["adjustments"]
    currency = invoices.set_index("invoice")["currency"]
    applied = payments[payments["invoice"] >= 0]
    billed = _by_currency(invoices["amount"], invoices["currency"])
    received = _by_currency(applied["amount"], applied["currency"])
    adjusted = _by_currency(adjustments["amount"], currency.reindex(adjustments["invoice"]).set_axis(adjustments.index))
    from_ledger = billed.sub(received, fill_value=0).sub(adjusted, fill_value=0)
    from_balances = _by_currency(invoices["open_amount"], invoices["currency"])
    gap = from_ledger.sub(from_balances, fill_value=0)
    if (gap != 0).any():
        parts = ", ".join(f"{name}: {cents / 100:.2f}" for name, cents in gap[gap != 0].items())
        raise BooksDoNotBalance(
            f"as of {view.as_of.date()} the open amounts differ from invoices - payments - adjustments by {parts}. "
            f"A payment or an adjustment names an invoice that is not in the ledger; nothing was written."
        )
    return {str(name): int(cents) for name, cents in from_ledger.items()}


def _by_currency(cents: pd.Series, currency: pd.Series) -> pd.Series:
    return cents.groupby(currency.fillna("")).sum().astype("int64")


def _with_overdue_parts(view: View) -> pd.DataFrame:
    invoices = view.invoices.copy()
    overdue = invoices["overdue_amount"]
    invoices["disputed"] = np.minimum(disputed_amounts(view), overdue)
    promises = not_yet_due(view)
    named = promises[promises["invoice"] >= 0]
    promised = sum_by(named["invoice"], named["remaining"], len(view.portfolio.invoice_ids))
    invoices["promised"] = np.minimum(promised[invoices["invoice"].to_numpy()], overdue - invoices["disputed"])
    return invoices


def _account_promises(view: View) -> Positions:
    promises = not_yet_due(view)
    whole = promises[promises["invoice"] < 0]
    currency = view.accounts.iloc[whole["customer"]].set_axis(whole.index)
    return sum_by(whole["customer"], convert(whole["remaining"], currency, view.rates), view.customers)
