"""Who is left alone tonight, beside what lowers the collectible amount: every cent and every customer with a reason."""

import numpy as np
import pandas as pd

from configs.language import translated
from ledger.as_of.view import View
from ledger.minor_units import minor_units
from worklists.decide.due_contacts import waits as put_off
from worklists.decide.lowering import lowered, lowered_in_groups
from worklists.decide.parent_groups import contacted_at_parent, facts_at_heads
from worklists.decide.suppression_reasons import COLUMNS, HOLDING, REASONS
from worklists.rules.actions import ESCALATIONS
from worklists.rules.fact_words import amounts, filled, words, written_days
from worklists.rules.strategy import Strategy

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
    asked = facts if heads is None else facts_at_heads(view, facts, heads)
    found = [lowered(view, facts), held_back(view.as_of, asked, actions, strategy)]
    if heads is not None:
        found[0] = lowered_in_groups(view, found[0], facts, asked, heads)
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
