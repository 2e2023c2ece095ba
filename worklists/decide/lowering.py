"""What lowers the collectible amount: every cent with a reason."""

import numpy as np
import pandas as pd

from ledger.as_of.fx import convert
from ledger.as_of.view import View
from worklists.decide.parent_groups import sum_to_heads
from worklists.decide.suppression_reasons import REASONS
from worklists.rules.fact_words import amounts, filled, written_days

LOWERED = {
    "dispute": "{amount} is disputed since {day}.",
    "hold": "{amount} is on hold until {day}.",
    "hold without an end": "{amount} is on hold, and no end is known.",
    "coming": "{amount} is on its way, for {day}.",
    "promise": "{amount} is promised by {day}.",
    "credit": "{amount} of credit is not yet applied.",
    "paid_back": "{amount} was paid back beyond the credit.",
    "group_credit": "{amount} of credit of the group is not yet applied.",
}
ENDLESS = pd.Timestamp("9999-12-31").as_unit("s")  # after every day that a ledger may have


def lowered(view: View, facts: pd.DataFrame) -> pd.DataFrame:
    """The parts as they are taken off, one after the other, until a customer's overdue amount is used up.

    Columns: customer_id, invoice_id (missing where it is of the account), reason, amount in cents, text. `facts` is
    from `customer_facts`.
    """
    parts = _parts(view, facts)
    place = parts["reason"].map({code: place for place, code in enumerate(REASONS)})
    parts = parts.assign(place=place).sort_values(["customer", "place", "invoice"], ignore_index=True)
    overdue = parts["customer"].map(facts["overdue_amount"])
    taken = parts.groupby("customer")["amount"].cumsum().clip(upper=overdue)
    before = taken.groupby(parts["customer"]).shift(fill_value=0)
    parts["amount"] = taken - before
    parts = parts[parts["amount"] != 0]
    invoice_ids = pd.Series(view.portfolio.invoice_ids)
    return pd.DataFrame(
        {
            "customer_id": parts["customer"].map(facts["customer_id"]),
            "invoice_id": parts["invoice"].map(invoice_ids).astype("str"),
            "reason": parts["reason"],
            "amount": parts["amount"],
            "text": _in_words(parts),
        }
    ).reset_index(drop=True)


def lowered_in_groups(
    view: View, members: pd.DataFrame, facts: pd.DataFrame, asked: pd.DataFrame, heads: pd.Series
) -> pd.DataFrame:
    """What `lowered` says of the `members`, where groups are contacted at their head and have its promises, its holds
    and the credit of all; `asked` is from `facts_at_heads`, `heads` from `contact_heads`."""
    promised = _beyond_members(facts["promised_amount"], asked["promised_amount"], heads)
    held = _beyond_members(facts["held_amount"], asked["held_amount"], heads)
    return pd.concat(
        [
            _with_promises_for_all(view, members, asked, promised[promised > 0]),
            _with_head_on_hold(view, asked, held[held > 0]),
            _group_credit(facts, asked, heads, promised + held),
        ],
        ignore_index=True,
    )


def _beyond_members(of_members: pd.Series, together: pd.Series, heads: pd.Series) -> pd.Series:
    """How much larger a figure of those who are asked is than that of all members added up, in the rows of those."""
    return together - sum_to_heads(of_members, heads).reindex(together.index, fill_value=0)


def _group_credit(facts: pd.DataFrame, asked: pd.DataFrame, heads: pd.Series, for_all: pd.Series) -> pd.DataFrame:
    """What the members of a group have beyond their own debts, where it covers the others' and neither
    a promise nor a hold of the head does."""
    netted = -_beyond_members(facts["collectible_amount"], asked["collectible_amount"], heads) - for_all
    return _of_heads(asked, netted[netted != 0], "group_credit", None)


def _with_promises_for_all(view: View, members: pd.DataFrame, asked: pd.DataFrame, for_all: pd.Series) -> pd.DataFrame:
    """What lowers the members' amounts, where each head's promise for the account is what it takes off its own debts
    and `for_all` the others'."""
    ids = asked.loc[for_all.index, "customer_id"]
    own = (members["reason"] == "promise") & members["invoice_id"].isna() & members["customer_id"].isin(ids)
    of_its_own = ids.map(members[own].set_index("customer_id")["amount"]).fillna(0).astype("int64")
    days = _promised_by(view, "customer").reindex(for_all.index)
    return pd.concat([members[~own], _of_heads(asked, for_all + of_its_own, "promise", days)], ignore_index=True)


def _with_head_on_hold(view: View, asked: pd.DataFrame, held_for_all: pd.Series) -> pd.DataFrame:
    """What of the members is not asked for, since their head is on hold."""
    days = _last_day(view.account_holds_now, "customer").reindex(held_for_all.index)
    return _of_heads(asked, held_for_all, "hold", days.mask(days == ENDLESS))


