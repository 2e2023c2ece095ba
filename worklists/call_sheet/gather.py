"""The call sheet of customers who may be listed tonight, from a view: facts only, words come for the listed."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from features.engine import FeatureTables
from ledger.as_of.view import View
from ledger.clock import in_window
from worklists.call_sheet.on_account import on_account
from worklists.rules.early_warning import credit_limits
from worklists.rules.promise_state import states

YEAR = 365
MOST_CONTACTS = 5
ITEMS, ON_ACCOUNT, PEOPLE, PROMISES, DISPUTES, CONTACTS, ACCOUNTS = (
    "open_items", "on_account", "people", "promises", "disputes", "contacts", "accounts",
)  # fmt: skip
HABITS = ("delay_mean_365d", "settled_count_365d", "late_share_365d", "promise_kept_share_365d", "relationship_age")

CallSheet = dict[str, pd.DataFrame]
Chosen = Callable[[pd.DataFrame], pd.DataFrame]


def call_sheet(view: View, features: FeatureTables, contacted_at: pd.Series, levels: "pd.Series[int]") -> CallSheet:
    """The frames of the call sheet by name, each with `customer_id`, whom the list shows; amounts in minor units.

    `contacted_at` has the position of who is contacted by the position of whose debts they are, `levels` the dunning
    level of open invoices in the rows of `view.invoices`. `accounts` are in the reporting currency; all other rows with
    amounts say theirs: the invoice's, else the account's.
    """
    ids = view.portfolio.customer_ids
    own = pd.Series(ids[contacted_at.to_numpy()], index=contacted_at.index, dtype="str")

    def of_them(frame: pd.DataFrame) -> pd.DataFrame:
        rows = frame[frame["customer"].isin(own.index)]
        return rows.assign(customer_id=rows["customer"].map(own).astype("str")).reset_index(drop=True)

    return {
        ITEMS: _items(view, levels, of_them),
        ON_ACCOUNT: _on_account(view, contacted_at, of_them),
        PEOPLE: of_them(view.tables["people"].sort_values("person_id"))[
            ["customer_id", "person_id", "name", "role", "phone", "email", "language", "bounced_on"]
        ],
        PROMISES: _promises(view, of_them),
        DISPUTES: _disputes(view, of_them),
        CONTACTS: _contacts(view, of_them),
        ACCOUNTS: _accounts(view, features, own),
    }


def _items(view: View, levels: "pd.Series[int]", of_them: Chosen) -> pd.DataFrame:
    """Every open document: what is billed, what is open, and what of it is not asked for."""
    ids = view.portfolio
    invoices = view.invoices.assign(
        disputed_amount=np.where(view.invoices["open_amount"] > 0, view.disputed, 0),
        held_amount=view.invoice_parts["held"],
        promised_amount=view.invoice_parts["promised"],
        coming_amount=view.on_its_way,
        dunning_level=levels.reindex(view.invoices.index, fill_value=0),
    )
    rows = of_them(invoices[invoices["open_amount"] != 0])
    owner = pd.Series(ids.customer_ids[rows["customer"]], index=rows.index, dtype="str")
    return rows.assign(
        invoice_id=pd.Series(ids.invoice_ids[rows["invoice"]], index=rows.index, dtype="str"),
        owed_by=owner,
        currency=rows["currency"].fillna(view.reporting_currency or "").astype("str"),
    )[
        [
            "customer_id", "invoice_id", "owed_by", "kind", "issued_on", "due_on", "currency", "amount", "open_amount",
            "days_past_due", "dunning_level", "disputed_amount", "held_amount", "promised_amount", "coming_amount",
        ]
    ].sort_values(["customer_id", "due_on", "invoice_id"], ignore_index=True)  # fmt: skip


def _on_account(view: View, contacted_at: pd.Series, of_them: Chosen) -> pd.DataFrame:
    """What names no document, of all whom the list shows together."""
    by = ["customer_id", "kind", "currency"]
    heads = contacted_at[contacted_at.duplicated()].unique()
    summed: pd.DataFrame = of_them(on_account(view, heads)).groupby(by, as_index=False)[["amount"]].sum()
    return summed


def _promises(view: View, of_them: Chosen) -> pd.DataFrame:
    """The promises of the last year, the latest first, with what came in toward each and what became of it."""
    promises = view.tables["promises"]
    rows = of_them(promises[in_window(promises["made_on"], view.as_of, YEAR)])
    rows = rows.assign(state=states(rows, view.as_of), currency=_currency(view, rows))
    columns = ["customer_id", "invoice_id", "made_on", "promised_on", "amount", "paid", "currency", "state"]
    rows = rows.sort_values(["customer_id", "promised_on", "promise_id"], ascending=[True, False, True])
    return rows[columns].reset_index(drop=True)


def _disputes(view: View, of_them: Chosen) -> pd.DataFrame:
    """The disputes that are not settled."""
    disputes = view.tables["disputes"]
    rows = of_them(disputes[disputes["closed_on"].isna()])
    rows = rows.assign(currency=_currency(view, rows))
    columns = ["customer_id", "invoice_id", "opened_on", "reason", "amount", "currency"]
    return rows.sort_values(["customer_id", "opened_on", "dispute_id"])[columns].reset_index(drop=True)


def _currency(view: View, rows: pd.DataFrame) -> pd.Series:
    """The currency of each row's amounts: of its invoice, else of the account."""
    of_invoice = view.invoices.drop_duplicates("document").set_index("document")["currency"]
    stated = rows["invoice"].map(of_invoice).astype("str")
    return stated.fillna(rows["customer"].map(view.accounts).astype("str")).fillna(view.reporting_currency or "")


def _contacts(view: View, of_them: Chosen) -> pd.DataFrame:
    """The latest contacts, the last first, with what was written down."""
    rows = of_them(view.tables["contacts"])
    rows = rows.sort_values(["customer_id", "contacted_on", "contact_id"], ascending=[True, False, False])
    rows = rows[rows.groupby("customer_id").cumcount() < MOST_CONTACTS]
    return rows[
        ["customer_id", "contacted_on", "channel", "outcome", "collector_id", "spoke_with", "note", "next_contact_on"]
    ].reset_index(drop=True)


def _accounts(view: View, features: FeatureTables, own: "pd.Series[str]") -> pd.DataFrame:
    """The account of whom the list shows: addresses, credit limit and its use, and habits."""
    heads = view.portfolio.customer_ids.get_indexer(pd.Index(own.drop_duplicates()))
    known = view.tables["customers"].set_index("customer").reindex(heads)
    habits = features.customers.reindex(heads)[list(HABITS)]
    return pd.DataFrame(
        {
            "customer_id": view.portfolio.customer_ids[heads],
            "name": known["name"].to_numpy(),
            "country": known["country"].to_numpy(),
            "email": known["email"].to_numpy(),
            "phone": known["phone"].to_numpy(),
            "credit_limit": credit_limits(view).reindex(heads).to_numpy(),
            "open_amount": view.balances["open_amount"].reindex(heads).to_numpy(),
            **{name: habits[name].to_numpy() for name in HABITS},
        }
    ).astype({"customer_id": "str", "credit_limit": "Int64"})
