"""Who speaks with whom tomorrow: every customer at most once, within the collectors' minutes, for the most money.

The generalised assignment problem, solved by the price of a minute of every collector
(`worklists.assign.minute_prices`): customers are placed in the order in which they are worth more than the minutes they
take, and what time is left is filled up.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from configs.settings import CapacitySettings
from ledger.portfolio import NOBODY
from ledger.tables import CHANNELS
from worklists.assign.day_plan import DayPlan
from worklists.rules.roster import Roster

NO_MINUTES = "no_minutes"
NO_COLLECTOR = "no_collector"
CHOSEN = ["channel", "collector_id", "gain", "minutes"]


@dataclass(frozen=True)
class Assignment:
    """A night's assignment.

    `chosen` is indexed by customer position: channel, collector_id (missing where no one had the customer and there is
    no roster), gain (cents), minutes. `left_out` says of every other customer with an option why it has none:
    NO_MINUTES, or NO_COLLECTOR where no collector may serve it. `collectors` has a row per collector of the roster:
    collector_id, minutes_a_day, minutes_used, customers, expected (cents). No assignment could bring more than
    `upper_bound` cents; `expected` is what this one brings.
    """

    chosen: pd.DataFrame
    left_out: pd.Series
    collectors: pd.DataFrame
    upper_bound: float

    @property
    def expected(self) -> float:
        return float(self.chosen["gain"].sum())

    @property
    def gap(self) -> float:
        """The share of the upper bound that is not reached; 0 where nothing can be gained."""
        return 1 - self.expected / self.upper_bound if self.upper_bound else 0.0


def assign(
    customers: pd.DataFrame, options: pd.DataFrame, roster: Roster | None, settings: CapacitySettings
) -> Assignment:
    """Choose a collector and a channel for as many customers as the minutes allow, for the most expected gain.

    `customers` are rows of `customer_facts` (index: customer position; collector_id is who spoke with it last) with
    their segment and reminder_value; those with contact_due are served before all others. `options` has a row per
    customer and channel that may be used: customer, channel, gain (cents >= 0), minutes (> 0). An option without gain,
    a reminder, only fills minutes that are left, in the order of reminder_value. Without a roster everyone gets the
    best option and keeps the collector. Ties go by customer_id.
    """
    rows = options.assign(
        customer_id=options["customer"].map(customers["customer_id"]),
        place=options["channel"].map({channel: place for place, channel in enumerate(CHANNELS)}),
    )
    rows = rows.sort_values(["customer_id", "gain", "minutes", "place"], ascending=[True, False, True, True])
    rows = rows.reset_index(drop=True)
    if roster is None:
        best = rows.drop_duplicates("customer").set_index("customer")
        chosen = best.assign(collector_id=customers["collector_id"].reindex(best.index))[CHOSEN]
        nobody = pd.Series(dtype="str", index=best.index[:0])
        return Assignment(chosen, nobody, _by_collector(chosen, [], []), float(chosen["gain"].sum()))
    who = customers.loc[rows["customer"].unique()]
    day = DayPlan(who, rows, roster, settings)
    day.serve_first(who["contact_due"].to_numpy(dtype=np.bool_))
    day.place_at_prices()
    day.fill()
    day.upgrade()
    day.fill()
    day.remind(who["reminder_value"].to_numpy(dtype=np.float64))
    taken = rows.loc[day.row[day.row != NOBODY]].set_index("customer")
    ids = np.array(roster.ids, dtype="object")
    chosen = taken.assign(collector_id=pd.Series(ids[day.collector[day.row != NOBODY]], taken.index, dtype="str"))
    left = who.index[day.row == NOBODY]
    servable = day.servable[day.row == NOBODY]
    why = pd.Series(np.where(servable, NO_MINUTES, NO_COLLECTOR), index=left, dtype="str")
    minutes = roster.minutes.tolist()
    return Assignment(chosen[CHOSEN], why, _by_collector(chosen, roster.ids, minutes), day.upper_bound)


def _by_collector(chosen: pd.DataFrame, ids: list[str], minutes: list[float]) -> pd.DataFrame:
    own = chosen.groupby("collector_id").agg(
        minutes_used=("minutes", "sum"), customers=("gain", "size"), expected=("gain", "sum")
    )
    of_all = own.reindex(ids, fill_value=0).rename_axis("collector_id").reset_index()
    of_all.insert(1, "minutes_a_day", minutes)
    return of_all.astype({"collector_id": "str", "customers": "int64"})
