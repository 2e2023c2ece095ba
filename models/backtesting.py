"""Nights replayed with models that knew only what was known then, compared with what happened afterwards."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from configs.settings import Settings
from features.engine import features_at
from features.labels import defaults_within, outcomes
from features.spine import Replays
from features.window_kernels import Floats
from ledger.as_of.view import View, view_as_of
from ledger.clock import NEVER, day_number
from ledger.partitioned.load import Loaded
from ledger.portfolio import Portfolio
from models.night_models import Models
from models.night_scores import ScoredNight, scored_night
from models.past import Past, gather
from models.retraining import fit, fit_effect
from models.risk import default, late_payment


@dataclass(frozen=True)
class Replayed:
    """One replayed night: what was seen and scored then, and, from the whole ledger, what happened.

    `late` (per row of the night's invoice scores) and `defaulted` (of its customer scores) are 1, 0, or NaN where not
    known; `paid_on` is NaT where the invoice is not paid as far as the ledger goes.
    """

    night: ScoredNight
    late: Floats
    paid_on: "pd.Series[pd.Timestamp]"
    defaulted: Floats
    known_until: pd.Timestamp

    @property
    def run_id(self) -> str:
        """What the night was scored by: the night of the training, and a model or a rule of each kind."""
        kinds = ", ".join(f"{card.name} {card.kind}" for card in self.night.models.cards)
        return f"trained {self.night.models.late_payment.card.trained_on}: {kinds}"


def backtest(
    loaded: Loaded, whole: View, nights: list[pd.Timestamp], settings: Settings, progress: Callable[[int, int], None]
) -> Iterator[Replayed]:
    """Score every night with models retrained at the configured cadence on what was known before it.

    `loaded` holds the whole ledger, `whole` is its `whole_view`; every night sees only what was known before it.
    """
    portfolio, currency = loaded.portfolio, loaded.reporting_currency
    final, replays = outcomes(whole), Replays()
    models, trained_on = train(gather(loaded, nights[0], settings, replays=replays), settings), nights[0]
    for done, night in enumerate(nights, start=1):
        if (night - trained_on).days >= settings.backtest.retrain_every_days:
            models, trained_on = train(gather(loaded, night, settings, replays=replays), settings), night
        view = view_as_of(portfolio, night, currency)
        scored = scored_night(view, features_at(view, settings.labels), models, settings)
        invoices, customers = scored.scores.invoices, scored.scores.customers
        paid = final.paid_on[invoices["invoice"].to_numpy()]
        yield Replayed(
            night=scored,
            late=late_payment.late_label(scored.spine.invoices, final, settings.labels),
            paid_on=pd.Series(pd.to_datetime(np.where(paid < NEVER, paid, 0), unit="D")).where(paid < NEVER),
            defaulted=defaults_within(final, customers.index.to_numpy(), day_number(night), settings.labels),
            known_until=pd.Timestamp(final.observed_until, unit="D"),
        )
        progress(done, len(nights))


def train(past: Past, settings: Settings) -> Models:
    """The models as they would have been trained on the night of `past`."""
    return Models(fit(late_payment.NAME, past, settings), fit(default.NAME, past, settings), fit_effect(past, settings))


def whole_view(loaded: Loaded) -> View:
    """The view that knows the whole ledger."""
    return view_as_of(loaded.portfolio, after_last_record(loaded.portfolio), loaded.reporting_currency)


def after_last_record(portfolio: Portfolio) -> pd.Timestamp:
    """The night that knows the whole ledger: outcomes are complete up to it."""
    last = max(frame["known_on"].max() for frame in portfolio.tables.values() if len(frame))
    return pd.Timestamp(last) + pd.Timedelta(days=1)
