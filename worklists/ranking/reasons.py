"""Why a score is what it is: rows of the `reasons` table, and the three that are shown on the worklist."""

import numpy as np
import pandas as pd

from configs.settings import Settings
from models.curves.pay_curve import question
from models.night_scores import ScoredNight
from models.risk import explain, late_payment
from worklists.ranking.rank import REASON_COLUMNS

UNPAID_30D = "unpaid_30d"  # the model name of a customer's reasons: its invoices' late-payment scores, 30 days ahead


def reasons(night: ScoredNight, settings: Settings) -> pd.DataFrame:
    """Why each score is what it is: of invoices (late_payment), and of customers (unpaid_30d and default).

    An invoice is explained by the question behind p_late, or, where that day has passed, by 30 days ahead.
    """
    late, risk, spine = night.models.late_payment, night.models.default, night.spine
    most = settings.worklist.reasons
    rows, invoices = spine.invoices, night.scores.invoices
    until = late_payment.days_until_late(rows, settings.labels)
    asked = question(rows, np.where(until > 0, until, settings.worklist.expected_days))
    ahead = question(rows, np.full(len(rows), settings.worklist.expected_days, dtype=np.int64))
    customers, mixed, figures = explain.by_customer(explain.contributions(late, ahead), ahead, invoices)
    ids = night.view.portfolio.customer_ids
    owners = pd.Series(ids[customers].to_numpy(), dtype="str")
    everyone = pd.Series(ids[spine.customers["customer"]].to_numpy(), dtype="str")
    return pd.concat(
        [
            explain.reasons(
                late, late.card.name, explain.contributions(late, asked), asked, invoices["invoice_id"], most
            ),
            explain.reasons(late, UNPAID_30D, mixed, figures, owners, most),
            explain.reasons(
                risk, risk.card.name, explain.contributions(risk, spine.customers), spine.customers, everyone, most
            ),
        ],
        ignore_index=True,
    )


def worklist_reasons(told: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """reason_1 to reason_3 by customer position: why the amount is expected to stay unpaid."""
    spoken = told[(told["model"] == UNPAID_30D) & (told["text"] != "") & (told["position"] <= len(REASON_COLUMNS))]
    wide = spoken.pivot(index="entity", columns="position", values="text")
    wide = wide.reindex(columns=range(1, len(REASON_COLUMNS) + 1)).set_axis(REASON_COLUMNS, axis=1)
    return wide.reindex(facts["customer_id"]).set_axis(facts.index)
