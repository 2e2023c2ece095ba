"""What is known about each customer on a night: the one table from which segments, actions and rank are decided."""

import numpy as np
import pandas as pd

from features.engine import FeatureTables
from ledger.as_of.balances import PARTS
from ledger.as_of.invoices import small_difference
from ledger.as_of.view import View
from ledger.clock import in_window
from ledger.frame_schema import DATE, FLAG, NUMBER, TEXT, WHOLE, FrameSchema
from worklists.decide.contact_history import RECENT_CONTACTS, recent_contacts
from worklists.decide.dead_channels import dead_channels
from worklists.decide.due_contacts import is_due, promise_fell_due
from worklists.rules.dunning_levels import arrived
from worklists.rules.promise_state import BROKEN, KEPT, NONE, OPEN

SCORES = ["p_unpaid_30d", "p_default", "score_points", "risk_band"]
HABITS = ["late_share_all", "broken_promises_180d", "dispute_count_365d", "relationship_age"]
MASTER_DATA = ["country", "industry", "preferred_channel"]

FACTS = FrameSchema(
    "customer facts",
    {
        **dict.fromkeys(["customer_id", "customer_name", *MASTER_DATA], TEXT),
        **dict.fromkeys(["do_not_contact", "has_email", "has_phone"], FLAG),
        "dead_channels": TEXT,
        **dict.fromkeys(PARTS, WHOLE),  # reporting cents
        "days_past_due": WHOLE,
        "collectible_days_past_due": WHOLE,
        "largest_asked": WHOLE,
        "next_due_on": DATE,
        "average_days_late": NUMBER,
        "days_beyond_habit": NUMBER,
        **dict.fromkeys(HABITS, NUMBER),
        "last_contact_on": DATE,
        "last_contact_channel": TEXT,
        "last_arrived_on": DATE,
        "last_arrived_channel": TEXT,
        "contacts_30d": WHOLE,
        "agreed_on": DATE,
        "next_contact_on": DATE,
        "contact_due": FLAG,
        "collector_id": TEXT,
        **RECENT_CONTACTS,
        "promise_state": TEXT,
        "promise_day": DATE,
        "handed_over": FLAG,
        "written_off": FLAG,
        "p_unpaid_30d": NUMBER,
        "p_default": NUMBER,
        "score_points": NUMBER,
        "risk_band": TEXT,
    },
)

CONTACT_MEMORY_DAYS = 30  # the month over which a strategy caps contacts
PROMISE_MEMORY_DAYS = 90  # an older promise says little about the next one
HANDOVER_MEMORY_DAYS = 365  # the ledger does not say when an agency is done; after a year the customer is ours again


def customer_facts(view: View, features: FeatureTables, scores: pd.DataFrame, least_invoice: int = 1) -> pd.DataFrame:
    """One row per customer who was ever invoiced, indexed by customer position in ascending order.

    `scores` are the customer scores by customer position (columns `SCORES`). Columns: customer_id, customer_name (the
    id where the ledger has no name), `MASTER_DATA`, do_not_contact, has_email, has_phone, dead_channels;
    `ledger.as_of.balances.PARTS` in reporting cents; days_past_due (of the oldest overdue invoice of which credit
    leaves at least `least_invoice` cents and more than a small difference is open, of any where there is none, 0 where
    nothing is overdue) and collectible_days_past_due (of the oldest such of which at least `least_invoice` cents are
    asked for);
    largest_asked (the most that is asked for of one invoice, cents); next_due_on; average_days_late
    (NaN where nothing was ever paid); days_beyond_habit (see there); `HABITS`; those of `contacts_of`,
    `recent_contacts` and `promise_states`; handed_over, written_off; `SCORES`.
    """
    invoiced = view.invoices.loc[view.invoices["kind"] == "invoice", "customer"].unique()
    facts = master_data(view).join(
        [
            view.balances,
            _ageing(view, least_invoice),
            _habits(features),
            contacts_of(view),
            recent_contacts(view),
            dead_channels(view),
            promise_states(view),
            _adjusted(view),
            scores[SCORES],
        ]
    )
    facts["days_beyond_habit"] = days_beyond_habit(facts)
    facts["contact_due"] |= promise_fell_due(facts, _last_paid_on(view), view.as_of)
    return FACTS.checked(facts.loc[np.sort(invoiced)].rename_axis(index=None))


