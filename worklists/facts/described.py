"""What the facts are about, where it is new or has changed: customers and invoices as the ledger describes them."""

import numpy as np
import pandas as pd

from ledger.as_of.fx import convert
from ledger.as_of.view import View
from ledger.clock import as_days, day_numbers
from worklists.facts.unpublished import counts_from, from_day, unpublished
from worklists.score_db.earlier_facts import EarlierFacts

NAMED_BY = ("customers", "invoices", "payments", "promises", "contacts")
AS_DESCRIBED = ["country", "industry", "currency", "onboarded_on", "preferred_channel", "do_not_contact"]
CHANGES_OF_AN_INVOICE = ("due_on", "amount_in_currency", "settled_on")
OF_AN_INVOICE = ["invoice_id", "customer_id", "issued_on", "due_on", "currency", "settled_on"]


def customers(view: View, earlier: EarlierFacts) -> pd.DataFrame:
    """Rows of `CUSTOMERS_DIM`: every customer that a known record names, where new or described anew.

    A limit that is worth more or less by tonight's rate is no change.
    """
    ids, named = view.portfolio.customer_ids, np.zeros(view.customers, dtype=np.bool_)
    for table in NAMED_BY:
        named[view.tables[table]["customer"]] = True
    place = np.flatnonzero(named)
    stated = view.tables["customers"].set_index("customer").reindex(place)
    rows = stated[[*AS_DESCRIBED, "credit_limit"]].assign(
        customer_id=ids[place],
        customer_name=stated["name"],
        head_id=ids[view.group_heads[place]],
        do_not_contact=stated["do_not_contact"].eq(True).astype("int64"),
    )
    rows["content_hash"] = pd.util.hash_pandas_object(rows, index=False).to_numpy().view(np.int64)
    rows["currency"] = view.accounts.reindex(place)
    fresh = unpublished(rows, earlier.rows["customers_dim"], "customer_id", ["content_hash"])
    return fresh.assign(credit_limit=_in_reporting_currency(fresh, view.rates))


def _in_reporting_currency(rows: pd.DataFrame, rates: pd.Series) -> pd.Series:
    limit, stated = rows["credit_limit"], rows["credit_limit"].notna()
    cents = convert(limit[stated].astype("int64"), rows.loc[stated, "currency"], rates)
    return cents.astype("Int64").reindex(rows.index)


def invoices(view: View, earlier: EarlierFacts) -> pd.DataFrame:
    """Rows of `INVOICES_DIM`: the documents that are new, settled since, or open again."""
    documents, start = view.invoices, earlier.start(view.as_of)
    size = len(view.portfolio.invoice_ids)
    last, reversed_ = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.bool_)
    for table, valued_on in (("payments", "paid_on"), ("adjustments", "posted_on")):
        records = view.tables[table]
        counted = counts_from(records, valued_on)
        recent = from_day(counted, start) & (records["invoice"] >= 0).to_numpy()
        where, negative = records["invoice"].to_numpy()[recent], (records["amount"] < 0).to_numpy()[recent]
        np.maximum.at(last, where, counted[recent])
        reversed_[where[negative]] = True
    where, settled = documents["invoice"].to_numpy(), documents["settled_on"].notna().to_numpy()
    moved = (last[where] > 0) & (settled | reversed_[where])
    known = day_numbers(documents["known_on"])
    looked_at = moved | from_day(known, start)
    if earlier.first:
        looked_at |= (documents["open_amount"] != 0).to_numpy()
    changed = np.where(moved, np.maximum(known, last[where]), known)
    chosen = documents[looked_at]
    ids = view.portfolio.invoice_ids
    rows = chosen[OF_AN_INVOICE].assign(
        document_id=ids[chosen["document"]],
        kind=chosen["kind"].fillna("invoice"),
        changed_on=as_days(changed[looked_at]),
        amount=convert(chosen["amount"], chosen["currency"], view.rates),
        amount_in_currency=chosen["amount"],
    )
    return unpublished(rows, earlier.rows["invoices_dim"], "invoice_id", CHANGES_OF_AN_INVOICE)
