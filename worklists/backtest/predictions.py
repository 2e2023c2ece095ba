"""A replayed night as published: scores with their outcomes, and what each policy would have put first."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ledger.declarations import Column
from ledger.minor_units import minor_units
from models.backtesting import Replayed
from worklists.backtest.policies import captured, members
from worklists.decide.decisions import Judged
from worklists.night_partition import customer_scores
from worklists.score_db.tables import CUSTOMER_SCORES, INVOICE_SCORES

STILL_UNPAID_DAYS = 30


def invoice_predictions(night: Replayed) -> pd.DataFrame:
    """The columns of invoice_scores, amounts in currency units, and the outcome: paid_on, late (1, 0 or missing)."""
    frame = _published(night.night.scores.invoices, INVOICE_SCORES.columns, night)
    return frame.assign(paid_on=night.paid_on.to_numpy(), late=night.late)


def customer_predictions(night: Replayed, judged: Judged) -> pd.DataFrame:
    """The columns of customer_scores, amounts in currency units, and the outcome: defaulted (1, 0 or missing)."""
    scores = customer_scores(judged)
    defaulted = pd.Series(night.defaulted, index=night.night.scores.customers.index)
    return _published(scores, CUSTOMER_SCORES.columns, night).assign(
        defaulted=defaulted.reindex(scores.index).to_numpy()
    )


@dataclass(frozen=True)
class PolicyNight:
    """What the policies would have put first on one night.

    `listed`: the customers with a collectible amount (currency units), with days_past_due, customer (position) and
    strategy_channel. `members` are of `policies.members`, with the customer's position; `captured` is of
    `policies.captured`.
    """

    listed: pd.DataFrame
    members: pd.DataFrame
    captured: pd.DataFrame


def policy_night(night: Replayed, customers: pd.DataFrame, strategy_channel: pd.Series) -> PolicyNight:
    """The policies on one night; outcomes not known for any invoice leave it out of what was captured.

    `customers` is of `customer_predictions`, `strategy_channel` of its rows.
    """
    view, invoices = night.night.view, night.night.scores.invoices
    later = view.as_of + pd.Timedelta(days=STILL_UNPAID_DAYS)
    still_open = (night.paid_on.isna() | (night.paid_on >= later)).to_numpy()
    unpaid = still_open * invoices["collectible"].to_numpy() / minor_units()
    if night.known_until < later:
        unpaid = np.full(len(invoices), np.nan)
    by_customer = pd.Series(unpaid).groupby(invoices["customer_id"].to_numpy()).sum(min_count=1)
    oldest = invoices.groupby("customer_id")["days_past_due"].max()
    listed = customers.assign(strategy_channel=strategy_channel.to_numpy())
    listed = listed[listed["collectible_amount"] > 0].reset_index(drop=True)
    listed["days_past_due"] = listed["customer_id"].map(oldest)
    listed["customer"] = view.portfolio.customer_ids.get_indexer(pd.Index(listed["customer_id"]))
    still = listed["customer_id"].map(by_customer).to_numpy(dtype=np.float64)
    if not len(listed):
        return PolicyNight(listed, pd.DataFrame(), captured(listed, still, view.as_of))
    chosen = members(listed, view.as_of)
    chosen["customer"] = listed["customer"].to_numpy()[chosen["row"]]
    return PolicyNight(listed, chosen, captured(listed, still, view.as_of))


def _published(frame: pd.DataFrame, columns: tuple[Column, ...], night: Replayed) -> pd.DataFrame:
    frame = frame.assign(run_id=night.run_id, as_of=night.night.view.as_of)
    money = {column.name: frame[column.name] / minor_units() for column in columns if column.kind == "money"}
    return frame.assign(**money)[[column.name for column in columns]].reset_index(drop=True)
