"""The proof that a night's balances are those of the ledger's own records."""

import pandas as pd

from ledger.as_of.fx import convert
from ledger.as_of.view import View
from ledger.minor_units import as_units
from ledger.tables import TABLES


class BooksDoNotBalance(RuntimeError):
    """The balances and the ledger's own totals part; the message says where and by how much."""


def reconcile(view: View) -> dict[str, int]:
    """Prove that the balances add up to the ledger's own records, or raise BooksDoNotBalance, which says where not.

    Returns the net position in minor units by currency: what was billed less what came in or was adjusted.
    """
    _refuse_money_for_unknown_invoices(view)
    invoices = view.invoices.set_index("invoice")
    expected = invoices["amount"]
    for name in ("payments", "adjustments"):
        records = view.tables[name]
        # Whole-number sums by pandas, to judge those that the view took in another way.
        expected = expected - records.groupby("invoice")["amount"].sum().reindex(expected.index, fill_value=0)
    _refuse_credit_that_is_none(view)
    gap = expected + invoices["recovered"] - invoices["open_amount"]
    currency = invoices["currency"].fillna("")
    if (gap != 0).any():
        first = gap.index[gap != 0][0]
        by_currency = gap[gap != 0].groupby(currency).sum()
        parts = ", ".join(f"{name}: {as_units(amount)}" for name, amount in by_currency.items())
        raise BooksDoNotBalance(
            f"as of {view.as_of.date()} the open amount of {(gap != 0).sum()} invoices is not amount - payments - "
            f"adjustments, in total by {parts}; the first is invoice {view.portfolio.invoice_ids[first]!r}, by "
            f"{as_units(gap[first])}. Nothing was written. This is a fault of the program: please report it."
        )
    return {str(name): int(cents) for name, cents in expected.groupby(currency).sum().items()}


def _refuse_credit_that_is_none(view: View) -> None:
    """Customer by customer: what is owed less credit is what was billed, less what came in or was adjusted."""
    invoices, tables = view.invoices, view.tables
    owed: pd.Series[int] = view.balances["open_amount"] - view.balances["credit_amount"]
    terms = [
        (invoices, invoices["amount"] + invoices["recovered"], 1),
        (tables["payments"], tables["payments"]["amount"], -1),
        (tables["adjustments"], tables["adjustments"]["amount"].mask(_applied(tables["adjustments"]), 0), -1),
    ]
    billed = records = pd.Series(0, index=owed.index)
    for frame, cents, sign in terms:
        of_customer = convert(cents, frame["currency"], view.rates).groupby(frame["customer"])
        billed = billed + sign * of_customer.sum().reindex(owed.index, fill_value=0)
        records = records + of_customer.size().reindex(owed.index, fill_value=0)
    # Amounts in several currencies are rounded record by record here, and invoice by invoice there.
    allowed = 0 if (view.rates == 1.0).all() else records
    gap = owed - billed
    if (gap.abs() > allowed).any():
        first = gap.index[gap.abs() > allowed][0]
        raise BooksDoNotBalance(
            f"as of {view.as_of.date()} customer {view.portfolio.customer_ids[first]!r} owes, less its credit, "
            f"{as_units(gap[first])} more than was billed less what came in or was adjusted. Nothing was written. This "
            f"is a fault of the program: please report it."
        )


def _applied(adjustments: pd.DataFrame) -> "pd.Series[bool]":
    """Applications of credit net to zero with the cash or the note that they use."""
    return adjustments["kind"] == "credit_applied"


def _refuse_money_for_unknown_invoices(view: View) -> None:
    for name in ("payments", "adjustments"):
        records = view.portfolio.tables[name]
        lost = records[(records["invoice"] < 0) & records["invoice_id"].notna() & (records["known_on"] < view.as_of)]
        if len(lost):
            first = lost.sort_values(TABLES[name].key[0]).iloc[0]
            raise BooksDoNotBalance(
                f"as of {view.as_of.date()} {len(lost)} rows of {name} name an invoice that is not in the ledger, the "
                f"first is {first[TABLES[name].key[0]]!r} over {as_units(first['amount'])} for invoice "
                f"{first['invoice_id']!r}. Nothing was written. Add the invoices, or validate the ledger, which puts "
                f"such rows into quarantine."
            )
