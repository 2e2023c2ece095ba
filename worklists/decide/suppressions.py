"""What lowers the collectible amount, and who is left alone tonight: every cent and every customer with a reason."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from configs.language import translated
from ledger.as_of.fx import convert
from ledger.as_of.view import View
from ledger.minor_units import minor_units
from worklists.decide.due_contacts import waits as put_off
from worklists.decide.parent_groups import contacted_at_parent, facts_at_heads, sum_to_heads
from worklists.rules.actions import ESCALATIONS
from worklists.rules.fact_words import amounts, filled, words, written_days
from worklists.rules.strategy import Strategy

COLUMNS = ["customer_id", "invoice_id", "reason", "amount", "text", "contacted_at"]


@dataclass(frozen=True)
class Reason:
    """Why something is not collected now: it `holds` the whole customer, or lowers what is collectible."""

    code: str
    holds: bool
    meaning: str


# Parts are taken off in this order until nothing is left; of several reasons to hold a customer the first one counts.
REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason("dispute", False, "the overdue part that is in an open dispute"),
        Reason("hold", False, "the overdue part that is not to be asked for until a day"),
        Reason("coming", False, "the overdue part that is known to come on a later day"),
        Reason("promise", False, "the overdue part under a promise that is not yet due"),
        Reason("credit", False, "unapplied cash, credit notes and overpayments set against what is overdue"),
        Reason("paid_back", False, "cash that was paid back beyond the credit: it adds to what is asked for"),
        Reason("group_credit", False, "credit of the other members, at the head of a group that is contacted there"),
        Reason(
            "nothing_collectible", True, "all that is overdue is disputed, held, coming, promised or covered by credit"
        ),
        Reason("too_small", True, "less is owed than the strategy asks for"),
        Reason("handed_over", True, "a collection agency has the case"),
        Reason("do_not_contact", True, "the customer must not be contacted"),
        Reason("handover_queue", True, "no contact is left to make: the case is in the queue of the hand-overs"),
        Reason("unreachable", True, "no channel that is permitted for the action reaches the customer"),
        Reason("put_off", True, "the last contact was left at another day"),
        Reason("notice_running", True, "a final notice went out, and its deadline has not passed"),
        Reason("contacted_recently", True, "the last contact is fewer days ago than the strategy allows"),
        Reason("month_cap", True, "the contacts of the last 30 days are as many as the strategy allows"),
        Reason("hold_out", True, "left alone at random, so that what contacts bring can be measured"),
        Reason("no_capacity", True, "no collector who may serve the customer has minutes left"),
        Reason("contacted_at_parent", True, "the head of the customer's group is contacted, for the whole group"),
    )
}
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
HELD = {
    "nothing_collectible": "All of {overdue} overdue is disputed, held, on its way, promised or covered by credit.",
    "too_small": "Less than the strategy asks for.",
    "handed_over": "An invoice was handed over to collection: the agency speaks with the customer.",
    "do_not_contact": "The customer must not be contacted.",
    "handover_queue": "In the queue of the hand-overs.",
    "unreachable": "No address for any permitted channel ({channels}).",
    "unreachable since something came back": "No address that works for any permitted channel ({channels}): what went "
    "out last by {dead} came back or reached the wrong person.",
    "put_off": "To be contacted again on {next_day}, as the last contact on {day} left it.",
    "notice_running": "A final notice went out on {noticed}; it has time until {until}.",
    "contacted_recently": "Contacted on {day} by {channel}, less than {least_days} days ago.",
    "month_cap": "{contacts} contacts in the last 30 days: the strategy allows {most_contacts}.",
}
ENDLESS = pd.Timestamp("9999-12-31").as_unit("s")  # after every day that a ledger may have
HOLDING = tuple(reason.code for reason in REASONS.values() if reason.holds)


def suppressions(
    view: View, facts: pd.DataFrame, actions: pd.DataFrame, strategy: Strategy, heads: pd.Series | None = None
) -> pd.DataFrame:
    """One row per customer, invoice and reason, in that order; `COLUMNS`, amount in cents.

    `facts` is from `customer_facts`, `actions` from `recommend`. Where groups are contacted at their head, `heads` is
    from `groups.contact_heads` and `actions` are those of `groups.facts_at_heads`; the heads' rows say what waits of
    the whole group, and the others have the reason contacted_at_parent with no amount of their own, so that what is
    listed and what is held back adds up to what is collectible. Rows whose reason does not hold the customer add up to
    overdue - collectible exactly, customer by customer. A customer held back has one row more, without an invoice:
    the first holding reason, with the collectible amount that waits. invoice_id is missing where the row is about the
    account.
    """
    found = [_lowering(view, facts)]
    if heads is None:
        found.append(held_back(view.as_of, facts, actions, strategy))
    else:
        asked = facts_at_heads(view, facts, heads)
        for_all = _beyond_members(facts["promised_amount"], asked["promised_amount"], heads)
        found = [_with_promises_for_all(view, found[0], asked, for_all[for_all > 0])]
        held_for_all = _beyond_members(facts["held_amount"], asked["held_amount"], heads)
        found.append(_with_head_on_hold(view, asked, held_for_all[held_for_all > 0]))
        found += [
            _group_credit(facts, asked, heads, for_all + held_for_all),
            held_back(view.as_of, asked, actions, strategy),
        ]
        at_head = contacted_at_parent(facts, heads, pd.Series(view.portfolio.customer_ids))
        found.append(at_head.assign(reason="contacted_at_parent", amount=0))
    rows = pd.concat(found, ignore_index=True).reindex(columns=COLUMNS).astype({"contacted_at": "str"})
    place = rows["reason"].map({code: place for place, code in enumerate(REASONS)})
    return rows.assign(place=place).sort_values(["customer_id", "place", "invoice_id"], ignore_index=True)[COLUMNS]


def held_back(as_of: pd.Timestamp, facts: pd.DataFrame, actions: pd.DataFrame, strategy: Strategy) -> pd.DataFrame:
    """The customers that are left out of the worklist, each with the first reason that holds; `COLUMNS`.

    Looked at are customers with something overdue and those whom the strategy would remind before the due date.
    """
    acting = actions["action"] != ""
    uncalled = acting & ~facts["contact_due"]  # a contact that was agreed on is no dunning
    days_ago = (as_of - facts["last_arrived_on"]).dt.days
    holds = {
        "nothing_collectible": (facts["overdue_amount"] > 0) & (facts["collectible_amount"] == 0),
        "too_small": (facts["collectible_amount"] > 0) & _too_small(facts, strategy),
        "handed_over": acting & facts["handed_over"],
        "do_not_contact": acting & facts["do_not_contact"],
        "handover_queue": actions["action"].isin(ESCALATIONS) & (strategy.rules.handovers == "queue"),
        "unreachable": acting & (actions["channel"] == ""),
        "put_off": acting & put_off(facts["next_contact_on"], facts["agreed_on"], as_of),
        "notice_running": uncalled & (as_of < actions["waits_until"]),
        "contacted_recently": uncalled & (days_ago < strategy.days_between_contacts),
        "month_cap": uncalled & (facts["contacts_30d"] >= strategy.contacts_a_month),
    }
    codes = [code for code in HOLDING if code in holds]
    reason = pd.Series(np.select([holds[code] for code in codes], codes, ""), index=facts.index, dtype="str")
    held = facts[reason != ""].assign(reason=reason[reason != ""])
    amount = held["collectible_amount"]
    waits = (" " + filled("{amount} waits.", held.index, amount=amounts(amount))).where(amount > 0, "")
    return pd.DataFrame(
        {
            "customer_id": held["customer_id"],
            "invoice_id": pd.Series(pd.NA, index=held.index, dtype="str"),
            "reason": held["reason"],
            "amount": amount,
            "text": _why_held(held, actions.loc[held.index], strategy) + waits,
        }
    ).reset_index(drop=True)


def _too_small(facts: pd.DataFrame, strategy: Strategy) -> pd.Series:
    least = strategy.rules.least_amount
    paid_back = facts["credit_amount"] < 0  # of no invoice
    of_invoices = (facts["largest_asked"] < minor_units() * least.invoice) & ~paid_back
    return (facts["collectible_amount"] < minor_units() * least.customer) | of_invoices


def _why_held(held: pd.DataFrame, actions: pd.DataFrame, strategy: Strategy) -> pd.Series:
    permitted, dead = (_in_words(channels) for channels in (actions["permitted"], held["dead_channels"]))
    parts: dict[str, pd.Series | str | int] = {
        "overdue": amounts(held["overdue_amount"]),
        "channels": permitted,
        "dead": dead,
        "noticed": written_days(actions["last_step_on"]),
        "until": written_days(actions["waits_until"]),
        "day": written_days(held["agreed_on"].where(held["reason"] == "put_off", held["last_arrived_on"])),
        "next_day": written_days(held["next_contact_on"]),
        "channel": words(held["last_arrived_channel"]).fillna(""),
        "least_days": strategy.days_between_contacts,
        "contacts": held["contacts_30d"].astype("str"),
        "most_contacts": strategy.contacts_a_month,
    }
    text = pd.Series("", index=held.index, dtype="str")
    lost = (held["reason"] == "unreachable") & (held["dead_channels"] != "")
    kind = held["reason"].mask(lost, "unreachable since something came back")
    for code, sentence in HELD.items():
        text = text.mask(kind == code, filled(sentence, held.index, **parts))
    return text


def _in_words(channels: "pd.Series[str]") -> "pd.Series[str]":
    """Channels parted by blanks as a list that is read; there are few different ones."""
    spoken = {text: ", ".join(translated(channel) for channel in text.split()) for text in channels.unique()}
    return channels.map(spoken).astype("str")


def _lowering(view: View, facts: pd.DataFrame) -> pd.DataFrame:
    """The parts as they are taken off, one after the other, until a customer's overdue amount is used up."""
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
            "text": _lowered(parts),
        }
    ).reset_index(drop=True)


