"""To the cent: what a customer owes, and what of it may be collected today.

collectible = overdue - disputed - held - coming - promised and not yet due - unapplied credit, floored at zero; each
part is kept. Credit is netted before anything is floored: cash that was paid back without a document, or a credit note
that was refunded, lowers it, below zero if need be.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.as_of.fx import at_rate, convert
from ledger.clock import day_numbers
from ledger.frames import Tables
from ledger.portfolio import Positions, sum_by

# Of what is overdue, in the order in which they are taken off.
NOT_ASKED = ("disputed", "held", "coming", "promised")
PARTS = (
    "open_amount", "overdue_amount", "disputed_amount", "held_amount", "coming_amount", "promised_amount",
    "credit_amount", "collectible_amount",
)  # fmt: skip


def customer_balances(
    invoices: pd.DataFrame,
    promises: pd.DataFrame,
    coming: pd.DataFrame,
    unapplied: Positions,
    accounts: pd.Series,
    rates: pd.Series,
) -> pd.DataFrame:
    """One row per customer position, whole cents of the reporting currency, columns `PARTS`.

    `invoices` are those of a view with their `invoice_parts`, `promises` those not yet due, `coming` money on its
    way, `unapplied` customers' unapplied cash, `accounts` the currency of each. Of what is overdue, disputed_amount,
    held_amount, coming_amount and promised_amount are the parts that an open dispute, a hold, money on its way or a
    promise not yet due covers. credit_amount is unapplied cash, open credit notes and overpayments, less what was paid
    back beyond them: it may be negative.
    """
    size = len(accounts)
    owner, rate = invoices["customer"], invoices["rate"].to_numpy()

    def total(cents: pd.Series) -> Positions:
        return sum_by(owner, at_rate(cents, rate), size)

    overdue = total(invoices["overdue_amount"])
    parts = {name: total(invoices[name]) for name in NOT_ASKED}
    on_account = coming[coming["invoice"] < 0]
    of_account = sum_by(on_account["customer"], on_account["reporting_amount"], size)
    parts["coming"] += np.minimum(of_account, np.maximum(overdue - sum(parts.values()), 0))
    of_account = account_promises(promises, accounts, rates)
    parts["promised"] += np.minimum(of_account, np.maximum(overdue - sum(parts.values()), 0))
    is_debt = invoices["kind"] == "invoice"
    debt = invoices["open_amount"].clip(lower=0).where(is_debt, 0)
    credit = unapplied + total(debt - invoices["open_amount"])
    collectible = np.maximum(overdue - sum(parts.values()) - credit, 0)
    columns = (total(debt), overdue, *parts.values(), credit, collectible)
    return pd.DataFrame(dict(zip(PARTS, columns, strict=True)))


def invoice_parts(
    invoices: pd.DataFrame,
    disputed: Positions,
    held: npt.NDArray[np.bool_],
    coming: pd.DataFrame,
    promises: pd.DataFrame,
    size: int,
) -> pd.DataFrame:
    """Cents in each invoice's currency, in the rows of `invoices`: the parts `NOT_ASKED` of what is overdue.

    `promises` are those not yet due, `coming` the money on its way, `size` how many invoices are numbered.
    """
    overdue = invoices["overdue_amount"].to_numpy()
    disputed = np.minimum(disputed, overdue)
    rest = overdue - disputed
    on_hold = np.where(held, rest, 0)
    rest = rest - on_hold
    of_part = sum_by(coming["invoice"], coming["amount"], size)[invoices["invoice"].to_numpy()]
    on_its_way = shared_out(invoices, sum_by(invoices["document"], of_part, size), rest)
    rest = rest - on_its_way
    promised = shared_out(invoices, sum_by(promises["invoice"], promises["remaining"], size), rest)
    columns = (disputed, on_hold, on_its_way, promised)
    return pd.DataFrame(dict(zip(NOT_ASKED, columns, strict=True)), index=invoices.index)


def shared_out(invoices: pd.DataFrame, cents: Positions, most: Positions) -> Positions:
    """What is stated of whole invoices, by position, on the rows of `invoices`: on the earliest due of an invoice's
    parts first, at most `most` on each."""
    document, part = (invoices[name].to_numpy() for name in ("document", "invoice"))
    shared: Positions = np.clip(cents[document], 0, most)
    rows = np.flatnonzero(np.isin(document, document[document != part]))  # few invoices are in parts
    order = rows[np.lexsort((invoices["due_on"].to_numpy()[rows], document[rows]))]
    running = np.cumsum(most[order])
    first = np.searchsorted(document[order], document[order], side="left")
    before = running - most[order] - np.concatenate([[0], running])[first]
    shared[order] = np.clip(cents[document[order]] - before, 0, most[order])
    return shared


def of_account(invoices: pd.DataFrame, balances: pd.DataFrame, part: str) -> Positions:
    """Reporting cents by customer that a part, such as coming or promised, takes off without naming an invoice."""
    named = at_rate(invoices[part], invoices["rate"].to_numpy())
    return balances[f"{part}_amount"].to_numpy() - sum_by(invoices["customer"], named, len(balances))


def covered(invoices: pd.DataFrame, cents: Positions, newest_first: bool) -> Positions:
    """Reporting cents of each invoice that its customer's `cents` cover, in the rows of `invoices`.

    First what is asked for, by due date, the oldest or the newest first; then what is not yet due, by due date.
    `invoices` are those of a view with their `invoice_parts`, `cents` of the reporting currency by customer position.
    """
    rate = invoices["rate"].to_numpy()
    parts = sum(invoices[name] for name in NOT_ASKED)
    asked = at_rate(invoices["overdue_amount"] - parts, rate).to_numpy()
    later = at_rate((invoices["open_amount"] - invoices["overdue_amount"]).clip(lower=0), rate).to_numpy()
    later = np.where((invoices["kind"] == "invoice").to_numpy(), later, 0)
    owner, due = invoices["customer"].to_numpy(), day_numbers(invoices["due_on"])
    of_customer = cents.clip(min=0)
    taken = np.zeros(len(invoices), dtype=np.int64)
    rows = np.flatnonzero(((asked > 0) | (later > 0)) & (of_customer[owner] > 0))
    in_order = np.where(newest_first & (asked[rows] > 0), -due[rows], due[rows])
    rows = rows[np.lexsort((in_order, asked[rows] == 0, owner[rows]))]
    amount, whose = np.where(asked > 0, asked, later)[rows], owner[rows]
    running = np.cumsum(amount)
    first = np.searchsorted(whose, whose, side="left")
    before = running - amount - np.concatenate([[0], running])[first]
    taken[rows] = np.clip(of_customer[whose] - before, 0, amount)
    return taken


def disputed_amounts(invoices: pd.DataFrame, disputes: pd.DataFrame, size: int) -> Positions:
    """Contested cents of every invoice's open amount, in the rows of `invoices`; `size` invoices are numbered."""
    current = disputes[disputes["closed_on"].isna()]
    whole = sum_by(current["invoice"].where(current["amount"].isna(), -1), np.ones(len(current), dtype=np.int64), size)
    stated = sum_by(current["invoice"], current["amount"].fillna(0), size)
    opened = invoices["open_amount"].clip(lower=0).to_numpy()
    return np.where(whole[invoices["document"]] > 0, opened, shared_out(invoices, stated, opened))


