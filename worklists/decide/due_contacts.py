"""Who is to be contacted today, whatever that brings, and who not before a day: as last contacts and promises say."""

import pandas as pd

from worklists.rules.fact_words import filled, written_days
from worklists.rules.promise_state import BROKEN

KEPT_DAYS = 14  # a promised contact that was not made stays due so long
FARTHEST_DAYS = 90  # who is put off for longer was put off by a typing error


def is_due(next_contact_on: pd.Series, as_of: pd.Timestamp) -> pd.Series:
    """Whether the contact that was promised for a day is to be made on `as_of`, or was missed in the days before."""
    late: pd.Series = (as_of - next_contact_on).dt.days.between(0, KEPT_DAYS)
    return late


def promise_fell_due(facts: pd.DataFrame, last_paid_on: pd.Series, as_of: pd.Timestamp) -> pd.Series:
    """Whether a promise was not kept on its day, the working day before the night or later, and since then no one
    asked and nothing came.

    Later it is ranked by its worth, as all are: old promises that no one asked about would fill a day before any money.
    `facts` has promise_state, promise_day and last_arrived_on; `last_paid_on` is in its rows.
    """
    fell = (facts["promise_state"] == BROKEN) & (facts["promise_day"] >= (as_of - pd.offsets.BDay(1)).as_unit("s"))
    since: pd.Series = (facts["last_arrived_on"] > facts["promise_day"]) | (last_paid_on > facts["promise_day"])
    return fell & ~since


def waits(next_contact_on: pd.Series, agreed_on: pd.Series, as_of: pd.Timestamp) -> pd.Series:
    """Whether the customer is not to be contacted before a day that is still ahead."""
    ahead = (next_contact_on - agreed_on).dt.days <= FARTHEST_DAYS
    return (next_contact_on > as_of) & ahead


def due_words(listed: pd.DataFrame) -> "pd.Series[str]":
    """What is due today, in words; '' where nothing is. `listed` has contact_due, next_contact_on, promise_state and
    promise_day."""
    day, promised = written_days(listed["next_contact_on"]), written_days(listed["promise_day"])
    agreed = filled("a contact was agreed for {day}", listed.index, day=day)
    broken = filled("the promise of {day} was not kept", listed.index, day=promised)
    late = (listed["promise_state"] == BROKEN) & ~(listed["next_contact_on"] > listed["promise_day"])
    return agreed.mask(late, broken).where(listed["contact_due"], "")