def _beyond_members(of_members: pd.Series, together: pd.Series, heads: pd.Series) -> pd.Series:
    """How much larger a figure of those who are asked is than that of all members added up, in the rows of those."""
    return together - sum_to_heads(of_members, heads).reindex(together.index, fill_value=0)


def _group_credit(facts: pd.DataFrame, asked: pd.DataFrame, heads: pd.Series, for_all: pd.Series) -> pd.DataFrame:
    """What the members of a group have beyond their own debts, where it covers the others' and neither
    a promise nor a hold of the head does."""
    netted = -_beyond_members(facts["collectible_amount"], asked["collectible_amount"], heads) - for_all
    return _of_heads(asked, netted[netted != 0], "group_credit", None)


def _with_promises_for_all(view: View, lowering: pd.DataFrame, asked: pd.DataFrame, for_all: pd.Series) -> pd.DataFrame:
    """`_lowering` where each head's promise for the account is what it takes off its own debts and `for_all` the
    others'."""
    ids = asked.loc[for_all.index, "customer_id"]
    own = (lowering["reason"] == "promise") & lowering["invoice_id"].isna() & lowering["customer_id"].isin(ids)
    of_its_own = ids.map(lowering[own].set_index("customer_id")["amount"]).fillna(0).astype("int64")
    days = _promised_by(view, "customer").reindex(for_all.index)
    return pd.concat([lowering[~own], _of_heads(asked, for_all + of_its_own, "promise", days)], ignore_index=True)


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
            "text": _lowered(parts),
        }
    )


def _lowered(parts: pd.DataFrame) -> pd.Series:
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
