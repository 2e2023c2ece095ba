"""What of the known records counts on a night: money from its value date, for whom it is, in which currency."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.as_of.fx import rounded
from ledger.as_of.taken_back import lasting
from ledger.frames import Tables, rows_where
from ledger.hashing import NOT_FOUND, find_texts
from ledger.portfolio import NOBODY, Positions


@dataclass(frozen=True)
class Valued:
    """The known records with money from its value date on, and `coming`: known payments whose value date is ahead."""

    tables: Tables
    coming: pd.DataFrame


def about_known_invoices(known: Tables, size: int) -> Tables:
    """The records with references only to invoices that are known, and money with the customer for whom it counts.

    A payment of an invoice counts for who owes the invoice, whoever paid; before the invoice is known it is cash on
    account of who paid. An adjustment, dispute, instalment or hold of an unknown invoice is left out. `size` invoices
    are numbered.
    """
    invoices = known["invoices"]
    owner = np.full(size + 1, NOBODY, dtype=np.int64)  # the last place is that of NOBODY
    owner[invoices["invoice"]] = invoices["customer"]
    for name in ("payments", "promises"):
        invoice = known[name]["invoice"]
        known[name] = known[name].assign(invoice=invoice.where(owner[invoice] != NOBODY, NOBODY))
    payments = known["payments"]
    of_invoice = owner[payments["invoice"]]
    if (different := (of_invoice != NOBODY) & (of_invoice != payments["customer"].to_numpy())).any():
        known["payments"] = payments.assign(customer=np.where(different, of_invoice, payments["customer"]))
    for name in ("adjustments", "disputes", "instalments"):
        known[name] = rows_where(known[name], pd.Series(owner[known[name]["invoice"]] != NOBODY, known[name].index))
    holds = known["holds"]
    known["holds"] = rows_where(holds, (owner[holds["invoice"]] != NOBODY) | holds["invoice_id"].isna())
    return known


def with_currencies(known: Tables, accounts: pd.Series, rates: pd.Series, size: int) -> Tables:
    """Every amount in a currency that has a rate; documents and cash in one that has none that night are left out.

    An invoice's currency is its own, else the account's; that of cash on account likewise. A payment or an adjustment
    in another currency than its invoice's is exchanged at the latest rate that held on its value date, rounded half to
    even: its `amount` and `currency` are then the invoice's.
    """
    invoices = known["invoices"]
    if invoices["currency"].isna().any():
        invoices = invoices.assign(currency=invoices["currency"].fillna(invoices["customer"].map(accounts)))
    known["invoices"] = rows_where(invoices, _has_rate(invoices["currency"], rates))
    if len(known["invoices"]) < len(invoices):
        known = _without_documents(known, size)
    for name, dated_by in (("payments", "paid_on"), ("adjustments", "posted_on")):
        known[name] = _exchanged(known, name, dated_by, accounts, size)
    payments = known["payments"]
    known["payments"] = rows_where(payments, _has_rate(payments["currency"], rates))
    return known


def valued_before(known: Tables, as_of: pd.Timestamp) -> Valued:
    """Payments and adjustments from their value date on; money on its way apart.

    Of that is left what no reversal known ahead takes back, as `lasting` has it; one of money that is here already
    waits for its day.
    """
    payments, adjustments = known["payments"], known["adjustments"]
    here = payments["paid_on"] < as_of
    known["payments"] = rows_where(payments, here)
    known["adjustments"] = rows_where(adjustments, adjustments["posted_on"] < as_of)
    return Valued(known, _coming(payments, ~here))


def _coming(payments: pd.DataFrame, ahead: pd.Series) -> pd.DataFrame:
    coming = payments[ahead]
    taking_back = coming.loc[coming["amount"] < 0, "customer"]
    if len(taking_back):
        theirs = payments[payments["customer"].isin(taking_back)]
        left = pd.Series(lasting(theirs), index=theirs.index)
        coming = coming.assign(amount=left.reindex(coming.index).fillna(coming["amount"]).astype("int64"))
    return coming[coming["amount"] > 0]


def _has_rate(currency: "pd.Series[str]", rates: pd.Series) -> pd.Series:
    """A currency that is not stated anywhere is the reporting one."""
    return currency.isna() | currency.isin(rates.index)


def _without_documents(known: Tables, size: int) -> Tables:
    """The records without those of documents that are gone: their money is not known in any currency."""
    kept = np.zeros(size + 1, dtype=np.bool_)
    kept[known["invoices"]["invoice"]] = True
    for name in ("payments", "promises", "adjustments", "disputes", "instalments", "holds"):
        invoice = known[name]["invoice"].to_numpy()
        known[name] = known[name][kept[invoice] | (invoice == NOBODY)]
    return known


def _exchanged(known: Tables, name: str, dated_by: str, accounts: pd.Series, size: int) -> pd.DataFrame:
    records = known[name]
    owed = _currency_owed(records, known["invoices"], accounts, size)
    stated = records["currency"]
    if not stated.notna().any():
        return records.assign(currency=owed)
    on_account = records["invoice"].to_numpy() == NOBODY
    into = owed.mask(on_account & stated.notna(), stated)
    foreign = stated.notna() & (stated != into)
    if not foreign.any():
        return records.assign(currency=into)
    rows = records[foreign]
    ratio = rate_on(known["fx_rates"], stated[foreign], rows[dated_by]) / rate_on(
        known["fx_rates"], into[foreign], rows[dated_by]
    )
    amount = records["amount"].copy()
    amount[foreign] = rounded(rows["amount"].to_numpy(dtype=np.float64) * ratio, stated[foreign])
    return records.assign(amount=amount, currency=into)


def rate_on(rates: pd.DataFrame, currency: pd.Series, on: pd.Series) -> npt.NDArray[np.float64]:
    """The latest rate that held on each day, else the first one, shape (rows,); 1 for a currency that has no rates."""
    asked = pd.DataFrame({"currency": currency.to_numpy(), "on": on.to_numpy(), "row": np.arange(len(currency))})
    known = rates[["currency", "on", "rate"]].sort_values("on")
    found = pd.merge_asof(asked.sort_values("on"), known, on="on", by="currency").sort_values("row")
    first = found["currency"].map(known.drop_duplicates("currency").set_index("currency")["rate"])
    return found["rate"].fillna(first).fillna(1.0).to_numpy(dtype=np.float64)


def _currency_owed(records: pd.DataFrame, invoices: pd.DataFrame, accounts: pd.Series, size: int) -> "pd.Series[str]":
    """The currency of each record's invoice, or else the account's; looked up by number, since there are few."""
    few = pd.Series(pd.concat([invoices["currency"], accounts]).dropna().unique(), dtype="str")
    of_invoice: Positions = np.full(size + 1, NOT_FOUND, dtype=np.int64)  # the last place is that of NOBODY
    of_invoice[invoices["invoice"]] = find_texts(few, invoices["currency"])
    found = of_invoice[records["invoice"]]
    found = np.where(found == NOT_FOUND, find_texts(few, accounts)[records["customer"]], found)
    return pd.Series(pd.api.extensions.take(few.array, found, allow_fill=True), index=records.index)
