"""What no real ledger shows: every customer's habit, and what a contact would really bring."""

import numpy as np
import pandas as pd

from ledger.simulator.habits import EFFECT_DAYS, HABIT_NAMES, REACH
from ledger.simulator.open_items import OpenItems
from ledger.simulator.paying import PAID_WHOLE, paying_hazard
from ledger.simulator.population import Population
from ledger.simulator.worlds import Books, Calendar, Floats, Ints
from ledger.tables import CHANNELS

OUTLOOK_DAYS = 30
CONTACT_TRUTH = {
    "overdue_amount": np.int64,
    "extra_cash_30d": np.int64,
    "extra_paid_30d": np.float64,
    "unpaid_30d": np.int64,
}


def true_effects(people: Population, book: OpenItems, when: Calendar, days: int, books: Books) -> pd.DataFrame:
    """One row per customer and channel, for a contact made at the end of day `days - 1`, in customer order.

    Columns: customer_id; habit; channel; `reach` (probability that the contact gets through); `extra_hazard` (what it
    then adds to the chance of payment of each overdue invoice on each working day, for 14 days); `overdue_amount`
    (cents, not disputed); `extra_cash_30d` (expected cents more within 30 days than without any contact) and
    `extra_paid_30d` (the same as a share of the overdue amount; empty where nothing is overdue); `unpaid_30d`
    (expected cents of the overdue amount that are unpaid after 30 days without a contact, the same for every channel).
    Earlier contacts that still work are left out of both sides.
    """
    last = days - 1
    overdue = _overdue(book, last)
    unpaid, gain = _outlook(people, book, when, last, overdue, books)
    customer, count, per_channel = book.customer[overdue], len(people.habit), len(CHANNELS)
    extra_cash = np.stack([np.bincount(customer, column, minlength=count) for column in gain.T], axis=1)
    still = np.bincount(customer, unpaid, minlength=count)
    owed = np.bincount(customer, book.open[overdue], minlength=count)
    return pd.DataFrame(
        {
            "customer_id": np.repeat(people.frame["customer_id"].to_numpy(), per_channel),
            "habit": np.repeat(np.array(HABIT_NAMES, dtype=object)[people.habit], per_channel),
            "channel": np.tile(np.array(CHANNELS, dtype=object), count),
            "reach": np.tile(REACH, count),
            "extra_hazard": people.contact_effect.ravel(),
            "overdue_amount": np.repeat(owed, per_channel).astype(np.int64),
            "extra_cash_30d": np.rint(extra_cash.ravel()).astype(np.int64),
            "extra_paid_30d": (extra_cash / np.where(owed > 0, owed, np.nan)[:, None]).ravel(),
            "unpaid_30d": np.repeat(np.rint(still).astype(np.int64), per_channel),
        }
    ).astype({"customer_id": "str", "habit": "str", "channel": "str"})


def effects_of_contacts(
    people: Population, book: OpenItems, when: Calendar, day: int, customers: Ints, channel: Ints, books: Books
) -> dict[str, np.ndarray]:
    """What contacts made at the end of `day` are expected to bring, one entry per contact of different customers.

    The columns `CONTACT_TRUTH`, each as `true_effects` has it for the contact's channel.
    """
    overdue, count = _overdue(book, day), len(people.habit)
    asked = np.zeros(count, dtype=np.bool_)
    asked[customers] = True
    overdue = overdue[asked[book.customer[overdue]]]
    unpaid, gain = _outlook(people, book, when, day, overdue, books)
    customer = book.customer[overdue]
    by_channel = np.zeros(count, dtype=np.int64)
    by_channel[customers] = channel
    own = gain[np.arange(len(overdue)), by_channel[customer]]
    owed, extra, still = (np.bincount(customer, cents, minlength=count) for cents in (book.open[overdue], own, unpaid))
    return {
        "overdue_amount": owed[customers].astype(np.int64),
        "extra_cash_30d": np.rint(extra[customers]).astype(np.int64),
        "extra_paid_30d": extra[customers] / np.where(owed > 0, owed, np.nan)[customers],
        "unpaid_30d": np.rint(still[customers]).astype(np.int64),
    }


def _overdue(book: OpenItems, day: int) -> Ints:
    live = book.live(day)
    return live[(book.due[live] <= day) & ~book.parked[live] & (book.disputed_until[live] < day)]


def _outlook(
    people: Population, book: OpenItems, when: Calendar, last: int, overdue: Ints, books: Books
) -> tuple[Floats, Floats]:
    """Of each overdue invoice, the cents expected to be unpaid `OUTLOOK_DAYS` after the day `last` without a contact;
    and by channel the cents that a contact at the end of that day is expected to bring."""
    customer = book.customer[overdue]
    # A payment in parts is half of what is open on average; the rest stays in the lottery, as does what bounces.
    paid_at_once = 1 - 0.5 * people.trait("pays_in_parts")[customer] * (book.open[overdue] > PAID_WHOLE)
    paid_at_once *= 1 - books.bounced
    unpaid = np.ones(len(overdue))
    unpaid_contacted = np.ones((len(overdue), len(CHANNELS)))
    for day in np.flatnonzero(when.working[: last + 1 + OUTLOOK_DAYS])[when.working[: last + 1].sum() :]:
        hazard = paying_hazard(people, book, when, day, overdue)
        extra = people.contact_effect[customer] * (day <= last + EFFECT_DAYS)
        unpaid *= 1 - hazard * paid_at_once
        unpaid_contacted *= 1 - (1 - (1 - hazard)[:, None] * (1 - extra)) * paid_at_once[:, None]
    # A contact never does harm: what lies below zero is the rounding of floats.
    gain = np.maximum(unpaid[:, None] - unpaid_contacted, 0) * np.array(REACH) * book.open[overdue][:, None]
    return unpaid * book.open[overdue], gain
