"""When a customer is to be contacted again, as the last contact left it: due today, or not before a day."""

import pandas as pd

from configs.language import DAY, translated
from worklists.rules.fact_words import filled

KEPT_DAYS = 14  # a promised contact that was not made stays due so long
FARTHEST_DAYS = 90  # who is put off for longer was put off by a typing error


def is_due(next_contact_on: pd.Series, as_of: pd.Timestamp) -> pd.Series:
    """Whether the contact that was promised for a day is to be made on `as_of`, or was missed in the days before."""
    late: pd.Series = (as_of - next_contact_on).dt.days.between(0, KEPT_DAYS)
    return late


def waits(next_contact_on: pd.Series, last_contact_on: pd.Series, as_of: pd.Timestamp) -> pd.Series:
    """Whether the customer is not to be contacted before a day that is still ahead."""
    ahead = (next_contact_on - last_contact_on).dt.days <= FARTHEST_DAYS
    return (next_contact_on > as_of) & ahead


def due_words(listed: pd.DataFrame) -> "pd.Series[str]":
    """What is due today, in words; '' where nothing is. `listed` has contact_due and next_contact_on."""
    day = listed["next_contact_on"].dt.strftime(translated(DAY)).astype("str")
    return filled("contact again on {day}, as agreed", listed.index, day=day).where(listed["contact_due"], "")
