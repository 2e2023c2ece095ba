"""How often invoices of customers alike are late: counted over the whole portfolio, in whatever parts it is read."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.statistics import Floats, Positions
from ledger.view import View

GROUPS = ("country", "industry")
TERMS = "terms_days"

# A base rate counts this many invoices of the whole portfolio's rate beside its own, so that few say little.
PRIOR = 50


@dataclass(frozen=True)
class LateCounts:
    """Invoices of which it is known whether they were late, and how many were, by group.

    A frame each for `GROUPS` ('' where the customer states none) and `TERMS`: index the group, columns late, count.
    """

    by: dict[str, pd.DataFrame]

    def rates(self, name: str, groups: pd.Series) -> "pd.Series[float]":
        """The late share of each row's group, drawn to the overall rate, and the overall rate where it is unknown.

        NaN where no invoice has an outcome. Index of `groups`.
        """
        counts = self.by[name]
        overall = counts["late"].sum() / counts["count"].sum() if len(counts) else np.nan
        rates = (counts["late"] + PRIOR * overall) / (counts["count"] + PRIOR)
        return groups.map(rates).fillna(overall).astype("float64")


def late_counts(view: View, matured: pd.DataFrame) -> LateCounts:
    """The counts of one night; `matured` is that stream of `sources.event_sources`."""
    groups = {name: pd.factorize(customer_group(view, name)) for name in GROUPS}
    coded = {name: (codes[matured["owner"].to_numpy()], values) for name, (codes, values) in groups.items()}
    coded[TERMS] = pd.factorize(matured[TERMS])
    late = matured["late"].to_numpy()
    return LateCounts({name: _counted(late, codes, values) for name, (codes, values) in coded.items()})


def added_up(parts: Sequence[LateCounts]) -> LateCounts:
    """The counts of a portfolio that was counted in parts."""
    return LateCounts(
        {name: pd.concat([part.by[name] for part in parts]).groupby(level=0).sum() for name in (*GROUPS, TERMS)}
    )


def customer_group(view: View, name: str) -> "pd.Series[str]":
    """What the ledger states of every customer, by position; '' where nothing."""
    groups = pd.Series(index=range(view.customers), dtype="str")
    customers = view.tables["customers"]
    groups.loc[customers["customer"]] = customers[name].to_numpy()
    return groups.fillna("")


def _counted(late: Floats, codes: Positions, values: pd.Index) -> pd.DataFrame:
    """Counts of the groups that have an invoice, in their order."""
    late_ones = np.bincount(codes, weights=late, minlength=len(values))
    counts = pd.DataFrame({"late": late_ones, "count": np.bincount(codes, minlength=len(values))}, index=values)
    return counts[counts["count"] > 0].sort_index()
