"""The as-of view: what a night knows of every invoice, payment, promise and dispute.

Everything downstream reads a `View`; nothing downstream sees the whole ledger. What several readers ask of a view is a
property of it, worked out when it is first asked for and then kept.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.as_of import balances, promises
from ledger.as_of.fx import account_currencies, at_rate, convert, latest_rates, rate_of
from ledger.as_of.groups import group_heads
from ledger.as_of.instalments import split_by_instalment
from ledger.as_of.invoices import INVOICES, added_up, with_days_settled
from ledger.as_of.promise_payments import paid_toward
from ledger.as_of.valued import Valued, about_known_invoices, valued_before, with_currencies
from ledger.clock import known_before
from ledger.frames import Tables, rows_where
from ledger.portfolio import Portfolio, Positions, sum_by

ASKED_OF_INVOICES = [
    "invoice", "customer", "issued_on", "due_on", "settled_on", "paid_up_on", "lost", "withdrawn", "amount",
    "currency", "known_on",
]  # fmt: skip

NOT_ADDED_UP = ["customer_id", "payment_id", "adjustment_id", "method"]  # texts, which are slow to copy


@dataclass(frozen=True)
class View:
    """A portfolio as known on the night `as_of`.

    `tables` are the known records, money from its value date on; `coming` are payments that are known and not here
    yet. A payment of an invoice counts for who owes it; a payment or a promise that names an invoice which is not
    known yet counts for the account; an adjustment or a dispute of one is left out. `payments` and `coming` also have
    reporting_amount (cents of the reporting currency), `promises` has paid (cents that came in toward it). By customer
    position, `group_heads` are the heads of groups (`groups.group_heads`) and `accounts` the currencies of accounts;
    `rates` is what a unit of each currency is worth in the reporting one.
    `invoices` has one row per known invoice, instalment or credit note, in the order of invoice_id, with the ledger's
    columns, `document` (the position of the whole invoice) and, in cents of the invoice's currency: paid, adjusted,
    lost (written off or handed over, and not recovered), withdrawn (cancelled), recovered (what came in on a lost or
    withdrawn claim), open_amount (amount - paid - adjusted + recovered), overdue_amount; and days_past_due (days,
    negative before the due date), settled_on (the day from which nothing was open, empty while something is),
    paid_up_on (the day from which the customer's own money had settled it, empty where none did), rate (to the
    reporting currency).
    """

    as_of: pd.Timestamp
    portfolio: Portfolio
    tables: Tables
    coming: pd.DataFrame
    invoices: pd.DataFrame
    group_heads: Positions
    accounts: pd.Series
    rates: pd.Series
    reporting_currency: str | None

    @property
    def customers(self) -> int:
        """How many customers the portfolio numbers; positions run below it."""
        return len(self.portfolio.customer_ids)

    @cached_property
    def promises_not_yet_due(self) -> pd.DataFrame:
        """See `promises.not_yet_due`."""
        return promises.not_yet_due(self.tables["promises"], self.as_of)

    @cached_property
    def promises_due(self) -> pd.DataFrame:
        """See `promises.due`."""
        return promises.due(self.tables["promises"], self.as_of)

    @cached_property
    def contacts_in_order(self) -> pd.DataFrame:
        """The contacts in the order of their days, then of their ids."""
        return self.tables["contacts"].sort_values(["contacted_on", "contact_id"])

    @cached_property
    def disputed(self) -> Positions:
        """Contested cents of every invoice's open amount, in the row order of `invoices`."""
        return balances.disputed_amounts(self.invoices, self.tables["disputes"], len(self.portfolio.invoice_ids))

    @cached_property
    def invoice_parts(self) -> pd.DataFrame:
        """What of each overdue invoice is not asked for, and why; see `balances.invoice_parts`."""
        return balances.invoice_parts(
            self.invoices, self.disputed, self.held, self.coming, self.promises_not_yet_due,
            len(self.portfolio.invoice_ids),
        )  # fmt: skip

    @cached_property
    def _invoices_with_parts(self) -> pd.DataFrame:
        return self.invoices.join(self.invoice_parts)

    @cached_property
    def on_its_way(self) -> pd.Series:
        """Cents of each invoice, overdue or not, that are known to come on a later day, in the rows of `invoices`."""
        cents = sum_by(self.coming["invoice"], self.coming["amount"], len(self.portfolio.invoice_ids))
        opened = self.invoices["open_amount"].clip(lower=0)
        return pd.Series(cents[self.invoices["invoice"]], index=opened.index).clip(upper=opened)

    @cached_property
    def holds_now(self) -> pd.DataFrame:
        """The holds that are current on the night."""
        holds = self.tables["holds"]
        until = holds["until_on"].isna() | (holds["until_on"] >= self.as_of)
        return holds[(holds["from_on"] <= self.as_of) & until]

    @property
    def account_holds_now(self) -> pd.DataFrame:
        """Those of whole accounts."""
        return self.holds_now[self.holds_now["invoice"] < 0]

    @property
    def invoice_holds_now(self) -> pd.DataFrame:
        """Those of single invoices."""
        return self.holds_now[self.holds_now["invoice"] >= 0]

    @cached_property
    def held(self) -> npt.NDArray[np.bool_]:
        """Which of `invoices` are not to be asked for: by a hold of their own or of their customer."""
        of_account = self.invoices["customer"].isin(self.account_holds_now["customer"])
        held = of_account | self.invoices["document"].isin(self.invoice_holds_now["invoice"])
        return held.to_numpy(dtype=np.bool_)

    @cached_property
    def coming_to_account(self) -> Positions:
        """Reporting cents by customer position that money on its way takes off and that names no invoice."""
        return balances.of_account(self._invoices_with_parts, self.balances, "coming")

    @cached_property
    def promised_for_account(self) -> Positions:
        """Reporting cents by customer position that promises not yet due take off and that name no invoice."""
        return balances.of_account(self._invoices_with_parts, self.balances, "promised")

    @cached_property
    def promised_beyond(self) -> Positions:
        """Reporting cents by customer position that were promised for the account and take off nothing of its own: what
        the head of a group promises for all."""
        stated = balances.account_promises(self.promises_not_yet_due, self.accounts, self.rates)
        return stated - self.promised_for_account

    @cached_property
    def covered(self) -> Positions:
        """Reporting cents of each invoice that unapplied credit covers, in the rows of `invoices`."""
        return self._covered_by(self.balances["credit_amount"].to_numpy())

    @cached_property
    def asked(self) -> Positions:
        """Reporting cents of each invoice that are asked for, in the rows of `invoices`: overdue, less its parts and
        what credit, money on its way and promises of the account cover (`ledger.credit_covers`)."""
        invoices = self._invoices_with_parts
        overdue = invoices["overdue_amount"] - self.invoice_parts.sum(axis=1)
        cents = at_rate(overdue, invoices["rate"].to_numpy()).to_numpy()
        whole = self.coming_to_account + self.promised_for_account
        whole += self.balances["credit_amount"].to_numpy().clip(min=0)
        return np.where(cents > 0, cents - self._covered_by(whole), 0)

    def _covered_by(self, cents: Positions) -> Positions:
        newest_first = self.portfolio.rules.credit_covers == "newest"
        return balances.covered(self._invoices_with_parts, cents, newest_first)

    @cached_property
    def left(self) -> Positions:
        """Reporting cents of each invoice that are open and not covered by credit, in the rows of `invoices`."""
        opened = at_rate(self.invoices["open_amount"], self.invoices["rate"].to_numpy())
        return np.asarray(opened.clip(lower=0)) - self.covered

    @cached_property
    def unapplied_cash(self) -> Positions:
        """Cash not yet set against an invoice, by customer position, reporting cents."""
        return balances.unapplied_cash(self.tables, self.rates, self.customers)

    @cached_property
    def balances(self) -> pd.DataFrame:
        """One row per customer position, whole cents of the reporting currency, columns `balances.PARTS`."""
        return balances.customer_balances(
            self._invoices_with_parts,
            self.promises_not_yet_due,
            self.coming,
            self.unapplied_cash,
            self.accounts,
            self.rates,
        )

    @cached_property
    def real_invoices(self) -> pd.DataFrame:
        """Known invoices without credit notes and without those cancelled in full, with `reporting_amount` in reporting
        cents: what was billed and not cancelled.

        Columns: `ASKED_OF_INVOICES` and reporting_amount; the rows keep the index of `invoices`.
        """
        real = (self.invoices["kind"] == "invoice") & (self.invoices["withdrawn"] < self.invoices["amount"])
        invoices = rows_where(self.invoices[ASKED_OF_INVOICES], real)
        billed = invoices["amount"] - invoices["withdrawn"]
        return invoices.assign(reporting_amount=at_rate(billed, self.invoices["rate"].to_numpy()[real]))