def unapplied_cash(tables: Tables, rates: pd.Series, customers: int) -> Positions:
    """Cash not yet set against an invoice, by customer position, reporting cents; negative where more was paid back."""
    cash = cash_on_account(tables)
    return sum_by(cash["customer"], convert(cash["amount"], cash["currency"], rates), customers)


def cash_on_account(tables: Tables) -> pd.DataFrame:
    """What makes up the cash that is set against no document, a row a record: customer, currency, and amount (cents of
    it), below zero where it was paid back or used.

    A `credit_applied` that a credit note paid for nets to zero over the customer; one alone used unapplied cash.
    """
    payments, adjustments = tables["payments"], tables["adjustments"]
    columns = ["customer", "currency", "amount"]
    used = adjustments.loc[adjustments["kind"] == "credit_applied", columns]
    received = payments.loc[payments["invoice"] < 0, columns]
    cash: pd.DataFrame = pd.concat([received, used.assign(amount=-used["amount"])], ignore_index=True)
    return cash


def account_promises(promises: pd.DataFrame, accounts: pd.Series, rates: pd.Series) -> Positions:
    """Reporting cents by customer position that promises not yet due say for the whole account."""
    whole = promises[promises["invoice"] < 0]
    currency = accounts.iloc[whole["customer"]].set_axis(whole.index)
    return sum_by(whole["customer"], convert(whole["remaining"], currency, rates), len(accounts))
