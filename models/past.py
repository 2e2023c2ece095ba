"""The past that a training or a monitoring looks back on: past nights replayed, and what became of them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from configs.settings import Settings
from features.catalogue import catalogue_hash, feature_hashes
from features.labels import InvoiceOutcomes, outcomes
from features.spine import (
    EachNight,
    Replays,
    Sample,
    Spine,
    about_rows,
    lots_of,
    replay,
    sampled_by_contacts,
    sampled_share,
    training_nights,
)
from ledger.as_of.view import View, view_as_of
from ledger.partitioned.load import Loaded
from ledger.portfolio import Portfolio
from models.effect.cases import HABITS

Progress = Callable[[int, int], None]

ROWS_FOR_CONTACTS = 10


@dataclass(frozen=True)
class Past:
    """What the night of `view` can learn from: the replayed nights in `spine`, and in `known` what became of them.

    `card` is what every model made of it says of it.
    """

    view: View
    spine: Spine
    known: InvoiceOutcomes
    card: dict[str, Any]

    @property
    def portfolio(self) -> Portfolio:
        return self.view.portfolio

    @property
    def as_of(self) -> pd.Timestamp:
        return self.view.as_of

    @property
    def of_debtors(self) -> "Past":
        """All that the effect of a contact is learned from: without the many columns of the replayed nights."""
        spine = self.spine
        return replace(self, spine=Spine(spine.customers.iloc[:0], spine.invoices.iloc[:0], spine.debtors))

    @property
    def of_customers(self) -> "Past":
        """All that default is learned from."""
        spine = self.spine
        return replace(self, spine=Spine(spine.customers, spine.invoices.iloc[:0], spine.debtors.iloc[:0]))

    def known_on(self, night: pd.Timestamp) -> InvoiceOutcomes:
        """What had become of every invoice and customer, as far as it was known on an earlier night."""
        return outcomes(view_as_of(self.portfolio, night, self.view.reporting_currency))


def gather(
    loaded: Loaded,
    as_of: pd.Timestamp,
    settings: Settings,
    progress: Progress = lambda done, of: None,
    replays: Replays | None = None,
    each: EachNight = map,
) -> Past:
    """The past that a training on the night `as_of` learns from; `replays` keeps its nights for the next training."""
    training = settings.training
    nights = training_nights(loaded.portfolio, as_of, training.spine_every_days, training.history_days)
    return past_of(loaded, as_of, nights or [as_of], settings, progress, replays, each)


def past_of(
    loaded: Loaded,
    as_of: pd.Timestamp,
    nights: list[pd.Timestamp],
    settings: Settings,
    progress: Progress = lambda done, of: None,
    replays: Replays | None = None,
    each: EachNight = map,
) -> Past:
    """The past in these nights, as it is known on the night `as_of`, of as many customers as a training takes."""
    portfolio, currency = loaded.portfolio, loaded.reporting_currency
    sample = sample_for(portfolio, as_of, len(nights), settings)
    spine = replay(portfolio, nights, settings.labels, currency, sample, progress, replays, each)
    view = view_as_of(portfolio, as_of, currency)
    card = {
        "trained_on": str(as_of.date()),
        "catalogue_hash": catalogue_hash(),
        "feature_hashes": feature_hashes(),
        "data_hash": loaded.data_hash,
    }
    return Past(view, spine, outcomes(view), card)


def sample_for(portfolio: Portfolio, as_of: pd.Timestamp, nights: int, settings: Settings) -> Sample:
    """What a training on the night `as_of` keeps of the nights that it replays."""
    return Sample(
        lots_of(portfolio),
        sampled_share(portfolio, as_of, nights, settings.training.max_rows),
        sampled_by_contacts(portfolio, as_of, settings.effect.max_contacts),
        HABITS,
    )


class EnoughToTrain:
    """Whether the partitions of a ledger that were shown so far give all the rows and contacts that a training takes.

    Where contacts are rare, `ROWS_FOR_CONTACTS` times the rows are looked through for them, and no more.
    """

    def __init__(self, as_of: pd.Timestamp, settings: Settings) -> None:
        self._as_of, self._settings = as_of, settings
        self._rows, self._contacts = 0.0, 0

    def __call__(self, portfolio: Portfolio) -> bool:
        training = self._settings.training
        nights = training_nights(portfolio, self._as_of, training.spine_every_days, training.history_days)
        rows, contacts = about_rows(portfolio, self._as_of, len(nights))
        self._rows, self._contacts = self._rows + rows, self._contacts + contacts
        enough_contacts = self._contacts >= self._settings.effect.max_contacts
        looked_through = self._rows >= ROWS_FOR_CONTACTS * training.max_rows
        return self._rows >= training.max_rows and (enough_contacts or looked_through)
