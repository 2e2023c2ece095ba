"""All scores of one night, with the amounts that they are about."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from configs.settings import Settings
from features.engine import FeatureTables
from features.spine import Spine, spine_of
from features.window_kernels import Floats
from ledger.as_of.fx import at_rate
from ledger.as_of.view import View
from models.night_models import Models
from models.risk.scoring import score_customers, score_invoices


@dataclass(frozen=True)
class NightScores:
    """`invoices`: one row per open invoice, in the order of the spine: invoice and customer (positions), invoice_id,
    customer_id, due_on, open_amount, collectible and to_come (reporting cents; collectible is overdue and neither
    disputed, held, on its way, promised nor covered by credit; to_come is open and neither on its way nor covered),
    days_past_due (negative before the due date), and the scores. `unpaid`: its curves, under the usual course of
    contacts. `customers`: scores by customer position. `effects`: see `ContactEffects.by_channel`."""

    invoices: pd.DataFrame
    unpaid: Floats
    customers: pd.DataFrame
    effects: pd.DataFrame


@dataclass(frozen=True)
class ScoredNight:
    """A night's scores with what they were made from."""

    view: View
    features: FeatureTables
    spine: Spine
    scores: NightScores
    models: Models


def scored_night(view: View, features: FeatureTables, models: Models, settings: Settings) -> ScoredNight:
    """Score a night of which the features are known."""
    spine = spine_of(view, features)
    scores = score_night(view, spine, models, settings)
    return ScoredNight(view, features, spine, scores, models)


def score_night(view: View, spine: Spine, models: Models, settings: Settings) -> NightScores:
    """Score every open invoice and every customer of the spine of one night.

    What is unpaid in 30 days is without a contact where the effect of one is known, of what is collectible.
    """
    invoices = _amounts(view, spine.invoices)
    scored = score_invoices(models.late_payment, spine.invoices, settings.labels, view.as_of, settings.forecast.days)
    customers = score_customers(models.default, spine.customers, invoices, scored.unpaid)
    effects = models.contact_effect.tonight(view, invoices)
    alone = effects.unpaid.reindex(customers.index)
    customers["p_unpaid_30d"] = alone.where(alone.notna(), customers["p_unpaid_30d"])
    return NightScores(pd.concat([invoices, scored.frame], axis=1), scored.unpaid, customers, effects.by_channel)


def _amounts(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    parts, rate = view.invoice_parts, view.invoices["rate"].to_numpy()
    asked = at_rate(view.invoices["overdue_amount"] - parts.sum(axis=1), rate).to_numpy()
    on_its_way = at_rate(view.on_its_way, rate).to_numpy()
    state = view.invoices.assign(
        collectible=np.where(asked > 0, asked - view.covered, 0), to_come=np.maximum(view.left - on_its_way, 0)
    )
    state = state.set_index("invoice").loc[rows["invoice"]]
    ids = view.portfolio
    return pd.DataFrame(
        {
            "invoice": rows["invoice"].to_numpy(),
            "customer": rows["customer"].to_numpy(),
            "invoice_id": ids.invoice_ids[rows["invoice"]].to_numpy(),
            "customer_id": ids.customer_ids[rows["customer"]].to_numpy(),
            "due_on": state["due_on"].to_numpy(),
            "open_amount": at_rate(state["open_amount"], state["rate"].to_numpy()).to_numpy(),
            "collectible": state["collectible"].to_numpy(),
            "to_come": state["to_come"].to_numpy(),
            "days_past_due": state["days_past_due"].to_numpy(),
        },
        index=rows.index,
    )
