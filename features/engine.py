"""The engine: declarations in, one float column each out. Training and scoring both come through `features_at`."""

from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd

from configs.settings import LabelSettings
from features import statistics
from features.base_rates import TERMS, LateCounts, customer_group, late_counts
from features.catalogue import CATALOGUE, names
from features.declarations import ALL_HISTORY, Feature
from features.snapshots import (
    customer_snapshot,
    earlier_delay_at_size,
    invoice_state,
)
from features.sources import event_sources
from features.statistics import Events, Floats, Statistic
from ledger.clock import day_number
from ledger.view import View

STATISTICS: dict[str, Statistic] = {
    function.__name__: function
    for function in (
        statistics.count, statistics.total, statistics.mean, statistics.weighted_mean, statistics.spread,
        statistics.largest, statistics.last, statistics.last_mean, statistics.streak, statistics.days_since_last,
        statistics.days_since_first, statistics.gap_mean, statistics.gap_spread, statistics.active_months,
    )
}  # fmt: skip


@dataclass(frozen=True)
class FeatureTables:
    """The features of one night, float64.

    `customers` has one row per customer position and the customer features as columns; `invoices` one row per open
    invoice, indexed by its position, with its customer's features and its own.
    """

    customers: pd.DataFrame
    invoices: pd.DataFrame


def features_at(view: View, labels: LabelSettings, counts: LateCounts | None = None) -> FeatureTables:
    """All features of all customers and open invoices on the night of the view.

    `counts` are those of the whole portfolio, where the view shows a part of it.
    """
    sources = event_sources(view, labels)
    counts = counts or late_counts(view, sources["matured"])
    columns: dict[str, Floats] = {}
    columns |= _windowed(view, sources)
    snapshot = customer_snapshot(view)
    for feature in CATALOGUE:
        if feature.source == "account":
            columns[feature.name] = snapshot[feature.value].to_numpy()
        elif feature.source == "group":
            groups = customer_group(view, feature.value)
            columns[feature.name] = counts.rates(feature.value, groups).to_numpy()
    for feature in CATALOGUE:
        if feature.minus is not None:
            columns[feature.name] = columns[feature.minus[0]] - columns[feature.minus[1]]
    customers = pd.DataFrame(columns)[names("customer")]
    return FeatureTables(customers, _invoices(view, sources, counts, customers))


def _windowed(view: View, sources: dict[str, pd.DataFrame]) -> dict[str, Floats]:
    """Every feature that is a statistic over a window; each stream is sorted once for each value taken from it."""
    windowed = [feature for feature in CATALOGUE if feature.source in sources]
    columns: dict[str, Floats] = {}
    for (source, value, weight), group in groupby(sorted(windowed, key=_stream), key=_stream):
        events = _sorted_events(sources[source], value, weight, view)
        for feature in group:
            result = STATISTICS[feature.statistic](_inside(events, feature.window))
            columns[feature.name] = result if feature.empty is None else np.nan_to_num(result, nan=feature.empty)
    return columns


def _stream(feature: Feature) -> tuple[str, str, str]:
    return feature.source, feature.value, feature.weight


def _sorted_events(frame: pd.DataFrame, value: str, weight: str, view: View) -> Events:
    values = frame[value].to_numpy() if value else np.ones(len(frame))
    weights = frame[weight].to_numpy() if weight else np.ones(len(frame))
    owner, day = frame["owner"].to_numpy(), frame["day"].to_numpy()
    moment = owner * 2**20 + day  # sorts by owner and then by day, which stays below 2**20
    order = np.lexsort((values, moment)) if value else np.argsort(moment, kind="stable")
    night = day_number(view.as_of)
    return Events(owner[order], day[order], values[order], weights[order], view.customers, night)


def _inside(events: Events, window: int | None) -> Events:
    """The events of [as_of - window, as_of); the sources hold none at or after the night."""
    if window is ALL_HISTORY:
        return events
    rows = events.day >= events.as_of - window
    return Events(
        events.owner[rows], events.day[rows], events.value[rows], events.weight[rows], events.size, events.as_of
    )


def _invoices(
    view: View, sources: dict[str, pd.DataFrame], counts: LateCounts, customers: pd.DataFrame
) -> pd.DataFrame:
    state = invoice_state(view)
    owner = state["customer"].astype("int64").to_numpy()
    of_customer = customers.iloc[owner].set_axis(state.index, axis=0)
    own = state.assign(
        amount_to_usual=state["amount"] / of_customer["issued_mean_amount_365d"],
        earlier_delay_at_size=earlier_delay_at_size(sources["settled"], state),
        terms_late_share=counts.rates(TERMS, state["terms_days"]),
    )
    of_invoice = [name for name in names("invoice") if name not in customers]
    return pd.concat([of_customer, own[of_invoice]], axis=1)
