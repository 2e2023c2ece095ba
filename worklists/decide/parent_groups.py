"""Groups of customers (`parent_id`): contacted at the group's head, where the strategy says so, and counted once."""

from typing import Literal, TypeVar

import numpy as np
import pandas as pd

from ledger.as_of.balances import PARTS
from ledger.as_of.view import View
from worklists.decide.contact_history import RECENT_CONTACTS, recent_contacts
from worklists.decide.customer_facts import (
    FACTS,
    MASTER_DATA,
    contacts_of,
    days_beyond_habit,
    master_data,
    promise_states,
)
from worklists.decide.dead_channels import dead_channels
from worklists.rules.fact_words import amounts, filled
from worklists.rules.promise_state import BROKEN, OPEN

Summed = TypeVar("Summed", pd.Series, pd.DataFrame)

OF_THE_HEAD = (
    "customer_id", "customer_name", *MASTER_DATA, "do_not_contact", "has_email", "has_phone", "dead_channels",
    "handed_over",
)  # fmt: skip
AT_HEAD = "Contacted at {head}, the head of its group."
LARGEST = ("days_past_due", "collectible_days_past_due", "largest_asked", "relationship_age")
COUNTS = ("broken_promises_180d", "dispute_count_365d", "contacts_30d")
OF_THE_LATEST_CONTACT = (
    "last_contact_on", "last_contact_channel", *RECENT_CONTACTS,
)  # fmt: skip
OF_THE_LATEST_TO_ARRIVE = ("last_arrived_on", "last_arrived_channel")
OF_THE_LATEST_AGREED = ("agreed_on", "next_contact_on", "contact_due")
OF_WHO_OWES_MOST = ("average_days_late", "late_share_all", "p_default", "score_points", "risk_band")


def contact_heads(view: View, facts: pd.DataFrame, contact_at: Literal["customer", "parent"]) -> pd.Series:
    """Who is contacted for each customer: the position of the group's head, by customer position (all of the view).

    The head is the top of the tree of `parent_id`; an unknown parent counts as none. A customer is its own head where
    `contact_at` is 'customer', where following its parents runs in a circle, and where an agency has its case (of
    `facts`, from `customer_facts`): what the agency collects must not be asked of the head.
    """
    if contact_at == "customer":
        return pd.Series(np.arange(view.customers))
    heads = view.group_heads.copy()
    apart = facts.index[facts["handed_over"]]
    heads[apart] = apart
    return pd.Series(heads)


def sum_to_heads(values: Summed, heads: pd.Series) -> Summed:
    """Figures by customer position, such as gains or `reminders.due_soon`, added up by head; index is the head's
    position, in ascending order.
    """
    summed: Summed = values.groupby(heads.reindex(values.index).to_numpy()).sum()
    return summed


def facts_at_heads(view: View, facts: pd.DataFrame, heads: pd.Series) -> pd.DataFrame:
    """`customer_facts` as they are where the customers are contacted: one row per head, indexed by its position.

    A head that was never invoiced has a row too, and the cash of members that never were counts. Credit of one member
    covers what others owe before anything is floored, and what the head promised beyond its own debts is for them.
    A head that is on hold is asked for nothing, of theirs either. Name, addresses, do_not_contact and handed_over are
    the head's own. Amounts and counts are added up; days are the largest, next_due_on the earliest; p_unpaid_30d is
    weighted by what is collectible; contacts and promises are the latest. Scores, bands and habits that cannot be added
    up are those of the member that owes the most (collectible, then open, then the first customer_id).
    """
    everyone = pd.concat([facts, _never_invoiced(view, facts, heads)])
    head = heads.reindex(everyone.index)
    alone = ~head.duplicated(keep=False) & (head == everyone.index)
    members = everyone[~alone].assign(head=head[~alone])
    if members.empty:
        return facts
    own = members.loc[members["head"] == members.index, [*OF_THE_HEAD, "collector_id"]]
    together = _together(members)
    not_asked = together[["disputed_amount", "held_amount", "coming_amount", "promised_amount", "credit_amount"]]
    together["days_beyond_habit"] = days_beyond_habit(together)
    rest = (together["overdue_amount"] - not_asked.sum(axis=1)).clip(lower=0)
    for_all = np.minimum(view.promised_beyond[together.index], rest)
    together["promised_amount"] += for_all
    stopped = together.index.isin(view.account_holds_now["customer"])
    together["held_amount"] += (rest - for_all).where(stopped, 0)
    together["collectible_amount"] = (rest - for_all).where(~stopped, 0)
    together["collector_id"] = own.pop("collector_id").fillna(together["collector_id"])
    rolled = own.join(together)[list(facts.columns)]
    return FACTS.checked(pd.concat([everyone[alone], rolled]).sort_index().astype(facts.dtypes))


