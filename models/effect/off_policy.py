"""What the contacts of the past say about a ranking that was never used: the material of an off-policy estimate.

The same comparison as in `contact_effect`, without a model of the effect: contacted days against days without a contact
on which one was as likely, each with what it paid beyond what was expected (doubly robust, Robins, Rotnitzky, Zhao
1994; for policies Dudik, Langford, Li 2011). Counted is the cash that came, whatever contacts followed on either side:
nothing is imputed, so the estimate is of a contact today against the usual course, less than against none at all.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from configs.settings import Settings
from features.contact_days import NO_CHANNEL
from features.window_kernels import Floats, Positions
from ledger.as_of.view import View
from ledger.clock import day_number
from models.effect.cases import contact_cases
from models.effect.estimators import LARGEST_COUNTED, comparison_weight, mean_effect
from models.effect.learners import Bools, predict_across

# Cash is skew: without an effect in the simulator, of 90% intervals from the contacts of random customers 40% missed
# the mean of all with 30 contacts, 27% with 100, and 20% with 200.
LEAST_CONTACTS = 200


@dataclass(frozen=True)
class ContactResiduals:
    """Comparable days, one entry each: customer (position), day (day number), whether contacted, what the day counts in
    the comparison, and the cash (hundredths) of the outcome days beyond what was expected without a contact. Debts
    above a quantile count as that quantile: else whether two or three giants paid would decide, and no interval would
    hold."""

    customer: Positions
    day: Positions
    contacted: Bools
    weight: Floats
    cash: Floats


def contact_residuals(view: View, first: pd.Timestamp, habits: pd.DataFrame, settings: Settings) -> ContactResiduals:
    """The comparable days from `first` on, as the view knows them; `habits` as for `contact_cases`."""
    keep = np.ones(view.customers, dtype=np.bool_)
    seed = settings.training.seed
    effect = settings.effect.model_copy(update={"recovered_days": settings.effect.outcome_days})
    cases = contact_cases(view, day_number(first), habits, keep, effect, seed)
    everything = np.ones(len(cases.arm), dtype=np.bool_)
    contacted = cases.arm != NO_CHANNEL
    if not contacted.any() or contacted.all():
        nothing = np.zeros(0, dtype=np.int64)
        return ContactResiduals(nothing, nothing, nothing.astype(np.bool_), np.zeros(0), np.zeros(0))
    chance = predict_across(cases.cases(contacted.astype(np.float64), everything), everything, seed)
    usable = (chance >= effect.least_chance) & (chance <= effect.largest_chance) & ~np.isnan(cases.paid_late)
    cases, contacted, chance = cases.where(usable), contacted[usable], chance[usable]
    paid = cases.cases(cases.paid_late, np.ones(len(contacted), dtype=np.bool_))
    residual = cases.paid_late - predict_across(paid, ~contacted, seed)
    weight = comparison_weight(contacted, chance, cases.weight)
    counted = np.minimum(cases.owed, np.quantile(cases.owed, LARGEST_COUNTED)) if len(cases.owed) else cases.owed
    return ContactResiduals(cases.group, cases.day, contacted, weight, residual * counted)


def extra_cash(days: ContactResiduals, among: Bools) -> tuple[float, float, int]:
    """Mean extra cash (hundredths) of a contact on the days `among`, its standard error, and the contacts it rests on.

    NaN where fewer than `LEAST_CONTACTS` contacts say anything of it.
    """
    contacts = int((among & days.contacted).sum())
    if contacts < LEAST_CONTACTS:
        return float("nan"), float("nan"), contacts
    estimate = mean_effect(days.cash[among], days.contacted[among], days.weight[among], days.customer[among])
    return (*estimate, contacts)
