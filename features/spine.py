"""Nights replayed for training: what would have been scored then, with the features of then."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.settings import LabelSettings
from features.catalogue import names
from features.engine import FeatureTables, features_at
from ledger.as_of.view import View, view_as_of
from ledger.clock import day_number, day_numbers
from ledger.frame_schema import SMALL_NUMBER, WHOLE, FrameSchema
from ledger.hashing import Hashes, uniform
from ledger.portfolio import Portfolio


@dataclass(frozen=True)
class Spine:
    """Features of several nights, stacked; float32 feature columns, and int64 `night` (day number).

    `invoices` also has `invoice` (position), `due_on` (day number); all have `customer` (position). `debtors` are the
    customers that owe something, with some features only: few columns of many customers, where the others are sampled.
    """

    customers: pd.DataFrame
    invoices: pd.DataFrame
    debtors: pd.DataFrame


@dataclass(frozen=True)
class Sample:
    """What a replay keeps: of each night the customers whose lot is drawn, and some features of debtors.

    `lots` are numbers made of the customers' ids, and `debtors` says whose debts are kept, by customer position.
    `share` is how many of a night's customers are drawn: others on each night, so that all of them are learned from.
    """

    lots: npt.NDArray[np.uint64]
    share: float
    debtors: npt.NDArray[np.bool_]
    habits: list[str]

    def drawn(self, rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Which rows (customer, night) are kept."""
        night = rows["night"].to_numpy().astype(np.uint64)
        drawn = uniform(pd.util.hash_array(self.lots[rows["customer"].to_numpy()] + night))
        return np.asarray(drawn < self.share)


Replays = dict[pd.Timestamp, Spine]
"""Nights that were replayed already: they are the same for every later training."""

EachNight = Callable[[Callable[[pd.Timestamp], Spine], list[pd.Timestamp]], Iterable[Spine]]
"""How the nights are gone through: it gives the spine of each, in their order, as `map` does."""

EPOCH = pd.Timestamp("1970-01-01")
LEAST_HISTORY_DAYS = 30  # nights before it know too little to learn from