def days_beyond_habit(facts: pd.DataFrame) -> "pd.Series[float]":
    """Days past due less the customer's average days late; who never paid is taken to pay on the due date."""
    late: pd.Series[float] = facts["days_past_due"] - facts["average_days_late"].fillna(0.0)
    return late


def promise_states(view: View) -> pd.DataFrame:
    """By customer position promise_state and promise_day: `OPEN` until that day, else `BROKEN` or `KEPT` on the day of
    the latest promise due; `NONE` and no day elsewhere.

    A promise that was already met in full is no longer open. Of several due on one day, a broken one counts.
    """
    everyone = range(view.customers)
    state = pd.Series(NONE, index=everyone, dtype="str")
    day = pd.Series(pd.NaT, index=everyone, dtype="datetime64[s]")
    passed = view.promises_due
    passed = passed[in_window(passed["promised_on"], view.as_of, PROMISE_MEMORY_DAYS)]
    latest = passed.sort_values(["promised_on", "kept"], ascending=[True, False]).groupby("customer").last()
    state.loc[latest.index] = latest["kept"].map({True: KEPT, False: BROKEN}).astype("str")
    day.loc[latest.index] = latest["promised_on"]
    current = view.promises_not_yet_due
    until = current[current["remaining"] > 0].groupby("customer")["promised_on"].max()
    state.loc[until.index] = OPEN
    day.loc[until.index] = until
    return pd.DataFrame({"promise_state": state, "promise_day": day})


def master_data(view: View) -> pd.DataFrame:
    """What the ledger says of every customer itself, by position: the first columns of `customer_facts`."""
    ids = pd.Series(view.portfolio.customer_ids)
    known = view.tables["customers"].set_index("customer").reindex(ids.index)
    return known[MASTER_DATA].assign(
        customer_id=ids,
        customer_name=known["name"].fillna(ids),
        do_not_contact=known["do_not_contact"].eq(True),
        has_email=known["email"].notna(),
        has_phone=known["phone"].notna(),
    )[["customer_id", "customer_name", *MASTER_DATA, "do_not_contact", "has_email", "has_phone"]]


def _ageing(view: View, least_invoice: int) -> pd.DataFrame:
    invoices = view.invoices
    everyone = pd.RangeIndex(view.customers)
    in_arrears = invoices["overdue_amount"] > 0
    uncovered = in_arrears & (view.left > 0)
    amount = invoices["amount"].to_numpy(dtype=np.int64)
    is_debt = invoices["open_amount"] > small_difference(amount, view.portfolio.rules)
    overdue = in_arrears & is_debt & (view.left >= least_invoice)
    asked = pd.Series(view.asked, index=invoices.index)
    free = asked >= least_invoice
    ahead = (invoices["open_amount"] > 0) & (invoices["kind"] == "invoice") & ~in_arrears
    coming = invoices.loc[ahead, ["customer", "due_on"]]
    oldest_of_all, oldest, oldest_asked, oldest_free = (
        invoices.loc[rows, ["customer", "days_past_due"]].groupby("customer")["days_past_due"].max()
        for rows in (uncovered, overdue, free, free & is_debt)
    )
    oldest = oldest.reindex(oldest_of_all.index).fillna(oldest_of_all)  # where there is nothing but dust
    # a cent that rounding between currencies leaves over belongs to no invoice: the oldest stands for it
    oldest_free = oldest_free.reindex(oldest.index).fillna(oldest_asked).fillna(oldest)
    return pd.DataFrame(
        {
            "days_past_due": oldest.reindex(everyone, fill_value=0),
            "collectible_days_past_due": oldest_free.reindex(everyone, fill_value=0),
            "largest_asked": asked.groupby(invoices["customer"]).max().reindex(everyone, fill_value=0),
            "next_due_on": coming.groupby("customer")["due_on"].min().reindex(everyone),
        }
    ).astype(
        {
            "days_past_due": "int64",
            "collectible_days_past_due": "int64",
            "largest_asked": "int64",
            "next_due_on": "datetime64[s]",
        }
    )


