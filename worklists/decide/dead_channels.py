"""Channels that lead nowhere: what went out last by them came back, or reached the wrong person."""

import pandas as pd

from ledger.as_of.view import View
from ledger.clock import in_window
from ledger.tables import CHANNELS
from worklists.rules.dunning_levels import NOT_ARRIVED

MEMORY_DAYS = 30  # then it is tried again: a ledger does not say when an address was corrected
ADDRESS_OF = {"email": "email", "sms": "phone", "call": "phone"}  # others have one of their own


def dead_channels(view: View) -> "pd.Series[str]":
    """The channels that lead nowhere, parted by blanks, by customer position; '' where there are none.

    Calls and text messages have one number. A channel lives again once something arrived there. E-mail is dead, too,
    where mail to every address that the ledger has of the customer and its people came back.
    """
    contacts = view.contacts_in_order
    contacts = contacts[in_window(contacts["contacted_on"], view.as_of, MEMORY_DAYS)]
    address = contacts["channel"].map(ADDRESS_OF).fillna(contacts["channel"])
    last = contacts.assign(address=address).drop_duplicates(["customer", "address"], keep="last")
    last = last[last["outcome"].isin(NOT_ARRIVED)]
    dead = pd.concat([last[["customer", "address"]], _without_mail(view)]).drop_duplicates()
    channels = pd.Series("", index=range(view.customers), dtype="str", name="dead_channels")
    for channel in CHANNELS:
        channels.loc[dead.loc[dead["address"] == ADDRESS_OF.get(channel, channel), "customer"]] += f" {channel}"
    return channels.str.strip()


def _without_mail(view: View) -> pd.DataFrame:
    people, customers = view.tables["people"], view.tables["customers"]
    bouncing = people.loc[people["bounced_on"].notna(), "customer"]
    written = [people[["customer", "email", "bounced_on"]], customers[["customer", "email"]]]
    some = [frame[frame["customer"].isin(bouncing)] for frame in written]
    mails = pd.concat(some, ignore_index=True).dropna(subset=["email"])
    mails["email"] = mails["email"].str.casefold()
    mails["came_back"] = mails["bounced_on"].notna().groupby([mails["customer"], mails["email"]]).transform("any")
    none = mails.groupby("customer")["came_back"].all()
    return pd.DataFrame({"customer": none.index[none], "address": "email"})