def training_nights(portfolio: Portfolio, before: pd.Timestamp, every_days: int, most_days: int) -> list[pd.Timestamp]:
    """Nights before `before`, at least `LEAST_HISTORY_DAYS` after the first invoice was known, oldest first.

    Nights lie on one grid of every_days counted from 1970-01-01, so that later trainings replay the same ones.
    """
    invoices = portfolio.tables["invoices"]
    if not len(invoices):
        return []
    first = invoices["known_on"].min() + pd.Timedelta(days=LEAST_HISTORY_DAYS)
    start = max(first, before - pd.Timedelta(days=most_days))
    low, high = (day_number(night) for night in (start, before))
    grid = range(-(-low // every_days) * every_days, high, every_days)
    return [EPOCH + pd.Timedelta(days=number) for number in grid]


def lots_of(portfolio: Portfolio) -> npt.NDArray[np.uint64]:
    """A number for each customer position that depends on the customer's id alone, whoever else there is."""
    return _hashed_ids(portfolio) >> np.uint64(11)  # so that a night can be added


def sampled_share(portfolio: Portfolio, before: pd.Timestamp, nights: int, most_rows: int) -> float:
    """The share of customers on a night of which so many nights give about `most_rows` invoice rows.

    How many rows there would be is known from what was known before `before`.
    """
    return min(most_rows / max(about_rows(portfolio, before, nights)[0], 1.0), 1.0)


def sampled_by_contacts(portfolio: Portfolio, before: pd.Timestamp, most: int) -> npt.NDArray[np.bool_]:
    """Which customers, each in or out whole, have about `most` contacts together, by customer position."""
    share = most / max(about_rows(portfolio, before, 0)[1], 1)
    return np.asarray(uniform(_hashed_ids(portfolio)) < share)


def _hashed_ids(portfolio: Portfolio) -> Hashes:
    return pd.util.hash_array(portfolio.customer_ids.to_numpy(dtype=object))


def about_rows(portfolio: Portfolio, before: pd.Timestamp, nights: int) -> tuple[float, int]:
    """About how many invoice rows a replay of so many nights would have, and how many contacts are known."""
    contacts = portfolio.tables["contacts"]
    return nights * _mean_open_invoices(portfolio, before), int((contacts["known_on"] < before).sum())


def _mean_open_invoices(portfolio: Portfolio, before: pd.Timestamp) -> float:
    """About how many invoices are open on a night: all days that invoices were open for, over the days there were."""
    invoices, payments = (
        frame[frame["known_on"] < before] for frame in (portfolio.tables["invoices"], portfolio.tables["payments"])
    )
    if not len(invoices):
        return 0.0
    last = max(invoices["known_on"].max(), payments["known_on"].max() if len(payments) else EPOCH)
    paid = payments.groupby("invoice")["known_on"].max()
    closed = paid.reindex(invoices["invoice"]).fillna(last).set_axis(invoices.index)
    days = (closed - invoices["known_on"]).dt.days.clip(lower=0).sum()
    return float(days / max((last - invoices["known_on"].min()).days, 1))


def replay(
    portfolio: Portfolio,
    nights: list[pd.Timestamp],
    labels: LabelSettings,
    reporting_currency: str | None,
    sample: Sample | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
    replays: Replays | None = None,
    each: EachNight = map,
) -> Spine:
    """The spine of all these nights: every open invoice, and every customer who was ever invoiced, of those kept.

    A night that is in `replays` is taken from there, with the customers that were kept then; others are added to it.
    """
    replayed = Replays() if replays is None else replays
    new = [night for night in nights if night not in replayed]
    spines = each(partial(replay_night, portfolio, labels, reporting_currency, sample), new)
    for done, (night, spine) in enumerate(zip(new, spines, strict=True), start=1):
        replayed[night] = spine
        progress(done, len(new))
    spine = stack([replayed[night] for night in nights])
    return spine if replays is None else kept(spine, sample)


def kept(spine: Spine, sample: Sample | None) -> Spine:
    """The rows that are kept; all where `sample` is None."""
    if sample is None:
        return spine
    customers, invoices, debtors = spine.customers, spine.invoices, spine.debtors
    return Spine(
        customers[sample.drawn(customers)],
        invoices[sample.drawn(invoices)],
        debtors.loc[sample.debtors[debtors["customer"]], ["customer", "night", *sample.habits]],
    )


def stack(parts: list[Spine]) -> Spine:
    """One spine of several nights'."""
    return Spine(
        pd.concat([part.customers for part in parts], ignore_index=True),
        pd.concat([part.invoices for part in parts], ignore_index=True),
        pd.concat([part.debtors for part in parts], ignore_index=True),
    )


def replay_night(
    portfolio: Portfolio, labels: LabelSettings, currency: str | None, sample: Sample | None, night: pd.Timestamp
) -> Spine:
    """The spine of one night, of the customers that are kept."""
    view = view_as_of(portfolio, night, currency)
    return kept(spine_of(view, features_at(view, labels)), sample)


def spine_of(view: View, tables: FeatureTables) -> Spine:
    """The rows of one night that are trained on or scored: open invoices, and customers who were ever invoiced."""
    number = day_number(view.as_of)
    billed = np.unique(view.invoices.loc[view.invoices["kind"] == "invoice", "customer"].to_numpy())
    customers = tables.customers.iloc[billed].astype("float32").assign(night=number, customer=billed)
    state = view.invoices.set_index("invoice").loc[tables.invoices.index]
    invoices = tables.invoices.astype("float32").assign(
        night=number,
        customer=state["customer"],
        invoice=state.index,
        due_on=day_numbers(state["due_on"]),
    )
    customers = customers.reset_index(drop=True)
    invoices = row_schema("invoice").checked(invoices.reset_index(drop=True))
    return Spine(row_schema("customer").checked(customers), invoices, customers[customers["open_count"] > 0])


def row_schema(entity: str) -> FrameSchema:
    """The rows of a spine's customers or invoices: the features that are declared by now, and where a row is from."""
    keys = ["night", "customer"] if entity == "customer" else ["night", "customer", "invoice", "due_on"]
    return FrameSchema(f"{entity}s of a spine", dict.fromkeys(names(entity), SMALL_NUMBER) | dict.fromkeys(keys, WHOLE))
