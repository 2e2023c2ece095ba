"""The days from which the effect of a contact is learned: contacted or not, what was known then, what was paid after.

A day without a contact is compared with a day with one. Both are followed to the next contact; what would have been
paid after that without any further contact is estimated by a model of the daily rate of payment, in the spirit of the
imputation of censored outcomes by Robins and Rotnitzky.
"""

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from configs.settings import EffectSettings
from features.contact_days import NO_CHANNEL, STATE, ContactDays, contact_days
from features.labels import paid_after
from features.window_kernels import Floats, Positions
from ledger.as_of.view import View
from ledger.clock import owner_days
from ledger.hashing import uniform
from models.effect.learners import Bools, Cases, folds_of, ranks, regress

# What distinguishes habits, slow to change: read from the latest replayed night before the day.
HABITS = [
    "delay_mean_all", "delay_mean_180d", "delay_spread_all", "delay_last", "delay_last_3", "delay_largest_all",
    "delay_by_amount_all", "late_share_all", "late_share_365d", "settled_late_share_all", "partial_share_all",
    "partial_share_365d", "payment_day_of_month_all", "month_end_share_all", "payment_gap_spread_365d",
    "dispute_count_all", "response_share_all", "response_share_365d", "response_share_email", "response_share_sms",
    "response_share_call", "response_share_letter", "contact_count_all", "promise_kept_share_all",
    "broken_promises_all", "issued_mean_amount_all", "credit_use", "country_late_share",
]  # fmt: skip
NOW = [name for name in STATE if name != "weekday"]
FEATURES = [*NOW, *HABITS]

RATE_BLOCKS = ((0, 7), (7, 14), (14, 30))
LEAST_EXPOSURE = 0.3  # days: below it a rate of payment is noise
RARE_WEEKDAY = 0.02  # a weekday with fewer of the contacts is one on which no one works


@dataclass(frozen=True)
class ContactCases:
    """Contacted days, and a sample of the others; all arrays have one entry per row of `features`.

    `response` and `paid`: share of the owed amount paid within the response days and the outcome days, had there been
    no further contact; `paid_late`: within the recovery days, whatever happened; NaN where not known yet. `group` is
    the customer, `day` a day number, `logged` the propensity that the ledger states.
    """

    features: pd.DataFrame
    arm: Positions
    group: Positions
    day: Positions
    weight: Floats
    owed: Floats
    logged: Floats
    response: Floats
    paid: Floats
    paid_late: Floats

    def cases(self, outcome: Floats, rows: Bools) -> Cases:
        """The rows as cases of one of the outcomes."""
        return Cases(self.features, self.arm, outcome, self.group, self.weight).some(rows)

    def where(self, rows: Bools) -> "ContactCases":
        """The rows alone."""
        return ContactCases(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})


def contact_cases(
    view: View, first_day: int, habits: pd.DataFrame, keep: Bools, settings: EffectSettings, seed: int
) -> ContactCases:
    """The cases that the night of the view knows. `habits` has customer, night (day number) and `HABITS`."""
    days = chosen_days(contact_days(view, first_day, keep), view, settings)
    rows = days.rows
    features = pd.concat([rows[NOW], habits_before(habits, rows)], axis=1).astype("float32")
    rates = _rates_at_contacts(view, days, features, seed)
    late = paid_after(view, days, 0, settings.recovered_days, until_next_contact=False).share
    return ContactCases(
        features=features,
        arm=rows["channel"].to_numpy(),
        group=rows["customer"].to_numpy(),
        day=rows["day"].to_numpy(),
        weight=rows["weight"].to_numpy(),
        owed=rows["owed"].to_numpy(),
        logged=rows["propensity"].to_numpy(),
        response=_paid_without_further_contact(view, days, rates, settings.response_days),
        paid=_paid_without_further_contact(view, days, rates, settings.outcome_days),
        paid_late=late,
    )


