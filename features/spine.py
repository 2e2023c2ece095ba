"""Nights replayed for training: what would have been scored then, with the features of then."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from configs.settings import LabelSettings
from features.engine import features_at
from features.sources import day_number
from ledger.portfolio import Portfolio
from ledger.view import view_as_of


@dataclass(frozen=True)
class Spine:
    """Features of several nights, stacked; float32 feature columns, and int64 `night` (day number).

    `invoices` also has `invoice` (position), `due_on` (day number); both have `customer` (position).
    """

    customers: pd.DataFrame
    invoices: pd.DataFrame


KEYS = ("night", "customer", "invoice", "due_on")


def training_nights(first_record: pd.Timestamp, last: pd.Timestamp, every_days: int, most_days: int) -> list[pd.Timestamp]:
    """Nights before `last`, `every_days` apart and counted back from it, that have at least 30 days of history."""
    start = max(first_record + pd.Timedelta(days=30), last - pd.Timedelta(days=most_days))
    count = max((last - start).days // every_days, 0)
    return [last - pd.Timedelta(days=every_days * step) for step in range(count, 0, -1)]


def replay(
    portfolio: Portfolio,
    nights: list[pd.Timestamp],
    labels: LabelSettings,
    reporting_currency: str | None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Spine:
    """The spine of all these nights: every open invoice, and every customer who was ever invoiced."""
    customers, invoices = [], []
    for done, night in enumerate(nights, start=1):
        one = replay_night(portfolio, night, labels, reporting_currency)
        customers.append(one.customers)
        invoices.append(one.invoices)
        progress(done, len(nights))
    return stack(customers, invoices)


def stack(customers: list[pd.DataFrame], invoices: list[pd.DataFrame]) -> Spine:
    """One spine of several nights'."""
    return Spine(pd.concat(customers, ignore_index=True), pd.concat(invoices, ignore_index=True))


def replay_night(portfolio: Portfolio, night: pd.Timestamp, labels: LabelSettings, currency: str | None) -> Spine:
    """The spine of one night."""
    view = view_as_of(portfolio, night, currency)
    tables = features_at(view, labels)
    number = int(day_number(pd.Series([night]))[0])
    billed = np.flatnonzero(tables.customers["active_months"].to_numpy() > 0)
    customers = tables.customers.iloc[billed].astype("float32").assign(night=number, customer=billed)
    state = view.invoices.set_index("invoice").loc[tables.invoices.index]
    invoices = tables.invoices.astype("float32").assign(
        night=number,
        customer=state["customer"],
        invoice=state.index,
        due_on=day_number(state["due_on"]),
    )
    return Spine(customers.reset_index(drop=True), invoices.reset_index(drop=True))
