"""Were the scores of replayed nights right about every kind of customer? By segment, ageing, country and industry."""

import numpy as np
import pandas as pd

from ledger.portfolio import Portfolio
from models.curves.ageing_curve import AgeingCurve
from models.evaluation.calibration_by_group import COLUMNS, calibration_by_group, customer_groups
from models.risk import default, late_payment


def calibration_replayed(invoices: pd.DataFrame, customers: pd.DataFrame, portfolio: Portfolio) -> pd.DataFrame:
    """Predicted and observed shares of both models, on rows of known outcome; `model`, and the columns of its groups.

    `invoices` and `customers` are the predictions of all nights (`replayed`). p_late counts where the invoice was not
    late yet. The segment is the one that the customer had on that night.
    """
    oldest = invoices.groupby(["as_of", "customer_id"])["days_past_due"].max().rename(AgeingCurve.FEATURE)
    scored = customers[["as_of", "customer_id", "segment", "p_default", "defaulted"]].join(
        oldest, on=["as_of", "customer_id"]
    )
    scored[AgeingCurve.FEATURE] = scored[AgeingCurve.FEATURE].fillna(0)
    scored["customer"] = portfolio.customer_ids.get_indexer(pd.Index(scored["customer_id"]))
    late = invoices[invoices["p_late"] < 1].merge(
        scored.drop(columns=["p_default", "defaulted"]), how="left", on=["as_of", "customer_id"]
    )
    by_model = (
        _by_group(late, late["late"], late["p_late"], portfolio).assign(model=late_payment.NAME),
        _by_group(scored, scored["defaulted"], scored["p_default"], portfolio).assign(model=default.NAME),
    )
    return pd.concat(by_model, ignore_index=True)[["model", *COLUMNS]]


def _by_group(rows: pd.DataFrame, label: pd.Series, probability: pd.Series, portfolio: Portfolio) -> pd.DataFrame:
    known = label.notna().to_numpy()
    rows, observed, predicted = rows[known], *(one[known].to_numpy(dtype=np.float64) for one in (label, probability))
    groups = pd.concat([rows["segment"], customer_groups(rows, portfolio)], axis="columns")
    return calibration_by_group(observed, predicted, rows["customer"], groups)