def chosen_days(days: ContactDays, view: View, settings: EffectSettings) -> ContactDays:
    """All contacted days and a sample of the others, `weight` says how many days each stands for.

    Left out are weekdays on which no one works, and customers who must not be contacted: they are no comparison.
    """
    rows = days.rows
    customers = view.tables["customers"]
    barred = customers.loc[customers["do_not_contact"].eq(True), "customer"]
    contacted = (rows["channel"] != NO_CHANNEL).to_numpy()
    by_weekday = np.bincount(rows["weekday"].astype("int64"), weights=contacted, minlength=7)
    works = by_weekday >= RARE_WEEKDAY * max(by_weekday.sum(), 1)
    others = ~contacted & works[rows["weekday"].astype("int64")] & ~rows["customer"].isin(barred).to_numpy()
    share = min(settings.days_per_contact * max(contacted.sum(), 1) / max(others.sum(), 1), 1.0)
    moment = owner_days(rows["customer"].to_numpy(), rows["day"].to_numpy())
    lot = uniform(pd.util.hash_array(owner_days(ranks(rows["customer"].to_numpy()), rows["day"].to_numpy())))
    chosen = contacted | (others & (lot < share))
    kept = rows[chosen].assign(weight=np.where(contacted[chosen], 1.0, 1 / share)).reset_index(drop=True)
    debts = days.debts
    wanted = np.isin(owner_days(debts["customer"].to_numpy(), debts["day"].to_numpy()), moment[chosen])
    return ContactDays(kept, debts[wanted])


def habits_before(habits: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """`HABITS` of the latest replayed night not after each row's day; NaN where there is none."""
    nights = np.unique(habits["night"].to_numpy())
    place = np.searchsorted(nights, rows["day"].to_numpy(), side="right") - 1
    night = np.where(place >= 0, nights[place] if len(nights) else 0, -1)
    known = pd.Index(owner_days(habits["customer"].to_numpy(), habits["night"].to_numpy()))
    found = known.get_indexer(pd.Index(owner_days(rows["customer"].to_numpy(), night)))
    values = habits[HABITS].to_numpy(dtype=np.float32)
    blank = np.full((1, len(HABITS)), np.nan, dtype=np.float32)
    return pd.DataFrame(np.concatenate([values, blank])[found], columns=HABITS, index=rows.index)


def _paid_without_further_contact(view: View, days: ContactDays, rates: Floats, window: int) -> Floats:
    """Share paid within the window: as seen until the next contact, then as customers in that state pay untouched."""
    rows = days.rows
    seen = paid_after(view, days, 0, window, until_next_contact=True).share
    moment = owner_days(rows["customer"].to_numpy(), rows["day"].to_numpy())
    following = owner_days(rows["customer"].to_numpy(), rows["next_contact"].to_numpy())
    place = np.minimum(np.searchsorted(moment, following), len(moment) - 1)
    left = rows["day"].to_numpy() + window - rows["next_contact"].to_numpy()
    cut = (moment[place] == following) & (left > 0) if len(moment) else np.zeros(0, dtype=bool)
    expected = np.zeros(len(rows))
    for (begin, end), rate in zip(RATE_BLOCKS, rates.T, strict=True):
        expected += rate[place] * np.clip(np.minimum(left, end) - begin, 0, None)
    return np.where(cut, seen + np.clip(1 - seen, 0, 1) * (1 - np.exp(-expected)), seen)


def _rates_at_contacts(view: View, days: ContactDays, features: pd.DataFrame, seed: int) -> Floats:
    """Daily rate of payment without a contact by block of days ahead, for the contacted rows; shape (rows, blocks)."""
    rows = days.rows
    untouched = (rows["channel"] == NO_CHANNEL).to_numpy()
    fold = folds_of(rows["customer"].to_numpy())
    rates = np.zeros((len(rows), len(RATE_BLOCKS)))
    for block, (begin, end) in enumerate(RATE_BLOCKS):
        paid = paid_after(view, days, begin, end, until_next_contact=True)
        known = untouched & (np.nan_to_num(paid.exposure) > LEAST_EXPOSURE)
        for one in np.unique(fold):
            learn, here = known & (fold != one), ~untouched & (fold == one)
            if here.any() and paid.share[learn].any():  # where no one paid, the rate is nought
                rate = paid.share[learn] / paid.exposure[learn]
                trees = regress(features[learn], rate, seed, weight=paid.exposure[learn], objective="poisson")
                rates[here, block] = trees.predict(features[here].to_numpy(dtype=np.float32))
    return np.clip(rates, 0, 1)
