"""A final notice names all that is overdue: where its debt was paid since, its days run on for the others."""

import numpy as np
import pandas as pd

from ledger.as_of.view import View
from ledger.clock import as_days, day_numbers
from worklists.rules.actions import FINAL_NOTICE
from worklists.rules.dunning_levels import ContactDays, on_ladder
from worklists.rules.strategy import Strategy

NOTICE = ["last_step_on", "waits_until"]


def with_running_notices(
    actions: pd.DataFrame, view: View, segments: pd.DataFrame, strategy: Strategy, contacts: ContactDays,
    cents: pd.Series, heads: pd.Series,
) -> pd.DataFrame:  # fmt: skip
    """`actions` (of `recommend`) where a final notice would be sent while one of another debt has time: last_step_on
    and waits_until are those of the one that went out.

    `segments`, `contacts` and `cents` (what is collectible) are those that `recommend` got, `heads` is from
    `parent_groups.contact_heads`.
    """
    noticed = actions.index[actions["action"] == FINAL_NOTICE]
    invoices = view.invoices
    owner = heads.reindex(invoices["customer"]).set_axis(invoices.index)
    debts = owner.isin(noticed) & (invoices["kind"] == "invoice") & (invoices["due_on"] < view.as_of)
    sent = [
        _notices(invoices[rows], owner[rows], segment, strategy, contacts, cents)
        for segment in segments["segment"].reindex(noticed).unique()
        if (rows := debts & (owner.map(segments["segment"]) == segment)).any()
    ]
    if not sent:
        return actions
    latest = pd.concat(sent).sort_values("waits_until").groupby("owner").last()
    latest = latest[latest["waits_until"] > view.as_of]
    return actions.assign(**{name: latest[name].reindex(actions.index).fillna(actions[name]) for name in NOTICE})


def _notices(
    invoices: pd.DataFrame, owner: pd.Series, segment: str, strategy: Strategy, contacts: ContactDays, cents: pd.Series
) -> pd.DataFrame:
    """The final notices that went out for debts that were open then: owner and `NOTICE`."""
    customer = owner.to_numpy(dtype=np.int64)
    on = on_ladder(
        strategy.rules, segment, contacts, customer, day_numbers(invoices["due_on"]), cents.reindex(owner).to_numpy()
    )
    done = np.array(["", *(step.action for step in on.ladder)], dtype=object)[on.level] == FINAL_NOTICE
    days = [pd.Series(as_days(day[done])) for day in (on.reached, on.deadline())]
    notices = pd.DataFrame({"owner": customer[done], **dict(zip(NOTICE, days, strict=True))})
    settled = invoices.loc[done, "settled_on"].set_axis(notices.index)
    was_open: pd.DataFrame = notices[settled.isna() | (settled > notices["last_step_on"])]
    return was_open