def _of_heads(asked: pd.DataFrame, amount: pd.Series, reason: str, day: pd.Series | None) -> pd.DataFrame:
    """A reason with the amount of each head, of no invoice."""
    parts = pd.DataFrame({"amount": amount, "reason": reason}, index=amount.index)
    parts["day"] = pd.Series(day, index=amount.index, dtype="datetime64[s]")
    return pd.DataFrame(
        {
            "customer_id": asked.loc[amount.index, "customer_id"],
            "invoice_id": pd.Series(pd.NA, index=amount.index, dtype="str"),
            "reason": parts["reason"].astype("str"),
            "amount": parts["amount"],
            "text": _in_words(parts),
        }
    )


def _in_words(parts: pd.DataFrame) -> pd.Series:
    """What each part is, with its amount and its day."""
    text = pd.Series("", index=parts.index, dtype="str")
    told = {"amount": amounts(parts["amount"].abs()), "day": written_days(parts["day"])}
    endless = (parts["reason"] == "hold") & parts["day"].isna()
    kind = parts["reason"].mask(endless, "hold without an end")
    for reason, sentence in LOWERED.items():
        text = text.mask(kind == reason, filled(sentence, parts.index, **told))
    return text


def _parts(view: View, facts: pd.DataFrame) -> pd.DataFrame:
    """Reporting cents by part, before any cap: customer, invoice (-1 for the account), reason, amount, day."""
    invoices, split = view.invoices, view.invoice_parts
    frames = []
    for reason, column, days in (
        ("dispute", "disputed", _disputed_since(view)),
        ("hold", "held", _held_until(view)),
        ("coming", "coming", view.coming.groupby("invoice")["paid_on"].max()),
        ("promise", "promised", _promised_by(view, "invoice")),
    ):
        some = split[column] != 0  # of few invoices
        about = invoices.loc[some, ["customer", "invoice", "document", "currency"]]
        amount = convert(split.loc[some, column], about["currency"], view.rates)
        since = days.reindex(about["invoice" if reason == "coming" else "document"]).to_numpy()
        frames.append(about[["customer", "invoice"]].assign(reason=reason, amount=amount, day=since))
    by_invoice = pd.concat(frames, ignore_index=True)
    customer = facts.index.to_series()
    coming_on = view.coming[view.coming["invoice"] < 0].groupby("customer")["paid_on"].max()
    of_account = (
        ("coming", _beyond(facts["coming_amount"], by_invoice, "coming"), coming_on.reindex(customer).to_numpy()),
        (
            "promise",
            _beyond(facts["promised_amount"], by_invoice, "promise"),
            _promised_by(view, "customer").reindex(customer).to_numpy(),
        ),
        ("credit", facts["credit_amount"].clip(lower=0), None),
        ("paid_back", facts["credit_amount"].clip(upper=0), None),
    )
    for reason, amount, day in of_account:
        frame = pd.DataFrame({"customer": customer, "invoice": -1, "reason": reason, "amount": amount})
        frames.append(frame.assign(day=pd.Series(day, index=frame.index, dtype="datetime64[s]")))
    everything = pd.concat(frames, ignore_index=True)
    return everything[everything["amount"] != 0]


def _beyond(whole: pd.Series, by_invoice: pd.DataFrame, reason: str) -> pd.Series:
    """What of a part is of the account and of no invoice."""
    named = by_invoice[by_invoice["reason"] == reason].groupby("customer")["amount"].sum()
    rest: pd.Series = whole - named.reindex(whole.index, fill_value=0)
    return rest


def _held_until(view: View) -> pd.Series:
    """The last day by position of the whole invoice, of all holds on it; empty where one of them has no end."""
    documents = view.invoices.loc[view.held, ["document", "customer"]].drop_duplicates("document")
    own, of_account = _last_day(view.invoice_holds_now, "invoice"), _last_day(view.account_holds_now, "customer")
    of_both = own.reindex(documents["document"]).to_numpy(), of_account.reindex(documents["customer"]).to_numpy()
    days = pd.Series(np.fmax(*of_both), index=documents["document"].to_numpy(), dtype="datetime64[s]")
    return days.mask(days == ENDLESS)


def _last_day(holds: pd.DataFrame, by: str) -> "pd.Series[pd.Timestamp]":
    """The last day of all holds of each, `ENDLESS` where one has no end."""
    last: pd.Series[pd.Timestamp] = holds["until_on"].fillna(ENDLESS).groupby(holds[by]).max()
    return last


def _disputed_since(view: View) -> pd.Series:
    """Day by invoice position; an open dispute of a settled or not overdue invoice has one too."""
    disputes = view.tables["disputes"]
    opened = disputes[disputes["closed_on"].isna()].groupby("invoice")["opened_on"].min()
    disputed = view.invoices.loc[view.disputed > 0, "document"].unique()
    return opened.reindex(disputed)


def _promised_by(view: View, owner: str) -> pd.Series:
    """Day by invoice position, or by customer position for promises that name no invoice."""
    promises = view.promises_not_yet_due
    promises = promises[(promises["remaining"] > 0) & ((promises["invoice"] >= 0) == (owner == "invoice"))]
    return promises.groupby(owner)["promised_on"].max()
