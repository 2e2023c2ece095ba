"""A customer's recent contacts, and in brief what a collector reads of them before the call."""

import pandas as pd

from configs.language import counted
from ledger.as_of.view import View
from ledger.clock import in_window
from ledger.frame_schema import DATE, TEXT, WHOLE
from worklists.rules.fact_words import words, written_days

MEMORY_DAYS = 90  # what was said a quarter ago helps no one on the telephone
MOST_LISTED = 3
COUNT = "contacts_90d"
# Of the latest contact, the one before it, and so on: the day, the channel and what came of it.
RECENT_CONTACTS = {
    COUNT: WHOLE,
    **{
        f"contact_{number}_{what}": dtype
        for number in range(1, MOST_LISTED + 1)
        for what, dtype in (("on", DATE), ("channel", TEXT), ("outcome", TEXT))
    },
}


def recent_contacts(view: View) -> pd.DataFrame:
    """The columns `RECENT_CONTACTS` by customer position: how many contacts in 90 days, and the latest of them.

    Of each listed contact its day, channel and outcome; missing where there were fewer, or where none is stated.
    """
    contacts = view.contacts_in_order
    recent = contacts[in_window(contacts["contacted_on"], view.as_of, MEMORY_DAYS)].iloc[::-1]
    by_customer, everyone = recent.groupby("customer"), range(view.customers)
    place = by_customer.cumcount() + 1
    columns: dict[str, pd.Series] = {COUNT: by_customer.size().reindex(everyone, fill_value=0).astype("int64")}
    for number in range(1, MOST_LISTED + 1):
        one = recent[place == number].set_index("customer").reindex(everyone)
        columns[f"contact_{number}_on"] = one["contacted_on"].astype("datetime64[s]")
        columns[f"contact_{number}_channel"] = one["channel"].astype("str")
        columns[f"contact_{number}_outcome"] = one["outcome"].astype("str")
    return pd.DataFrame(columns)


def contact_history(contacts: pd.DataFrame) -> "pd.Series[str]":
    """'2 contacts in 90 days: 2024-06-10 call, reached; 2024-06-03 email' for each row of `recent_contacts`.

    Empty where there was none.
    """
    text = contacts[COUNT].map(_how_many).astype("str")
    for number in range(1, MOST_LISTED + 1):
        on, channel, outcome = (contacts[f"contact_{number}_{what}"] for what in ("on", "channel", "outcome"))
        day = written_days(on)
        spoken_channel, spoken_outcome = (words(codes).str.replace("_", " ") for codes in (channel, outcome))
        clause = day + " " + spoken_channel + (", " + spoken_outcome).fillna("")
        text = text + (("; " if number > 1 else " ") + clause).where(on.notna(), "")
    return text.where(contacts[COUNT] > 0, "")


def _how_many(contacts: int) -> str:
    return counted("{count} contact in 90 days:", "{count} contacts in 90 days:", contacts)
