"""A customer's recent contacts in brief, the latest first: what a collector reads before the call."""

import pandas as pd

from configs.language import DAY, counted, translated
from ledger.as_of.view import View
from ledger.clock import in_window
from worklists.rules.fact_words import words

MEMORY_DAYS = 90  # what was said a quarter ago helps nobody on the telephone
MOST_TOLD = 3


def contact_history(view: View) -> "pd.Series[str]":
    """'2 contacts in 90 days: 2024-06-10 call, reached; 2024-06-03 email' by customer position; '' without any."""
    contacts = view.tables["contacts"]
    recent = contacts[in_window(contacts["contacted_on"], view.as_of, MEMORY_DAYS)]
    recent = recent.sort_values(["contacted_on", "contact_id"], ascending=False)
    by_customer = recent.groupby("customer")
    place = by_customer.cumcount()
    text = by_customer.size().map(_how_many).astype("str")
    for each in range(MOST_TOLD):
        told = recent[place == each].set_index("customer")
        clause = (("; " if each else " ") + _clauses(told)).reindex(text.index)
        text = text + clause.fillna("").astype("str")
    return text.reindex(range(view.customers), fill_value="")


def _how_many(contacts: int) -> str:
    return counted("{count} contact in 90 days:", "{count} contacts in 90 days:", contacts)


def _clauses(contacts: pd.DataFrame) -> "pd.Series[str]":
    day = contacts["contacted_on"].dt.strftime(translated(DAY)).astype("str")
    channel, outcome = (words(contacts[name]).str.replace("_", " ") for name in ("channel", "outcome"))
    clause: pd.Series = day + " " + channel + (", " + outcome).fillna("")
    return clause
