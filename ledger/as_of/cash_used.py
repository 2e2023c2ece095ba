"""When the customer's own money settled an invoice: cash that came on account counts from its own day, not from the
day on which a bookkeeper set it against the invoice."""

import numpy as np
import pandas as pd

from ledger.as_of.fx import convert
from ledger.clock import day_numbers
from ledger.portfolio import Positions


def cash_applied(payments: pd.DataFrame, adjustments: pd.DataFrame, notes: Positions, rates: pd.Series) -> pd.DataFrame:
    """What of `credit_applied` was the customer's cash: invoice (position), day (number), amount (cents), by piece.

    Applications of one customer and day are first those of the credit notes that were used that day, in the order of
    the invoices; the rest used cash on account, the oldest first, and counts from the day on which that came in. What
    is taken off an overpaid invoice is cash of the day of its latest payment. `notes` are the positions of credit
    notes, `payments` all that count. Cash and what it pays meet in the reporting currency, at `rates`.
    """
    applied = _without_taken_back(adjustments[adjustments["kind"] == "credit_applied"], notes)
    positive = applied[applied["amount"] > 0].sort_values(["customer", "posted_on", "invoice"], ignore_index=True)
    if positive.empty:
        return pd.DataFrame({"invoice": [], "day": [], "amount": []}, dtype="int64")
    negative = applied[(applied["amount"] < 0) & applied["invoice"].isin(notes)]
    by_note = -negative.groupby(["customer", "posted_on"])["amount"].sum()
    key = pd.MultiIndex.from_frame(positive[["customer", "posted_on"]])
    of_notes = by_note.reindex(key).fillna(0).to_numpy(dtype=np.int64)
    running = positive.groupby(["customer", "posted_on"])["amount"].cumsum().to_numpy()
    before = running - positive["amount"].to_numpy()
    cash = positive["amount"].to_numpy() - np.clip(of_notes - before, 0, positive["amount"].to_numpy())
    used = positive.assign(amount=cash)[cash > 0]
    loose = payments[payments["invoice"] < 0]
    back = loose[loose["amount"] < 0]
    uses = pd.concat(
        [
            _uses(used, "posted_on", used["amount"], rates).assign(invoice=used["invoice"]),
            _uses(back, "paid_on", -back["amount"], rates).assign(invoice=-1),
        ]
    ).sort_values(["customer", "on", "invoice"], ignore_index=True)
    overpaid = applied[(applied["amount"] < 0) & ~applied["invoice"].isin(notes)]
    money = pd.concat([loose[loose["amount"] > 0], _taken_off(overpaid, payments)])
    money = money[money["customer"].isin(uses["customer"])]
    money = money.assign(amount=convert(money["amount"], money["currency"], rates))
    money = money.sort_values(["customer", "paid_on", "payment_id"], ignore_index=True)
    return _in_own_currency(_matched(money, uses))


def _without_taken_back(applied: pd.DataFrame, notes: Positions) -> pd.DataFrame:
    """The applications that last: what is taken off an invoice takes its latest applications back first."""
    by_invoice = applied["invoice"]
    given = applied["amount"].clip(lower=0).groupby(by_invoice).sum()
    taken = -applied["amount"].clip(upper=0).groupby(by_invoice).sum()
    back = given.where(given < taken, taken)
    mixed = by_invoice.map(back > 0) & ~by_invoice.isin(notes)
    if not mixed.any():
        return applied
    rows = applied[mixed].sort_values(["invoice", "posted_on", "adjustment_id"])
    size = rows["amount"].abs()
    after = size.groupby([rows["invoice"], rows["amount"] > 0]).cumsum()
    lasts = np.where(
        rows["amount"] > 0,
        (rows["invoice"].map(given - back) - (after - size)).clip(lower=0, upper=size),
        -(after - rows["invoice"].map(back)).clip(lower=0, upper=size),
    )
    kept = applied.assign(amount=applied["amount"].mask(mixed, pd.Series(lasts, index=rows.index)))
    return kept[kept["amount"] != 0]


def _taken_off(overpaid: pd.DataFrame, payments: pd.DataFrame) -> pd.DataFrame:
    """Overpayments that were used elsewhere, as cash on account."""
    latest = payments.loc[payments["invoice"].isin(overpaid["invoice"])].groupby("invoice")["paid_on"].max()
    return pd.DataFrame(
        {
            "customer": overpaid["customer"],
            "payment_id": overpaid["adjustment_id"],
            "paid_on": latest.reindex(overpaid["invoice"]).set_axis(overpaid.index).fillna(overpaid["posted_on"]),
            "amount": -overpaid["amount"],
            "currency": overpaid["currency"],
        }
    )


def _uses(records: pd.DataFrame, dated_by: str, own: pd.Series, rates: pd.Series) -> pd.DataFrame:
    amount = convert(own, records["currency"], rates)
    return pd.DataFrame({"customer": records["customer"], "on": records[dated_by], "amount": amount, "own": own})


def _in_own_currency(pieces: pd.DataFrame) -> pd.DataFrame:
    """The pieces in cents of their invoices; those of one use add up to it."""
    use = pieces.groupby(["customer", "use"], sort=False)
    running = use["amount"].cumsum() * (pieces["own"] / use["amount"].transform("sum"))
    cents = running.round().astype("int64")
    before = cents.groupby([pieces["customer"], pieces["use"]], sort=False).shift(fill_value=0)
    return pd.DataFrame({"invoice": pieces["invoice"], "day": pieces["day"], "amount": cents - before})


def _matched(money: pd.DataFrame, uses: pd.DataFrame) -> pd.DataFrame:
    """Uses met by money in the order of both, customer by customer; what no money meets counts from its own day."""
    ends = pd.concat(
        [
            pd.DataFrame({"customer": frame["customer"], "end": frame.groupby("customer")["amount"].cumsum(), "of": of})
            for of, frame in ((0, money), (1, uses))
        ],
        ignore_index=True,
    ).sort_values(["customer", "end", "of"], ignore_index=True)
    length = ends["end"] - ends.groupby("customer")["end"].shift(fill_value=0)
    is_use, is_money = ends["of"], 1 - ends["of"]
    nth_money = is_money.groupby(ends["customer"]).cumsum() - is_money
    nth_use = is_use.groupby(ends["customer"]).cumsum() - is_use
    pieces = pd.DataFrame({"customer": ends["customer"], "amount": length, "money": nth_money, "use": nth_use})
    pieces = pieces[pieces["amount"] > 0]
    numbered_uses = uses.assign(use=uses.groupby("customer").cumcount())
    numbered_money = money.assign(money=money.groupby("customer").cumcount())
    pieces = pieces.merge(numbered_uses[["customer", "use", "invoice", "on", "own"]], on=["customer", "use"])
    pieces = pieces.merge(numbered_money[["customer", "money", "paid_on"]], on=["customer", "money"], how="left")
    pieces = pieces[pieces["invoice"] >= 0]
    day = np.minimum(day_numbers(pieces["paid_on"].fillna(pieces["on"])), day_numbers(pieces["on"]))
    return pieces.assign(day=day)
