"""The ledger with every customer and invoice numbered once, so that a night works on whole-number positions."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.settings import LedgerSettings, load_settings
from ledger.frames import Tables
from ledger.hashing import TextIndex, find_texts
from ledger.minor_units import minor_units
from ledger.tables import FILLED_IN

Positions = npt.NDArray[np.int64]

NOBODY = -1
NAMES_CUSTOMERS = ("customers", "invoices", "payments", "holds", "people", "promises", "contacts")


@dataclass(frozen=True)
class Portfolio:
    """Tables with whole-number columns `customer` and, where the table names one, `invoice` (`NOBODY` for none).

    What names an invoice has the position of the invoice's customer: so has a payment, whoever paid it. Positions index
    `customer_ids` and `invoice_ids`, both sorted, so that they do not depend on the row order. `rules` are the settings
    by which it is counted.
    """

    tables: Tables
    customer_ids: pd.Index
    invoice_ids: pd.Index
    rules: LedgerSettings


def number(tables: Tables, rules: LedgerSettings | None = None) -> Portfolio:
    """Number customers and invoices of a validated ledger; the parts of invoices in instalments have numbers too.

    A small difference that was written off is a discount from here on: it is no loss. A dispute that a collector wrote
    on a worklist has the end of the one that the ledger has. `rules` are the defaults where none are given.
    """
    rules = rules or load_settings().ledger
    disputes = _ended_with_the_ledgers_own(tables["disputes"])
    tables = {**tables, "adjustments": _small_differences(tables, rules), "disputes": disputes}
    named = [tables[name]["customer_id"] for name in NAMES_CUSTOMERS]
    customer_ids = pd.Index(
        pd.concat([ids.drop_duplicates() for ids in named]).dropna().drop_duplicates().sort_values(), dtype="str"
    )
    parts = _ids_of_parts(tables["instalments"])
    invoice_ids = pd.Index(pd.concat([tables["invoices"]["invoice_id"], parts]).sort_values(), dtype="str")
    indexes = TextIndex(customer_ids), TextIndex(invoice_ids)
    numbered = {name: _numbered(frame, *indexes) for name, frame in tables.items()}
    owner = np.full(len(invoice_ids) + 1, NOBODY, dtype=np.int64)
    owner[numbered["invoices"]["invoice"]] = numbered["invoices"]["customer"]
    for name in ("adjustments", "disputes", "instalments"):
        numbered[name] = numbered[name].assign(customer=owner[numbered[name]["invoice"]])
    holds = numbered["holds"]
    of_invoice = owner[holds["invoice"]]
    numbered["holds"] = holds.assign(customer=np.where(holds["invoice"] >= 0, of_invoice, holds["customer"]))
    return Portfolio(numbered, customer_ids, invoice_ids, rules)


def part_ids(invoice_ids: "pd.Series[str]", number: pd.Series) -> "pd.Series[str]":
    """What the parts of invoices in instalments are called."""
    ids: pd.Series[str] = invoice_ids + " #" + number.astype("str")
    return ids


def _ids_of_parts(instalments: pd.DataFrame) -> "pd.Series[str]":
    """As many as there can be: one for each instalment, and one for what they leave of the invoice."""
    planned = instalments["invoice_id"].value_counts()
    invoice_ids = pd.Series(planned.index, dtype="str").repeat((planned + 1).tolist())
    return part_ids(invoice_ids, invoice_ids.groupby(invoice_ids).cumcount() + 1)


def _small_differences(tables: Tables, rules: LedgerSettings) -> pd.DataFrame:
    """The adjustments with small write-offs as discounts; one in another currency than its invoice's is never small."""
    adjustments = tables["adjustments"]
    written_off = adjustments["kind"] == "write_off"
    small = written_off & (adjustments["amount"].abs() <= round(minor_units() * rules.small_difference_amount))
    if not small.any():
        return adjustments
    asked = adjustments[small]
    places = find_texts(tables["invoices"]["invoice_id"], asked["invoice_id"])
    invoices = tables["invoices"].reset_index(drop=True).reindex(places)
    accounts = invoices["customer_id"].map(tables["customers"].set_index("customer_id")["currency"]).astype("str")
    billed_in = invoices["currency"].where(invoices["currency"].notna(), accounts).set_axis(asked.index)
    same = asked["currency"].isna() | billed_in.isna() | (asked["currency"] == billed_in)
    few = asked["amount"].abs() <= rules.small_difference_share * invoices["amount"].abs().to_numpy()
    return adjustments.assign(kind=adjustments["kind"].mask(small & (same & few).reindex(small.index), "discount"))


def _ended_with_the_ledgers_own(disputes: pd.DataFrame) -> pd.DataFrame:
    """The disputes, where one from a worklist ends on the first day since on which another about its invoice ended.

    No worklist can say so: what is disputed is not listed. The first day, since a later one is not known yet.
    """
    filled_in = disputes["dispute_id"].str.contains(FILLED_IN) & disputes["closed_on"].isna()
    ends = disputes.loc[disputes["closed_on"].notna(), ["invoice_id", "closed_on"]].sort_values("closed_on")
    if not filled_in.any() or ends.empty:
        return disputes
    open_ones = disputes.loc[filled_in, ["invoice_id", "opened_on"]].reset_index().sort_values("opened_on")
    ended = pd.merge_asof(
        open_ones, ends, left_on="opened_on", right_on="closed_on", by="invoice_id", direction="forward"
    )  # fmt: skip
    closed_on = ended.set_index("index")["closed_on"].reindex(disputes.index)
    return disputes.assign(closed_on=disputes["closed_on"].fillna(closed_on))


def _numbered(frame: pd.DataFrame, customers: TextIndex, invoices: TextIndex) -> pd.DataFrame:
    frame = frame.reset_index(drop=True)
    if "customer_id" in frame:
        frame = frame.assign(customer=customers.find(frame["customer_id"]))
    if "invoice_id" in frame:
        frame = frame.assign(invoice=invoices.find(frame["invoice_id"]))
    return frame


def sum_by(positions: pd.Series | Positions, amounts: pd.Series | npt.NDArray[np.int64], size: int) -> Positions:
    """Whole-number sums by position, shape (size,); exact below 2**53, and `NOBODY` is left out."""
    where = np.asarray(positions, dtype=np.int64)
    values = np.asarray(amounts, dtype=np.float64)
    named = where >= 0
    return np.bincount(where[named], weights=values[named], minlength=size)[:size].astype(np.int64)
