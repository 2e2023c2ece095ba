"""The engine: declarations in, one float column each out. Training and scoring both come through `features_at`."""

from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pandas as pd

from configs.settings import LabelSettings
from features.base_rates import TERMS, LateCounts, customer_group, late_counts
from features.catalogue import CATALOGUE, names
from features.declarations import Feature
from features.event_streams import event_sources
from features.snapshots import (
    customer_snapshot,
    earlier_delay_at_size,
    invoice_state,
)
from features.window_kernels import Floats
from features.windows import Events, sorted_events, windowed
from ledger.as_of.view import View
from ledger.clock import day_number


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
            columns[feature.name] = np.asarray(counts.rates(feature.value, groups), dtype=np.float64)
    for feature in CATALOGUE:
        if feature.minus is not None:
            columns[feature.name] = columns[feature.minus[0]] - columns[feature.minus[1]]
    customers = pd.DataFrame(columns)[names("customer")]
    return FeatureTables(customers, _invoices(view, sources, counts, customers))


def _windowed(view: View, sources: dict[str, pd.DataFrame]) -> dict[str, Floats]:
    """Every feature that is a statistic over a window; each source is sorted once."""
    asked = [feature for feature in CATALOGUE if feature.source in sources]
    columns: dict[str, Floats] = {}
    for source, of_source in groupby(sorted(asked, key=_stream), key=lambda feature: feature.source):
        frame = sources[source]
        events = sorted_events(frame["owner"].to_numpy(), frame["day"].to_numpy(), view.customers)
        for _, group in groupby(of_source, key=_stream):
            columns |= _of_stream(events, frame, list(group), view)
    return columns


def _of_stream(events: Events, frame: pd.DataFrame, features: list[Feature], view: View) -> dict[str, Floats]:
    """The features that are taken from one value, and weight, of a source."""
    value, weight = (frame[name].to_numpy() if name else None for name in _stream(features[0])[1:])
    night = np.array([day_number(view.as_of)])
    results = windowed(events, value, weight, night, [(feature.statistic, feature.window) for feature in features])
    return {
        feature.name: result if feature.empty is None else np.nan_to_num(result, nan=feature.empty)
        for feature, result in zip(features, results[:, :, 0].T, strict=True)
    }


def _stream(feature: Feature) -> tuple[str, str, str]:
    return feature.source, feature.value, feature.weight


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
        season_late_ratio=counts.season(state["due_week"].to_numpy(np.int64)),
    )
    of_invoice = [name for name in names("invoice") if name not in customers]
    return pd.concat([of_customer, own[of_invoice]], axis=1)
