"""All scores of one night, with the amounts that they are about."""

from dataclasses import dataclass

import pandas as pd

from configs.settings import Settings
from features.engine import FeatureTables
from features.spine import Spine, spine_of
from features.window_kernels import Floats
from ledger.as_of.fx import convert
from ledger.as_of.view import View
from models.night_models import Models
from models.risk.risk_model import RiskModel
from models.risk.scoring import score_customers, score_invoices


@dataclass(frozen=True)
class NightScores:
    """`invoices`: one row per open invoice, in the order of the spine: invoice and customer (positions), invoice_id,
    customer_id, due_on, open_amount and collectible (reporting cents; collectible is overdue and not disputed),
    days_past_due (negative before the due date), and the scores. `unpaid`: its curves. `customers`: scores by customer
    position."""

    invoices: pd.DataFrame
    unpaid: Floats
    customers: pd.DataFrame


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
    scores = score_night(view, spine, models.late_payment, models.default, settings)
    return ScoredNight(view, features, spine, scores, models)


def score_night(
    view: View, spine: Spine, late_payment: RiskModel, default: RiskModel, settings: Settings
) -> NightScores:
    """Score every open invoice and every customer of the spine of one night."""
    invoices = _amounts(view, spine.invoices)
    scored = score_invoices(late_payment, spine.invoices, settings.labels, view.as_of, settings.forecast.days)
    customers = score_customers(default, spine.customers, invoices, scored.unpaid)
    return NightScores(pd.concat([invoices, scored.frame], axis=1), scored.unpaid, customers)


def _amounts(view: View, rows: pd.DataFrame) -> pd.DataFrame:
    state = view.invoices.assign(disputed=view.disputed).set_index("invoice").loc[rows["invoice"]]
    free = (state["overdue_amount"] - state["disputed"]).clip(lower=0)
    ids = view.portfolio
    return pd.DataFrame(
        {
            "invoice": rows["invoice"].to_numpy(),
            "customer": rows["customer"].to_numpy(),
            "invoice_id": ids.invoice_ids[rows["invoice"]].to_numpy(),
            "customer_id": ids.customer_ids[rows["customer"]].to_numpy(),
            "due_on": state["due_on"].to_numpy(),
            "open_amount": convert(state["open_amount"], state["currency"], view.rates).to_numpy(),
            "collectible": convert(free, state["currency"], view.rates).to_numpy(),
            "days_past_due": state["days_past_due"].to_numpy(),
        },
        index=rows.index,
    )