def view_as_of(portfolio: Portfolio, as_of: pd.Timestamp, reporting_currency: str | None) -> View:
    """The view of one night; records known on or after `as_of` leave no trace in it."""
    books = _books(portfolio, as_of, reporting_currency)
    known, coming, accounts, rates = books.in_parts.tables, books.in_parts.coming, books.accounts, books.rates
    size = len(portfolio.invoice_ids)
    invoices = with_days_settled(added_up(known, as_of, size), known, rates, size)
    invoices["rate"] = rate_of(invoices["currency"], rates)
    known["payments"], coming = (
        frame.assign(reporting_amount=convert(frame["amount"], frame["currency"], rates))
        for frame in (known["payments"], coming)
    )
    heads = group_heads(known["customers"], portfolio.customer_ids)
    whole = books.whole.tables["payments"]
    paid = paid_toward(known | {"invoices": invoices}, whole, heads, portfolio.customer_ids, accounts, rates)
    known["promises"] = known["promises"].assign(paid=paid)
    return View(as_of, portfolio, known, coming, INVOICES.checked(invoices), heads, accounts, rates, reporting_currency)


def invoices_as_of(portfolio: Portfolio, as_of: pd.Timestamp, reporting_currency: str | None) -> pd.DataFrame:
    """The invoices of a view without the rest of it; no columns customer_id, rate, settled_on and paid_up_on."""
    asked: Tables = {name: portfolio.tables[name].iloc[:0] for name in ("people", "promises", "contacts")}
    payments = portfolio.tables["payments"]
    asked["payments"] = rows_where(payments, payments["paid_on"] < as_of)  # what is on its way changes no invoice yet
    tables = {
        name: frame.drop(columns=NOT_ADDED_UP, errors="ignore") for name, frame in (portfolio.tables | asked).items()
    }
    books = _books(replace(portfolio, tables=tables), as_of, reporting_currency)
    return added_up(books.in_parts.tables, as_of, len(portfolio.invoice_ids))


@dataclass(frozen=True)
class _Books:
    """What a night knows, before it is added up: of whole invoices, and of each of their parts."""

    whole: Valued
    in_parts: Valued
    accounts: pd.Series
    rates: pd.Series


def _books(portfolio: Portfolio, as_of: pd.Timestamp, reporting_currency: str | None) -> _Books:
    size = len(portfolio.invoice_ids)
    known = about_known_invoices(known_before(portfolio.tables, as_of), size)
    rates = latest_rates(known, reporting_currency)
    accounts = account_currencies(known, len(portfolio.customer_ids), reporting_currency)
    valued = valued_before(with_currencies(known, accounts, rates, size), as_of)
    return _Books(valued, split_by_instalment(valued, portfolio), accounts, rates)
