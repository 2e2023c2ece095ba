"""What no real ledger shows: every customer's habit, and what a contact would really bring."""

import numpy as np
import pandas as pd

from ledger.simulator.habits import EFFECT_DAYS, HABIT_NAMES, REACH
from ledger.simulator.open_items import OpenItems
from ledger.simulator.paying import paying_hazard
from ledger.simulator.population import Population
from ledger.simulator.worlds import Calendar
from ledger.tables import CHANNELS

OUTLOOK_DAYS = 30


def true_effects(people: Population, book: OpenItems, when: Calendar, days: int) -> pd.DataFrame:
    """One row per customer and channel, for a contact made at the end of the last day, in customer order.

    Columns: customer_id; habit; channel; `reach` (probability that the contact gets through); `extra_hazard` (what it
    then adds to the chance of payment of each overdue invoice on each working day, for 14 days); `overdue_amount`
    (cents, not disputed); `extra_cash_30d` (expected cents more within 30 days than without any contact) and
    `extra_paid_30d` (the same as a share of the overdue amount; empty where nothing is overdue); `unpaid_30d`
    (expected cents of the overdue amount that are unpaid after 30 days without a contact, the same for every channel).
    Earlier contacts that still work are left out of both sides.
    """
    last = days - 1
    live = book.live(last)
    overdue = live[(book.due[live] <= last) & ~book.parked[live] & (book.disputed_until[live] < last)]
    customer = book.customer[overdue]
    # A payment in parts is half of what is open on average; the rest stays in the lottery.
    paid_at_once = 1 - 0.5 * people.trait("pays_in_parts")[customer]
    unpaid = np.ones(len(overdue))
    unpaid_contacted = np.ones((len(overdue), len(CHANNELS)))
    for day in range(days, days + OUTLOOK_DAYS):
        hazard = paying_hazard(people, book, when, day, overdue)
        works = when.working[day] and day <= last + EFFECT_DAYS
        extra = people.contact_effect[customer] * works
        unpaid *= 1 - hazard * paid_at_once
        unpaid_contacted *= 1 - (1 - (1 - hazard)[:, None] * (1 - extra)) * paid_at_once[:, None]
    # A contact never does harm: what lies below zero is the rounding of floats.
    gain = np.maximum(unpaid[:, None] - unpaid_contacted, 0) * np.array(REACH) * book.open[overdue][:, None]

    count = len(people.habit)
    extra_cash = np.stack([np.bincount(customer, column, minlength=count) for column in gain.T], axis=1)
    still = np.bincount(customer, unpaid * book.open[overdue], minlength=count)
    owed = np.bincount(customer, book.open[overdue], minlength=count)
    per_channel = len(CHANNELS)
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
