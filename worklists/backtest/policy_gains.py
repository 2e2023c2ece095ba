"""What each policy's contacts would have brought: estimated from the contacts of the past, and true where simulated."""

from statistics import NormalDist

import numpy as np
import pandas as pd

from features.window_kernels import Floats
from ledger.clock import day_numbers
from ledger.minor_units import HUNDREDTHS
from models.effect.off_policy import ContactResiduals, extra_cash

CONFIDENCE = 0.9
ESTIMATED = ["extra_cash_per_contact", "extra_cash_low", "extra_cash_high", "contacts_like_these"]


def estimated(members: pd.DataFrame, days: ContactResiduals, every_days: int) -> pd.DataFrame:
    """The off-policy estimate by policy and capacity: extra cash of a contact with those whom the policy would contact.

    `members` are `policies.members` of all nights, with the customer position. A contact counts for the latest night
    fewer than `every_days` before it. Columns policy, capacity and `ESTIMATED`, in currency units with a 90% interval;
    empty where too few contacts were made with such customers.
    """
    nights = np.unique(day_numbers(members["as_of"]))
    place = np.searchsorted(nights, days.day, side="right") - 1
    night = np.where(place >= 0, nights[place], -1)
    near = (night >= 0) & (days.day - night < every_days)
    of_day = pd.MultiIndex.from_arrays([days.customer, np.where(near, night, -1)])
    reach = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    rows = []
    for (policy, capacity), some in members.groupby(["policy", "capacity"], sort=False):
        listed = pd.MultiIndex.from_arrays([some["customer"], day_numbers(some["as_of"])])
        mean, error, contacts = extra_cash(days, of_day.isin(listed))
        ends = (mean, mean - reach * error, mean + reach * error)
        rows.append((policy, capacity, *(end / HUNDREDTHS for end in ends), contacts))
    return pd.DataFrame(rows, columns=["policy", "capacity", *ESTIMATED])


def true_gains(
    customers: pd.DataFrame, members: pd.DataFrame, truth: pd.DataFrame, channels: tuple[str, ...]
) -> pd.DataFrame:
    """The true extra cash on the night of a simulated truth, by policy and capacity, in currency units.

    `customers` are the listed of that night with customer_id, best_channel and strategy_channel; `truth` is what
    `duerank simulate` writes. Our policy contacts by best_channel, the others by strategy_channel. The oracle knows
    every effect, and chooses the customers and the best of `channels` for each. Columns policy, capacity,
    true_extra_cash, oracle_share.
    """
    effect = truth.pivot(index="customer_id", columns="channel", values="extra_cash_30d") / HUNDREDTHS
    effect = effect.reindex(customers["customer_id"])[list(channels)].fillna(0.0)
    best = np.sort(effect.max(axis=1).to_numpy())[::-1]
    own, usual = (_by(effect, customers[name]) for name in ("best_channel", "strategy_channel"))
    rows = []
    for (policy, capacity), some in members.groupby(["policy", "capacity"], sort=False):
        gain = (own if policy == "duerank" else usual)[some["row"]].sum()
        most = best[: len(some)].sum()
        rows.append((policy, capacity, gain, gain / most if most > 0 else np.nan))
    return pd.DataFrame(rows, columns=["policy", "capacity", "true_extra_cash", "oracle_share"])


def _by(effect: pd.DataFrame, channel: pd.Series) -> Floats:
    place = effect.columns.get_indexer(pd.Index(channel))
    values = effect.to_numpy(dtype=np.float64)
    return np.where(place >= 0, values[np.arange(len(values)), np.maximum(place, 0)], 0.0)
