"""An invoice with several due dates as one document a due date; what lowers it fills them in their order."""

import numpy as np
import pandas as pd

from ledger.as_of.valued import Valued
from ledger.frames import rows_where
from ledger.hashing import find_texts
from ledger.portfolio import Portfolio, part_ids


def split_by_instalment(valued: Valued, portfolio: Portfolio) -> Valued:
    """Invoices with known instalments in parts: a row a part, with its own position, id, due date and amount.

    What the instalments leave of the invoice is one more part on the invoice's own day; what they have beyond its
    amount is cut. Payments and adjustments are split likewise, in the order of their days; a reversal empties the part
    that was filled last. `document` is the position of the whole invoice: disputes, promises and holds name that.
    """
    tables = valued.tables
    invoices = tables["invoices"].assign(document=tables["invoices"]["invoice"])
    plan = tables["instalments"]
    parts = _parts(invoices, plan, portfolio) if len(plan) else pd.DataFrame()
    if parts.empty:
        return Valued(tables | {"invoices": invoices}, valued.coming)
    whole = invoices[~invoices["invoice"].isin(parts["document"])]
    payments, adjustments, coming = _filled(parts, tables["payments"], tables["adjustments"], valued.coming)
    split = parts[invoices.columns].astype(invoices.dtypes)
    together = pd.concat([whole, split], ignore_index=True)
    return Valued(tables | {"invoices": together, "payments": payments, "adjustments": adjustments}, coming)


def _parts(invoices: pd.DataFrame, plan: pd.DataFrame, portfolio: Portfolio) -> pd.DataFrame:
    """The parts of invoices, with its other columns; `low` is what earlier parts hold, `last` the last one."""
    planned = plan[["invoice", "due_on", "amount"]].rename(columns={"due_on": "day", "amount": "part"})
    rows = invoices[invoices["invoice"].isin(planned["invoice"])]
    rows = rows[(rows["kind"] == "invoice") & (rows["amount"] > 0)]
    rest = pd.DataFrame({"invoice": rows["invoice"], "day": rows["due_on"], "part": rows["amount"], "rest": True})
    rows = rows.merge(pd.concat([planned.assign(rest=False), rest]), on="invoice")
    rows = rows.sort_values(["invoice", "rest", "day"], ignore_index=True)
    before = rows.groupby("invoice")["part"].cumsum() - rows["part"]
    rows["amount"] = (rows["amount"] - before).clip(lower=0, upper=rows["part"])
    rows = rows[rows["amount"] > 0].sort_values(["invoice", "day", "rest"], ignore_index=True)
    by_invoice = rows.groupby("invoice")
    rows["low"] = by_invoice["amount"].cumsum() - rows["amount"]
    number = by_invoice.cumcount() + 1
    rows["last"] = number == by_invoice["amount"].transform("size")
    rows["due_on"] = rows["day"]
    rows["invoice_id"] = part_ids(rows["invoice_id"], number)
    rows["invoice"] = find_texts(portfolio.invoice_ids, rows["invoice_id"])
    return rows


def _filled(
    parts: pd.DataFrame, payments: pd.DataFrame, adjustments: pd.DataFrame, coming: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The records of split invoices with a row for each part that they change; the others as they are."""
    sources = (payments, adjustments, coming)
    dated = ("paid_on", "posted_on", "paid_on")
    split = [frame["invoice"].isin(parts["document"]).to_numpy() for frame in sources]
    records = pd.concat(
        [
            pd.DataFrame(
                {
                    "document": frame.loc[of_parts, "invoice"],
                    "day": frame.loc[of_parts, day],
                    "cents": frame.loc[of_parts, "amount"],
                    "source": number,
                    "known_on": frame.loc[of_parts, "known_on"],
                    "kind": frame.loc[of_parts, "kind"] if "kind" in frame else "",
                    "row": np.flatnonzero(of_parts),
                }
            )
            for number, (frame, day, of_parts) in enumerate(zip(sources, dated, split, strict=True))
        ],
        ignore_index=True,
    )
    # Those of one day by what they say, not by their place in a file, which may be another one tomorrow.
    order = ["document", "day", "source", "known_on", "cents", "kind"]
    records = records.sort_values(order, ascending=[name != "cents" for name in order], ignore_index=True)
    records["after"] = records.groupby("document")["cents"].cumsum()
    pairs = records.merge(parts[["document", "invoice", "amount", "low", "last"]], on="document")
    size = pairs["amount"].where(~pairs["last"], np.iinfo(np.int64).max // 4)
    floor = pd.Series(0, index=pairs.index).where(pairs["low"] > 0, np.iinfo(np.int64).min // 4)

    def held(running: pd.Series) -> pd.Series:
        return (running - pairs["low"]).clip(lower=floor, upper=size)

    pairs["change"] = held(pairs["after"]) - held(pairs["after"] - pairs["cents"])
    pairs = pairs[pairs["change"] != 0].sort_values(["source", "row", "low"])
    results = []
    for number, (frame, of_parts) in enumerate(zip(sources, split, strict=True)):
        own = pairs[pairs["source"] == number]
        changed = frame.iloc[own["row"].to_numpy()].assign(
            invoice=own["invoice"].to_numpy(), amount=own["change"].to_numpy()
        )
        others = rows_where(frame, ~of_parts)
        results.append(pd.concat([others, changed], ignore_index=True) if len(changed) else others)
    return results[0], results[1], results[2]
