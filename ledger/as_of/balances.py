"""To the cent: what a customer owes, and what of it may be collected today.

collectible = overdue - disputed - promised and not yet due - unapplied credit, floored at zero; each part is kept.
"""

import numpy as np
import pandas as pd

from ledger.as_of.fx import convert
from ledger.as_of.promises import not_yet_due
from ledger.as_of.view import View
from ledger.portfolio import Positions, sum_by
from ledger.tables import TABLES

PARTS = ("open_amount", "overdue_amount", "disputed_amount", "promised_amount", "credit_amount", "collectible_amount")


class BooksDoNotBalance(RuntimeError):
    """The balances and the ledger's own totals part; the message says where and by how much."""


def customer_balances(view: View) -> pd.DataFrame:
    """One row per customer position, whole cents of the reporting currency, columns `PARTS`.

    Of what is overdue, disputed_amount and promised_amount are the parts that an open dispute or a promise not yet
    due covers; credit_amount is unapplied cash, open credit notes and overpayments.
    """
    size = view.customers
    invoices = view.invoices.join(invoice_parts(view))
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


def invoice_parts(view: View) -> pd.DataFrame:
    """Cents in each invoice's currency, in the rows of `view.invoices`: disputed and promised parts of what is overdue.

    A dispute counts before a promise.
    """
    overdue = view.invoices["overdue_amount"].to_numpy()
    disputed = np.minimum(disputed_amounts(view), overdue)
    promises = not_yet_due(view)
    remaining = sum_by(promises["invoice"], promises["remaining"], len(view.portfolio.invoice_ids))
    promised = np.minimum(remaining[view.invoices["invoice"].to_numpy()], overdue - disputed)
    return pd.DataFrame({"disputed": disputed, "promised": promised}, index=view.invoices.index)


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
    """Prove that the balances add up to the ledger's own records, or raise BooksDoNotBalance, which says where not.

    Returns the net position in cents by currency: what was billed less what came in or was adjusted.
    """
    _refuse_money_for_unknown_invoices(view)
    invoices = view.invoices.set_index("invoice")
    expected = invoices["amount"]
    for name in ("payments", "adjustments"):
        records = view.tables[name]
        # Whole-number sums by pandas, to judge those that the view took in another way.
        expected = expected - records.groupby("invoice")["amount"].sum().reindex(expected.index, fill_value=0)
    gap = expected - invoices["open_amount"]
    currency = invoices["currency"].fillna("")
    if (gap != 0).any():
        first = gap.index[gap != 0][0]
        by_currency = gap[gap != 0].groupby(currency).sum()
        parts = ", ".join(f"{name}: {cents / 100:.2f}" for name, cents in by_currency.items())
        raise BooksDoNotBalance(
            f"as of {view.as_of.date()} the open amount of {(gap != 0).sum()} invoices is not amount - payments - "
            f"adjustments, in total by {parts}; the first is invoice {view.portfolio.invoice_ids[first]!r}, by "
            f"{gap[first] / 100:.2f}. Nothing was written. This is a fault of the program: please report it."
        )
    return {str(name): int(cents) for name, cents in expected.groupby(currency).sum().items()}


def _refuse_money_for_unknown_invoices(view: View) -> None:
    for name in ("payments", "adjustments"):
        records = view.portfolio.tables[name]
        lost = records[(records["invoice"] < 0) & records["invoice_id"].notna() & (records["known_on"] < view.as_of)]
        if len(lost):
            first = lost.sort_values(TABLES[name].key[0]).iloc[0]
            raise BooksDoNotBalance(
                f"as of {view.as_of.date()} {len(lost)} rows of {name} name an invoice that is not in the ledger, the "
                f"first is {first[TABLES[name].key[0]]!r} over {first['amount'] / 100:.2f} for invoice "
                f"{first['invoice_id']!r}. Nothing was written. Add the invoices, or validate the ledger, which puts "
                f"such rows into quarantine."
            )


def _account_promises(view: View) -> Positions:
    promises = not_yet_due(view)
    whole = promises[promises["invoice"] < 0]
    currency = view.accounts.iloc[whole["customer"]].set_axis(whole.index)
    return sum_by(whole["customer"], convert(whole["remaining"], currency, view.rates), view.customers)
