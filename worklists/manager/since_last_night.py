"""What a partition's collectors and customers did since the night before, as it became known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from worklists.rules.promise_state import BROKEN, KEPT
from worklists.score_db.earlier_facts import EarlierFacts

BY_COLLECTOR = (
    "contacts", "minutes", "taken", "taken_amount", "kept", "kept_amount", "broken", "broken_amount",
)  # fmt: skip
BY_SEGMENT = ("booked", "of_these_days")


@dataclass(frozen=True)
class Results:
    """Since the night `since`, as tonight's facts have it.

    `by_collector` (index: collector_id, '' where it is not known) has `BY_COLLECTOR`: contacts with their minutes, and
    promises taken, kept and broken, counted and in cents (of a broken one, what did not come). `by_segment` (index: the
    customer's segment of the night before, else tonight's, '' where there is none) has `BY_SEGMENT` in cents: what was
    booked, and what of it has a value date since that night. `contacted` are the customer_ids of contacts made since.
    """

    since: pd.Timestamp
    by_collector: pd.DataFrame
    by_segment: pd.DataFrame
    contacted: "pd.Series[str]"


def results(facts: Mapping[str, pd.DataFrame], earlier: EarlierFacts, segment_of: "pd.Series[str]") -> Results | None:
    """The results of a partition; None where no night before has published facts: then all of them are new.

    `facts` are tonight's rows of receipts, contacts_made and promises_tracked, `segment_of` is by customer_id.
    """
    if earlier.first or not earlier.nights:
        return None
    since, made = earlier.nights[-1], facts["contacts_made"]
    by_collector = pd.concat([_contacts(made), _promises(facts["promises_tracked"], earlier)], axis=1)
    contacted = made.loc[made["contacted_on"] >= since, "customer_id"].drop_duplicates()
    return Results(
        since,
        by_collector.reindex(columns=list(BY_COLLECTOR)).fillna(0),
        _cash(facts["receipts"], since, segment_of),
        contacted,
    )


def added_up(parts: Sequence[Results]) -> Results:
    """The results of all partitions."""
    return Results(
        parts[0].since,
        pd.concat([part.by_collector for part in parts]).groupby(level=0).sum(),
        pd.concat([part.by_segment for part in parts]).groupby(level=0).sum(),
        pd.concat([part.contacted for part in parts], ignore_index=True),
    )


def _contacts(made: pd.DataFrame) -> pd.DataFrame:
    groups = made.groupby(made["collector_id"].fillna("").astype("str"))
    return pd.DataFrame({"contacts": groups.size(), "minutes": groups["minutes"].sum()})


def _promises(tracked: pd.DataFrame, earlier: EarlierFacts) -> pd.DataFrame:
    """Promises that are new, and those whose state is kept or broken now and was not."""
    published = earlier.rows["promises_tracked"].sort_values("as_of", kind="stable")
    before = published.drop_duplicates("promise_id", keep="last").set_index("promise_id")["state"]
    was = tracked["promise_id"].map(before)
    came = tracked["paid"].clip(lower=0, upper=tracked["amount"])
    happened = {
        "taken": (was.isna(), tracked["amount"]),
        "kept": ((tracked["state"] == KEPT) & (was != KEPT), tracked["amount"]),
        "broken": ((tracked["state"] == BROKEN) & (was != BROKEN), tracked["amount"] - came),
    }
    columns: dict[str, pd.Series] = {}
    for name, (which, amount) in happened.items():
        columns |= {name: which.astype("int64"), f"{name}_amount": pd.Series(np.where(which, amount, 0), which.index)}
    by = tracked["collector_id"].fillna("").astype("str")
    return pd.DataFrame(columns, index=tracked.index).groupby(by).sum()


def _cash(receipts: pd.DataFrame, since: pd.Timestamp, segment_of: "pd.Series[str]") -> pd.DataFrame:
    segment = receipts["customer_id"].map(segment_of).fillna("").astype("str")
    of_these_days = receipts["amount"].where(receipts["paid_on"] >= since, 0)
    cash = pd.DataFrame({"booked": receipts["amount"], "of_these_days": of_these_days})
    return cash.groupby(segment).sum()
