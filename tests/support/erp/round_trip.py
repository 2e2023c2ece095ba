"""A simulated ledger written in another system's tables and imported from there: what must be the same again."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from ledger.as_of.view import View, view_as_of
from ledger.frames import Tables
from ledger.importing.import_export import import_ledger
from ledger.importing.shipped_sources import mapping_file
from ledger.portfolio import Portfolio, number
from tests.support.judged_in_memory import read_ledger

EURO = "EUR"
# The number that the simulator gave a document; a system may put its own signs around it.
DOCUMENT = r"([IN]\d{6,7})"
LOSSES = {"write_off": "write_off", "collection_handover": "write_off", "discount": "discount"}


@dataclass(frozen=True)
class Written:
    """What a system was given: the simulator's customer_id by the system's own, the contacts that it can keep
    (customer_id, contacted_on, channel), and documents of which it forgets when something was set against them.

    `tables` is the ledger as the system can date it, where that is not as it was simulated; `losses` are the kinds that
    it does not take for credit notes."""

    customers: dict[str, str]
    contacts: pd.DataFrame
    forgets: frozenset[str] = frozenset()
    tables: Tables | None = None
    losses: tuple[str, ...] = tuple(LOSSES)


Writer = Callable[[Tables, Path], Written]


@dataclass
class RoundTrip:
    """The simulated tables and the imported ones, with the simulator's customers in both."""

    before: Tables
    after: Tables
    written: Written

    @cached_property
    def _portfolios(self) -> tuple[Portfolio, Portfolio]:
        return number(self.before), number(self.after)

    def on(self, night: pd.Timestamp) -> tuple[View, View]:
        before, after = self._portfolios
        return view_as_of(before, night, EURO), view_as_of(after, night, EURO)


def round_trip(system: str, write: Writer, tables: Tables, folder: Path) -> RoundTrip:
    """Through `configs/sources/<system>`; AssertionError where the import refused a row."""
    export = folder / "export"
    export.mkdir()
    written = write(tables, export)
    imported = import_ledger(mapping_file(system), export, folder / "ledger")
    assert imported.refused.empty, imported.refused.to_string()
    return imported_back(tables, written, folder / "ledger")


def imported_back(tables: Tables, written: Written, ledger: Path) -> RoundTrip:
    """The ledger that an import wrote, its customers called as the simulator calls them."""
    after = read_ledger(ledger).tables
    for name, frame in after.items():
        for column in ("customer_id", "parent_id"):
            if column in frame and len(frame):
                after[name] = frame = frame.assign(**{column: frame[column].map(written.customers).astype("str")})
    return RoundTrip(written.tables or tables, after, written)


def as_dated(tables: Tables) -> Tables:
    """The ledger as it is where a system keeps no day of entry: all is known on its own day."""
    dated_by = {"invoices": "issued_on", "payments": "paid_on", "adjustments": "posted_on"}
    return {**tables, **{name: tables[name].assign(known_on=tables[name][day]) for name, day in dated_by.items()}}


def owed(view: View) -> "pd.Series[int]":
    """Cents of the reporting currency by customer: what is open less all credit; customers without either left out."""
    cents = view.balances["open_amount"] - view.balances["credit_amount"]
    named = pd.Series(cents.to_numpy(), index=view.portfolio.customer_ids)
    return named[named != 0]


def overdue(view: View) -> "pd.Series[int]":
    """Cents of the reporting currency by customer."""
    named = pd.Series(view.balances["overdue_amount"].to_numpy(), index=view.portfolio.customer_ids)
    return named[named != 0]


def open_by_document(view: View) -> "pd.Series[int]":
    """Cents by the simulator's document, over its instalments: what is open of an invoice, or left of a credit note."""
    invoices = view.invoices
    left = invoices["open_amount"].where(invoices["kind"] == "credit_note", invoices["open_amount"].clip(lower=0))
    document = invoices["invoice_id"].str.extract(DOCUMENT, expand=False)
    # A credit note of an invoice's number is how a system cancels a part of it.
    own = (invoices["kind"] == "credit_note") == document.str.startswith("N")
    summed = left[own].groupby(document[own]).sum()
    return summed[summed != 0]


def received(view: View) -> "pd.Series[int]":
    """Reporting cents by customer, value date and the day on which it was known."""
    money = pd.concat([view.tables["payments"], view.coming])
    named = money.assign(customer=view.portfolio.customer_ids[money["customer"]])
    summed = named.groupby(["customer", "paid_on", "known_on"])["reporting_amount"].sum()
    return summed[summed != 0]


def lost(view: View, kinds: Collection[str] = tuple(LOSSES)) -> "pd.Series[int]":
    """Cents that were given up, by customer, kind and day; what was taken back later is not looked at."""
    given = view.tables["adjustments"]
    given = given[given["kind"].isin(kinds) & (given["amount"] > 0)]
    named = given.assign(customer=view.portfolio.customer_ids[given["customer"]], kind=given["kind"].map(LOSSES))
    return named.groupby(["customer", "kind", "posted_on"])["amount"].sum()


def with_reversals(tables: Tables) -> set[str]:
    """Documents of which a payment bounced: many systems undo what it was set against, and forget that it ever was."""
    payments = tables["payments"]
    return set(payments.loc[payments["amount"] < 0, "invoice_id"].dropna())
