"""The ledger with every customer and invoice numbered once, so that a night works on whole-number positions."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.frames import Tables
from ledger.hashing import find_texts

Positions = npt.NDArray[np.int64]

NOBODY = -1


@dataclass(frozen=True)
class Portfolio:
    """Tables with whole-number columns `customer` and, where the table names one, `invoice` (`NOBODY` for none).

    What names an invoice has the position of the invoice's customer: so has a payment, whoever paid it. Positions index
    `customer_ids` and `invoice_ids`, both sorted, so that they do not depend on the row order.
    """

    tables: Tables
    customer_ids: pd.Index
    invoice_ids: pd.Index


def number(tables: Tables) -> Portfolio:
    """Number customers and invoices of a validated ledger."""
    payments = tables["payments"]
    named = [tables[name]["customer_id"] for name in ("customers", "invoices", "holds", "promises", "contacts")]
    named.append(payments["customer_id"][payments["invoice_id"].isna()])
    customer_ids = pd.Index(
        pd.concat([ids.drop_duplicates() for ids in named]).drop_duplicates().dropna().sort_values(), dtype="str"
    )
    invoice_ids = pd.Index(tables["invoices"]["invoice_id"].sort_values(), dtype="str")
    numbered = {name: _numbered(frame, customer_ids, invoice_ids) for name, frame in tables.items()}
    owner = np.full(len(invoice_ids) + 1, NOBODY, dtype=np.int64)
    owner[numbered["invoices"]["invoice"]] = numbered["invoices"]["customer"]
    for name in ("payments", "instalments", "adjustments", "disputes", "holds"):
        own = numbered[name].get("customer", NOBODY)
        of_invoice = owner[numbered[name]["invoice"]]
        numbered[name] = numbered[name].assign(customer=np.where(of_invoice == NOBODY, own, of_invoice))
    return Portfolio(numbered, customer_ids, invoice_ids)


def _numbered(frame: pd.DataFrame, customer_ids: pd.Index, invoice_ids: pd.Index) -> pd.DataFrame:
    frame = frame.reset_index(drop=True)
    if "customer_id" in frame:
        frame = frame.assign(customer=find_texts(customer_ids, frame["customer_id"]))
    if "invoice_id" in frame:
        frame = frame.assign(invoice=find_texts(invoice_ids, frame["invoice_id"]))
    return frame


def sum_by(positions: pd.Series | Positions, amounts: pd.Series | npt.NDArray[np.int64], size: int) -> Positions:
    """Whole-number sums by position, shape (size,); exact below 2**53, and `NOBODY` is left out."""
    where = np.asarray(positions, dtype=np.int64)
    values = np.asarray(amounts, dtype=np.float64)
    named = where >= 0
    return np.bincount(where[named], weights=values[named], minlength=size)[:size].astype(np.int64)
