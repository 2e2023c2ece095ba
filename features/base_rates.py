"""How often invoices of similar customers are late: counted over the whole portfolio, in whatever parts it is read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.window_kernels import Floats, Positions
from ledger.as_of.view import View

GROUPS = ("country", "industry")
TERMS = "terms_days"
WEEK = "due_week"
COUNTED = (*GROUPS, TERMS, WEEK)

# A base rate counts this many invoices of the whole portfolio's rate besides its own, so that few say little.
PRIOR = 50

# A season is looked up so many weeks before, with so many on both sides, and compared with the year around. It is used
# where enough invoices differ by so many standard errors: more than chance needs, since a customer's go together.
YEAR, SEASON, HALF_YEAR = 52, 1, 26
ENOUGH, CLEAR = 50, 4.0


@dataclass(frozen=True)
class LateCounts:
    """Invoices of which it is known whether they were late, and how many were, by group.

    A frame each of `COUNTED` (a group is '' where the customer states none): index the group, columns late, count.
    """

    by: dict[str, pd.DataFrame]

    def rates(self, name: str, groups: pd.Series) -> "pd.Series[float]":
        """The late share of each row's group, shrunk towards the overall rate, which unknown groups get.

        NaN where no invoice has an outcome. Index of `groups`.
        """
        counts = self.by[name]
        overall = counts["late"].sum() / counts["count"].sum() if len(counts) else np.nan
        rates = (counts["late"] + PRIOR * overall) / (counts["count"] + PRIOR)
        return groups.map(rates).fillna(overall).astype("float64")

    def season(self, due_week: Positions) -> Floats:
        """How many times as often as in the year around them invoices were late that fell due a year before.

        One where that is not clear; NaN where the ledger does not reach back so far, or no one was late. The shape of
        `due_week`.
        """
        counts = self.by[WEEK]
        asked, where = np.unique(due_week, return_inverse=True)
        if not len(counts):
            return np.full(len(due_week), np.nan)
        seasons = [_season_of(counts, week) for week in asked - YEAR]  # some hundred weeks at most
        return np.array(seasons, dtype=np.float64)[where]


def late_counts(view: View, matured: pd.DataFrame) -> LateCounts:
    """The counts of one night; `matured` is that stream of `sources.event_sources`."""
    groups = {name: pd.factorize(customer_group(view, name)) for name in GROUPS}
    coded = {name: (codes[matured["owner"].to_numpy()], values) for name, (codes, values) in groups.items()}
    coded |= {name: pd.factorize(matured[name]) for name in (TERMS, WEEK)}
    late = matured["late"].to_numpy()
    return LateCounts({name: _counted(late, codes, values) for name, (codes, values) in coded.items()})


def added_up(parts: Sequence[LateCounts]) -> LateCounts:
    """The counts of a portfolio that was counted in parts."""
    return LateCounts({name: pd.concat([part.by[name] for part in parts]).groupby(level=0).sum() for name in COUNTED})


def customer_group(view: View, name: str) -> "pd.Series[str]":
    """What the ledger states of every customer, by position; '' where nothing."""
    groups = pd.Series(index=range(view.customers), dtype="str")
    customers = view.tables["customers"]
    groups.loc[customers["customer"]] = customers[name].to_numpy()
    return groups.fillna("")


def _season_of(counts: pd.DataFrame, week: int) -> float:
    """Of one week, compared with the year around it; `counts` by week, in their order."""
    around = counts.loc[week - HALF_YEAR : week + HALF_YEAR].sum()
    if counts.index[0] > week - SEASON or not around["late"]:
        return np.nan
    near = counts.loc[week - SEASON : week + SEASON].sum()
    usual = around["late"] / around["count"]
    apart = near["late"] - near["count"] * usual
    clear = abs(apart) > CLEAR * np.sqrt(near["count"] * usual * (1 - usual))
    return float(1 + apart / (near["count"] * usual)) if clear and near["count"] >= ENOUGH else 1.0


def _counted(late: Floats, codes: Positions, values: pd.Index) -> pd.DataFrame:
    """Counts of the groups that have an invoice, in their order."""
    late_ones = np.bincount(codes, weights=late, minlength=len(values))
    counts = pd.DataFrame({"late": late_ones, "count": np.bincount(codes, minlength=len(values))}, index=values)
    return counts[counts["count"] > 0].sort_index()
