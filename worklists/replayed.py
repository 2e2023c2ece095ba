"""A replayed night as published: scores with their outcomes, and what each policy would have put first."""

import numpy as np
import pandas as pd

from configs.settings import Settings
from models.backtesting import Replayed
from worklists.decisions import Policy, judge
from worklists.night import customer_scores
from worklists.policies import captured
from worklists.score_tables import CUSTOMER_SCORES, INVOICE_SCORES, Column

STILL_UNPAID_DAYS = 30


def invoice_predictions(night: Replayed) -> pd.DataFrame:
    """The columns of invoice_scores, amounts in currency units, and the outcome: paid_on, late (1, 0 or missing)."""
    frame = _published(night.night.scores.invoices, INVOICE_SCORES.columns, night)
    return frame.assign(paid_on=night.paid_on.to_numpy(), late=night.late)


def customer_predictions(night: Replayed, policy: Policy, settings: Settings) -> pd.DataFrame:
    """The columns of customer_scores, amounts in currency units, and the outcome: defaulted (1, 0 or missing)."""
    scores = customer_scores(judge(night.night, policy, settings))
    defaulted = pd.Series(night.defaulted, index=night.night.scores.customers.index)
    return _published(scores, CUSTOMER_SCORES.columns, night).assign(
        defaulted=defaulted.reindex(scores.index).to_numpy()
    )


def policy_night(night: Replayed, customers: pd.DataFrame) -> pd.DataFrame:
    """`policies.captured` of one night: collectible money that was still unpaid 30 days later.

    `customers` is of `customer_predictions`; outcomes not known for any invoice leave the night out.
    """
    invoices = night.night.scores.invoices
    later = night.night.view.as_of + pd.Timedelta(days=STILL_UNPAID_DAYS)
    unpaid = (night.paid_on.isna() | (night.paid_on >= later)).to_numpy() * invoices["collectible"].to_numpy()
    if night.known_until < later:
        unpaid = np.full(len(invoices), np.nan)
    by_customer = pd.Series(unpaid).groupby(invoices["customer_id"].to_numpy()).sum(min_count=1)
    oldest = invoices.groupby("customer_id")["days_past_due"].max()
    listed = customers[customers["collectible_amount"] > 0]
    listed = listed.assign(days_past_due=listed["customer_id"].map(oldest))
    still = listed["customer_id"].map(by_customer).to_numpy(dtype=np.float64)
    return captured(listed, still, night.night.view.as_of)


def _published(frame: pd.DataFrame, columns: tuple[Column, ...], night: Replayed) -> pd.DataFrame:
    frame = frame.assign(run_id=night.run_id, as_of=night.night.view.as_of)
    money = {column.name: frame[column.name] / 100 for column in columns if column.kind == "money"}
    return frame.assign(**money)[[column.name for column in columns]].reset_index(drop=True)