def contacted_at_parent(facts: pd.DataFrame, heads: pd.Series, names: pd.Series) -> pd.DataFrame:
    """The customers with something overdue that is asked of another: customer_id, contacted_at, text; as `facts`.

    `facts` are the customers' own, `names` the ids by position. Their money waits for no one, it is listed at the head.
    """
    head = heads.reindex(facts.index)
    child = facts[(head.to_numpy() != facts.index) & (facts["overdue_amount"] > 0)]
    asked = amounts(child["collectible_amount"])
    there = " " + filled("{amount} is collected there.", child.index, amount=asked)
    ids = head[child.index].map(names).astype("str")
    text = filled(AT_HEAD, child.index, head=ids) + there.where(child["collectible_amount"] > 0, "")
    return pd.DataFrame({"customer_id": child["customer_id"], "contacted_at": ids, "text": text.astype("str")})


def _never_invoiced(view: View, facts: pd.DataFrame, heads: pd.Series) -> pd.DataFrame:
    """Rows as those of `facts` for the heads that have none: no amounts and no scores, but contacts and promises."""
    payer = (view.balances["credit_amount"] != 0) & (heads != heads.index) & heads.isin(heads[facts.index])
    missing = np.setdiff1d(np.union1d(heads[facts.index], heads.index[payer]), facts.index)
    if not len(missing):
        return facts.iloc[:0]
    known = (
        master_data(view)
        .join([contacts_of(view), recent_contacts(view), dead_channels(view), promise_states(view)])
        .loc[missing]
    )
    nothing = dict.fromkeys((*LARGEST, "broken_promises_180d", "dispute_count_365d"), 0)
    return (
        known.join(view.balances).assign(**nothing, handed_over=False, written_off=False).reindex(columns=facts.columns)
    )


def _together(members: pd.DataFrame) -> pd.DataFrame:
    """All facts but the head's own, by head; `members` are facts with their head's position as `head`."""
    by_head = members.groupby("head")
    scored = members[members["p_default"].notna()]  # a head that was never invoiced has no score
    who_owes_most = scored.sort_values(
        ["collectible_amount", "open_amount", "customer_id"], ascending=[False, False, True]
    ).drop_duplicates("head")
    by_contact = members.sort_values(["last_contact_on", "customer_id"], na_position="first")
    columns = [
        by_head[[*PARTS, *COUNTS]].sum(),
        by_head[list(LARGEST)].max(),
        by_head["next_due_on"].min(),
        who_owes_most.set_index("head")[list(OF_WHO_OWES_MOST)],
        _of_the_latest(members, OF_THE_LATEST_CONTACT),
        _of_the_latest(members, OF_THE_LATEST_TO_ARRIVE),
        _of_the_latest(members, OF_THE_LATEST_AGREED),
        by_contact.groupby("head")["collector_id"].last(),
        _latest_promise(members),
        by_head["written_off"].any(),
        _unpaid(members),
    ]
    return pd.concat(columns, axis=1)


def _of_the_latest(members: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """The columns of the member with the latest of the first of them, which is a day, by head."""
    ordered = members.sort_values([columns[0], "customer_id"], na_position="first")
    return ordered.drop_duplicates("head", keep="last").set_index("head")[list(columns)]


def _latest_promise(members: pd.DataFrame) -> pd.DataFrame:
    """The open promise that runs longest, else the one that fell due last (a broken one before a kept one)."""
    state = members["promise_state"]
    ordered = members.assign(open=state == OPEN, broken=state == BROKEN)
    ordered = ordered.sort_values(["open", "promise_day", "broken"], na_position="first")
    return ordered.drop_duplicates("head", keep="last").set_index("head")[["promise_state", "promise_day"]]


def _unpaid(members: pd.DataFrame) -> pd.Series:
    """The share of the group's collectible amount expected to be unpaid; of the open amount where there is none."""
    some = members.groupby("head")["collectible_amount"].transform("sum") > 0
    weight = members["collectible_amount"].where(some, members["open_amount"])
    weight = weight.where(members["p_unpaid_30d"].notna(), 0).astype("float64")
    unpaid = (members["p_unpaid_30d"].fillna(0) * weight).groupby(members["head"]).sum()
    total = weight.groupby(members["head"]).sum()
    return (unpaid / total.where(total > 0)).clip(upper=1).rename("p_unpaid_30d")
