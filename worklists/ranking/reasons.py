"""Why a score is what it is: what explains every score, and the facts that are shown on the worklist."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from configs.settings import Settings
from features.window_kernels import Floats, Positions
from models.curves.pay_curve import question
from models.night_scores import ScoredNight
from models.risk import explain, late_payment
from models.risk.call_facts import call_facts
from models.risk.explain import Explained
from models.risk.risk_model import RiskModel

UNPAID_30D = "unpaid_30d"  # the model name of a customer's reasons: its invoices' late-payment scores, 30 days ahead
FACT_COLUMNS = ["reason_2", "reason_3"]  # after the sentence why the customer is to be contacted


class CustomerParts(NamedTuple):
    """What moves the unpaid share of each customer (position): contributions of shape (customers, features + 1), and
    the rows with the figures behind them."""

    customers: Positions
    parts: Floats
    figures: pd.DataFrame


def customer_parts(night: ScoredNight, settings: Settings) -> CustomerParts:
    """Exact contributions to the scores of a customer's invoices 30 days ahead, weighted by amount at risk."""
    rows = night.spine.invoices
    ahead = question(rows, np.full(len(rows), settings.worklist.expected_days, dtype=np.int64))
    found = explain.contributions(night.models.late_payment, ahead)
    return CustomerParts(*explain.by_customer(found, ahead, night.scores.invoices))


def explained(night: ScoredNight, of_customers: CustomerParts, settings: Settings) -> dict[str, Explained]:
    """Why each score is what it is, by model: of invoices (late_payment), and of customers (unpaid_30d and default).

    An invoice is explained by the question behind p_late, or, where that day has passed, by 30 days ahead.
    """
    late, risk, spine = night.models.late_payment, night.models.default, night.spine
    most = settings.worklist.reasons
    rows, invoices = spine.invoices, night.scores.invoices
    until = late_payment.days_until_late(rows, settings.labels)
    asked = question(rows, np.where(until > 0, until, settings.worklist.expected_days))
    ids = night.view.portfolio.customer_ids
    owners = pd.Series(ids[of_customers.customers].to_numpy(), dtype="str")
    everyone = pd.Series(ids[spine.customers["customer"]].to_numpy(), dtype="str")
    return {
        late.card.name: explain.explained(
            late, explain.contributions(late, asked), asked, invoices["invoice_id"], most
        ),
        UNPAID_30D: explain.explained(late, of_customers.parts, of_customers.figures, owners, most),
        risk.card.name: explain.explained(
            risk, explain.contributions(risk, spine.customers), spine.customers, everyone, most
        ),
    }


def facts_for_the_call(model: RiskModel, of_customers: CustomerParts, positions: pd.Index) -> pd.DataFrame:
    """`FACT_COLUMNS` by customer position: what moves the customer's unpaid share most, in words; missing where little
    does."""
    place = pd.Index(of_customers.customers).get_indexer(positions)
    known = place[place >= 0]
    told = call_facts(model, of_customers.parts[known], of_customers.figures.iloc[known], len(FACT_COLUMNS))
    wide = told.pivot(index="row", columns="position", values="text")
    wide = wide.reindex(index=range(len(known)), columns=range(1, len(FACT_COLUMNS) + 1))
    return wide.set_axis(FACT_COLUMNS, axis=1).set_axis(positions[place >= 0], axis=0).reindex(positions).astype("str")