def _habits(features: FeatureTables) -> pd.DataFrame:
    customers = features.customers
    average = customers["delay_mean_365d"].fillna(customers["delay_mean_all"])
    return customers[HABITS].assign(average_days_late=average)[["average_days_late", *HABITS]]


def contacts_of(view: View) -> pd.DataFrame:
    """By customer position: last_contact_on and last_contact_channel, of the last attempt; last_arrived_on and
    last_arrived_channel, of the last one that did not come back or reach the wrong person; contacts_30d (how many of
    those in the last 30 days); next_contact_on, as the contact of agreed_on left it, and contact_due (whether that is
    tonight's work); collector_id (of the latest contact that names one)."""
    contacts = view.contacts_in_order
    came = arrived(contacts)
    # What came back changes nothing that was agreed, unless it says itself when to try again.
    dated = contacts["next_contact_on"].notna()
    agreed = contacts.assign(dated=dated)[contacts.index.isin(came.index) | dated]
    # Of two on one day, whose order no one knows, the one with a day was about when to contact again.
    agreed = _latest(agreed.sort_values(["contacted_on", "dated"], kind="stable"))
    latest, latest_to_arrive = _latest(contacts), _latest(came)
    recent = came[in_window(came["contacted_on"], view.as_of, CONTACT_MEMORY_DAYS)]
    known = contacts[contacts["collector_id"].notna()]
    everyone = range(view.customers)
    again = agreed["next_contact_on"].reindex(everyone).astype("datetime64[s]")
    return pd.DataFrame(
        {
            "agreed_on": agreed["contacted_on"].reindex(everyone).astype("datetime64[s]"),
            "next_contact_on": again,
            "contact_due": is_due(again, view.as_of),
            "last_contact_on": latest["contacted_on"].reindex(everyone).astype("datetime64[s]"),
            "last_contact_channel": latest["channel"].reindex(everyone).astype("str"),
            "last_arrived_on": latest_to_arrive["contacted_on"].reindex(everyone).astype("datetime64[s]"),
            "last_arrived_channel": latest_to_arrive["channel"].reindex(everyone).astype("str"),
            "contacts_30d": recent.groupby("customer").size().reindex(everyone, fill_value=0).astype("int64"),
            "collector_id": known.groupby("customer")["collector_id"].last().reindex(everyone).astype("str"),
        }
    )


def _last_paid_on(view: View) -> pd.Series:
    """The day of the latest money of each customer, by position."""
    payments = view.tables["payments"]
    came = payments[payments["amount"] > 0].groupby("customer")["paid_on"].max()
    return came.reindex(range(view.customers)).astype("datetime64[s]")


def _latest(contacts: pd.DataFrame) -> pd.DataFrame:
    return contacts.drop_duplicates("customer", keep="last").set_index("customer")


def _adjusted(view: View) -> pd.DataFrame:
    """Whether an agency still has a case of the customer, and whether something was lost: neither taken back nor
    recovered."""
    adjustments = view.tables["adjustments"]
    recent = adjustments[in_window(adjustments["posted_on"], view.as_of, HANDOVER_MEMORY_DAYS)]
    return pd.DataFrame(
        {
            "handed_over": _still_lost(view, adjustments, recent, "collection_handover"),
            "written_off": _still_lost(view, adjustments, adjustments, "write_off"),
        }
    )


def _still_lost(view: View, adjustments: pd.DataFrame, posted: pd.DataFrame, kind: str) -> pd.Series:
    net = adjustments[adjustments["kind"] == kind].groupby("invoice")["amount"].sum()
    lost = view.invoices.loc[view.invoices["lost"] > 0, "invoice"]
    given = posted[(posted["kind"] == kind) & (posted["amount"] > 0)]
    given = given[given["invoice"].isin(net.index[net > 0]) & given["invoice"].isin(lost)]
    return pd.Series(np.isin(np.arange(view.customers), given["customer"].unique()))
