"""Tonight's effects: of every customer, what stays unpaid without a contact, and what a contact by each channel brings.

Both come from the payer classes, so that no contact is expected to bring more than would stay unpaid without it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import pandas as pd

from features.payment_days import payment_days
from features.window_kernels import Floats, Positions
from ledger.as_of.view import View
from ledger.clock import day_number
from ledger.tables import CHANNELS
from models.effect.contact_level import Payers
from models.effect.deliveries import came_back, preferred_channels
from models.effect.judgement import age_of
from models.effect.payer_classes import PayerClasses
from models.effect.payment_outlook import Outlook, outlook

COLUMNS = ["customer", "channel", "effect", "low", "high", "basis", "recovered"]
CUSTOMER = "customer"
OTHER_CHANNELS = "other channels"  # a channel with too few contacts goes by the classes and the other channels
DOUBT = 0.2  # how far, as a share of it, the effect of a group may lie off the level, since classes are few
LEAST_DOUBT = 0.004  # of what is owed


@dataclass(frozen=True)
class ContactEffects:
    """`unpaid`: share of the collectible amount that is unpaid after 30 days without a contact, by customer position.
    `by_channel`: a row per customer and channel with `COLUMNS`: effect (share of the collectible amount that a contact
    brings within 30 days, at most what stays unpaid), low and high (its interval), basis, recovered (share of it that
    would never have come)."""

    unpaid: "pd.Series[float]"
    by_channel: pd.DataFrame


KINDS = {"customer": "int64", "channel": "str", "basis": "str"}
NO_EFFECTS = pd.DataFrame({name: pd.Series(dtype=KINDS.get(name, "float64")) for name in COLUMNS})
NOTHING = ContactEffects(pd.Series(dtype="float64"), NO_EFFECTS)


def contact_effects(
    payers: Payers,
    view: View,
    invoices: pd.DataFrame,
    known: Collection[str],
    recovered_by_age: Floats,
    confidence: float,
) -> ContactEffects:
    """Of customers with collectible `invoices` (customer, collectible in cents, days_past_due). `known` are the
    channels with enough contacts to learn from, `recovered_by_age` goes with `judgement.AGES`."""
    rows = invoices[invoices["collectible"] > 0]
    if rows.empty:
        return NOTHING
    shares = mean_outlook(payers.fits, view, rows["customer"].to_numpy(), rows["days_past_due"].to_numpy())
    customers, place = np.unique(rows["customer"], return_inverse=True)
    cents = rows["collectible"].to_numpy(dtype=np.float64)
    owed = np.bincount(place, cents)
    unpaid = np.bincount(place, cents * shares.unpaid) / owed
    brought = np.column_stack(
        [np.bincount(place, cents * (shares.unpaid - with_one)) / owed for with_one in shares.contacted.T]
    )
    came = payers.arriving[came_back(view)[customers].astype(np.int64), np.arange(len(CHANNELS))]
    level_of = payers.level.of_preferred(preferred_channels(view)[customers])
    oldest = age_of(pd.Series(rows["days_past_due"].to_numpy()).groupby(place).max().to_numpy(dtype=np.float64))
    brought *= came * level_of * payers.level.by_age[oldest, None]
    doubt = np.hypot(DOUBT, payers.level.by_age_error[oldest])
    level, level_away = payers.level.level, payers.level.away(confidence)
    reach = NormalDist().inv_cdf((1 + confidence) / 2)
    frames = []
    for number, channel in enumerate(CHANNELS):
        predicted = brought[:, number]
        effect = np.minimum(level[number] * predicted, unpaid)
        of_customer = reach**2 * ((doubt * effect) ** 2 + LEAST_DOUBT**2)
        away = np.sqrt((level_away[number] * predicted) ** 2 + of_customer)
        frames.append(
            pd.DataFrame(
                {
                    "customer": customers,
                    "channel": channel,
                    "effect": effect,
                    "low": np.maximum(effect - away, -1),
                    "high": np.minimum(effect + away, unpaid),
                    "basis": CUSTOMER if channel in known else OTHER_CHANNELS,
                    "recovered": recovered_by_age[oldest],
                }
            )
        )
    return ContactEffects(pd.Series(unpaid, index=customers), pd.concat(frames, ignore_index=True))


def mean_outlook(fits: Sequence[PayerClasses], view: View, customer: Positions, age: Positions) -> Outlook:
    """The mean of what the classes of different starts expect of debts: `customer` positions, days past due."""
    as_of = day_number(view.as_of)
    keep = np.zeros(view.customers, dtype=np.bool_)
    keep[customer] = True
    unpaid: list[Floats] = []
    contacted: list[Floats] = []
    first = as_of - max(len(classes.calendar.pace) for classes in fits)
    days = payment_days(view, first, keep)
    for classes in fits:
        member = classes.membership(days, view.customers, as_of)
        one = outlook(classes, member[customer], age, as_of)
        unpaid.append(one.unpaid)
        contacted.append(one.contacted)
    return Outlook(np.mean(unpaid, axis=0), np.mean(contacted, axis=0))
