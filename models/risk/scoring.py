"""Scores of a night: the pay-by-day curve of every open invoice, and of every customer what is at risk."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from configs.settings import LabelSettings
from features.window_kernels import Floats
from models.curves.pay_curve import GRID, paid_after, question, unpaid_curve
from models.risk import default, late_payment
from models.risk.risk_model import RiskModel

PAID_WITHIN = (7, 14, 30, 60, 90)
PARTS_OF_CENT = 2**14  # sums of such parts are exact up to five billion currency units


@dataclass(frozen=True)
class InvoiceScores:
    """Scores of the open invoices, in the order of the rows that were scored.

    `frame`: p_late, p_paid_7d ... p_paid_90d, expected_paid_on (median), paid_on_p10, paid_on_p90.
    `unpaid`: shape (rows, days + 1), the probability of being unpaid at the end of so many days; the first is 1.
    """

    frame: pd.DataFrame
    unpaid: Floats


def score_invoices(
    model: RiskModel, rows: pd.DataFrame, labels: LabelSettings, as_of: pd.Timestamp, days: int
) -> InvoiceScores:
    """Score `Spine.invoices` of one night; the curve reaches `days` or 90 days, whichever is more."""
    days = max(days, GRID[-1])
    unpaid = unpaid_curve(model.probability, rows, days)
    frame = pd.DataFrame({"p_late": p_late(model, rows, labels)}, index=rows.index)
    for horizon in PAID_WITHIN:
        frame[f"p_paid_{horizon}d"] = 1 - unpaid[:, horizon]
    levels = model.pay_dates
    for name, share in (("expected_paid_on", 0.5), ("paid_on_p10", levels.low), ("paid_on_p90", levels.high)):
        wait = paid_after(unpaid, share)
        frame[name] = (as_of + pd.to_timedelta(wait, unit="D")).astype("datetime64[s]")
    return InvoiceScores(frame, unpaid)


def p_late(model: RiskModel, rows: pd.DataFrame, labels: LabelSettings) -> Floats:
    """Probability of being unpaid at the end of due date and grace; 1 once that day has passed."""
    until = late_payment.days_until_late(rows, labels)
    asked = model.probability(question(rows, np.maximum(until, 1)))
    return np.where(until > 0, asked, 1.0)


def expected_cash(unpaid: Floats, cents: Floats, days: int) -> tuple[Floats, Floats]:
    """Mean and variance of what comes in on each of `days` days, invoices being independent; shapes (days,).

    `unpaid` is of `unpaid_curve`, shape (rows, at least days + 1); `cents` is what each brings, shape (rows,).
    """
    mean, variance = np.zeros(days), np.zeros(days)
    for day in range(days):
        chance = np.maximum(unpaid[:, day] - unpaid[:, day + 1], 0.0)
        # Rounded to a small part of a cent: sums are then exact, and the same whatever the partitions.
        mean[day] = (np.rint(cents * chance * PARTS_OF_CENT) / PARTS_OF_CENT).sum()
        variance[day] = (cents**2 * chance * (1 - chance)).sum()
    return mean, variance


def score_customers(model: RiskModel, rows: pd.DataFrame, invoices: pd.DataFrame, unpaid: Floats) -> pd.DataFrame:
    """Score `Spine.customers`; index is the customer's position.

    `invoices` has customer, open_amount and collectible (cents: overdue and not disputed), in the order of `unpaid`.
    Columns: p_unpaid_30d (of the collectible amount, or of the open one where none is; 0 where nothing is open),
    p_default, score_points, risk_band.
    """
    probability = model.probability(rows)
    points = default.score_points(probability)
    frame = pd.DataFrame(
        {
            "p_default": probability,
            "score_points": points.astype(np.int64),
            "risk_band": default.risk_band(points).to_numpy(),
        },
        index=rows["customer"].to_numpy(),
    )
    share = unpaid_share(invoices, unpaid[:, 30])
    frame.insert(0, "p_unpaid_30d", share.reindex(frame.index).fillna(0.0))
    return frame


def unpaid_share(invoices: pd.DataFrame, unpaid: Floats) -> pd.Series:
    """Mean of `unpaid` by customer position, weighted by `amount_at_risk`."""
    weight = amount_at_risk(invoices)
    sums = pd.DataFrame({"weighted": unpaid * weight, "weight": weight}).groupby(invoices["customer"].to_numpy()).sum()
    return sums["weighted"] / sums["weight"]


def amount_at_risk(invoices: pd.DataFrame) -> Floats:
    """What an invoice weighs in its customer's score: its collectible cents, or open cents where the customer has none.

    Open amounts of less than a reporting cent weigh one, so that weights of a customer never add up to nothing.
    """
    collectible = invoices["collectible"].to_numpy(dtype=np.float64)
    of_customer = invoices.groupby("customer")["collectible"].transform("sum").to_numpy()
    return np.where(of_customer > 0, collectible, invoices["open_amount"].to_numpy(dtype=np.float64).clip(min=1))
